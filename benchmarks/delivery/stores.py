"""Stores in which an announcement waits for many chats, and the bot's outbox beside the same SQL without the bot."""

from __future__ import annotations

import shutil
import sqlite3
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, closing
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread
from typing import cast

from storage.database import Database, Result, Row, Statement, Verbs, plain
from storage.sqlite import open_sqlite
from storage.store import Settled, Store
from tests.journeys.program import run
from tests.overtaking import OVERTAKING

BATCH = 50  # rows that are claimed and written down at a time
Values = Mapping[str, object] | Sequence[Mapping[str, object]]
NOW = "2026-01-01T00:00:00.000000Z"


def build(file: Path, chats: int, *, released: bool = True) -> Path:
    """So many private chats of Telegram, numbered from 1, hear of everything; the announcement is due at once, or
    waits for `/release 1`."""
    run(file)
    with closing(sqlite3.connect(file)) as store:
        store.executemany(
            "INSERT INTO chat (messenger, chat, kind, wish, first_seen) VALUES ('telegram', ?, 'private', '', ?)",
            ((str(number), NOW) for number in range(1, chats + 1)),
        )
        there = "SELECT id, first_seen FROM chat WHERE messenger = 'telegram'"
        store.execute(f"INSERT INTO subscription (chat, at) {there}")
        store.execute(
            "INSERT INTO audience VALUES ('private', '', ?) ON CONFLICT DO UPDATE SET many = many + excluded.many",
            (chats,),
        )
        store.commit()
    entered = run(file, *OVERTAKING)
    assert "The announcement leaves" in entered.out, entered
    if released:
        ended = run(file, words=("ask", "/release 1"))
        assert "has left" in ended.out, ended
    return file


async def outbox(file: Path, database: Database | None = None) -> tuple[float, float]:
    """The seconds that the rows took to be inserted, and to be claimed and marked as sent."""
    database = database or await open_sqlite(file)
    store = Store(database)
    began = time.perf_counter()
    while spreading := await store.parcels.spreading():
        async with store.transaction() as record:
            await record.parcels.spread(spreading[0])
    inserted = time.perf_counter()
    finished: list[Settled] = []
    while items := await store.outbox.claim("telegram", datetime.now(UTC), BATCH, finished):
        finished = [Settled(item, "sent", datetime.now(UTC), sent_id=str(item.id)) for item in items]
    ended = time.perf_counter()
    await store.close()
    return inserted - began, ended - inserted


class Recorded:
    """The verbs, and what they were asked, transaction by transaction."""

    def __init__(self, verbs: Verbs, asked: list[list[Statement]]) -> None:
        self._verbs = verbs
        self.asked = asked
        self.skip_locked = verbs.skip_locked

    async def all(self, sql: str, /, **values: object) -> list[Row]:
        self._note(Statement(sql, values))
        return await self._verbs.all(sql, **values)

    async def one(self, sql: str, /, **values: object) -> Row | None:
        self._note(Statement(sql, values))
        return await self._verbs.one(sql, **values)

    async def run(self, sql: str, /, **values: object) -> int:
        self._note(Statement(sql, values))
        return await self._verbs.run(sql, **values)

    async def batch(self, *statements: Statement) -> list[Result]:
        self._note(*statements)
        return await self._verbs.batch(*statements)

    def _note(self, *statements: Statement) -> None:
        self.asked.append(list(statements))


class RecordedDatabase(Recorded):
    def __init__(self, database: Database) -> None:
        super().__init__(database, [])
        self._database = database

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Verbs]:
        async with self._database.transaction() as verbs:
            inner = Recorded(verbs, [])
            yield inner
        self._note(*(statement for asked in inner.asked for statement in asked))

    async def lease(self) -> bool:
        return await self._database.lease()

    async def close(self) -> None:
        await self._database.close()


async def record(file: Path) -> list[list[Statement]]:
    """What the outbox asks of a store, with all values as SQLite takes them."""
    database = RecordedDatabase(await open_sqlite(file))
    await outbox(file, cast("Database", database))  # it is all of it that the outbox uses
    return [[Statement(sql, _plain(values)) for sql, values in asked] for asked in database.asked]


def replay(file: Path, transactions: list[list[Statement]]) -> tuple[float, float]:
    """The same on a thread of its own with the standard library alone; the same two times."""
    took: list[float] = []

    def work() -> None:
        with closing(sqlite3.connect(file, isolation_level=None)) as store:
            store.execute("PRAGMA synchronous=FULL")
            took.append(time.perf_counter())
            for statements in transactions:
                if len(took) == 1 and "'sending'" in statements[0].sql:
                    took.append(time.perf_counter())
                store.execute("BEGIN IMMEDIATE")
                for sql, values in statements:
                    if isinstance(values, Mapping):
                        store.execute(sql, values).fetchall()
                    else:
                        store.executemany(sql, values)
                store.execute("COMMIT")
            took.append(time.perf_counter())

    thread = Thread(target=work)
    thread.start()
    thread.join()
    return took[1] - took[0], took[2] - took[1]


def copied(file: Path, name: str) -> Path:
    return Path(shutil.copy(file, file.with_name(name)))


def sent(file: Path) -> int:
    with closing(sqlite3.connect(file)) as store:
        return int(store.execute("SELECT count(*) FROM outbox WHERE state = 'sent'").fetchone()[0])


def _plain(values: Values) -> Values:
    if isinstance(values, Mapping):
        return {name: plain(value) for name, value in values.items()}
    return [{name: plain(value) for name, value in each.items()} for each in values]
