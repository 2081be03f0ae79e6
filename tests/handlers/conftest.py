"""A room with the bundled readings on record; whatever is done in it, the record must be whole at the end."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from handlers.verification import verify
from sebghat.platforms import bundled
from storage.store import open_store
from tests.handlers.room import Room


@pytest_asyncio.fixture
async def room(loaded: Path, tmp_path: Path) -> AsyncIterator[Room]:
    file = tmp_path / "sebghat.db"
    shutil.copy(loaded, file)
    store = await open_store(f"sqlite:///{file}")
    room = Room(store, file)
    entries = "SELECT max(id) FROM log"
    before = room.rows(entries)
    yield room
    found = "verify.whole" if room.rows(entries) == before else (await verify(store, bundled()))[0]
    await store.close()
    assert found == "verify.whole"
