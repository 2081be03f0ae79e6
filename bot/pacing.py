"""How fast a bot may write: never more than the messenger allows in any window of time, answers before alerts."""

from __future__ import annotations

import asyncio
import math
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from heapq import heappop, heappush
from itertools import count
from statistics import median_low
from typing import NamedTuple, Protocol

from bot.windows import GUARD, Journey, Pace, Window

ANSWERS_IN_A_ROW = 9  # after so many, an alert that waits has its turn: alerts keep a tenth
FEW = 1_000  # chats whose past is not worth looking through
CATCH_UP = 0.1  # seconds of alerts that may be made up for after a delay
REFUSALS = 3  # different chats in a row, after which a refusal for load is taken to mean the whole bot


class Rates(NamedTuple):
    """Messages a second overall, a second in one chat, a minute in one group; None: as many as there are."""

    overall: float | None
    chat: float | None
    group: float | None

    def or_else(self, usual: Rates) -> Rates:
        """These, where they are given."""
        return Rates(*(usual[index] if given is None else given for index, given in enumerate(self)))


# Telegram's are documented; what the others allow is not.
USUAL = {
    "telegram": Rates(30, 1, 20),
    "bale": Rates(20, 1, 20),
    "splus": Rates(20, 1, 20),
    "rubika": Rates(10, 1, 20),
    "eitaa": Rates(None, 1 / 3, None),
}


class Timer(Protocol):
    def cancel(self) -> None: ...


class Clock(Protocol):
    """A running event loop's `time` and `call_later` are one."""

    def time(self) -> float: ...

    def call_later(self, delay: float, callback: Callable[[], None], /) -> Timer: ...


@dataclass(eq=False, slots=True)
class Turn:
    """One reply's: when it came, in the clock's time."""

    number: int
    alert: bool
    size: int  # messages that it takes
    came: asyncio.Future[float]

    @property
    def at(self) -> float:
        return self.came.result()


@dataclass(eq=False, slots=True)
class Chat:
    name: str
    windows: tuple[Window, ...]
    held_until: float = -math.inf
    answers: deque[Turn] = field(default_factory=deque)
    alerts: deque[Turn] = field(default_factory=deque)
    in_a_row: int = 0  # answers since the last alert
    stamp: int = 0  # of its entry in a heap; the others are out of date

    def first(self) -> Turn | None:
        """Who is next in this chat; those who went away leave the queue here."""
        for queue in (self.answers, self.alerts):
            while queue and queue[0].came.done():
                queue.popleft()
        if self.alerts and (not self.answers or self.in_a_row >= ANSWERS_IN_A_ROW):
            return self.alerts[0]
        return self.answers[0] if self.answers else None

    def free_at(self, now: float, size: int) -> float:
        return max(self.held_until, *(window.free_at(now, size) for window in self.windows))

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
        self._pace = Pace()
        self._held_until = -math.inf
        self._refused: deque[tuple[str, float]] = deque(maxlen=2 * REFUSALS)  # chats in a row, each until when
        self._refused_at = -math.inf
        self._journey = Journey()
        # Alerts go evenly, so that an answer among them never waits for a whole window to pass.
        self._slot = -math.inf  # from when on the next alert may go
        self._in_a_row = 0
        self._chats: dict[str, Chat] = {}
        self._numbers, self._stamps = count(), count(1)
        self._resting: list[Entry] = []  # chats by when they are free
        self._answers: list[Entry] = []  # free chats by the number of their first turn
        self._alerts: list[Entry] = []
        self._timer: Timer | None = None
        self._many = FEW

    @asynccontextmanager
    async def turn(self, chat: str, *, group: bool = False, alert: bool = False, size: int = 1) -> AsyncIterator[Turn]:
        """Waits until a reply of so many messages may be sent to that chat; inside it is sent, and at the end it has
        its answer."""
        place = self._place(chat, group=group)
        turn = Turn(next(self._numbers), alert, size, asyncio.get_running_loop().create_future())
        (place.alerts if alert else place.answers).append(turn)
        if place.first() is turn:
            self._queue(place)
        self._go_on()
        try:
            await turn.came
        except asyncio.CancelledError:
            for window in (self._overall, *place.windows):
                window.give_back(turn.number)
            self._queue(place)
            self._go_on()
            raise
        try:
            yield turn
        finally:
            delay = self._journey.delay(self._clock.time() - turn.at)
            for window in (self._overall, *place.windows):
                window.over(turn.number, delay)
            self._queue(place)
            self._go_on()

    def accepted(self, turn: Turn) -> None:
        """The messenger took it: what it refused before was the matter of those chats."""
        if turn.at > self._refused_at:
            self._refused.clear()

    def refused(self, turn: Turn, chat: str, seconds: float) -> float:
        """The messenger wants nothing more for a while: in that chat, or where it says so of several, at all. Returns
        for how many seconds from now the whole bot rests, where that begins with this refusal."""
        now = self._clock.time()
        place = self._place(chat)
        place.held_until = max(place.held_until, now + seconds)
        self._refused.append((chat, place.held_until))
        self._refused_at = now
        begins = False
        if len({name for name, _ in self._refused}) >= REFUSALS:
            begins = turn.at >= self._held_until
            if begins:
                self._pace.slow_down(now)
                self._overall.allow(self._rate(now))
            # The middle one: among them may be a chat that is slow by itself.
            self._held_until = max(self._held_until, median_low(until for _, until in self._refused if until >= now))
        self._queue(place)
        self._go_on()
        return self._held_until - now if begins else 0.0

    def rest(self, chat: str = "") -> float:
        """Seconds for which the messenger wants nothing: of the whole bot, or for that chat."""
        place = self._chats.get(chat)
        return max(0.0, max(self._held_until, place.held_until if place else -math.inf) - self._clock.time())

    @property
    def rate(self) -> float | None:
        """Messages a second that may go now; None: as many as there are."""
        return self._rate(self._clock.time())

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
        first, now = chat.first(), self._clock.time()
        if first is None:
            return
        free = chat.free_at(now, first.size)
        if free > now:
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
        alert = self._alert_is_next()
        entry = _head(self._alerts if alert else self._answers)
        if entry is None:
            return math.inf
        turn = entry[2].first()
        free = max(now, self._held_until, self._overall.free_at(now, turn.size if turn else 1))
        return free if self._answers else max(free, self._slot)

    def _alert_is_next(self) -> bool:
        """Answers go first, but for every tenth turn."""
        waits = _head(self._alerts) is not None
        return waits and (_head(self._answers) is None or self._in_a_row >= ANSWERS_IN_A_ROW)

    def _grant(self, now: float) -> None:
        alert = self._alert_is_next()
        _, _, chat = heappop(self._alerts if alert else self._answers)
        turn = chat.first()
        if turn is not None:
            (chat.alerts if turn.alert else chat.answers).popleft()
            chat.in_a_row = 0 if turn.alert else chat.in_a_row + 1
            self._in_a_row = 0 if turn.alert else self._in_a_row + 1
            rate = self._rate(now)
            self._overall.allow(rate)
            if rate is not None:
                # What came late is made up for in the next steps: the delays would add up otherwise.
                self._slot = max(self._slot, now - CATCH_UP) + turn.size * (1 + GUARD) / rate
            for window in (self._overall, *chat.windows):
                window.take(turn.number, now, turn.size)
            turn.came.set_result(now)
        self._queue(chat)

    def _rate(self, now: float) -> float | None:
        return None if self._rates.overall is None else self._rates.overall * self._pace.at(now)


def _head(heap: list[Entry]) -> Entry | None:
    """The first entry that still holds."""
    while heap and heap[0][1] != heap[0][2].stamp:
        heappop(heap)
    return heap[0] if heap else None
