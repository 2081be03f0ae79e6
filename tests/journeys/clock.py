"""The real program by a clock that was set: `clock.py 2026-11-25T09:00:00+03:30 [words]`, with the settings of the
environment. Everything else is as it is."""

from __future__ import annotations

import datetime as dt
import runpy
import sys
from typing import Self


def set_clock(to: dt.datetime) -> None:
    """From now on it is that time, and time goes on from there."""
    shift = to - dt.datetime.now(dt.UTC)

    class Shifted(dt.datetime):
        @classmethod
        def now(cls, tz: dt.tzinfo | None = None) -> Self:
            return super().now(dt.UTC).__add__(shift).astimezone(tz)

    dt.datetime = Shifted  # type: ignore[misc]  # before any module of the program takes it


if __name__ == "__main__":
    set_clock(dt.datetime.fromisoformat(sys.argv.pop(1)))
    runpy.run_module("bot", run_name="__main__")
