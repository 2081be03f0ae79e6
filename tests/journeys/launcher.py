"""The program under odd circumstances: `python -m tests.journeys.launcher NAME=VALUE … [WORDS]`.

`answer=1`: seconds that it waits for a messenger's answer; `busy=2`: for a store that another program locks;
`pages=FILE`: the store may have so many pages; `clock=FILE`: the clock is so many seconds ahead. A file is read each
time, so that what it says may change; where there is none, all is as usual.
"""

from __future__ import annotations

import datetime as dt
import sqlite3
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, Self


def answer(seconds: str) -> None:
    from bot.transports.wire import USUAL

    object.__setattr__(USUAL, "answer", float(seconds))


def busy(seconds: str) -> None:
    from storage import sqlite

    sqlite.BUSY_SECONDS = float(seconds)  # type: ignore[assignment]


def pages(file: str) -> None:
    class Small(sqlite3.Connection):
        def execute(self, sql: str, *values: Any) -> sqlite3.Cursor:
            if sql.startswith("BEGIN"):
                super().execute(f"PRAGMA max_page_count={_read(file, 2**32 - 2):.0f}")
            return super().execute(sql, *values)

    sqlite3.connect = partial(sqlite3.connect, factory=Small)  # type: ignore[assignment]


def clock(file: str) -> None:
    class Ahead(dt.datetime):
        @classmethod
        def now(cls, tz: dt.tzinfo | None = None) -> Self:
            return super().now(tz) + dt.timedelta(seconds=_read(file, 0))

    dt.datetime = Ahead  # type: ignore[misc]


def _read(file: str, usual: float) -> float:
    try:
        return float(Path(file).read_text(encoding="ascii"))
    except FileNotFoundError:
        return usual


CIRCUMSTANCES: dict[str, Callable[[str], None]] = {"clock": clock, "pages": pages, "answer": answer, "busy": busy}


def main() -> int:
    given = dict(word.split("=", 1) for word in sys.argv[1:] if "=" in word)
    for name, change in CIRCUMSTANCES.items():
        if name in given:
            change(given[name])
    from bot.__main__ import main as start

    return start([word for word in sys.argv[1:] if "=" not in word])


if __name__ == "__main__":
    sys.exit(main())
