"""What waits: /pending shows it, /release sends it, /undo takes it back."""

from __future__ import annotations

from collections.abc import Iterable

from handlers.desk import Desk, Role, numbered
from handlers.recording import departure, transaction, undoing
from sebghat.announcement import headline_of
from sebghat.codec import from_json
from sebghat.conversation import NOTHING, Button, Message, Reply
from sebghat.notes import Kind, Note
from storage.store import Entry, Parcel, Record

MOST_LINES = 4  # that offer to withdraw a figure
MOST_NUMBERS = 6  # of figures that are told one by one
UNDOABLE = ("observe", "correct", "retract", "review", "claim", "rules", "platform", "alias")
FIGURES = frozenset({"observe", "correct"})


async def undo(message: Message, rest: str, desk: Desk) -> Reply:
    """Takes back the last own record, whatever was recorded with it, while nothing that it caused has left."""
    acts, said = list[Entry](), ""
    try:
        async with desk.store.transaction() as record:
            person = await record.people.known(message.messenger, message.sender)
            acts = [] if person is None else await _last(record, person)
            if person is None or not acts:
                return desk.say("undo.nothing")
            said = _what(acts, desk)
            await undoing.undo(record, desk.voice.platforms, acts[0].id, desk.now, person)
    except transaction.Declined as refused:
        if refused.word == "too_late":
            return await _too_late(acts, said, desk)
        return desk.say(f"engine.{refused.word}")
    kind = acts[0].kind
    done = desk.say(f"undo.done_{kind}" if kind in {"retract", "rules"} else "undo.done", what=said)
    entered = await desk.store.observations.find(_entered(acts)) if kind == "observe" else []
    return done.above(desk.say("record.what", what=desk.voice.entered(entered)) if entered else NOTHING)


async def _last(record: Record, person: int) -> list[Entry]:
    """What that person would take back: their last act with all that was recorded in it."""
    last = await record.log.newest_of(person, UNDOABLE)
    if last is None:
        return []
    others = await record.log.recorded_with(last.id)
    return (await record.log.between(last.id, others[-1], person, len(others) + 1))[0] if others else [last]


async def _too_late(acts: list[Entry], said: str, desk: Desk) -> Reply:
    """What can still be done: each figure of it that holds can be withdrawn, and all who heard of it hear so."""
    ids = _entered(acts)
    standing = await desk.store.observations.standing(ids) if ids else set()
    lines = [Button(f"/retract {number}") for number in ids if number in standing]
    if not lines:
        return desk.say("undo.too_late", what=said)
    return desk.say("undo.too_late_but", what=said).with_choices(lines[:MOST_LINES])


def _what(acts: list[Entry], desk: Desk) -> str:
    """What an act did, for a sentence about taking it back."""
    voice, first = desk.voice, acts[0]
    match first.kind:
        case "claim":
            winner, loser = (voice.platform(str(first.body[side])) for side in ("winner", "loser"))
            return voice.words("undo.claim", winner=winner, loser=loser)
        case "platform" | "alias":
            return voice.words(f"undo.{first.kind}", name=str(first.body.get("name_fa") or first.body.get("name")))
        case "rules":
            changed = first.body["set"]
            assert isinstance(changed, dict)
            return voice.words("undo.rules", names=voice.list(list(changed)))
        case kind:
            ids = [number for each in acts if each.kind == kind for number in each.figures]
    numbers = [voice.number(int(each)) for each in ids]
    text = f"undo.{first.kind}"
    if len(numbers) > MOST_NUMBERS:
        return voice.words(text, ids=voice.words("undo.span", first=numbers[0], last=numbers[-1]))
    return voice.words(text, ids=voice.list(numbers))


def _entered(acts: Iterable[Entry]) -> list[str]:
    """The figures that an act put on record."""
    return [number for each in acts if each.kind in FIGURES for number in each.figures]


# What waits


async def pending(message: Message, rest: str, desk: Desk) -> Reply:
    """What is held, and until when."""
    waiting = await _waiting(message, desk)
    return desk.say("pending.head").above(*waiting) if waiting else desk.say("pending.nothing")


async def _waiting(message: Message, desk: Desk) -> list[Reply]:
    """Each announcement that waits, until when, and what whoever asks may do about it."""
    parcels = await desk.store.parcels.held()
    person = await desk.store.people.known(message.messenger, message.sender) if parcels else None
    mine = set() if person is None else _concerned(await _last(desk.store, person))
    parts = []
    for parcel in parcels:
        notes = [from_json(Note, note) for note in parcel.notes]
        due = desk.say("pending.until", time=desk.voice.clock(parcel.due)) if parcel.due else desk.say("pending.kept")
        parts += [*(_line(note, desk) for note in notes), due.above(_ways(parcel, notes, mine, desk))]
    return parts


def _ways(parcel: Parcel, notes: list[Note], mine: set[str], desk: Desk) -> Reply:
    number = next((note.number for note in notes if note.number is not None), None)
    found = []
    if number is not None:
        found += [f"/release {number}"] if desk.role >= Role.ADMIN else []
        found += [f"/hold {number}"] if parcel.due else []
    # Only with what it would take back: beside another's it would promise what it does not do.
    if desk.role >= Role.ADMIN and any(mine.intersection(note.facts.ids) for note in notes):
        found.append("/undo")
    return desk.voice.commands(*found)


def _concerned(acts: Iterable[Entry]) -> set[str]:
    """All figures that an act speaks of, those that it put aside among them."""
    acts = list(acts)
    put_aside = {str(each.body["id"]) for each in acts if "id" in each.body}
    return put_aside.union(*(each.figures for each in acts))


async def release(message: Message, rest: str, desk: Desk) -> Reply:
    """What waits under this number leaves now, with all of its message."""
    return await _with_group(message, rest, desk, "release")


async def hold(message: Message, rest: str, desk: Desk) -> Reply:
    """What waits under this number waits on, with all of its message, until somebody releases it."""
    return await _with_group(message, rest, desk, "hold")


async def _with_group(message: Message, rest: str, desk: Desk, verb: str) -> Reply:
    number = numbered(rest)
    if number is None:
        waiting = await _waiting(message, desk)
        return desk.say(f"{verb}.which").above(*waiting) if waiting else desk.say("pending.nothing")
    async with desk.store.transaction() as record:
        found = await record.ledger.announcement(number)
        note = found[0].item.note if found and found[1] else None
        if note is None:
            return desk.say("release.nothing", number=desk.voice.number(number)).above(desk.voice.commands("/pending"))
        person = await record.people.number(message.messenger, message.sender)
        if verb == "release":
            await departure.release(record, note.group, desk.now, person)
        else:
            await departure.keep_back(record, note.group, desk.now, person)
    text = f"{verb}.done" if note.kind is Kind.EVENT else f"{verb}.done_correction"
    done = desk.say(text, number=desk.voice.number(number))
    if verb == "release":
        return done
    return done.above(desk.voice.commands(f"/release {number}" if desk.role >= Role.ADMIN else "/pending"))


def _line(note: Note, desk: Desk) -> Reply:
    head = headline_of(note.facts, desk.voice)
    if note.kind is Kind.EVENT:
        return head
    return desk.say(f"pending.{note.kind.value.lower()}", headline=head.plain)
