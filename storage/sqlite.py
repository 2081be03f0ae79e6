"""The store in one SQLite file: the verbs on aiosqlite, pragmas, and migrations."""

from __future__ import annotations

import asyncio
import os
import re
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from importlib.resources import files
from pathlib import Path
from typing import TypeVar

import aiosqlite

from storage.database import Result, Row, Statement, StoreFault, Verbs, plain

APPLICATION = 0x53424754  # "SBGT": tells our file from anybody else's
BUSY_SECONDS = 25  # a store that another process locks for longer is reported
LEASE_SECONDS = 1  # a program that ends may still be at it for a moment
MIGRATION = re.compile(r"(\d{4})_\w+\.sql")


T = TypeVar("T")


class Threaded(aiosqlite.Connection):
    """A connection that also carries out a whole function on its thread: one way there and back for many statements."""

    async def carry_out(self, work: Callable[[sqlite3.Connection], T]) -> T:
        done: T = await self._execute(work, self._conn)  # type: ignore[no-untyped-call]
        return done


class Connection:
    """The verbs on one connection."""

    skip_locked = ""  # SQLite has one writer; nothing is ever locked by row

    def __init__(self, connection: Threaded, file: Path) -> None:
        self._connection = connection
        self._file = file

    async def all(self, sql: str, /, **values: object) -> list[Row]:
        with _faults(self._file):
            rows = await self._connection.execute_fetchall(sql, _plain(values))
        return [dict(row) for row in rows]

    async def one(self, sql: str, /, **values: object) -> Row | None:
        return next(iter(await self.all(sql, **values)), None)

    async def run(self, sql: str, /, **values: object) -> int:
        with _faults(self._file):
            return await self._connection.carry_out(lambda connection: connection.execute(sql, _plain(values)).rowcount)

    async def batch(self, *statements: Statement) -> list[Result]:
        with _faults(self._file):
            return await self._connection.carry_out(lambda connection: [_result(connection, *s) for s in statements])


class Sqlite(Connection):
    """One connection reads the last committed state; the other belongs to the transaction under way."""

    def __init__(self, reader: Threaded, writer: Threaded, file: Path) -> None:
        super().__init__(reader, file)
        self._writer = writer
        self._turn = asyncio.Lock()
        self._lease: aiosqlite.Connection | None = None

    async def run(self, sql: str, /, **values: object) -> int:
        async with self.transaction() as verbs:
            return await verbs.run(sql, **values)

    async def batch(self, *statements: Statement) -> list[Result]:
        # Shielded: where its task is cancelled meanwhile, the thread goes on, and the turn must not pass before.
        return await asyncio.shield(asyncio.ensure_future(self._batch(statements)))

    async def _batch(self, statements: tuple[Statement, ...]) -> list[Result]:
        async with self._turn:
            with _faults(self._file):
                return await self._writer.carry_out(lambda connection: _at_once(connection, statements))

    async def lay(self, *statements: Statement) -> None:
        def work(connection: sqlite3.Connection) -> None:
            _at_once(connection, statements, begin="BEGIN")  # takes no lock of the file while it writes to it nothing

        async with self._turn:
            with _faults(self._file):
                await asyncio.shield(self._writer.carry_out(work))

    async def lease(self) -> bool:
        """A file beside the store, locked by who delivers: the system lets go of it when the process ends."""
        if self._lease is not None:
            return True
        beside = self._file.with_name(f"{self._file.name}-lease")
        _make_private(beside)
        lease = aiosqlite.connect(beside, isolation_level=None, timeout=LEASE_SECONDS)
        with _faults(self._file):
            await lease
        try:
            await lease.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError:
            await lease.close()
            return False
        self._lease = lease
        return True

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Verbs]:
        async with self._turn:
            try:
                with _faults(self._file):
                    await self._writer.execute("BEGIN IMMEDIATE")
                yield Connection(self._writer, self._file)
                with _faults(self._file):
                    await self._writer.execute("COMMIT")
            except BaseException:
                # Also after BEGIN, and shielded: a cancelled task must not leave its transaction open to the next one.
                await asyncio.shield(self._writer.rollback())
                raise

    async def close(self) -> None:
        await self._connection.close()
        await self._writer.close()
        if self._lease is not None:
            await self._lease.close()


def _at_once(
    connection: sqlite3.Connection, statements: tuple[Statement, ...], begin: str = "BEGIN IMMEDIATE"
) -> list[Result]:
    connection.execute(begin)
    try:
        results = [_result(connection, *statement) for statement in statements]
        connection.execute("COMMIT")
    except BaseException:
        connection.rollback()
        raise
    return results


def _result(
    connection: sqlite3.Connection, sql: str, values: Mapping[str, object] | Sequence[Mapping[str, object]]
) -> Result:
    if isinstance(values, Mapping):
        cursor = connection.execute(sql, _plain(values))
        return Result(cursor.fetchall(), cursor.rowcount)
    cursor = connection.executemany(sql, map(_plain, values))
    return Result([], cursor.rowcount)


async def open_sqlite(file: Path) -> Sqlite:
    """Opens or makes the file and brings its tables up to date. Raises StoreFault."""
    await _check_owner(file, _address(file))
    _make_private(file)
    writer = await _connect(file)
    try:
        with _faults(file):
            await _migrate(writer, file)
        reader = await _connect(file)
    except BaseException:
        await writer.close()
        raise
    return Sqlite(reader, writer, file)


def _address(file: Path) -> str:
    """Where what stands there now can be looked at and nothing be changed; empty if there is nothing yet."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        if file.is_dir():
            raise IsADirectoryError
    except OSError as fault:
        raise StoreFault("store.readonly", file=str(file)) from fault
    # Beside a lone file SQLite would make a -wal even to read it.
    lone = "" if file.with_name(f"{file.name}-wal").exists() else "&immutable=1"
    return f"{file.absolute().as_uri()}?mode=ro{lone}" if file.exists() else ""


def _make_private(file: Path) -> None:
    """What does not exist yet is made for this user alone; SQLite gives what it puts beside a file the same rights.
    Who may read a store may also lock it."""
    with suppress(OSError):  # it is there, or cannot be: SQLite says so
        os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))


async def _connect(file: Path) -> Threaded:
    connection = Threaded(lambda: sqlite3.connect(file, isolation_level=None, timeout=BUSY_SECONDS), 64)
    with _faults(file):
        await connection
    try:
        with _faults(file):
            connection.row_factory = sqlite3.Row
            await _write_ahead(connection)
            for pragma in ("synchronous=FULL", "foreign_keys=ON", "trusted_schema=OFF"):
                await connection.execute(f"PRAGMA {pragma}")
    except BaseException:
        await connection.close()
        raise
    return connection


async def _write_ahead(connection: aiosqlite.Connection) -> None:
    """Readers and the writer do not block each other. Where another program makes the same file at this moment,
    SQLite does not wait by itself."""
    loop = asyncio.get_running_loop()
    patience = loop.time() + BUSY_SECONDS
    while True:
        try:
            await connection.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as fault:
            if fault.sqlite_errorname != "SQLITE_BUSY" or loop.time() > patience:
                raise
            await asyncio.sleep(0.01)


async def _check_owner(file: Path, address: str) -> None:
    """Somebody else's database is left as it is; even closing it could write its -wal back."""
    if not address:
        return
    with _faults(file):
        async with aiosqlite.connect(address, uri=True, timeout=BUSY_SECONDS) as reader:
            (application,) = await _first(reader, "PRAGMA application_id")
            (tables,) = await _first(reader, "SELECT count(*) FROM sqlite_master")
    if tables and application != APPLICATION:
        raise StoreFault("store.foreign", file=str(file))


async def _migrate(connection: aiosqlite.Connection, file: Path) -> None:
    """Applies the numbered migrations that are still missing, all in one transaction."""
    scripts = dict(_scripts())
    await connection.execute("BEGIN IMMEDIATE")
    try:
        (begun,) = await _first(connection, "SELECT count(*) FROM sqlite_master WHERE name = 'migration'")
        rows = await connection.execute_fetchall("SELECT number FROM migration") if begun else []
        applied = {row[0] for row in rows}
        if applied - scripts.keys():
            raise StoreFault("store.newer", file=str(file))
        if not begun:
            await connection.execute(f"PRAGMA application_id={APPLICATION}")
            await connection.execute("CREATE TABLE migration (number INTEGER PRIMARY KEY, name TEXT NOT NULL)")
        for number in sorted(scripts.keys() - applied):
            name, script = scripts[number]
            for statement in _statements(script):
                await connection.execute(statement)
            await connection.execute("INSERT INTO migration VALUES (?, ?)", (number, name))
        await connection.execute("COMMIT")
    except BaseException:
        await connection.rollback()
        raise


def _scripts() -> Iterator[tuple[int, tuple[str, str]]]:
    for script in files("storage").joinpath("migrations").iterdir():
        if match := MIGRATION.fullmatch(script.name):
            yield int(match[1]), (script.name, script.read_text(encoding="utf-8"))


def _statements(script: str) -> Iterator[str]:
    """The statements one by one: executescript() would commit before them."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


async def _first(connection: aiosqlite.Connection, sql: str) -> tuple[int]:
    rows = list(await connection.execute_fetchall(sql))
    return (rows[0][0],)


PLAIN = {str, int, type(None)}  # most are, and need no look


def _plain(values: Mapping[str, object]) -> Mapping[str, object]:
    if PLAIN.issuperset(map(type, values.values())):
        return values
    return {name: plain(value) for name, value in values.items()}


# What SQLite calls a fault, and the text that tells a person; anything else is a fault of ours and stays as it is.
FAULTS = {
    "NOTADB": "store.broken",
    "CORRUPT": "store.broken",
    "READONLY": "store.readonly",
    "CANTOPEN": "store.readonly",
    "PERM": "store.readonly",
    "BUSY": "store.locked",
    "LOCKED": "store.locked",
    "FULL": "store.full",
    "IOERR": "store.full",
}


@contextmanager
def _faults(file: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.DatabaseError as fault:
        name = getattr(fault, "sqlite_errorname", "SQLITE_ERROR").split("_")[1]
        if code := FAULTS.get(name):
            raise StoreFault(code, file=str(file)) from fault
        raise
