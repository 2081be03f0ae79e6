"""A store as the first start leaves it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest


@pytest.fixture
def database(loaded: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(loaded, tmp_path / "sebghat.db"))
