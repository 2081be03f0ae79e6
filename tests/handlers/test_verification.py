"""What is changed in the tables that answers come from is found, beside what is changed in the log."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from handlers.verification import verify
from sebghat.platforms import bundled
from storage.store import open_store
from tests.handlers.room import Room
from tests.overtaking import LONG_AGO, RECENT, release

NEWEST = "(SELECT max(observation) FROM live)"


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (f"UPDATE observation SET lo = lo + 1, hi = hi + 1 WHERE id = {NEWEST}", "verify.live_differs"),
        (f"UPDATE observation SET hi = hi + 1 WHERE id = {NEWEST}", "verify.live_differs"),  # no figure at all
        (f"UPDATE observation SET source = 'isna' WHERE id = {NEWEST}", "verify.live_differs"),
        (f"UPDATE observation SET recorded_by = '77' WHERE id = {NEWEST}", "verify.live_differs"),
        ("UPDATE observation SET speaker = 'somebody else' WHERE id = 1", "verify.live_differs"),
        ("DELETE FROM live WHERE observation = 1", "verify.live_differs"),
        ("UPDATE claim SET winner = loser, loser = winner WHERE id = 1", "verify.live_differs"),
        ("DELETE FROM claim", "verify.live_differs"),
        ("UPDATE announcement SET body = replace(body, '3000000', '9000000')", "verify.ledger_differs"),
        ("DELETE FROM announcement", "verify.ledger_differs"),
        ("UPDATE item SET body = replace(body, '3000000', '9000000')", "verify.ledger_differs"),
        ("""INSERT INTO setting VALUES ('rules', '{"noise_permille": 99}')""", "verify.ledger_differs"),
        ("DELETE FROM log WHERE id = (SELECT max(id) FROM log)", "verify.ledger_differs"),
        ("UPDATE log SET person = NULL", "verify.broken"),
        ("UPDATE log SET body = replace(body, '36000000', '39000000')", "verify.broken"),
    ],
)
async def test_a_change_by_hand_is_found(change: str, found: str, room: Room, tmp_path: Path) -> None:
    await room.without_hold()
    for figures in (release("27m", "33m", LONG_AGO), release("36m", "33m", RECENT)):
        await room(figures)
        await room("/record")
    copy = tmp_path / "changed.db"
    with closing(sqlite3.connect(room.file)) as connection, closing(sqlite3.connect(copy)) as other:
        connection.backup(other)
        if change.startswith("INSERT INTO setting"):
            other.execute("DELETE FROM setting WHERE name = 'rules'")
        assert other.execute(change).rowcount > 0
        other.commit()
    store = await open_store(f"sqlite:///{copy}")
    try:
        assert (await verify(store, bundled()))[0] == found
    finally:
        await store.close()
