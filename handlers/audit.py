"""/audit: who did what, when and from which chat, with what was before and after; and what was refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from handlers.desk import Desk, Role
from sebghat import letters
from sebghat.announcement import headline_of
from sebghat.codec import from_json
from sebghat.command import Correct, Hold, Observe, Release, Retract, Review, SetRules
from sebghat.comparison import Rules
from sebghat.conversation import Message, Reply
from sebghat.journal import from_log
from sebghat.notes import Note
from sebghat.observation import Observation
from storage.store import Deed, Entry, Refused

USUAL, MOST = 10, 50  # deeds shown
ENTRIES = 3  # of one deed that are told at length
FIGURES = 3  # of one entry that are named


async def audit(message: Message, rest: str, desk: Desk) -> Reply:
    """The last deeds, newest first, those that were refused among them."""
    written = letters.fold(rest)
    if written and not (written.isdecimal() and 0 < int(written[:6]) <= MOST):
        return desk.say("audit.how", most=desk.voice.number(MOST))
    most = int(written) if written else USUAL
    found: list[Deed | Refused] = [*await desk.store.audit.newest(most + 1), *await desk.store.audit.refused(most)]
    found.sort(key=lambda each: each.at, reverse=True)  # stable: deeds of one second stay in their order
    if not found:
        return desk.say("audit.nothing")
    names = await desk.store.people.names()
    lines, day = list[Reply](), None
    for each in found[:most]:
        local = each.at.astimezone(desk.voice.zone).date()
        if local != day:
            day = local
            lines.append(desk.say("audit.day", day=desk.voice.day(day)))
        lines.append(_refused(each, desk) if isinstance(each, Refused) else await _deed(each, names, desk))
    more = [desk.voice.commands(f"/audit {min(most * 2, MOST)}")] if len(found) > most and most < MOST else []
    return desk.say("audit.head").above(*lines, *more)


async def _deed(deed: Deed, names: Mapping[int, tuple[str, str]], desk: Desk) -> Reply:
    voice = desk.voice
    who = _who(deed.person, names, desk)
    return voice.say(
        "audit.line",
        when=_time(deed.at, desk),
        # In private, the person's id tells the messenger.
        who=voice.words("audit.there", who=who, where=str(deed.where)) if deed.where.chat else who,
        command=f"/{deed.word}",
        what=voice.words("audit.between").join(await _what(deed, desk)),
    )


def _refused(refused: Refused, desk: Desk) -> Reply:
    voice = desk.voice
    return voice.say(
        "audit.refused" if refused.times == 1 else "audit.refused_often",
        when=_time(refused.at, desk),
        who=f"{refused.messenger}:{refused.sender}",
        command=f"/{refused.word}",
        why=voice.words(f"audit.why_{refused.why}"),
        times=voice.number(refused.times),
        first=_when(refused.first, desk),
    )


def _time(at: datetime, desk: Desk) -> str:
    """The time where the people are."""
    return letters.digits(at.astimezone(desk.voice.zone).strftime("%H:%M"), desk.voice.language)


def _when(at: datetime, desk: Desk) -> str:
    """That time, with the day in both calendars."""
    day = desk.voice.day(at.astimezone(desk.voice.zone).date())
    return desk.voice.words("clock.other_day", time=_time(at, desk), day=day)


def _who(person: int | None, names: Mapping[int, tuple[str, str]], desk: Desk) -> str:
    voice = desk.voice
    if person is None:
        return voice.words("audit.program")
    if person in names:
        return voice.words("audit.person", number=voice.number(person), name=":".join(names[person]))
    return voice.words("audit.forgotten", number=voice.number(person))


async def _what(deed: Deed, desk: Desk) -> list[str]:
    """What was done: as the log tells it, and what only the audit knows."""
    told = [_unlogged(deed.body, desk)] if deed.body else []
    if deed.entries is not None and deed.person is not None:
        entries, many = await desk.store.log.between(*deed.entries, deed.person, ENTRIES)
        told += [await _logged(entry, desk) for entry in entries]
        if many > len(entries):
            told.append(desk.voice.words("audit.more", count=desk.voice.number(many - len(entries))))
    return told or [desk.voice.words("audit.done")]


def _unlogged(body: Mapping[str, object], desk: Desk) -> str:
    """A change of roles, channels or files."""
    voice = desk.voice
    if "of" in body:
        before, after = (Role(int(str(body[name]))).name.lower() for name in ("before", "after"))
        return voice.words(
            "audit.role",
            number=voice.number(int(str(body["of"]))),
            before=voice.words(f"role.{before}"),
            after=voice.words(f"role.{after}"),
        )
    if "invited" in body:
        return voice.words("audit.invited", role=voice.words(f"role.{Role(int(str(body['invited']))).name.lower()}"))
    if "doubt" in body:
        counts = {name: voice.number(int(str(body[key]))) for name, key in (("number", "doubt"), ("count", "count"))}
        return voice.words("audit.doubt", **counts)
    if "source" in body:
        names = {name: str(body[name]) for name in ("before", "after")}
        return voice.words("audit.source" if names["before"] else "audit.new_source", key=str(body["source"]), **names)
    if "place" in body:
        place = str(body["place"])
        if body.get("test"):
            return voice.words("audit.test_post", place=place)
        return voice.words(
            "audit.channel", place=place, before=_sent(body["before"], desk), after=_sent(body["after"], desk)
        )
    return voice.words("audit.file", name=letters.visible(str(body.get("file", "")), 60))


def _sent(platforms: object, desk: Desk) -> str:
    """What goes to a channel: nothing, everything, or these platforms."""
    if not isinstance(platforms, list):
        return desk.voice.words("audit.no_alerts")
    named = [desk.voice.platform(str(key)) for key in platforms if key]
    return desk.voice.list(named) if named else desk.voice.words("channels.all")


async def _logged(entry: Entry, desk: Desk) -> str:
    """One entry of the log, with what was before where it changed something."""
    voice = desk.voice
    match entry.kind:
        case "claim":
            winner, loser = (voice.platform(str(entry.body[side])) for side in ("winner", "loser"))
            return voice.words("audit.claim", winner=winner, loser=loser)
        case "platform" | "alias":
            key = str(entry.body.get("key") or entry.body.get("platform"))
            name = str(entry.body.get("name") or entry.body.get("name_fa"))
            return voice.words(f"audit.{entry.kind}", key=key, name=name)
        case "undo":
            target = await desk.store.log.entry(entry.target or 0)
            return voice.words("audit.undo", what=await _logged(target, desk) if target else "")
    what = from_log(entry.kind, entry.id, entry.at, entry.person, entry.body)
    match what:
        case Observe():
            shown = [_figure(o, desk) for o in what.figures[:FIGURES]]
            more = len(what.figures) - len(shown)
            if more > 0:
                shown.append(voice.words("audit.more_figures", count=voice.number(more)))
            return voice.words("audit.observe", figures=voice.list(shown))
        case Correct():
            versions = {o.id: o for o in await desk.store.observations.find([what.id, what.new_id])}
            before, after = (_figure(versions[i], desk) if i in versions else i for i in (what.id, what.new_id))
            return voice.words("audit.correct", before=before, after=after)
        case Retract():
            return voice.words("audit.retract", figures=await _figures([what.id], desk))
        case Review():
            return voice.words("audit.review", figures=await _figures([what.domestic, what.foreign], desk))
        case SetRules():
            return voice.list([await _rule(name, value, entry.id, desk) for name, value in what.values.items()])
        case Hold() | Release():
            return voice.words(f"audit.{entry.kind}", news=await _news(what.group, desk))
    return entry.kind


async def _news(group: str, desk: Desk) -> str:
    """What was to be announced of a release."""
    parcel = await desk.store.parcels.of_group(group)
    notes = [from_json(Note, note) for note in parcel.notes] if parcel else []
    headlines = [headline_of(note.facts, desk.voice).plain.rstrip(".") for note in notes]
    return desk.voice.list([desk.voice.words("audit.news", headline=each) for each in headlines]) or group


async def _rule(name: str, value: int, entry: int, desk: Desk) -> str:
    """A constant, from what it was to what it is."""
    earlier = [made.body["set"] for made in await desk.store.log.rules_before(entry)]
    before = next((each[name] for each in earlier if isinstance(each, dict) and name in each), getattr(Rules(), name))
    return desk.voice.words("audit.rules", name=name, before=desk.voice.number(before), after=desk.voice.number(value))


async def _figures(ids: Sequence[str], desk: Desk) -> str:
    found = await desk.store.observations.find(ids)
    return desk.voice.list([_figure(o, desk) for o in found] or list(ids))


def _figure(o: Observation, desk: Desk) -> str:
    voice = desk.voice
    return voice.words(
        "audit.figure",
        **voice.figure(o),
        date=voice.short_date(o.asof),
    )
