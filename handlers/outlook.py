"""What recording would do, shown before it is done: the engine steps on a copy, which is thrown away."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from handlers import loading, recording
from handlers.publication import NewName, observations
from sebghat.announcement import Basis, Change
from sebghat.command import Answer, Command, Correct, Observe, Result, Retract, Review
from sebghat.comparison import Grade
from sebghat.contest import Contest, Snapshot
from sebghat.engine import step
from sebghat.notes import Note
from sebghat.observation import Observation
from sebghat.platforms import Platforms
from sebghat.reading import Figure
from sebghat.state import State
from storage.store import Record

# A contest, its present comparison, and whether it had a state before.
Standing = tuple[Contest, Snapshot, bool]


@dataclass(frozen=True, slots=True)
class Outlook:
    """`before`: by id, the figures of that source that stood there until now; `elsewhere`: the newest of any source.
    `notes` would be said, `vouched` if the new pairs were reviewed too."""

    observations: tuple[Observation, ...]
    duplicates: Mapping[str, str]
    before: Mapping[str, list[Observation]]
    elsewhere: Mapping[str, list[Observation]]
    notes: tuple[Note, ...]
    vouched: tuple[Note, ...]
    standings: tuple[Standing, ...]
    names: tuple[NewName, ...] = ()
    beside: Mapping[str, list[Observation]] = field(default_factory=dict)  # by id, others of that source and period
    clashes: tuple[str, ...] = ()  # platforms that get two figures for one period
    touched: bool = False  # whether there is anybody to compare with


async def of_figures(
    figures: Iterable[Figure], record: Record, platforms: Platforms, now: datetime, by: str
) -> Outlook | str:
    """The outlook of a /set; the engine's word where it would refuse."""
    now = await recording.at(record, now)
    made, names = await observations(figures, record, now, by)
    before = {o.id: await record.observations.before(o) for o in made}
    elsewhere = {o.id: await _newest(o, record) for o in made}
    observe = Observe(observations=made, at=now, by=by)
    state = await loading.load(record, platforms, [observe])
    had = decided(state)
    waiting = dict(state.items)
    answer = step(state, observe, depart=False)
    if answer.error:
        return answer.error.value
    notes = recording.new_notes(state.items, waiting)
    new = [o for o in made if o.id not in answer.duplicates]
    standing = tuple(standings(state, answer, new, had))
    for domestic, foreign in pairs(standing, new):
        step(state, Review(domestic=domestic, foreign=foreign, at=now, by=by), depart=False)
    vouched = recording.new_notes(state.items, waiting)
    return Outlook(
        made,
        answer.duplicates,
        before,
        elsewhere,
        notes,
        vouched,
        standing,
        tuple(names),
        {o.id: await _beside(o, record) for o in new},
        tuple(sorted(clashing(new))),
        bool(answer.touched),
    )


async def _beside(o: Observation, record: Record) -> list[Observation]:
    """What is on record of the same platform, source and period."""
    near = await record.observations.near(o, 0)
    return [other for other in near if other.platform == o.platform and other.key == o.key]


def clashing(made: Iterable[Observation]) -> set[str]:
    """The platforms for which one command holds two figures of one metric, source and period."""
    seen: set[tuple[object, ...]] = set()
    twice = set()
    for o in made:
        place = (o.platform, o.lane, o.key)
        if place in seen:
            twice.add(o.platform)
        seen.add(place)
    return twice


async def _newest(o: Observation, record: Record) -> list[Observation]:
    found = await record.observations.latest(o.platform, None)
    return [other for other in found if (other.metric, other.scope) == (o.metric, o.scope)]


async def of_commands(
    commands: Sequence[Command], record: Record, platforms: Platforms
) -> tuple[tuple[Note, ...], Basis] | str:
    """The notes that commands would bring about, and what their message would say beyond them; the engine's word
    where it would refuse one."""
    state = await loading.load(record, platforms, commands)
    waiting = dict(state.items)
    for command in commands:
        answer = step(state, command, depart=False)
        if answer.error:
            return answer.error.value
        if answer.result is Result.DUPLICATE:
            return Result.DUPLICATE.value
    notes = recording.new_notes(state.items, waiting)
    told = {i for note in notes if note.told is not None for i in note.told.ids}
    gone = {i: state.live.get(state.versions[i].root) for i in told if i in state.versions and not state.is_live(i)}
    successors = {old: state.versions[new] if new else None for old, new in gone.items()}
    others = [change for note in notes for change in await recording.changed_beside(record, note, successors)]
    for command in commands:
        if isinstance(command, Correct) and command.new_id in state.versions:
            others.append(Change(state.versions[command.id], state.versions[command.new_id]))
        elif isinstance(command, Retract):
            others.append(Change(state.versions[command.id], None))
    return notes, Basis(successors, others=tuple(others))


def decided(state: State) -> set[Contest]:
    """The contests in which somebody is known to be ahead."""
    return {contest for contest, folds in state.folds.items() if folds and folds[-1].decisive is not None}


def standings(state: State, answer: Answer, new: Sequence[Observation], had: set[Contest]) -> Iterable[Standing]:
    """The present comparison of each contest that a new observation is a side of."""
    ids = {o.id for o in new}
    for contest in sorted(answer.touched):
        last = state.fold(contest).last
        if last is not None and ids.intersection(last.domestic.ids + last.foreign.ids):
            yield contest, last, contest in had


def pairs(standing: Iterable[Standing], new: Sequence[Observation]) -> Iterable[tuple[str, str]]:
    """The pairs that a reviewer would have to vouch for, so that the new figures can move a state at once."""
    ids = {o.id for o in new}
    for _, snapshot, _ in standing:
        if snapshot.grade is Grade.B and snapshot.verdict.decisive:
            ours = next((i for i in snapshot.domestic.ids if i in ids), snapshot.domestic.ids[0])
            theirs = next((i for i in snapshot.foreign.ids if i in ids), snapshot.foreign.ids[0])
            yield ours, theirs
