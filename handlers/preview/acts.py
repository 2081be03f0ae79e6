"""What a draft asks for, and how it is carried out: figures, a correction, a retraction, a review, a claim."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from handlers.desk import Role
from handlers.preview.standing import as_it_is, pairs, standings
from handlers.recording.departure import at
from handlers.recording.publication import NewName, name_all, observations, registry
from handlers.recording.transaction import Recorded, Recording, enter_claim
from sebghat.almanac import day_of
from sebghat.claim import Claim, Said
from sebghat.command import SAME, Command, Correct, Observe, Retract, Review
from sebghat.periods import Calendar
from sebghat.platforms import Platforms
from sebghat.reading import Figure
from sebghat.revision import Change
from sebghat.sources import EDITOR, UNSPECIFIED
from sebghat.state import today
from storage.store import Record


@dataclass(frozen=True, slots=True)
class Act:
    """One of: `figures` to enter; `target` with `change` to correct; `target` alone to retract, for the reason in
    `why`; `target` (domestic) with `partner` (foreign) to review; a `claim`."""

    figures: tuple[Figure, ...] = ()
    target: str = ""
    partner: str = ""
    change: Change | None = None
    why: str = ""
    claim: Said | None = None

    @property
    def role(self) -> Role:
        """Who may record it."""
        return Role.REVIEWER if self.partner else Role.ADMIN


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


async def claimed(said: Said, record: Record, now: datetime, by: str) -> tuple[Claim, list[NewName]]:
    """A claim as it would be recorded, and the names that are new."""
    names = await registry(record)
    claim = Claim(
        winner=said.winner,
        loser=said.loser,
        scope=said.scope,
        source=names.key("source", said.source or EDITOR),
        method=UNSPECIFIED,
        asof=said.asof or day_of(today(now), Calendar.JALALI),
        quote_fa=said.quote,
        quote_en=said.quote,
        recorded_by=by,
    )
    return claim, names.new


async def carry_out(
    act: Act, record: Record, platforms: Platforms, now: datetime, person: int, *, vouch: bool
) -> Recorded:
    """Does it, inside the caller's transaction; with `vouch` the new pairs of figures are reviewed too.
    Raises Declined."""
    now, by = await at(record, now), str(person)
    if act.claim is not None:
        claim, names = await claimed(act.claim, record, now, by)
        await name_all(names, record)
        await enter_claim(record, claim, now, person)
        return Recorded()
    if not act.figures:
        command = await revision(act, record, now, by)
        entry = await Recording.begin(record, platforms, [command], now, person)
        await entry.carry_out(command, act.why)
        return await entry.end()
    made, names = await observations(act.figures, record, now, by)
    observe = Observe(observations=made, at=now, by=by)
    entry = await Recording.begin(record, platforms, [observe], now, person)
    await name_all(names, record)
    before = as_it_is(entry.state)
    answer = await entry.carry_out(observe)
    new = [o for o in made if o.id not in answer.duplicates]
    if vouch:
        standing = standings(entry.state, answer.touched, [o.id for o in new], before)
        for domestic, foreign in list(pairs(standing, new)):
            await entry.carry_out(Review(domestic=domestic, foreign=foreign, at=now, by=by))
    return await entry.end()


def amended(act: Act, **options: object) -> Act:
    """The same figures with another source, release and so on, for all of them."""
    return replace(act, figures=tuple(replace(figure, **options) for figure in act.figures))  # type: ignore[arg-type]
