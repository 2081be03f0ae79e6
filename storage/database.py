"""What a storage engine offers: four verbs over plain SQL, and the faults that it may report."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import UTC, date, datetime
from typing import Any, NamedTuple, Protocol

Row = Mapping[str, Any]


class Statement(NamedTuple):
    """One statement with its named values; a list of values: carried out once for each."""

    sql: str
    values: Mapping[str, object] | Sequence[Mapping[str, object]]


class Result(NamedTuple):
    rows: list[Row]
    changed: int  # rows that the statement wrote


class StoreFault(Exception):
    """The store cannot be used. `code` names the text that says why and what to do; `details` fill it in."""

    def __init__(self, code: str, **details: str) -> None:
        super().__init__(code, details)
        self.code = code
        self.details = details


class Verbs(Protocol):
    """Reading and writing with named values (`:name`); times and days go in and come out as plain text."""

    skip_locked: str  # what keeps two workers from waiting for each other's rows

    async def all(self, sql: str, /, **values: object) -> list[Row]: ...

    async def one(self, sql: str, /, **values: object) -> Row | None: ...

    async def run(self, sql: str, /, **values: object) -> int:
        """Carries out one statement; the number of rows that it changed."""
        ...

    async def batch(self, *statements: Statement) -> list[Result]:
        """Carries out several, one after another, in one go: all of them or, where one fails, none. Much quicker
        than one at a time, since the way to the store is gone once."""
        ...


class Database(Verbs, Protocol):
    def transaction(self) -> AbstractAsyncContextManager[Verbs]:
        """One writer at a time; all of it or, where an exception leaves the block, nothing."""
        ...

    async def lay(self, *statements: Statement) -> None:
        """Carries out what concerns only tables of this program's own connection: nobody waits for that."""
        ...

    async def lease(self) -> bool:
        """Makes this process the one that delivers, until it ends, however it ends; False: another one is."""
        ...

    async def close(self) -> None: ...


def stamp(moment: datetime) -> str:
    """A time as the store keeps it: UTC, sorts as text."""
    if moment.tzinfo is not UTC:
        moment = moment.astimezone(UTC)
    return f"{moment.isoformat(timespec='microseconds')[:-6]}Z"


def moment(stamped: str) -> datetime:
    return datetime.fromisoformat(stamped)


def plain(value: object) -> object:
    """A value as every engine takes it."""
    if isinstance(value, datetime):
        return stamp(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        raise TypeError("the record keeps whole numbers only")
    return value


def listed(rows: Iterable[Sequence[object]]) -> tuple[str, dict[str, object]]:
    """Rows as an SQL list, whose columns are column1, column2 …, and the values that are named in it."""
    values: dict[str, object] = {}
    lines = []
    for n, row in enumerate(rows):
        named = {f"r{n}_{k}": value for k, value in enumerate(row)}
        values |= named
        lines.append(f"({', '.join(f':{name}' for name in named)})")
    return f"VALUES {', '.join(lines)}", values
