"""What all of them print: the machine, and of each promise whether it was kept, in one form."""

from __future__ import annotations

import os
import platform
import re
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from statistics import quantiles

PROMISE = re.compile(r"(met|NOT MET): (.+): (.+) \(wanted: (.+)\)\n?")


class Promises:
    """Each is printed at once; `status` is what the program ends with."""

    def __init__(self) -> None:
        self.missed: list[str] = []

    @property
    def status(self) -> int:
        return 1 if self.missed else 0

    def under(self, what: str, measured: float, most: float, unit: str = "") -> None:
        """What must be less, both in that unit."""
        self.told(what, f"{_short(measured)} {unit}".strip(), f"under {most:g} {unit}".strip(), kept=measured < most)

    def at_least(self, what: str, measured: float, least: float) -> None:
        self.told(what, _short(measured), f"at least {least:g}", kept=measured >= least)

    def told(self, what: str, measured: str, wanted: str, *, kept: bool) -> None:
        print(f"{'met' if kept else 'NOT MET'}: {what}: {measured} (wanted: {wanted})", flush=True)
        if not kept:
            self.missed.append(what)


def percentile(values: Sequence[float], of_100: int) -> float:
    """What so many of 100 stay within."""
    return quantiles(values, n=100, method="inclusive")[of_100 - 1]


def machine() -> str:
    """Processor, load, system and versions, in one line."""
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    cpu = next((line.partition(": ")[2] for line in lines if line.startswith("model name")), platform.processor())
    load = ", ".join(f"{n:.1f}" for n in os.getloadavg())
    return (
        f"{cpu}, {len(os.sched_getaffinity(0))} cores (load before: {load}), {platform.system()}, "
        f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}"
    )


def _short(number: float) -> str:
    """Three digits say enough."""
    return f"{number:,.0f}" if number >= 100 else f"{number:.3g}"
