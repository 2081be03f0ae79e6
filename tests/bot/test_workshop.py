"""The process that works on tables: it takes its program from nowhere else, and no more than its share of memory."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot import workshop
from bot.workshop import Workshop
from handlers.recording.importing import Order


async def test_what_lies_where_the_user_stands_is_not_imported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "csv.py").write_text("raise SystemExit('somebody else is at work here')")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PYTHONSAFEPATH", raising=False)

    async def tell(stage: str, done: int, of: int) -> None: ...

    work = Workshop(f"sqlite:///{tmp_path / 'record.db'}", asyncio.Lock())
    done = await work(Order("a.csv", datetime.now(UTC), 1), b"no,table", tell)
    assert done.unreadable == "import.no_header"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows knows no such bound")
def test_a_table_takes_no_more_memory_than_its_share() -> None:
    program = f"from bot import workshop; workshop._bound_memory(); bytearray({workshop.MEMORY})"
    ended = subprocess.run(
        [sys.executable, "-P", "-c", program], capture_output=True, text=True, timeout=30, check=False,
        env={**os.environ, "PYTHONPATH": workshop.ROOT},
    )  # fmt: skip
    assert "MemoryError" in ended.stderr
