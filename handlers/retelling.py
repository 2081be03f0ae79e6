"""What was told to readers, what has changed of it since, and what a message says beyond its notes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sebghat.announcement import Basis, Change
from sebghat.command import Correct, Departure, Observe, Retract
from sebghat.contest import Contest
from sebghat.journal import from_log
from sebghat.notes import Facts, Kind, Note
from sebghat.observation import Observation
from storage.store import Record


async def basis(record: Record, notes: Iterable[Note], *, asked: bool) -> Basis:
    """What a message of these notes says beyond them; `asked`: whether its readers can ask /why."""
    notes = tuple(notes)
    successors: dict[str, Observation | None] = {}
    sources: dict[str, Observation] = {}
    for note in notes:
        if note.told is not None:
            told = await record.observations.find(note.told.ids)
            living = {o.root: o for o in await record.observations.living({o.root for o in told})}
            for o in told:
                holds = living.get(o.root)
                if holds is None or holds.id != o.id:
                    successors[o.id] = holds
        if not asked:
            sources |= {o.id: o for o in await record.observations.find(note.facts.ids)}
    others = [change for note in notes for change in await changed_beside(record, note, successors)]
    return Basis(successors, None if asked else sources, tuple(others))


@dataclass(frozen=True, slots=True)
class Told:
    """A note as it left, with the log's number and time of that."""

    entry: int
    at: datetime
    note: Note


@dataclass(frozen=True, slots=True)
class Changed:
    """A change of a figure, with when it was made and by whom (None: by the program)."""

    change: Change
    at: datetime
    person: int | None


async def all_told(record: Record, contest: Contest, number: int) -> list[Told]:
    """All that was told under this number, in order."""
    found = []
    for entry in await record.log.departures(contest.lanes):
        left = from_log(entry.kind, entry.id, entry.at, entry.person, entry.body)
        assert isinstance(left, Departure)
        found += [
            Told(entry.id, entry.at, note)
            for note in left.message.notes
            if note.number == number and note.contest == contest
        ]
    return found


async def changed_since(record: Record, facts: Facts, entry: int) -> list[Changed]:
    """What became after that entry of figures of the contest, up to the day of the facts."""
    found, last = [], max(facts.domestic.last, facts.foreign.last)
    for made in await record.log.changes(facts.contest.lanes, entry):
        act = from_log(made.kind, made.id, made.at, made.person, made.body)
        match act:
            case Observe():
                ids = [o.id for o in act.figures if o.asof.last <= last]
                changes = [Change(None, new) for new in await record.observations.find(ids)]
            case Correct():
                versions = await record.observations.find([act.id, act.new_id])
                changes = [Change(*versions)] if len(versions) == 2 else []
            case Retract():
                changes = [Change(old, None) for old in await record.observations.find([act.id])]
            case _:
                changes = []
        found += [Changed(c, made.at, made.person) for c in changes if c.bears_on(facts.contest)]
    return found


async def changed_beside(record: Record, note: Note, successors: Iterable[str]) -> list[Change]:
    """For a withdrawal whose told figures all stand: the other figures that changed since they were told."""
    if note.kind is not Kind.CORRECTION or note.number is None or set(note.facts.ids).intersection(successors):
        return []
    told = [each for each in await all_told(record, note.contest, note.number) if each.note.kind is not Kind.CORRECTION]
    return [each.change for each in await changed_since(record, note.facts, told[-1].entry)] if told else []
