"""The lines of a picture: one for each platform and each source, since figures of two sources are never joined."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import TypeVar

from sebghat.charts.scale import middle
from sebghat.observation import Key, Lane, Observation, Qualifier, Value
from sebghat.periods import AsOf
from sebghat.voice import hull

GAP = 731  # days without a figure, over which no line is drawn
MOST = 120  # points of a line: more lie on one another


T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Point:
    """A figure of one period, as one source has it."""

    value: Value
    asof: AsOf
    source: str

    @property
    def day(self) -> date:
        """Where it is drawn: in the middle of its period."""
        return middle(self.asof.first, self.asof.last)

    @property
    def bounded(self) -> bool:
        """Whether it says where the figure lies, not only on which side of a bound."""
        return self.value.hi is not None and self.value.q is not Qualifier.AT_MOST

    @property
    def high(self) -> int:
        """The greatest number that is written of it."""
        return self.value.lo if self.value.hi is None else self.value.hi

    @property
    def top(self) -> int:
        """How far up it is drawn: "about" reaches a unit of its last digit beyond."""
        return self.high + (self.value.res if self.value.q is Qualifier.ABOUT else 0)


@dataclass(frozen=True, slots=True)
class Line:
    platform: str
    lane: Lane
    points: tuple[Point, ...]  # by their periods

    @property
    def last(self) -> Point:
        return self.points[-1]


def lines(observations: Iterable[Observation]) -> list[Line]:
    """The lines of these figures: the platforms in their order, of each the line with the newest figure first."""
    found: dict[tuple[str, Lane], dict[Key, list[Observation]]] = {}
    order: dict[str, int] = {}
    for o in observations:
        order.setdefault(o.platform, len(order))
        found.setdefault((o.platform, o.lane), {}).setdefault(o.key, []).append(o)
    made = [
        Line(platform, lane, thinned([_point(periods[key]) for key in sorted(periods)], lambda point: point.high))
        for (platform, lane), periods in found.items()
    ]
    return sorted(made, key=lambda line: (order[line.platform], -line.last.asof.last.toordinal(), line.lane))


def thinned(points: Sequence[T], height: Callable[[T], int]) -> tuple[T, ...]:
    """Of very many points those that give the line its shape: of each stretch the first, the last, and its ends."""
    long = -(-len(points) // (MOST // 4)) if len(points) > MOST else 1
    stretches = [points[start : start + long] for start in range(0, len(points), long)]
    kept = [(part[0], min(part, key=height), max(part, key=height), part[-1]) for part in stretches]
    shown = {id(point) for part in kept for point in part}
    return tuple(point for point in points if id(point) in shown)


def _point(observations: list[Observation]) -> Point:
    ranked = sorted(observations, key=lambda o: (o.recorded_at, o.id))
    return Point(hull(ranked), ranked[0].asof, ranked[0].source)


def joins(points: Sequence[Point]) -> Iterator[tuple[Point, Point]]:
    """The neighbours between which a line is drawn."""
    for before, after in pairwise(points):
        if before.bounded and after.bounded and (after.asof.first - before.asof.last).days <= GAP:
            yield before, after


def is_cut(line: Line) -> bool:
    """Whether some of its figures lie too far apart to be joined."""
    return any((after.asof.first - before.asof.last).days > GAP for before, after in pairwise(line.points))
