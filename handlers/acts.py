"""What a draft asks for, and how it is carried out: figures, a correction, a retraction, a review."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from handlers.outlook import decided, pairs, standings
from handlers.publication import observations
from handlers.recording import Recorded, Recording, at
from sebghat import letters
from sebghat.command import SAME, Command, Correct, Observe, Retract, Review
from sebghat.platforms import Platforms
from sebghat.reading import Change, Figure
from storage.store import Record


@dataclass(frozen=True, slots=True)
class Act:
    """One of: `figures` to enter; `target` with `change` to correct; `target` alone to retract, for the reason in
    `why`; `target` (domestic) with `partner` (foreign) to review."""

    figures: tuple[Figure, ...] = ()
    target: str = ""
    partner: str = ""
    change: Change | None = None
    why: str = ""


async def revision(act: Act, record: Record, now: datetime, by: str) -> Command:
    """The command of an act that is about figures on record."""
    if act.partner:
        return Review(domestic=act.target, foreign=act.partner, at=now, by=by)
    if act.change is None:
        return Retract(id=act.target, at=now, by=by)
    change = act.change
    return Correct(
        id=act.target,
        new_id=str(await record.observations.next_id()),
        value=SAME if change.value is None else change.value,
        asof=SAME if change.asof is None else change.asof,
        n=SAME if change.n is None else change.n,
        release=SAME if change.release is None else change.release,
        at=now,
        by=by,
    )


async def carry_out(
    act: Act, record: Record, platforms: Platforms, now: datetime, person: int, *, vouch: bool
) -> Recorded:
    """Does it, inside the caller's transaction; with `vouch` the new pairs of figures are reviewed too.
    Raises Declined."""
    now, by = await at(record, now), str(person)
    if not act.figures:
        command = await revision(act, record, now, by)
        entry = await Recording.begin(record, platforms, [command], now, person)
        await entry.carry_out(command)
        return await entry.end()
    made, names = await observations(act.figures, record, now, by)
    observe = Observe(observations=made, at=now, by=by)
    entry = await Recording.begin(record, platforms, [observe], now, person)
    for kind, name in names:
        await record.observations.name(kind, name.key, name.fa, letters.key(name.fa))
    had = decided(entry.state)
    answer = await entry.carry_out(observe)
    new = [o for o in made if o.id not in answer.duplicates]
    if vouch:
        for domestic, foreign in list(pairs(standings(entry.state, answer, new, had), new)):
            await entry.carry_out(Review(domestic=domestic, foreign=foreign, at=now, by=by))
    return await entry.end()
