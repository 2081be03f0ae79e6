"""What happened on record since a preview was shown, as far as it bears on it."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from handlers.desk import Desk
from sebghat.conversation import Reply
from sebghat.observation import Lane, Observation
from sebghat.voice import Voice
from storage.store import Entry, Record

MOST = 5  # the newest ones; they are what the editor has not seen


async def meanwhile(lanes: Iterable[Lane], after: int, person: int, record: Record, desk: Desk) -> list[Reply]:
    """A line for each thing that happened in these lanes after an entry: who, when, which figures."""
    found = await record.log.moves(lanes, after)
    return [await _line(entry, person, record, desk) for entry in found[-MOST:]]


async def _line(entry: Entry, person: int, record: Record, desk: Desk) -> Reply:
    voice, time = desk.voice, desk.voice.clock(entry.at)
    if entry.kind == "depart":
        return voice.say("moved.depart", time=time)
    undone = await record.log.entry(entry.target) if entry.target is not None else None
    about = await record.observations.find((undone or entry).figures)
    who = voice.words("moved.you" if entry.person == person else "moved.other" if entry.person else "moved.program")
    return voice.say(
        f"moved.{entry.kind}", who=who, time=time, figures=voice.first(about, partial(_figure, voice=voice))
    )


def _figure(o: Observation, voice: Voice) -> str:
    return voice.words("moved.figure", **voice.figure(o), date=voice.short_date(o.asof))
