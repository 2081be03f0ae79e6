"""How the contests stand that a command touches, and which of their pairs somebody would have to vouch for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sebghat.comparison import Grade
from sebghat.contest import Contest, Snapshot
from sebghat.observation import Observation
from sebghat.state import State


@dataclass(frozen=True, slots=True)
class Standing:
    """The comparison of a contest before a command and after it (None: there is none), and whether somebody was known
    to be ahead."""

    contest: Contest
    before: Snapshot | None
    now: Snapshot | None
    had_state: bool


Before = Mapping[Contest, tuple[Snapshot | None, bool]]


def as_it_is(state: State) -> Before:
    """To be asked before a command: how each contest of this part of the state stands."""
    return {
        contest: (folds[-1].last, folds[-1].decisive is not None) for contest, folds in state.folds.items() if folds
    }


def standings(state: State, touched: Iterable[Contest], ids: Iterable[str], before: Before) -> tuple[Standing, ...]:
    """Each contest in whose present comparison, before or after, one of these versions is a side."""
    wanted, found = set(ids), []
    for contest in sorted(touched):
        was, had_state = before.get(contest, (None, False))
        now = state.fold(contest).last
        if any(snapshot and wanted.intersection(_ids(snapshot)) for snapshot in (was, now)):
            found.append(Standing(contest, was, now, had_state))
    return tuple(found)


def _ids(snapshot: Snapshot) -> tuple[str, ...]:
    return snapshot.domestic.ids + snapshot.foreign.ids


def pairs(standing: Iterable[Standing], new: Sequence[Observation]) -> Iterable[tuple[str, str]]:
    """The pairs that a reviewer would have to vouch for, so that the new figures can move a state at once."""
    ids = {o.id for o in new}
    for each in standing:
        now = each.now
        if now is not None and ids.intersection(_ids(now)) and now.grade is Grade.B and now.verdict.decisive:
            ours = next((i for i in now.domestic.ids if i in ids), now.domestic.ids[0])
            theirs = next((i for i in now.foreign.ids if i in ids), now.foreign.ids[0])
            yield ours, theirs
