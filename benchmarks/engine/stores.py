"""Stores of a given size, written through the same recording as the bot's, and one new figure into them."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from random import Random

from benchmarks.engine.load import PLATFORMS, START, Lane, by_lane, lanes, one_more
from handlers.recording import departure
from handlers.recording.transaction import Recording
from sebghat.platforms import bundled
from storage.database import Result, Row, Statement, plain
from storage.store import Record, Store, open_store

LANES = 20  # in one transaction while building


class Straight:
    """The verbs on SQLite without a thread between: building is not what is measured."""

    skip_locked = ""

    def __init__(self, file: Path) -> None:
        self.connection = sqlite3.connect(file, isolation_level=None)
        self.connection.row_factory = sqlite3.Row
        self.connection.execute("BEGIN")

    def keep(self) -> None:
        """What was written so far is kept."""
        self.connection.execute("COMMIT")
        self.connection.execute("BEGIN")

    def close(self) -> None:
        """All is kept, in the file itself."""
        self.connection.execute("COMMIT")
        self.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self.connection.close()

    async def all(self, sql: str, /, **values: object) -> list[Row]:
        rows = self.connection.execute(sql, {name: plain(value) for name, value in values.items()})
        return [dict(row) for row in rows]

    async def one(self, sql: str, /, **values: object) -> Row | None:
        return next(iter(await self.all(sql, **values)), None)

    async def run(self, sql: str, /, **values: object) -> int:
        return self.connection.execute(sql, {name: plain(value) for name, value in values.items()}).rowcount

    async def batch(self, *statements: Statement) -> list[Result]:
        results = []
        for sql, values in statements:
            each = [values] if isinstance(values, Mapping) else values
            results.append(Result([], sum([await self.run(sql, **one) for one in each])))
        return results


async def build(file: Path, observations: int) -> float:
    """Fills a new store with the load; the seconds it took."""
    await (await open_store(f"sqlite:///{file}")).close()
    began, verbs, platforms = time.perf_counter(), Straight(file), bundled()
    record = Record(verbs)
    for n, commands in enumerate(by_lane(observations), 1):
        entry = await Recording.begin(record, platforms, commands, START, None)
        for command in commands:
            await entry.carry_out(command)
        await entry.end()
        if n % LANES == 0:
            verbs.keep()
    verbs.close()
    return time.perf_counter() - began


class Measured:
    """A store, and the figures that come next in it."""

    def __init__(self, store: Store, observations: int) -> None:
        self.store = store
        self.observations = observations
        self._next = self._figures()
        self.contests: list[int] = []

    def _figures(self) -> Iterator[tuple[Lane, str]]:
        some, random = lanes(self.observations), Random(7)
        for lane in some:
            for _ in range(self.observations // len(PLATFORMS) // len(some)):
                lane.release(0, START)
        while True:
            for lane in random.sample(some, len(some)):
                yield lane, random.choice(PLATFORMS)

    async def enter(self) -> float:
        """Records the next figure as the bot does, from the look at the clock to the commit; the seconds."""
        lane, platform = next(self._next)
        number = int(await self.store.observations.next_id())
        command = one_more(lane, platform, number, START + timedelta(seconds=number))
        platforms = bundled()
        began = time.perf_counter()
        async with self.store.transaction() as record:
            now = await departure.at(record, command.at)
            entry = await Recording.begin(record, platforms, [command], now, 1)
            answer = await entry.carry_out(command)
            await entry.end()
        taken = time.perf_counter() - began
        self.contests.append(len(answer.touched))
        return taken
