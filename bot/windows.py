"""How many messages fall into a span of time, as the messenger counts them.

It counts when a message arrives, which nobody here knows: between its turn and its answer. What a message took longer
than the quickest of late, it may have spent on its way, so its place comes free that much later; one that is under way
keeps its place. So no span is ever too full for the messenger, and only the jitter costs time.
"""

from __future__ import annotations

import math
from heapq import heappop, heappush, nsmallest
from itertools import chain

GUARD = 0.003  # seconds that a window is longer than the messenger's: the quickest way is known only that well
LAG = 3.0  # seconds that a message may be under way before it is taken to have arrived
OF_LATE = 100  # messages

SLOWER = 0.75  # of its pace goes a bot on with that was refused
SLOWEST = 0.1
RECOVERY = 600.0  # seconds from standing still to the full pace


class Window:
    """At most so many in any span of time of a given length."""

    def __init__(self, rate: float | None, seconds: float) -> None:
        self._span = seconds
        self._under_way: dict[int, tuple[float, int]] = {}  # when each was let go and its size: the oldest first
        self._places = 0  # that those under way take
        self._past: list[float] = []  # heap: when each that has ended arrived, at the latest
        self._latest = -math.inf
        self.allow(rate)

    def allow(self, rate: float | None) -> None:
        """So many in the span from now on: of 2.5 a second two in any second, of a third one in any three."""
        self._most = math.inf if rate is None else max(1, math.floor(rate))
        self._seconds = GUARD + self._span * (1.0 if rate is None else max(1.0, 1 / rate))

    def free_at(self, now: float, size: int = 1) -> float:
        """When the next, which takes so many places, may go: in the past, if it may go now. What is larger than the
        window goes when that is empty."""
        if self._most == math.inf:
            return -math.inf
        while self._past and self._past[0] + self._seconds <= now:
            heappop(self._past)
        while (oldest := self._oldest()) + LAG + self._seconds <= now:
            self.give_back(next(iter(self._under_way)))
        taken = len(self._past) + self._places
        missing = min(size, int(self._most)) + taken - int(self._most)
        if missing <= 0:
            return -math.inf
        if missing == 1:
            return self._seconds + min(oldest + LAG, self._past[0] if self._past else math.inf)
        late = (at + LAG for at, places in self._under_way.values() for _ in range(places))
        return self._seconds + nsmallest(missing, chain(self._past, late))[-1]

    def take(self, number: int, now: float, size: int = 1) -> None:
        if self._most < math.inf:
            self._under_way[number] = now, size
            self._places += size
            self._latest = now + LAG

    def over(self, number: int, delay: float) -> None:
        """That one has ended; it arrived that long after its turn at the latest."""
        if (taken := self.give_back(number)) is not None:
            at, size = taken
            for _ in range(size):
                heappush(self._past, at + min(delay, LAG))

    def give_back(self, number: int) -> tuple[float, int] | None:
        """That one takes no place any more; when it was let go and its size."""
        taken = self._under_way.pop(number, None)
        self._places -= taken[1] if taken else 0
        return taken

    def past_at(self) -> float:
        """When nothing of it matters any more."""
        return self._latest + self._seconds

    def _oldest(self) -> float:
        return next(iter(self._under_way.values()), (math.inf, 0))[0]


class Journey:
    """How long messages are on their way."""

    def __init__(self) -> None:
        self._before, self._now, self._count = 0.0, math.inf, 0

    def delay(self, took: float) -> float:
        """How much later than its turn, at the latest, a message arrived that took so long until its answer; the
        time that the quickest take is the same for all and does not matter."""
        self._now = min(self._now, took)
        quickest = min(self._before, self._now)
        self._count += 1
        if self._count == OF_LATE:
            self._before, self._now, self._count = self._now, math.inf, 0
        return took - quickest


class Pace:
    """How much of the rate a bot makes use of: less after a refusal, and slowly all of it again."""

    def __init__(self) -> None:
        self._share, self._since = 1.0, 0.0

    def at(self, now: float) -> float:
        return min(1.0, self._share + (now - self._since) / RECOVERY)

    def slow_down(self, now: float) -> None:
        self._share, self._since = max(SLOWEST, self.at(now) * SLOWER), now
