"""Tables that come in: read whole, then recorded all or nothing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from handlers.publication import registry
from handlers.recording import Recording, at
from sebghat import letters
from sebghat.command import Observe
from sebghat.notes import Note
from sebghat.observation import Observation
from sebghat.platforms import Platforms
from storage.store import Record

Publications = Iterable[tuple[Observation, ...]]


@dataclass(frozen=True, slots=True)
class Imported:
    figures: int  # recorded
    repeated: int  # already there
    releases: int
    notes: tuple[Note, ...]  # that wait because of it


async def enter(
    publications: Publications,
    record: Record,
    platforms: Platforms,
    now: datetime,
    person: int | None,
    *,
    silent: bool,
) -> Imported:
    """Records publications one after the other, inside the caller's transaction; `silent`: nothing is announced.
    Raises Declined, and then nothing of it is to be kept."""
    now = await at(record, now)
    names = await registry(record)
    number, figures, repeated, releases = await record.observations.next_id(), 0, 0, 0
    notes: list[Note] = []
    for publication in publications:
        made = []
        for o in publication:
            source = o.source or names.key("source", o.speaker)
            made.append(
                replace(
                    o, id=str(number), root=str(number), source=source, recorded_at=now, recorded_by=str(person or "")
                )
            )
            number += 1
        for kind, name in names.new:
            await record.observations.name(kind, name.key, name.fa, letters.key(name.fa))
        names.new.clear()
        observe = Observe(observations=tuple(made), at=now, by=str(person or ""), silent=silent)
        entry = await Recording.begin(record, platforms, [observe], now, person)
        await entry.carry_out(observe)
        done = await entry.end()
        figures, repeated, releases = figures + len(done.ids), repeated + len(done.duplicates), releases + 1
        notes += done.notes
    return Imported(figures, repeated, releases, tuple(notes))
