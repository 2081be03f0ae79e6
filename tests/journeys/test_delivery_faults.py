"""A fan-out among kills, outages, a full disk, a locked store and a wrong clock: nothing is lost, nothing doubled."""

from __future__ import annotations

import asyncio
import random
import shutil
import sqlite3
import sys
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.carrying import MOST
from sebghat.conversation import ChatKind, Destination
from storage.store import open_store
from tests.journeys.program import BOT
from tests.journeys.served import EITAA, OWNER, Served, Town, arrives, is_alert, town
from tests.messengers.serving import Fields

pytestmark = pytest.mark.timeout(300)  # where the machine has other work; alone each takes seconds

KINDS = {"channel": ChatKind.CHANNEL, "supergroup": ChatKind.GROUP, "private": ChatKind.PRIVATE}
KILLS = 10
LONG = pytest.mark.long
PUBLIC = "channel", "supergroup"
PATIENT = 60  # seconds: there are many chats, and the machine may have other work

CHATS = {str(-1_002_000 - number): "channel" for number in range(40)}
CHATS |= {str(-1_003_000 - number): "supergroup" for number in range(60)}
CHATS |= {str(2_000 + number): "private" for number in range(200)}


@pytest.fixture(scope="session")
def waiting(loaded: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with an announcement that leaves for all those chats as soon as the bot is started; tests work on
    copies."""
    folder = tmp_path_factory.mktemp("waiting")
    file = Path(shutil.copy(loaded, folder))

    async def prepare() -> None:
        store = await open_store(f"sqlite:///{file}")
        async with store.transaction() as record:
            for chat, kind in CHATS.items():
                await record.chats.subscribe(Destination("telegram", chat), KINDS[kind], [], datetime.now(UTC))
        await store.close()
        await Town(file, folder / "stderr.txt").wait_to_leave(CHANNELS=f"eitaa:{EITAA}")

    asyncio.run(prepare())
    return file


@pytest.fixture
async def here(waiting: Path, database: Path, tmp_path: Path) -> AsyncIterator[Town]:
    shutil.copy(waiting, database)
    async with town(database, tmp_path) as built:
        for chat, kind in CHATS.items():
            await built.telegram.chat(int(chat), kind)
        yield built


@pytest.fixture
def fan_out(here: Town) -> FanOut:
    return FanOut(here)


def launcher(**circumstances: object) -> list[str]:
    """The program under odd circumstances."""
    return [sys.executable, "-m", "tests.journeys.launcher", *(f"{name}={it}" for name, it in circumstances.items())]


class FanOut:
    """What becomes of the announcement in each chat."""

    def __init__(self, here: Town) -> None:
        self.here = here
        self.doubtful: set[tuple[str, int]] = set()  # chats whose message was being sent at a kill, at which attempt

    async def start(self, program: Sequence[str] = BOT, **changed: str) -> Served:
        return await self.here.start(program=program, CHANNELS=f"eitaa:{EITAA}", PICTURES="off", **changed)

    async def kill(self, bot: Served) -> None:
        await bot.kill()
        sending = "SELECT chat, attempts FROM outbox WHERE state = 'sending' AND messenger = 'telegram'"
        under_way = self.here.rows(sending)
        self.doubtful.update(under_way)
        assert len(under_way) <= MOST

    def attempts(self) -> int:
        return sum(call["method"] == "sendMessage" for call in self.here.telegram.calls)

    async def attempted(self, count: int, seconds: float = PATIENT) -> bool:
        """Waits until the messenger has been asked so often to send; whether it was in time."""
        return await self.here.telegram.until(lambda: self.attempts() >= count, seconds)

    def arrivals(self) -> Counter[str]:
        return Counter(each["chat"] for each in self.here.telegram.sent if is_alert(each["text"]))

    def rows(self) -> dict[str, tuple[str, int]]:
        """State and doubts of each chat's row."""
        found = self.here.rows("SELECT chat, state, doubts FROM outbox WHERE messenger = 'telegram' AND parts > 0")
        return {chat: (state, doubts) for chat, state, doubts in found}

    async def questions(self) -> list[Fields]:
        """What the owner is asked, once all doubts in public are among it."""
        unasked = "SELECT 1 FROM outbox WHERE state = 'uncertain' AND kind <> 'private' AND report IS NULL"
        await arrives(self.here.telegram, lambda: not self.here.rows(unasked))
        await self.here.settled(PATIENT)
        return [each for each in self.here.to(OWNER) if each["buttons"]]

    async def ends(self) -> dict[str, tuple[str, int]]:
        """Waits for the end, and looks whether all is as promised: nothing is lost, nothing is there twice but in a
        private chat that was in doubt, and each doubt is on record."""
        await self.here.settled(PATIENT)
        came, rows = self.arrivals(), self.rows()
        assert rows.keys() == CHATS.keys()
        on_record = Counter(
            chat for (chat,) in self.here.rows(
                """SELECT chat FROM trial JOIN outbox ON outbox.id = trial.outbox
                   WHERE became IN ('pending', 'uncertain') AND trial.detail <> '' AND messenger = 'telegram'"""
            )
        )  # fmt: skip
        at_kills = Counter(chat for chat, _ in self.doubtful)
        for chat, kind in CHATS.items():
            state, doubts = rows[chat]
            if kind in PUBLIC or not doubts:
                assert came[chat] <= 1, (chat, state)
            assert came[chat] <= 2, (chat, state)
            assert state == "sent" or (state == "uncertain" and doubts), (chat, state, came[chat])
            assert came[chat] or state == "uncertain", (chat, state)
            assert doubts <= on_record[chat]
            assert doubts >= at_kills[chat]
        ((state,),) = self.here.rows("SELECT state FROM outbox WHERE messenger = 'eitaa'")
        came_there = len(self.here.alerts(EITAA))
        assert (state, came_there) in {("sent", 1), ("uncertain", 0), ("uncertain", 1)}
        return rows

    def doubts(self) -> list[tuple[Any, ...]]:
        """What is on record of them, for who reads why a test failed."""
        return self.here.rows("SELECT chat, state, doubts, detail FROM outbox WHERE doubts > 0")


def put(file: Path, text: str) -> None:
    """At once: the program may read it at any moment."""
    whole = file.with_suffix(".whole")
    whole.write_text(text, encoding="ascii")
    whole.replace(file)


def lines(bot: Served, text: str) -> int:
    """How many lines of its log have this text."""
    return sum(text in line for line in bot.err.splitlines())


# Kills ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", [6, *(pytest.param(seed, marks=LONG) for seed in range(19))])
async def test_killed_ten_times_in_a_fan_out_nothing_is_lost_and_nothing_doubled_in_public(
    seed: int, fan_out: FanOut, here: Town
) -> None:
    chance = random.Random(seed)
    here.telegram.way = 0.01
    for _ in range(KILLS):
        bot = await fan_out.start(TELEGRAM_RATE="120")
        await fan_out.attempted(fan_out.attempts() + chance.randrange(1, 25), chance.uniform(0.4, 4))
        await fan_out.kill(bot)
    bot = await fan_out.start()
    rows = await fan_out.ends()
    in_public = {chat for chat, (state, _) in rows.items() if state == "uncertain" and CHATS[chat] in PUBLIC}
    for number, question in enumerate(await fan_out.questions()):
        arrived, again = question["buttons"][0]
        await here.press(OWNER, (arrived if number % 2 else again)["data"])
    await here.settled(PATIENT)
    came = fan_out.arrivals()
    assert {state for state, _ in fan_out.rows().values() if state != "sent"} <= {"uncertain"}
    assert all(fan_out.rows()[chat][0] == "sent" and came[chat] <= 2 for chat in in_public)


# Outages ----------------------------------------------------------------------------------------------------------


async def test_a_storm_of_refusals_wastes_little_and_loses_nothing(fan_out: FanOut, here: Town) -> None:
    here.telegram.fail("429", "sendMessage", times=10**6, retry_after=1)
    bot = await fan_out.start(TELEGRAM_RATE="400")
    await bot.says("telegram takes no more for now", PATIENT)
    wasted = fan_out.attempts()
    await fan_out.attempted(wasted + 1)  # after the rest
    here.telegram.faults.clear()
    rows = await fan_out.ends()
    assert set(rows.values()) == {("sent", 0)}, fan_out.doubts()
    assert fan_out.attempts() - len(CHATS) <= 20
    assert 1 <= lines(bot, "telegram takes no more for now") <= 3


@pytest.mark.parametrize(
    ("fault", "taken"),
    [
        ("500", False),
        ("html", True),
        ("cut", False),
        ("cut", True),
        ("hang", True),
        *(
            pytest.param(*each, marks=LONG)
            for each in (("500", True), ("html", False), ("garbage", True), ("hang", False))
        ),
    ],
)
async def test_an_outage_leaves_few_doubts_and_each_is_on_record(
    fault: str, taken: bool, fan_out: FanOut, here: Town
) -> None:
    here.telegram.fail(fault, "sendMessage", times=10**6, taken=taken)
    bot = await fan_out.start(launcher(answer=1 if fault == "hang" else 20), TELEGRAM_RATE="400")
    await bot.says("telegram is out of reach", PATIENT)
    await arrives(here.eitaa, lambda: len(here.alerts(EITAA)) == 1)
    here.telegram.faults.clear()
    rows = await fan_out.ends()
    assert 1 <= sum(doubts for _, doubts in rows.values()) <= MOST
    await bot.says("telegram takes messages again", PATIENT)
    assert lines(bot, "telegram is out of reach") == 1
    assert lines(bot, "telegram takes messages again") == 1


async def test_a_person_whose_alert_is_in_doubt_gets_it_once_more_and_then_never(fan_out: FanOut, here: Town) -> None:
    once, twice, thrice = list(CHATS)[-3:]
    for person, times in ((once, 1), (twice, 2), (thrice, 3)):
        here.telegram.fail("cut", "sendMessage", chat=person, times=times, taken=person != once)
    await fan_out.start(TELEGRAM_RATE="400")
    rows = await fan_out.ends()
    assert [rows[person] for person in (once, twice, thrice)] == [("sent", 1), ("uncertain", 2), ("uncertain", 2)]
    arrivals = fan_out.arrivals()
    assert [arrivals[person] for person in (once, twice, thrice)] == [1, 2, 2]


# The store --------------------------------------------------------------------------------------------------------


async def test_a_full_disk_holds_the_fan_out_up_and_loses_nothing(fan_out: FanOut, here: Town, tmp_path: Path) -> None:
    ((size,),) = here.rows("PRAGMA page_count")
    few = tmp_path / "pages"
    put(few, str(size + 5))
    bot = await fan_out.start(launcher(pages=few))
    await bot.says("the store failed: store.full", PATIENT)
    sent = fan_out.attempts()
    put(few, str(size + 25))
    await fan_out.attempted(sent + 1)
    few.unlink()
    rows = await fan_out.ends()
    assert set(rows.values()) == {("sent", 0)}, fan_out.doubts()
    await bot.says("the store works again", PATIENT)
    assert lines(bot, "the store failed") <= 3


@pytest.mark.parametrize(
    ("seconds", "busy", "said"),
    [
        (3, 25, "the store is busy"),
        pytest.param(20, 25, "the store is busy", marks=LONG),
        pytest.param(20, 1, "the store failed: store.locked", marks=LONG),
    ],
)
async def test_a_store_that_another_program_locks_holds_the_fan_out_up_and_loses_nothing(
    seconds: float, busy: int, said: str, fan_out: FanOut, here: Town
) -> None:
    here.telegram.way = 0.01
    bot = await fan_out.start(launcher(busy=busy), TELEGRAM_RATE="200")
    await fan_out.attempted(40)
    with closing(sqlite3.connect(here.database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        await asyncio.sleep(seconds)  # the lock's length is what is tried here
        other.execute("COMMIT")
    rows = await fan_out.ends()
    assert set(rows.values()) == {("sent", 0)}, fan_out.doubts()
    await bot.says("the store works again", PATIENT)
    assert lines(bot, said) == lines(bot, "the store ") - 1 == 1


# The clock --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("back", [3600, pytest.param(90_000, marks=LONG)])
async def test_a_clock_that_is_set_back_meanwhile_holds_nothing_up(
    back: int, fan_out: FanOut, here: Town, tmp_path: Path
) -> None:
    here.telegram.way = 0.01
    here.telegram.fail("429", "sendMessage", chat=next(iter(CHATS)), retry_after=1)
    ahead = tmp_path / "ahead"
    bot = await fan_out.start(launcher(clock=ahead), TELEGRAM_RATE="200")
    await fan_out.attempted(40)
    put(ahead, str(-back))
    rows = await fan_out.ends()
    assert set(rows.values()) == {("sent", 0)}, fan_out.doubts()
    await bot.says("the clock is behind the record", PATIENT)
    assert lines(bot, "the clock is behind the record") == 1


async def test_started_with_a_clock_that_is_behind_the_record_it_goes_on(
    fan_out: FanOut, here: Town, tmp_path: Path
) -> None:
    ahead = tmp_path / "ahead"
    put(ahead, "-7200")
    bot = await fan_out.start(launcher(clock=ahead))
    rows = await fan_out.ends()
    assert set(rows.values()) == {("sent", 0)}, fan_out.doubts()
    await bot.says("the clock is behind the record", PATIENT)
    assert lines(bot, "the clock is behind the record") == 1
