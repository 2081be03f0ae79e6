"""What waits: /pending shows it, /release sends it, /undo takes it back."""

from __future__ import annotations

from handlers.desk import Desk
from handlers.recording import departure, transaction, undoing
from sebghat import letters
from sebghat.announcement import headline_of
from sebghat.conversation import Button, Message, Reply
from sebghat.notes import Kind, Note, from_json
from storage.store import Entry

MOST_LINES = 4  # that offer to withdraw a figure
UNDOABLE = ("observe", "correct", "retract", "review", "claim", "rules")


async def undo(message: Message, rest: str, desk: Desk) -> Reply:
    """Takes back the last own record while nothing that it caused has left."""
    last, said = None, "?"
    try:
        async with desk.store.transaction() as record:
            person = await record.people.known(message.messenger, message.sender)
            last = None if person is None else await record.log.newest_of(person, UNDOABLE)
            if person is None or last is None:
                return desk.say("undo.nothing")
            said = _what(last, desk)
            await undoing.undo(record, desk.voice.platforms, last.id, desk.now, person)
    except transaction.Declined as refused:
        if refused.word == "too_late":
            return await _too_late(last, said, desk)
        return desk.say(f"engine.{refused.word}")
    return desk.say("undo.done", what=said)


async def _too_late(entry: Entry | None, said: str, desk: Desk) -> Reply:
    """What can still be done: each figure of it that holds can be withdrawn, and all who heard of it hear so."""
    ids = _ids(entry.body) if entry and entry.kind in {"observe", "correct"} else []
    standing = await desk.store.observations.standing([i for i in ids if i.isdecimal()]) if ids else set()
    lines = [Button(f"/retract {number}") for number in ids if number in standing]
    if not lines:
        claim = entry is not None and entry.kind == "claim"
        return desk.say("undo.too_late_claim" if claim else "undo.too_late", what=said)
    return desk.say("undo.too_late_but", what=said).with_choices(lines[:MOST_LINES])


def _what(entry: Entry, desk: Desk) -> str:
    """What a log entry did, for a sentence about taking it back."""
    if entry.kind == "claim":
        winner, loser = (desk.voice.platform(str(entry.body[side])) for side in ("winner", "loser"))
        return desk.voice.words("undo.claim", winner=winner, loser=loser)
    numbers = [desk.voice.number(int(i)) for i in _ids(entry.body) if i.isdecimal()]
    text = f"undo.{entry.kind}"
    return desk.voice.words(text, ids=desk.voice.list(numbers)) if numbers else desk.voice.words(f"{text}_alone")


async def pending(message: Message, rest: str, desk: Desk) -> Reply:
    """What is held, and until when."""
    parts = []
    for parcel in await desk.store.parcels.held():
        notes = [from_json(Note, note) for note in parcel.notes]
        for note in notes:
            parts.append(_line(note, desk))
        due = desk.say("pending.until", time=desk.voice.clock(parcel.due)) if parcel.due else desk.say("pending.kept")
        numbers = [note.number for note in notes if note.number is not None]
        parts.append(due.above(desk.voice.commands(*(f"/release {number}" for number in numbers[:1]), "/undo")))
    if not parts:
        return desk.say("pending.nothing")
    return desk.say("pending.head").above(*parts)


async def release(message: Message, rest: str, desk: Desk) -> Reply:
    """What waits under this number leaves now, with all of its message."""
    return await _with_group(message, rest, desk, "release")


async def hold(message: Message, rest: str, desk: Desk) -> Reply:
    """What waits under this number waits on, with all of its message, until somebody releases it."""
    return await _with_group(message, rest, desk, "hold")


async def _with_group(message: Message, rest: str, desk: Desk, verb: str) -> Reply:
    written = letters.fold(rest)
    if not written.isdecimal() or len(written) > 9:
        return desk.say(f"{verb}.which").above(desk.voice.commands("/pending"))
    number = desk.voice.number(int(written))
    async with desk.store.transaction() as record:
        found = await record.ledger.announcement(int(written))
        note = found[0].item.note if found and found[1] else None
        if note is None:
            return desk.say("release.nothing", number=number).above(desk.voice.commands("/pending"))
        person = await record.people.number(message.messenger, message.sender)
        if verb == "release":
            await departure.release(record, note.group, desk.now, person)
        else:
            await departure.keep_back(record, note.group, desk.now, person)
    return desk.say(f"{verb}.done", number=number)


def _line(note: Note, desk: Desk) -> Reply:
    head = headline_of(note.facts, desk.voice)
    if note.kind is Kind.EVENT:
        return head
    return desk.say(f"pending.{note.kind.value.lower()}", headline=head.plain)


def _ids(body: dict[str, object]) -> list[str]:
    """The figures that an entry of the log is about."""
    found = body.get("obs", [])
    assert isinstance(found, list)
    return [str(o["id"]) for o in found] or [str(body.get("new_id") or body.get("id") or "")]
