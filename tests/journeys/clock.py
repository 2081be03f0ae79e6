"""The real program by a clock that was set: `clock.py 2026-11-25T09:00:00+03:30 [words]`, with the settings of the
environment. Everything else is as it is."""

from __future__ import annotations

import datetime
import runpy
import sys
from typing import Self


def set_clock(to: datetime.datetime) -> None:
    """From now on it is that time, and time goes on from there."""
    shift = to - datetime.datetime.now(datetime.UTC)

    class Shifted(datetime.datetime):
        @classmethod
        def now(cls, tz: datetime.tzinfo | None = None) -> Self:
            return super().now(datetime.UTC).__add__(shift).astimezone(tz)

    datetime.datetime = Shifted  # type: ignore[misc]  # before any module of the program takes it


if __name__ == "__main__":
    set_clock(datetime.datetime.fromisoformat(sys.argv.pop(1)))
    runpy.run_module("bot", run_name="__main__")
