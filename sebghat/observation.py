"""One figure as it was entered: whose, of what, how much, when, says who."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from sebghat.periods import AsOf


class Qualifier(StrEnum):
    """The hedge that the words carry (overtaking.md §2)."""

    EXACT = "exact"
    ABOUT = "about"
    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    RANGE = "range"


class Unit(StrEnum):
    USERS = "users"  # whole people
    PERCENT = "percent"  # hundredths of a point: 34.6 % is 3460


@dataclass(frozen=True, slots=True)
class Metric:
    key: str
    unit: Unit
    window: int  # W of overtaking.md §5, in days


METRICS = {
    metric.key: metric
    for metric in (
        Metric("mau", Unit.USERS, 92),
        Metric("dau", Unit.USERS, 31),
        Metric("registered", Unit.USERS, 183),
        Metric("installs", Unit.USERS, 183),
        Metric("poll", Unit.PERCENT, 0),
    )
}


@dataclass(frozen=True, slots=True)
class Value:
    """`lo`..`hi` in people or hundredths of a point (`hi` None: no end); `res`: the last written digit's unit.

    Raises ValueError where the ends do not fit the qualifier.
    """

    q: Qualifier
    lo: int
    hi: int | None
    res: int

    def __post_init__(self) -> None:
        fits = {
            Qualifier.EXACT: self.hi == self.lo,
            Qualifier.ABOUT: self.hi == self.lo,
            Qualifier.AT_LEAST: self.hi is None,
            Qualifier.AT_MOST: self.lo == 0 and self.hi is not None,
            Qualifier.RANGE: self.hi is not None and self.lo <= self.hi,
        }[self.q]
        if self.lo < 0 or self.res < 1 or not fits:
            raise ValueError(f"the ends do not fit {self.q}")


ACROSS = " x "  # no slug holds a space


class Lane(NamedTuple):
    """Where figures can meet: one metric, one scope, one `source/method` (overtaking.md §1); or, of reviewed pairs,
    two lanes, `a/b x c/d`, the domestic one first."""

    metric: str
    scope: str
    name: str

    @property
    def source(self) -> str:
        return self.name.partition("/")[0]

    @property
    def method(self) -> str:
        return self.name.partition("/")[2]

    def across(self, foreign: Lane) -> Lane:
        """That of reviewed pairs of a figure of this lane and one of another; of one lane, it stays that."""
        return self if self == foreign else self._replace(name=f"{self.name}{ACROSS}{foreign.name}")

    @property
    def parts(self) -> tuple[Lane, ...]:
        """The one lane, or the two, that its figures come from."""
        return tuple(self._replace(name=name) for name in self.name.split(ACROSS))


@lru_cache(maxsize=65_536)  # the same few lanes again and again: one object each
def lane(metric: str, scope: str, source: str, method: str) -> Lane:
    return Lane(metric, scope, f"{source}/{method}")


Key = tuple[date, date]  # (last, first) of a period: the order of slots and snapshots (§5)
LATEST: Key = (date.max, date.max)


@dataclass(frozen=True, slots=True)
class Observation:
    """`id` names this version, `root` the first of its chain; `source` and `method` are keys (slugs)."""

    id: str
    platform: str
    metric: str
    scope: str
    source: str
    method: str
    release: str | None
    value: Value
    n: int | None
    asof: AsOf
    recorded_at: datetime
    recorded_by: str
    root: str = ""
    speaker: str = ""  # who spoke for the source
    via: str = ""  # through whom it came; no part of the lane
    quote: str = ""  # as printed
    address: str = ""  # page or file
    note: str = ""

    @property
    def lane(self) -> Lane:
        return lane(self.metric, self.scope, self.source, self.method)

    @property
    def key(self) -> Key:
        return self.asof.key

    @property
    def content(self) -> tuple[object, ...]:
        """What makes two observations duplicates (§4): no id, recorder, free text; the as-of by its days."""
        said = (self.platform, self.metric, self.scope, self.source, self.method, self.release, self.n)
        return *said, self.value.q, self.value.lo, self.value.hi, self.value.res, self.asof.interval


def fingerprint(figures: Iterable[Observation]) -> str:
    """Eight digits that the same figures of one publication have, in whatever order they come. The record has them in
    the names of releases, so what goes into them never changes."""
    said = sorted(repr((o.platform, o.metric, o.scope, o.value, o.n, o.asof.interval)) for o in figures)
    return hashlib.sha256("\n".join(said).encode()).hexdigest()[:8]
