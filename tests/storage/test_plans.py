"""What is asked of the outbox again and again looks only at the rows that it is about, however many there are."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from storage import outbox
from storage.store import Store

ASKED = {
    "claim": outbox.CLAIM.format(skip_locked=""),
    "what a correction answers": outbox.ANSWERED,
    "what was missed": outbox.MISSED,
    "settle": outbox.SETTLE,
    "keep": outbox.KEEP,
    "let go": outbox.FOLLOW,
    **{f"drop {number}": sql for number, sql in enumerate(outbox.DROP)},
    "next row": outbox.NEXT_ROW,
    "hasten": outbox.HASTEN,
    "expire": outbox.EXPIRE,
    "of a chat": f"SELECT * FROM outbox WHERE {outbox.OF_CHAT}",
}


@pytest.fixture
def connection(store: Store, tmp_path: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(tmp_path / "sebghat.db")) as opened:
        yield opened


@pytest.mark.parametrize("sql", ASKED.values(), ids=ASKED.keys())
def test_no_question_about_rows_looks_through_all_of_them(sql: str, connection: sqlite3.Connection) -> None:
    names = ("messenger", "now", "limit", "old", "id", "attempts", "state", "at", "sent_id", "detail", "reason", "due")
    values = dict.fromkeys((*names, "doubts", "unmade", "message", "many", "chat"), 1)
    plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {sql}", values)]
    scans = [step for step in plan if step.startswith("SCAN") and not step.startswith("SCAN message")]
    assert scans == []
    assert not any("USE TEMP B-TREE FOR ORDER BY" in step for step in plan)
