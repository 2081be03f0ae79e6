"""What happened on record since a preview was shown, as far as it bears on it."""

from __future__ import annotations

from collections.abc import Iterable

from handlers.desk import Desk
from sebghat.conversation import Reply
from sebghat.observation import Lane, Observation
from storage.store import Entry, Record

MOST = 5  # the newest ones; they are what the editor has not seen
NAMED = 4  # figures of one entry


async def meanwhile(lanes: Iterable[Lane], after: int, person: int, record: Record, desk: Desk) -> list[Reply]:
    """A line for each thing that happened in these lanes after an entry: who, when, which figures."""
    found = await record.log.moves(lanes, after)
    return [await _line(entry, person, record, desk) for entry in found[-MOST:]]


async def _line(entry: Entry, person: int, record: Record, desk: Desk) -> Reply:
    voice, time = desk.voice, desk.voice.clock(entry.at)
    if entry.kind == "depart":
        return voice.say("moved.depart", time=time)
    undone = await record.log.entry(entry.target) if entry.target is not None else None
    about = await record.observations.find(_ids(undone or entry))
    who = voice.words("moved.you" if entry.person == person else "moved.other" if entry.person else "moved.program")
    return voice.say(f"moved.{entry.kind}", who=who, time=time, figures=_figures(about, desk))


def _ids(entry: Entry) -> list[str]:
    body = entry.body
    told = body.get("obs")
    if isinstance(told, list):
        return [str(o["id"]) for o in told]
    if entry.kind == "review":
        return [str(body["domestic"]), str(body["foreign"])]
    return [str(body.get("new_id") or body.get("id") or "0")]


def _figures(about: list[Observation], desk: Desk) -> str:
    voice = desk.voice
    shown = [
        voice.words(
            "moved.figure",
            id=voice.number(int(o.id)),
            platform=voice.platform(o.platform),
            value=voice.value(o.value, o.metric),
            date=voice.short_date(o.asof),
        )
        for o in about[:NAMED]
    ]
    more = len(about) - NAMED
    return voice.list([*shown, voice.words("record.more", count=voice.number(more))] if more > 0 else shown)
