"""Two figures set against each other: slot, distance, grade, band, verdict (overtaking.md §4 and §5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache
from math import isqrt

from sebghat.observation import METRICS, Key, Lane, Observation, Qualifier, Unit


class Verdict(StrEnum):
    """Always said of the domestic side."""

    AHEAD = "AHEAD"
    BEHIND = "BEHIND"
    LEVEL = "LEVEL"
    UNKNOWN = "UNKNOWN"

    @property
    def decisive(self) -> bool:
        return self is Verdict.AHEAD or self is Verdict.BEHIND

    @property
    def opposite(self) -> Verdict:
        return {Verdict.AHEAD: Verdict.BEHIND, Verdict.BEHIND: Verdict.AHEAD}.get(self, self)


class Grade(StrEnum):
    """A: one release, one time. B: one lane, near enough. C: a reviewed pair of two lanes. N: none."""

    A = "A"
    B = "B"
    C = "C"
    N = "N"


# A century of days and a year of seconds keep every sum inside the calendar.
_MOST = {
    "noise_permille": 1_000_000,
    "poll_unknown": 10_000,
    "cooldown": 36_525,
    "fresh": 36_525,
    "hold_seconds": 31_622_400,
}


@dataclass(frozen=True, slots=True)
class Rules:
    """The constants that can be changed (§12). Raises ValueError for what no rule could mean."""

    noise_permille: int = 20
    poll_unknown: int = 400  # hundredths of a point
    cooldown: int = 92  # days
    fresh: int = 92  # days
    hold_seconds: int = 600

    def __post_init__(self) -> None:
        for name, most in _MOST.items():
            if type(getattr(self, name)) is not int or not 0 <= getattr(self, name) <= most:
                raise ValueError(f"{name} is a whole number from 0 to {most}")


@dataclass(frozen=True, slots=True)
class Slot:
    """The hull of the live observations of one platform, lane and period (§4).

    `half` is twice the half-unit r, so that it stays an integer; `hi` None: no upper end; `n` None: unknown.
    `ids` and `roots` go by (recorded_at, id): the first is the one to quote.
    """

    platform: str
    lane: Lane
    key: Key
    lo: int
    hi: int | None
    half: int
    n: int | None
    q: Qualifier
    releases: frozenset[str]
    ids: tuple[str, ...]
    roots: tuple[str, ...]

    @property
    def first(self) -> date:
        return self.key[1]

    @property
    def last(self) -> date:
        return self.key[0]


@dataclass(frozen=True, slots=True)
class Comparison:
    """`margin` and `band` (people or hundredths of a point) are of the side with the wider gap, ahead or not;
    None where no test is possible. `leader` is the platform that is ahead, None if neither is."""

    verdict: Verdict
    grade: Grade
    margin: int | None
    band: int | None
    distance: int  # days
    leader: str | None


_HALVES = {  # twice r in units of res (§2); a bound is a promise, not a rounded figure
    Qualifier.EXACT: 1,
    Qualifier.ABOUT: 2,
    Qualifier.AT_LEAST: 0,
    Qualifier.AT_MOST: 0,
    Qualifier.RANGE: 1,
}


def slot(observations: Sequence[Observation]) -> Slot:
    """The slot of one or more observations with equal platform, lane and period."""
    if len(observations) == 1:
        only = observations[0]
        value = only.value
        return Slot(
            only.platform,
            only.lane,
            only.key,
            value.lo,
            value.hi,
            _HALVES[value.q] * value.res,
            only.n,
            value.q,
            _releases(only.release),
            ids := (only.id,),
            ids if only.root == only.id else (only.root,),
        )
    # No rule looks at the order of entry; it only says whose text is quoted first.
    ranked = sorted(observations, key=lambda o: (o.recorded_at, o.id))
    values = [o.value for o in ranked]
    sizes = [o.n for o in ranked if o.n is not None]
    tops = [v.hi for v in values if v.hi is not None]
    return Slot(
        ranked[0].platform,
        ranked[0].lane,
        ranked[0].key,
        min(v.lo for v in values),
        max(tops) if len(tops) == len(values) else None,
        max(_HALVES[v.q] * v.res for v in values),
        min(sizes) if len(sizes) == len(ranked) else None,
        values[0].q if len({(v.q, v.lo, v.hi) for v in values}) == 1 else Qualifier.RANGE,
        frozenset(o.release for o in ranked if o.release is not None),
        tuple(o.id for o in ranked),
        tuple(o.root for o in ranked),
    )


@lru_cache(maxsize=4_096)  # the figures of one release share it
def _releases(release: str | None) -> frozenset[str]:
    return frozenset() if release is None else frozenset((release,))


def distance(a: Key, b: Key) -> int:
    """The longest that may really lie between two periods, in days: a vague date must not break W."""
    return 0 if a == b else (max(a[0], b[0]) - min(a[1], b[1])).days


def grade(domestic: Slot, foreign: Slot) -> Grade:
    """Two lanes within the window are C: that somebody reviewed the pair is for the caller to know."""
    one_lane = domestic.lane == foreign.lane
    # "Before" and "after" of one release are not one comparison: their periods must share a day.
    overlap = domestic.first <= foreign.last and foreign.first <= domestic.last
    if one_lane and overlap and not domestic.releases.isdisjoint(foreign.releases):
        return Grade.A
    if distance(domestic.key, foreign.key) > METRICS[domestic.lane.metric].window:
        return Grade.N
    return Grade.B if one_lane else Grade.C


def band(p: Slot, q: Slot, graded: Grade, rules: Rules) -> int | None:
    """How far `p` must lie above `q` to be ahead, rounded up; None where `q` has no upper end."""
    if q.hi is None:
        return None
    # Half-units add up, since nobody promised that two roundings are independent.
    halves = (p.half + q.half + 1) // 2
    if METRICS[p.lane.metric].unit is not Unit.PERCENT:
        return max(-(-rules.noise_permille * p.lo // 1000), halves)
    if p.n is None or q.n is None:
        return max(rules.poll_unknown, halves)
    return max(_sampling(p.lo, p.n, q.hi, q.n, graded), halves)


def _sampling(p: int, n_p: int, q: int, n_q: int, graded: Grade) -> int:
    """⌈1.96·√V⌉ in hundredths of a point, the shares too: the square is 38416/10⁴ of 10⁸·V, in integers."""
    if graded is Grade.A:
        # One poll: the multinomial variance, or the worst overlap where several answers were allowed.
        above, below = min(p + q, 20_000 - p - q) * 10_000 - (p - q) ** 2, min(n_p, n_q)
    else:
        above, below = p * (10_000 - p) * n_q + q * (10_000 - q) * n_p, n_p * n_q
    square = -(-38_416 * above // (10_000 * below))
    return isqrt(square - 1) + 1 if square > 0 else 0


def compare(domestic: Slot, foreign: Slot, rules: Rules) -> Comparison:
    """The verdict on two slots of one metric and scope, whether or not they are a snapshot of a contest."""
    days = distance(domestic.key, foreign.key)
    graded = grade(domestic, foreign)
    if graded is Grade.N:
        return Comparison(Verdict.UNKNOWN, graded, None, None, days, None)
    # "At least" has no upper end: nobody is known to be above it.
    up = None if foreign.hi is None else domestic.lo - foreign.hi
    down = None if domestic.hi is None else foreign.lo - domestic.hi
    if down is None or (up is not None and up >= down):
        p, q, gap, said = domestic, foreign, up, Verdict.AHEAD
    else:
        p, q, gap, said = foreign, domestic, down, Verdict.BEHIND
    needed = band(p, q, graded, rules)
    if gap is not None and needed is not None and gap > 0 and gap >= needed:
        return Comparison(said, graded, gap, needed, days, p.platform)
    return Comparison(Verdict.LEVEL, graded, gap, needed, days, None)


def untold(domestic: Slot, foreign: Slot, found: Comparison) -> bool:
    """Whether a LEVEL only means that no test is possible: one figure has no upper end, or their ranges overlap.

    Either side may then be far ahead, so nobody may say that the two are near each other.
    """
    if found.verdict is not Verdict.LEVEL:
        return False
    return domestic.hi is None or foreign.hi is None or found.margin is None or found.margin < 0
