"""A store as the first start leaves it, and a town round it."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.journeys.served import Town, town


@pytest.fixture
def database(loaded: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(loaded, tmp_path / "sebghat.db"))


@pytest.fixture
async def here(database: Path, tmp_path: Path) -> AsyncIterator[Town]:
    """No bot serves it yet."""
    async with town(database, tmp_path) as built:
        yield built
