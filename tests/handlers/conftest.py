"""A room with the bundled readings on record."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from storage.store import open_store
from tests.handlers.room import Room


@pytest_asyncio.fixture
async def room(loaded: Path, tmp_path: Path) -> AsyncIterator[Room]:
    file = tmp_path / "sebghat.db"
    shutil.copy(loaded, file)
    store = await open_store(f"sqlite:///{file}")
    yield Room(store, file)
    await store.close()
