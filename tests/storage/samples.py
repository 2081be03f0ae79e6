"""Figures, chats and notes as the tests of the store need them."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from sebghat.conversation import ChatKind, Destination
from sebghat.observation import Observation, Qualifier, Value
from sebghat.periods import AsOf, Calendar, Precision
from storage.store import Record

NOON = datetime(2026, 11, 11, 12, tzinfo=UTC)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


def figure(
    number: int,
    platform: str = "gap",
    day: date = date(2026, 10, 1),
    *,
    lo: int = 36_000_000,
    metric: str = "mau",
    source: str = "x",
    scope: str = "ir",
    method: str = "unspecified",
) -> Observation:
    return Observation(
        id=str(number),
        root=str(number),
        platform=platform,
        metric=metric,
        scope=scope,
        source=source,
        method=method,
        release="r",
        value=Value(Qualifier.EXACT, lo, lo, 1_000_000),
        n=None,
        asof=AsOf(Calendar.GREGORIAN, Precision.DAY, day.year, day.month, day.day),
        recorded_at=NOON,
        recorded_by="1",
        quote="۳۶ میلیون",
    )


async def enter(record: Record, *figures: Observation) -> int:
    """Puts figures on record as one command; its number."""
    command = await record.log.append("observe", NOON, None, {"obs": [figure.id for figure in figures]})
    for one in figures:
        await record.observations.append(command, one)
    return command


def ids(observations: list[Observation]) -> list[str]:
    return [observation.id for observation in observations]


async def subscribe(record: Record, name: str, *platforms: str, kind: ChatKind = ChatKind.PRIVATE) -> Destination:
    """A chat of that name that hears of these platforms (none: of all)."""
    where = Destination("telegram", name)
    await record.chats.subscribe(where, kind, platforms, NOON)
    return where


def rows(file: Path, sql: str) -> list[tuple[object, ...]]:
    """What the file holds, as anybody with SQLite reads it."""
    with closing(sqlite3.connect(file)) as connection:
        return connection.execute(sql).fetchall()
