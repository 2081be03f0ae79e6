import asyncio
import random
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable
from heapq import heappop, heappush
from itertools import count

import pytest
from hypothesis import given, strategies

from bot.pacing import ANSWERS_IN_A_ROW, REFUSALS, USUAL, Pacing, Rates
from bot.windows import GUARD, RECOVERY, SLOWER


class Timer:
    cancelled = False

    def __init__(self, callback: Callable[[], None]) -> None:
        self.callback = callback

    def cancel(self) -> None:
        self.cancelled = True


class Clock:
    """Time that passes only in `run`."""

    def __init__(self) -> None:
        self.now = 0.0
        self.looked = 0  # how often somebody was woken
        self._numbers = count()
        self._timers: list[tuple[float, int, Timer]] = []

    def time(self) -> float:
        return self.now

    def call_later(self, delay: float, callback: Callable[[], None], /) -> Timer:
        timer = Timer(callback)
        heappush(self._timers, (self.now + delay, next(self._numbers), timer))
        return timer

    async def sleep(self, seconds: float) -> None:
        over = asyncio.Event()
        self.call_later(seconds, over.set)
        await over.wait()

    async def run(self, until: float) -> None:
        await settle()
        while self._timers and self._timers[0][0] <= until:
            at, _, timer = heappop(self._timers)
            if not timer.cancelled:
                self.now = max(self.now, at)
                self.looked += 1
                timer.callback()
                await settle()
        self.now = until


async def settle() -> None:
    for _ in range(4):
        await asyncio.sleep(0)


def at_once() -> tuple[float, float]:
    return 0.0, 0.0


class Bench:
    """Pacing under a clock of its own, when each turn came, and when the messenger got each message."""

    def __init__(self, rates: Rates, way: Callable[[], tuple[float, float]] = at_once) -> None:
        self.clock = Clock()
        self.pacing = Pacing(rates, self.clock)
        self.given: list[tuple[float, str, bool, int]] = []
        self.arrived: list[float] = []
        self.refusing: dict[str, float] = {}  # chats, each with its `retry_after`; "" for all of them
        self._way = way  # seconds to the messenger and back
        self._numbers = count()

    def ask(self, chat: str, *, group: bool = False, alert: bool = False, size: int = 1) -> asyncio.Task[None]:
        return asyncio.create_task(self._ask(chat, group, alert, size, next(self._numbers)))

    async def _ask(self, chat: str, group: bool, alert: bool, size: int, number: int) -> None:
        async with self.pacing.turn(chat, group=group, alert=alert, size=size) as turn:
            self.given.append((self.clock.now, chat, alert, number))
            for _ in range(size):
                there, back = self._way()
                if there:
                    await self.clock.sleep(there)
                self.arrived.append(self.clock.now)
                refused = self.refusing.get("", self.refusing.get(chat))
                if back:
                    await self.clock.sleep(back)
            if refused is None:
                self.pacing.accepted(turn)
            else:
                self.pacing.refused(turn, chat, refused)

    def times(self, chat: str = "") -> list[float]:
        return [at for at, where, _, _ in self.given if chat in {"", where}]


def most_within(times: list[float], seconds: float) -> int:
    """The most that fell into any window of that length."""
    return max((bisect_left(times, at + seconds - 1e-9) - index for index, at in enumerate(times)), default=0)


@given(
    strategies.lists(
        strategies.tuples(
            strategies.integers(0, 3_000).map(lambda n: n / 1_000),
            strategies.sampled_from("abcdef"),
            strategies.booleans(),
        ),
        min_size=10,
        max_size=120,
    ),
    strategies.sampled_from([0.5, 1, 3, 7.5, 30]),
    strategies.sampled_from([1 / 3, 1, 2]),
    strategies.sets(strategies.integers(0, 119), max_size=20),
)
def test_no_window_holds_more_than_its_limit_and_nobody_starves(
    wishes: list[tuple[float, str, bool]], overall: float, chat: float, gone: set[int]
) -> None:
    async def play() -> None:
        bench = Bench(Rates(overall, chat, 20))
        tasks = []
        for number, (at, where, alert) in enumerate(sorted(wishes)):
            await bench.clock.run(at)
            tasks.append(bench.ask(where, group=where in "ab", alert=alert))
            if number in gone and tasks[number // 2].cancel():
                await settle()
        await bench.clock.run(20_000)
        assert all(task.done() for task in tasks)
        times = bench.times()
        assert times == sorted(times)
        assert most_within(times, max(1, 1 / overall)) <= max(1, int(overall))
        for where in "abcdef":
            assert most_within(bench.times(where), max(1, 1 / chat)) <= max(1, int(chat))
        for where in "ab":
            assert most_within(bench.times(where), 60) <= 20
        # In one chat and class, nobody overtakes.
        order = defaultdict(list)
        for _, where, alert, number in bench.given:
            order[where, alert].append(number)
        assert all(numbers == sorted(numbers) for numbers in order.values())

    asyncio.run(play())


@given(
    strategies.integers(0, 2**32),
    strategies.sampled_from([0.0, 0.02, 0.2]),
    strategies.sampled_from([0.002, 0.05, 0.6]),
    strategies.sampled_from([0, 0.01, 0.5]),
)
def test_however_unevenly_messages_travel_no_window_of_the_messengers_holds_too_many(
    seed: int, base: float, jitter: float, hung: float
) -> None:
    chance = random.Random(seed)

    def way() -> tuple[float, float]:
        late = chance.choice((0, 0, 0, chance.random() * jitter))
        back = base + chance.choice((0, 0, chance.random() * jitter))
        return base + late, back + (20 if chance.random() < hung and base else 0)

    async def play() -> None:
        bench = Bench(Rates(30, None, None), way)
        for number in range(300):
            bench.ask(str(number), alert=number % 3 > 0)
        await bench.clock.run(600)
        assert len(bench.arrived) == 300
        assert most_within(sorted(bench.arrived), 1) <= 30

    asyncio.run(play())


@given(strategies.lists(strategies.tuples(strategies.integers(1, 40), strategies.booleans()), min_size=20, max_size=60))
def test_replies_of_several_messages_take_as_many_places(wishes: list[tuple[int, bool]]) -> None:
    async def play() -> None:
        bench = Bench(Rates(30, None, None), lambda: (0.01, 0.01))
        for number, (size, alert) in enumerate(wishes):
            bench.ask(str(number), alert=alert, size=size if size <= 30 else 1)
        await bench.clock.run(600)
        assert len(bench.arrived) == sum(size if size <= 30 else 1 for size, _ in wishes)
        assert most_within(sorted(bench.arrived), 1) <= 30

    asyncio.run(play())


async def test_what_is_larger_than_a_chats_window_goes_when_that_is_empty() -> None:
    bench = Bench(Rates(30, 1, 20))
    for size in (2, 1, 2):
        bench.ask("a", size=size)
    await bench.clock.run(10)
    first, second, third = bench.times("a")
    assert second >= first + 1
    assert third >= second + 1


async def test_a_steady_way_costs_next_to_nothing_however_long_it_is() -> None:
    bench = Bench(Rates(30, None, None), lambda: (0.1, 0.1))
    for number in range(3_000):
        bench.ask(str(number), alert=True)
    await bench.clock.run(200)
    assert 0.98 <= 100 / bench.arrived[-1] <= 1


async def test_thirty_go_at_once_and_the_others_as_their_places_come_free() -> None:
    bench = Bench(USUAL["telegram"])
    for person in range(50):
        bench.ask(str(person))
    await bench.clock.run(1.0)
    assert len(bench.given) == 30
    await bench.clock.run(1.0 + GUARD)
    assert len(bench.given) == 50


async def test_alerts_go_evenly_and_an_answer_passes_them() -> None:
    bench = Bench(USUAL["telegram"])
    for chat in range(300):
        bench.ask(str(chat), alert=True)
    await bench.clock.run(5)
    assert 145 <= len(bench.given) <= 153
    asked = bench.clock.now
    bench.ask("person")
    await bench.clock.run(5.2)
    (answered,) = bench.times("person")
    assert answered - asked <= 1 / 30 + GUARD
    await bench.clock.run(10.2)
    assert len(bench.given) == 301


async def test_alerts_keep_a_share_among_answers_that_never_end() -> None:
    bench = Bench(Rates(10, None, None))
    for number in range(400):
        bench.ask(f"a{number}")
    for number in range(10):
        bench.ask(f"b{number}", alert=True)
    await bench.clock.run(10.5)
    assert sum(alert for _, _, alert, _ in bench.given) == 10
    first = [alert for _, _, alert, _ in bench.given].index(True)
    assert first <= ANSWERS_IN_A_ROW + 1  # ten went before the first alert was there


async def test_an_alert_in_a_busy_chat_has_its_turn_too() -> None:
    bench = Bench(Rates(None, 1, None))
    for _ in range(30):
        bench.ask("a")
    bench.ask("a", alert=True)
    await bench.clock.run(ANSWERS_IN_A_ROW + 0.5)
    assert [alert for _, _, alert, _ in bench.given].index(True) == ANSWERS_IN_A_ROW


async def test_what_the_messenger_asks_for_holds_up_one_chat_alone() -> None:
    bench = Bench(Rates(30, 1, None))
    bench.refusing["a"] = 40
    bench.ask("a")
    await settle()
    del bench.refusing["a"]
    bench.ask("a")
    bench.ask("b")
    await bench.clock.run(39.9)
    assert [chat for _, chat, _, _ in bench.given] == ["a", "b"]
    await bench.clock.run(40)
    assert bench.times("a") == [0, 40]


async def test_a_chat_that_waits_already_is_held_too() -> None:
    bench = Bench(Rates(30, 1, None), lambda: (0.25, 0.25))
    bench.refusing["a"] = 10
    bench.ask("a")
    bench.ask("a")
    await bench.clock.run(0.4)
    del bench.refusing["a"]
    await bench.clock.run(20)
    assert bench.times() == [0, 10.5]


async def test_slow_chats_among_others_hold_up_nobody_and_the_pace_stays() -> None:
    bench = Bench(Rates(30, None, None), lambda: (0.01, 0.01))
    slow = [f"{number}" for number in range(0, 200, 4)]
    bench.refusing = dict.fromkeys(slow, 30)
    for number in range(300):
        bench.ask(str(number), alert=True)
    await bench.clock.run(10.4)
    assert len(bench.given) == 300


async def test_refused_in_one_chat_after_another_the_bot_rests_and_goes_on_more_slowly() -> None:
    bench = Bench(Rates(30, None, None), lambda: (0.01, 0.01))
    bench.refusing[""] = 3
    for number in range(1_000):
        bench.ask(str(number), alert=True)
    await bench.clock.run(2.9)
    wasted = len(bench.given)
    assert REFUSALS <= wasted <= REFUSALS + 4  # those under way when the third answer came
    await bench.clock.run(5)
    assert wasted < len(bench.given) <= wasted + 4  # one refusal is enough while it lasts
    bench.refusing.clear()
    again = len(bench.given)
    await bench.clock.run(7)
    began = len(bench.given)
    await bench.clock.run(17)
    share = (len(bench.given) - began) / 300
    assert SLOWER**2 <= share <= SLOWER**2 + 0.05
    assert began >= again


async def test_the_full_pace_comes_back_slowly() -> None:
    bench = Bench(Rates(20, None, None))
    bench.refusing[""] = 1
    for number in range(20_000):
        bench.ask(str(number), alert=True)
    await bench.clock.run(0.5)
    bench.refusing.clear()
    lengths = []
    for _ in range(5):
        before = len(bench.given)
        await bench.clock.run(bench.clock.now + RECOVERY / 10)
        lengths.append((len(bench.given) - before) / (20 * RECOVERY / 10))
    assert lengths[0] < lengths[1] < lengths[2]
    assert lengths[0] == pytest.approx(0.8, abs=0.06)
    assert lengths[-1] == pytest.approx(1, abs=0.01)


async def test_a_bot_that_is_refused_makes_even_answers_wait() -> None:
    bench = Bench(Rates(30, None, None))
    bench.refusing[""] = 5
    for number in range(REFUSALS):
        bench.ask(str(number), alert=True)
    await bench.clock.run(1)
    bench.refusing.clear()
    bench.ask("person")
    await bench.clock.run(20)
    (answered,) = bench.times("person")
    assert 5 <= answered <= 5.2


async def test_a_place_given_up_is_somebody_elses() -> None:
    bench = Bench(Rates(1, None, None))
    bench.ask("a")
    await settle()
    second, _ = bench.ask("b"), bench.ask("c")
    await settle()
    second.cancel()
    await bench.clock.run(1 + GUARD)
    assert [chat for _, chat, _, _ in bench.given] == ["a", "c"]


async def test_a_turn_given_to_somebody_who_is_just_leaving_is_not_lost() -> None:
    bench = Bench(Rates(1, None, None))
    bench.ask("a")
    await settle()
    second, _ = bench.ask("b"), bench.ask("c")
    await settle()
    bench.clock.now = 1.0 + GUARD
    bench.pacing._go_on()  # b's turn is given, but b has not run yet
    second.cancel()
    await settle()
    assert [chat for _, chat, _, _ in bench.given] == ["a", "c"]


async def test_waiting_wakes_nobody_without_need() -> None:
    bench = Bench(Rates(1, 1, 20))
    for number in range(100):
        bench.ask(str(number % 7), group=True, alert=number % 2 == 0)
    await bench.clock.run(10_000)
    assert len(bench.given) == 100
    assert bench.clock.looked <= 300


async def test_chats_of_long_ago_are_forgotten() -> None:
    bench = Bench(Rates(None, 1, 20))
    for number in range(5_000):
        bench.ask(str(number), group=True)
        if number % 500 == 0:
            await bench.clock.run(bench.clock.now + 100)
    await bench.clock.run(bench.clock.now + 100)
    assert len(bench.given) == 5_000
    assert len(bench.pacing._chats) < 2_500


@pytest.mark.parametrize(
    ("given_", "expected"),
    [((None, None, None), (30, 1, 20)), ((5, None, 60), (5, 1, 60))],
    ids=["the usual ones", "those that were set"],
)
def test_settings_go_before_the_usual_rates(given_: tuple[float | None, ...], expected: tuple[float, ...]) -> None:
    assert Rates(*given_).or_else(USUAL["telegram"]) == Rates(*expected)


async def test_the_clock_of_the_running_loop_serves() -> None:
    pacing = Pacing(Rates(50, None, None))
    loop = asyncio.get_running_loop()

    async def one(number: int) -> None:
        async with pacing.turn(str(number)):
            pass

    start = loop.time()
    async with asyncio.timeout(5):
        await asyncio.gather(*(one(number) for number in range(51)))
    assert loop.time() - start >= 0.99
