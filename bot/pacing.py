"""How fast a bot may write: never more than the messenger allows in any window of time, answers before alerts."""

from __future__ import annotations

import asyncio
import math
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from heapq import heappop, heappush
from itertools import count
from typing import NamedTuple, Protocol

ANSWERS_IN_A_ROW = 9  # after so many, an alert that waits has its turn: alerts keep a tenth
FEW = 1_000  # chats whose past is not worth looking through


class Rates(NamedTuple):
    """Messages a second overall, a second in one chat, a minute in one group; None: as many as there are."""

    overall: float | None
    chat: float | None
    group: float | None

    def or_else(self, usual: Rates) -> Rates:
        """These, where they are given."""
        return Rates(*(usual[index] if given is None else given for index, given in enumerate(self)))


# Telegram's are documented; what Eitaayar allows is not.
USUAL = {"telegram": Rates(30, 1, 20), "eitaa": Rates(None, 1 / 3, None)}


class Timer(Protocol):
    def cancel(self) -> None: ...


class Clock(Protocol):
    """A running event loop's `time` and `call_later` are one."""

    def time(self) -> float: ...

    def call_later(self, delay: float, callback: Callable[[], None], /) -> Timer: ...


class Window:
    """At most so many in any span of time of a given length."""

    def __init__(self, rate: float | None, seconds: float) -> None:
        # 2.5 a second are two in any second, a third of one is one in any three seconds.
        self._most = None if rate is None else max(1, math.floor(rate))
        self._seconds = seconds if rate is None else seconds * max(1.0, 1 / rate)
        self._times: deque[float] = deque()

    def free_at(self) -> float:
        """When the next may go: in the past, if it may go now."""
        if self._most is None or len(self._times) < self._most:
            return -math.inf
        return self._times[0] + self._seconds

    def take(self, now: float) -> None:
        if self._most is not None:
            if len(self._times) == self._most:
                self._times.popleft()
            self._times.append(now)

    def give_back(self, taken: float) -> None:
        if self._times and self._times[-1] == taken:
            self._times.pop()
        elif taken in self._times:
            self._times.remove(taken)

    def past_at(self) -> float:
        """When nothing of it matters any more."""
        return self._times[-1] + self._seconds if self._times else -math.inf


@dataclass(eq=False, slots=True)
class Waiter:
    number: int
    alert: bool
    turn: asyncio.Future[float]


@dataclass(eq=False, slots=True)
class Chat:
    name: str
    windows: tuple[Window, ...]
    held_until: float = -math.inf
    answers: deque[Waiter] = field(default_factory=deque)
    alerts: deque[Waiter] = field(default_factory=deque)
    in_a_row: int = 0  # answers since the last alert
    stamp: int = 0  # of its entry in a heap; the others are out of date

    def first(self) -> Waiter | None:
        """Who is next in this chat; those who went away leave the queue here."""
        for queue in (self.answers, self.alerts):
            while queue and queue[0].turn.done():
                queue.popleft()
        if self.alerts and (not self.answers or self.in_a_row >= ANSWERS_IN_A_ROW):
            return self.alerts[0]
        return self.answers[0] if self.answers else None

    def free_at(self) -> float:
        return max(self.held_until, *(window.free_at() for window in self.windows))

    def past_at(self) -> float:
        return max(self.held_until, *(window.past_at() for window in self.windows))


Entry = tuple[float, int, Chat]


class Pacing:
    """The turns of one bot. A chat that must wait, by its own rate or because the messenger asked for it, holds
    up nobody else."""

    def __init__(self, rates: Rates, clock: Clock | None = None) -> None:
        self._rates = rates
        self._given_clock = clock
        self._overall = Window(rates.overall, 1)
        # Alerts go evenly, so that an answer among them never waits for a whole window to pass.
        self._step = 1 / rates.overall if rates.overall else 0.0
        self._slot = -math.inf  # from when on the next alert may go
        self._in_a_row = 0
        self._chats: dict[str, Chat] = {}
        self._numbers, self._stamps = count(), count(1)
        self._resting: list[Entry] = []  # chats by when they are free
        self._answers: list[Entry] = []  # free chats by the number of their first waiter
        self._alerts: list[Entry] = []
        self._timer: Timer | None = None
        self._many = FEW

    async def turn(self, chat: str, *, group: bool = False, alert: bool = False) -> None:
        """Returns when a message may be sent to that chat."""
        place = self._place(chat, group=group)
        waiter = Waiter(next(self._numbers), alert, asyncio.get_running_loop().create_future())
        (place.alerts if alert else place.answers).append(waiter)
        if place.first() is waiter:
            self._queue(place)
        self._go_on()
        try:
            await waiter.turn
        except asyncio.CancelledError:
            if not waiter.turn.cancelled():
                for window in (self._overall, *place.windows):
                    window.give_back(waiter.turn.result())
            self._queue(place)
            self._go_on()
            raise

    def retry_after(self, chat: str, seconds: float) -> None:
        """The messenger wants nothing more in that chat for a while."""
        place = self._place(chat)
        place.held_until = max(place.held_until, self._clock.time() + seconds)
        self._queue(place)
        self._go_on()

    @property
    def waiting(self) -> int:
        """How many wait for their turn."""
        queues = (queue for chat in self._chats.values() for queue in (chat.answers, chat.alerts))
        return sum(not waiter.turn.done() for queue in queues for waiter in queue)

    @property
    def _clock(self) -> Clock:
        return self._given_clock or asyncio.get_running_loop()

    def _place(self, chat: str, *, group: bool = False) -> Chat:
        place = self._chats.get(chat)
        if place is None:
            if len(self._chats) >= self._many:
                self._forget()
            place = self._chats[chat] = Chat(chat, (Window(self._rates.chat, 1),))
        if group and len(place.windows) == 1:
            place.windows = (*place.windows, Window(self._rates.group, 60))
        return place

    def _forget(self) -> None:
        """Drops the chats in which nobody waits and whose past does not matter any more."""
        now = self._clock.time()
        self._chats = {name: chat for name, chat in self._chats.items() if chat.first() or chat.past_at() > now}
        self._many = max(FEW, 2 * len(self._chats))

    def _queue(self, chat: Chat) -> None:
        """Puts a chat where it belongs now; where it stood before, it is passed over."""
        chat.stamp = next(self._stamps)
        first, free = chat.first(), chat.free_at()
        if first is None:
            return
        if free > self._clock.time():
            heappush(self._resting, (free, chat.stamp, chat))
        else:
            heappush(self._alerts if first.alert else self._answers, (first.number, chat.stamp, chat))

    def _go_on(self) -> None:
        """Gives every turn that may be given now, and looks again when the next may."""
        now = self._clock.time()
        while (entry := _head(self._resting)) is not None and entry[0] <= now:
            heappop(self._resting)
            self._queue(entry[2])
        while self._may(now) <= now:
            self._grant(now)
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        resting = _head(self._resting)
        at = min(self._may(now), resting[0] if resting else math.inf)
        if at < math.inf:
            self._timer = self._clock.call_later(at - now, self._go_on)

    def _may(self, now: float) -> float:
        """When the next turn may be given to those who are free: at `now` or later."""
        free = max(now, self._overall.free_at())
        if _head(self._answers) is not None:
            return free
        if _head(self._alerts) is not None:
            return max(free, self._slot)
        return math.inf

    def _grant(self, now: float) -> None:
        alert = not self._answers or (self._in_a_row >= ANSWERS_IN_A_ROW and _head(self._alerts) is not None)
        _, _, chat = heappop(self._alerts if alert else self._answers)
        waiter = chat.first()
        if waiter is not None:
            (chat.alerts if waiter.alert else chat.answers).popleft()
            chat.in_a_row = 0 if waiter.alert else chat.in_a_row + 1
            self._in_a_row = 0 if waiter.alert else self._in_a_row + 1
            # A timer that came late is made up for in the next step: the delays would add up otherwise.
            self._slot = max(self._slot, now - self._step) + self._step
            for window in (self._overall, *chat.windows):
                window.take(now)
            waiter.turn.set_result(now)
        self._queue(chat)


def _head(heap: list[Entry]) -> Entry | None:
    """The first entry that still holds."""
    while heap and heap[0][1] != heap[0][2].stamp:
        heappop(heap)
    return heap[0] if heap else None
