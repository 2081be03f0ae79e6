"""The verbs on SQLite: all or nothing, one writer at a time, and files that are not ours are left alone."""

from __future__ import annotations

import asyncio
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import closing, contextmanager
from datetime import date
from importlib.resources import files
from pathlib import Path

import pytest
import pytest_asyncio

from storage import sqlite
from storage.database import Statement, StoreFault
from storage.sqlite import Sqlite, open_sqlite

HOLDER = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "sebghat.db"


@pytest_asyncio.fixture
async def database(file: Path) -> AsyncIterator[Sqlite]:
    opened = await open_sqlite(file)
    yield opened
    await opened.close()


async def put(database: Sqlite, name: str, value: object) -> None:
    await database.run("INSERT INTO setting VALUES (:name, :value)", name=name, value=value)


async def settings(database: Sqlite) -> dict[str, str]:
    return {row["name"]: row["value"] for row in await database.all("SELECT * FROM setting")}


# Transactions


async def test_a_transaction_that_fails_leaves_nothing(database: Sqlite) -> None:
    async def fail() -> None:
        async with database.transaction() as verbs:
            await verbs.run("INSERT INTO setting VALUES ('a', '1')")
            await verbs.run("INSERT INTO setting VALUES ('b', '2')")
            raise LookupError

    with pytest.raises(LookupError):
        await fail()
    assert await settings(database) == {}
    await put(database, "c", "3")
    assert await settings(database) == {"c": "3"}


async def test_a_statement_that_fails_takes_the_transaction_with_it(database: Sqlite) -> None:
    async def fail() -> None:
        async with database.transaction() as verbs:
            await verbs.run("INSERT INTO setting VALUES ('a', '1')")
            await verbs.run("INSERT INTO setting VALUES ('a', '2')")

    with pytest.raises(sqlite3.IntegrityError):
        await fail()
    assert await settings(database) == {}


async def test_readers_see_the_last_committed_state(database: Sqlite) -> None:
    await put(database, "a", "before")
    async with database.transaction() as verbs:
        await verbs.run("UPDATE setting SET value = 'after'")
        assert await settings(database) == {"a": "before"}
        assert (await verbs.one("SELECT value FROM setting")) == {"value": "after"}
    assert await settings(database) == {"a": "after"}


async def count_up(database: Sqlite, times: int) -> None:
    for _ in range(times):
        async with database.transaction() as verbs:
            row = await verbs.one("SELECT value FROM setting WHERE name = 'count'")
            assert row is not None
            await asyncio.sleep(0)  # lets the other in, if it can come in
            await verbs.run("UPDATE setting SET value = :value", value=str(int(row["value"]) + 1))


async def test_writers_take_turns(database: Sqlite) -> None:
    await put(database, "count", "0")
    await asyncio.gather(*(count_up(database, 10) for _ in range(4)))
    assert await settings(database) == {"count": "40"}


async def test_writers_of_two_programs_take_turns(database: Sqlite, file: Path) -> None:
    await put(database, "count", "0")
    other = await open_sqlite(file)
    await asyncio.gather(count_up(database, 10), count_up(other, 10))
    await other.close()
    assert await settings(database) == {"count": "20"}


async def test_a_writer_that_is_cancelled_in_the_middle_leaves_nothing(database: Sqlite) -> None:
    inside = asyncio.Event()

    async def write() -> None:
        async with database.transaction() as verbs:
            await verbs.run("INSERT INTO setting VALUES ('a', '1')")
            inside.set()
            await asyncio.Event().wait()

    writer = asyncio.create_task(write())
    await inside.wait()
    writer.cancel()
    await asyncio.wait([writer])
    await put(database, "b", "2")
    assert await settings(database) == {"b": "2"}


async def test_a_writer_that_is_cancelled_while_it_waits_for_its_turn_is_in_nobodys_way(
    database: Sqlite, file: Path
) -> None:
    with closing(sqlite3.connect(file, isolation_level=None, check_same_thread=False)) as other:
        other.execute("BEGIN IMMEDIATE")
        writer = asyncio.create_task(put(database, "a", "1"))
        await asyncio.sleep(0)  # now it waits for the other program
        writer.cancel()
        other.execute("COMMIT")
        await asyncio.wait([writer])
    await put(database, "b", "2")
    assert await settings(database) == {"b": "2"}


@pytest.mark.parametrize("number", [1.5, float("nan")])
async def test_the_record_takes_no_floats(database: Sqlite, number: float) -> None:
    with pytest.raises(TypeError, match="whole numbers"):
        await put(database, "a", number)
    with pytest.raises(TypeError, match="whole numbers"):
        await database.all("SELECT :number", number=number)
    assert await settings(database) == {}


async def test_days_and_times_are_kept_as_text_that_sorts(database: Sqlite) -> None:
    await put(database, "day", date(2026, 1, 2))
    assert await settings(database) == {"day": "2026-01-02"}


async def test_no_column_can_hold_a_float(database: Sqlite) -> None:
    columns = await database.all(
        """SELECT m.name, p.name AS part, p.type FROM sqlite_master AS m JOIN pragma_table_info(m.name) AS p
           WHERE m.name NOT LIKE 'sqlite_%'"""
    )
    assert {column["type"] for column in columns} <= {"INTEGER", "BIGINT", "TEXT"}


# Opening


def schema(file: Path) -> list[tuple[str]]:
    with closing(sqlite3.connect(file)) as connection:
        return connection.execute("SELECT name, sql FROM sqlite_master ORDER BY name").fetchall()


async def test_migrations_are_applied_once(file: Path) -> None:
    await (await open_sqlite(file)).close()
    made = schema(file)
    database = await open_sqlite(file)
    applied = [row["name"] for row in await database.all("SELECT name FROM migration ORDER BY number")]
    await database.close()
    shipped = sorted(script.name for script in files("storage").joinpath("migrations").iterdir())
    assert applied == [name for name in shipped if name.endswith(".sql")]
    assert schema(file) == made


async def test_a_migration_that_fails_leaves_the_file_as_it_was(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    await (await open_sqlite(file)).close()
    made = schema(file)
    scripts = [*sqlite._scripts(), (9000, ("9000_half.sql", "CREATE TABLE half (a);\nCREATE TABLE half (a);\n"))]
    monkeypatch.setattr(sqlite, "_scripts", lambda: iter(scripts))
    with pytest.raises(sqlite3.OperationalError):
        await open_sqlite(file)
    assert schema(file) == made


async def test_a_store_of_the_first_version_goes_on_with_what_it_holds(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = [script for script in sqlite._scripts() if script[0] == 1]
    with monkeypatch.context() as then:
        then.setattr(sqlite, "_scripts", lambda: iter(first))
        await (await open_sqlite(file)).close()
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("INSERT INTO message (id, release_group, state, body) VALUES (1, 'g', 'left', '[]')")
        connection.execute(
            """INSERT INTO outbox (message, messenger, chat, kind, rank, state, due, parts)
               VALUES (1, 'telegram', '7', 'private', 2, 'sent', '2026-11-25T00:00:00.000000Z', 1)"""
        )
        connection.commit()
    await (await open_sqlite(file)).close()
    with closing(sqlite3.connect(file)) as connection:
        kept = connection.execute("SELECT id, chat, state, parts, sure FROM outbox").fetchall()
        assert kept == [(1, "7", "sent", 1, 1)]
        connection.execute("DELETE FROM outbox")
        connection.execute(
            """INSERT INTO outbox (message, messenger, chat, kind, rank, state, due, parts)
               VALUES (1, 'telegram', '8', 'private', 2, 'pending', '2026-11-25T00:00:00.000000Z', 1)"""
        )
        assert connection.execute("SELECT id, chat FROM outbox").fetchall() == [(2, "8")]  # no number is given twice


async def test_two_programs_that_make_the_same_file_agree(file: Path) -> None:
    both = await asyncio.gather(open_sqlite(file), open_sqlite(file))
    for database in both:
        await database.close()
    assert [name for name, _ in schema(file)].count("observation") == 1  # type: ignore[misc]


async def test_folders_on_the_way_are_made(tmp_path: Path) -> None:
    database = await open_sqlite(tmp_path / "a" / "b" / "sebghat.db")
    await database.close()
    assert (tmp_path / "a" / "b" / "sebghat.db").exists()


def ours(file: Path) -> None:
    asyncio.run(_ours(file))


async def _ours(file: Path) -> None:
    await (await open_sqlite(file)).close()


def newer(file: Path) -> None:
    ours(file)
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("INSERT INTO migration VALUES (9999, '9999_future.sql')")
        connection.commit()


def foreign(file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("CREATE TABLE theirs (a)")
        connection.execute("INSERT INTO theirs VALUES (1)")
        connection.commit()


def foreign_with_a_number(file: Path) -> None:
    foreign(file)
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA application_id = 77")


def foreign_and_interrupted(file: Path) -> None:
    """As a program leaves it that was killed: what it wrote last is still in the -wal beside it."""
    there = file.with_name("theirs.db")
    with closing(sqlite3.connect(there)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("CREATE TABLE theirs (a)")
        connection.commit()
        shutil.copy(there, file)
        shutil.copy(f"{there}-wal", f"{file}-wal")
    there.unlink()


def damaged(file: Path) -> None:
    ours(file)
    with file.open("r+b") as bytes_:
        bytes_.seek(100)
        bytes_.write(b"\xff" * 3000)


def text(file: Path) -> None:
    file.write_text("نام,رقم\nایتا,۳۰\n" * 200, encoding="utf-8")


def folder(file: Path) -> None:
    file.mkdir()


def contents(place: Path) -> dict[str, bytes | None]:
    return {
        str(path.relative_to(place)): path.read_bytes() if path.is_file() else None
        for path in place.rglob("*")
        if not path.name.endswith("-shm")  # SQLite's index to the -wal; holds nothing of its own
    }


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (newer, "store.newer"),
        (foreign, "store.foreign"),
        (foreign_with_a_number, "store.foreign"),
        (foreign_and_interrupted, "store.foreign"),
        (damaged, "store.broken"),
        (text, "store.broken"),
        (folder, "store.readonly"),
    ],
)
def test_what_cannot_be_our_store_is_refused_and_left_as_it_was(
    make: Callable[[Path], None], code: str, file: Path
) -> None:
    make(file)
    before = contents(file.parent)
    with pytest.raises(StoreFault) as fault:
        asyncio.run(open_sqlite(file))
    assert fault.value.code == code
    assert fault.value.details == {"file": str(file)}
    assert contents(file.parent) == before


@pytest.mark.parametrize("place", ["/proc/nobody/sebghat.db", "/dev/null/sebghat.db"])
@pytest.mark.skipif(not Path("/proc").is_dir(), reason="needs places that nobody can write to")
def test_a_place_that_nobody_can_write_to_is_refused(place: str) -> None:
    with pytest.raises(StoreFault) as fault:
        asyncio.run(open_sqlite(Path(place)))
    assert fault.value.code == "store.readonly"


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="everything is writable to root")
@pytest.mark.parametrize("there", [False, True], ids=["a folder", "a folder with a store in it"])
def test_a_read_only_folder_is_refused(there: bool, file: Path) -> None:
    if there:
        ours(file)
        file.chmod(0o444)
    file.parent.chmod(0o555)
    before = contents(file.parent)
    try:
        with pytest.raises(StoreFault) as fault:
            asyncio.run(open_sqlite(file))
        assert contents(file.parent) == before
    finally:
        file.parent.chmod(0o755)
    assert fault.value.code == "store.readonly"


@contextmanager
def held_by_another_program(file: Path) -> Iterator[None]:
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(file)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with holder:  # closes its input at the end, so that it lets go
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        yield


async def test_a_store_that_another_program_keeps_locked_is_reported(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "BUSY_SECONDS", 0.05)
    database = await open_sqlite(file)
    await put(database, "a", "1")
    with held_by_another_program(file):
        with pytest.raises(StoreFault) as fault:
            await put(database, "b", "2")
        assert await settings(database) == {"a": "1"}  # reading goes on
    assert fault.value.code == "store.locked"
    await put(database, "b", "2")
    assert await settings(database) == {"a": "1", "b": "2"}
    await database.close()


async def test_where_there_is_no_room_left_nothing_is_half_done(database: Sqlite) -> None:
    async def fill() -> None:
        async with database.transaction() as verbs:
            for number in range(200):
                await verbs.run("INSERT INTO setting VALUES (:name, :text)", name=f"{number}", text="x" * 1000)

    (pages,) = (await database.all("PRAGMA page_count"))[0].values()
    await database._writer.execute(f"PRAGMA max_page_count = {pages + 2}")
    with pytest.raises(StoreFault) as fault:
        await fill()
    assert fault.value.code == "store.full"
    assert await settings(database) == {}
    await put(database, "a", "1")
    assert await settings(database) == {"a": "1"}


# Who delivers


async def test_one_at_a_time_delivers_from_a_store_and_the_next_may_when_it_has_ended(
    database: Sqlite, file: Path
) -> None:
    other = await open_sqlite(file)
    assert await database.lease()
    assert await database.lease()
    assert not await other.lease()
    await put(other, "a", "1")  # all else is as ever
    await database.close()
    assert await other.lease()
    await other.close()


# Several statements in one go


async def test_several_statements_are_carried_out_in_order_each_with_its_result(database: Sqlite) -> None:
    none, two, read = await database.batch(
        Statement("DELETE FROM setting", {}),
        Statement("INSERT INTO setting VALUES (:name, :value)", [{"name": name, "value": "1"} for name in "ab"]),
        Statement("SELECT name FROM setting WHERE value = :value ORDER BY name", {"value": "1"}),
    )
    assert (none.changed, two.changed) == (0, 2)
    assert [row["name"] for row in read.rows] == ["a", "b"]


async def test_several_statements_of_which_one_fails_leave_nothing(database: Sqlite) -> None:
    insert = Statement("INSERT INTO setting VALUES ('a', '1')", {})
    with pytest.raises(sqlite3.IntegrityError):
        await database.batch(insert, insert)
    assert await settings(database) == {}
    await put(database, "b", "1")
    assert await settings(database) == {"b": "1"}


async def test_several_statements_whose_task_is_cancelled_keep_the_turn_until_they_are_done(database: Sqlite) -> None:
    many = Statement("INSERT INTO setting VALUES (:name, '1')", [{"name": str(number)} for number in range(5_000)])
    task = asyncio.create_task(database.batch(many))
    await asyncio.sleep(0)
    task.cancel()
    await put(database, "after", "1")
    assert len(await settings(database)) in {1, 5_001}


@pytest.mark.skipif(os.name == "nt", reason="Windows has other rights")
def test_what_is_made_is_for_its_user_alone_and_what_is_there_keeps_its_rights(file: Path) -> None:
    def rights() -> dict[str, int]:
        return {each.name: each.stat().st_mode & 0o777 for each in file.parent.iterdir()}

    async def work() -> None:
        database = await open_sqlite(file)
        await put(database, "a", "b")
        assert await database.lease()
        made = rights()
        assert made.keys() >= {"sebghat.db", "sebghat.db-wal", "sebghat.db-lease"}
        assert set(made.values()) == {0o600}
        await database.close()

    before = os.umask(0o022)
    try:
        asyncio.run(work())
        file.chmod(0o640)
        asyncio.run(work_on(file))
        assert rights()["sebghat.db"] == 0o640
    finally:
        os.umask(before)


async def work_on(file: Path) -> None:
    await (await open_sqlite(file)).close()
