"""A contest of two platforms: its snapshots in order, and the fold over them (overtaking.md §5 and §6)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from functools import reduce
from itertools import pairwise
from typing import NamedTuple

from sebghat.comparison import Comparison, Grade, Rules, Slot, Verdict, compare
from sebghat.observation import ACROSS, Key, Lane

Pair = tuple[str, str]  # roots of a domestic and a foreign chain that somebody reviewed
_FLAP, _LOOKBACK = 3, 6  # changes that make a flip "trading", among so many established verdicts (§12)
_SPARSE = 64  # every so many snapshots one fold is kept, so that a late entry costs the tail, not the whole


class Contest(NamedTuple):
    """`lane` is `source/method`, or `a/b x c/d` (domestic first) of reviewed pairs of two lanes."""

    domestic: str
    foreign: str
    metric: str
    scope: str
    lane: str

    @property
    def crosses(self) -> bool:
        return ACROSS in self.lane

    @property
    def lanes(self) -> tuple[Lane, ...]:
        """Those that its figures come from."""
        return Lane(self.metric, self.scope, self.lane).parts

    def platform(self, side: Verdict) -> str:
        """Who leads when the verdict is `side` (AHEAD or BEHIND)."""
        return self.domestic if side is Verdict.AHEAD else self.foreign


@dataclass(frozen=True, slots=True)
class Snapshot:
    domestic: Slot
    foreign: Slot
    key: Key
    comparison: Comparison
    reviewed: bool = False

    @property
    def verdict(self) -> Verdict:
        return self.comparison.verdict

    @property
    def grade(self) -> Grade:
        return self.comparison.grade


class Style(StrEnum):
    PASS = "pass"  # noqa: S105 - as in overtaking
    TRADING = "trading"


@dataclass(frozen=True, slots=True)
class Flip:
    """`side` is the verdict it went to; `before` the key of the last established snapshot of the other side,
    `start` of the first of the run that led to `at`; `spoken` and `style` are None while the cooldown hides it."""

    side: Verdict
    at: Snapshot
    before: Key
    start: Key
    spoken: Snapshot | None = None
    style: Style | None = None

    @property
    def shown(self) -> Snapshot:
        return self.spoken or self.at


@dataclass(frozen=True, slots=True)
class Fold:
    """What the snapshots come to: `decisive` is S, `spoken` T of §6, `since` the key where S began; `run` the key
    where the run of equal verdicts began, `established` of the last established snapshot.

    `earlier`: how many flips there are before `flips`, in a fold that keeps only what can still change (`tail`).
    """

    last: Snapshot | None = None
    decisive: Verdict | None = None
    spoken: Verdict | None = None
    since: Key | None = None
    flips: tuple[Flip, ...] = ()
    run: Key | None = None
    established: Key | None = None
    history: tuple[Verdict, ...] = ()
    mute: date | None = None
    count: int = 0
    earlier: int = 0

    @property
    def displayed(self) -> Verdict:
        return Verdict.UNKNOWN if self.last is None else self.last.verdict

    @property
    def tail(self) -> Fold:
        """The same with those flips alone that later snapshots may still change: the last, while it is unspoken."""
        kept = self.flips[-1:] if self.decisive is not self.spoken else ()
        return replace(self, flips=kept, earlier=self.earlier + len(self.flips) - len(kept))


EMPTY = Fold()


@dataclass(frozen=True, slots=True)
class Base:
    """What later snapshots need of a fold: all but its last snapshot, which lies `at` a key and is that of the two
    slots with these keys, and no flip but one that may still change."""

    fold: Fold
    at: Key
    domestic: Key
    foreign: Key

    @property
    def closed(self) -> Key:
        """No flip up to this key is changed by later snapshots."""
        return self.fold.flips[-1].before if self.fold.flips else self.at


def base(fold: Fold) -> Base | None:
    """What to keep of a fold, so that later snapshots can go on from there; None where there is nothing yet."""
    last = fold.last
    if last is None:
        return None
    return Base(replace(fold.tail, last=None), last.key, last.domestic.key, last.foreign.key)


def snapshots(
    domestic: Sequence[Slot],
    foreign: Sequence[Slot],
    rules: Rules,
    reviewed: Collection[Pair] = (),
    after: Key | None = None,
) -> Iterator[Snapshot]:
    """The snapshots of a contest in one lane, from both sides' slots in order, with keys above `after`."""
    d = 0 if after is None else _past(domestic, after)
    f = 0 if after is None else _past(foreign, after)
    while d < len(domestic) or f < len(foreign):
        ours, theirs = domestic[d : d + 1], foreign[f : f + 1]
        if ours and theirs and ours[0].key == theirs[0].key:
            key, d, f = ours[0].key, d + 1, f + 1
        elif ours and not (theirs and theirs[0].key < ours[0].key):
            key, d = ours[0].key, d + 1
        else:
            key, f = theirs[0].key, f + 1
        if d and f:
            one, other = domestic[d - 1], foreign[f - 1]
            seen = bool(reviewed) and any((a, b) in reviewed for a in one.roots for b in other.roots)
            yield Snapshot(one, other, key, compare(one, other, rules), seen)


def _past(slots: Sequence[Slot], after: Key) -> int:
    """How many of the slots lie up to `after`; from the end, since what is new is mostly there."""
    end = len(slots)
    while end and slots[end - 1].key > after:
        end -= 1
    return end


def crossed(pairs: Iterable[tuple[Slot, Slot]], rules: Rules) -> list[Snapshot]:
    """The snapshots of a contest of two lanes: its reviewed pairs alone, each side one observation."""
    made = [Snapshot(d, f, max(d.key, f.key), compare(d, f, rules), True) for d, f in pairs]
    return sorted(made, key=lambda s: (s.key, s.domestic.roots, s.foreign.roots))


def advance(fold: Fold, e: Snapshot, rules: Rules) -> Fold:
    """One step of the fold of §6."""
    verdict, last = e.comparison.verdict, fold.last
    again = last is not None and verdict is last.comparison.verdict
    run = fold.run if again and fold.run else e.key
    if not (verdict.decisive and (again or e.reviewed or e.grade is Grade.A)):  # of two lanes all are reviewed
        # LEVEL, UNKNOWN and a first decisive one never touch the state.
        return Fold(e, fold.decisive, fold.spoken, fold.since, fold.flips, run, fold.established,
                    fold.history, fold.mute, fold.count + 1, fold.earlier)  # fmt: skip
    decisive, spoken, since, flips, mute = fold.decisive, fold.spoken, fold.since, fold.flips, fold.mute
    history = (*fold.history[1 - _LOOKBACK :], verdict)
    if decisive is not verdict:
        since = run
        if fold.established is None:
            spoken = verdict  # a first value is silent
        else:
            flips = (*flips, Flip(verdict, e, fold.established, run))
        decisive = verdict
    if decisive is not spoken and (mute is None or e.key[0] > mute):
        trading = sum(a is not b for a, b in pairwise(history)) >= _FLAP
        style = Style.TRADING if trading else Style.PASS
        f = flips[-1]
        flips = (*flips[:-1], Flip(f.side, f.at, f.before, f.start, e, style))
        spoken = decisive
        if trading:
            mute = e.key[0] + timedelta(days=rules.cooldown)
    return Fold(e, decisive, spoken, since, flips, run, e.key, history, mute, fold.count + 1, fold.earlier)


def fold(made: Iterable[Snapshot], rules: Rules) -> Fold:
    """The fold of §6 over snapshots in order."""
    return reduce(lambda so_far, e: advance(so_far, e, rules), made, EMPTY)


def before(folds: tuple[Fold, ...], key: Key) -> tuple[Fold, ...]:
    """The kept folds that no snapshot at `key` or later has gone into."""
    end = len(folds)
    while end and (last := folds[end - 1].last) is not None and last.key >= key:
        end -= 1
    return folds[:end]


def extend(folds: tuple[Fold, ...], made: Iterable[Snapshot], rules: Rules) -> tuple[Fold, ...]:
    """The kept folds with more snapshots gone in: a sparse few, the last but one, and the present one.

    The last but one, since a release entered figure by figure replaces the newest snapshot again and again.
    """
    kept = list(folds)
    for e in made:
        kept.append(advance(kept[-1] if kept else EMPTY, e, rules))
        if len(kept) > 2 and kept[-3].count % _SPARSE:
            del kept[-3]
    return tuple(kept)
