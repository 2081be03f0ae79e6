"""python -m benchmarks.reader [--times N]: how long a line takes to be read, and a hostile one. Exits with 1 where a
promise is not kept."""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from statistics import median
from time import perf_counter

from benchmarks.report import Promises, machine, percentile
from sebghat import readout
from sebghat.letters import LIMIT
from sebghat.platforms import bundled
from sebghat.reading import read_figures

ROOT = Path(__file__).resolve().parents[2]
TODAY = date(2026, 11, 25)
PROMISED = 200.0  # µs for a line, the median
HOSTILE = ("1 ", "۱ میلیون و ", "بین ۱ و ", "و ", "9/ ", "دی ", "ی", "a ", "=", "(", "1 به ")
SHORTER = 8  # the text that hostile ones are measured against is so many times shorter


def main() -> int:
    words = argparse.ArgumentParser(prog="python -m benchmarks.reader", description=__doc__)
    words.add_argument("--times", type=int, default=20, help="how often each line is read")
    times = words.parse_args().times
    print(machine())
    platforms = bundled()
    lines = phrasings()
    read = every(lambda line: readout.read(line, None, TODAY), lines, times)
    figures = [f"eitaa mau {line} 1403-03-12 source=ISNA" for line in lines]
    entered = every(lambda line: read_figures(line, platforms, TODAY), figures, times)
    print(f"a line of {len(lines)}:", told(read))
    print("the same as a /set with platform, metric, date and source:", told(entered))
    ratios = sorted(map(hostile, HOSTILE))
    print(f"{LIMIT} hostile characters against {LIMIT // SHORTER}: {ratios[-1][0]:.1f} times as long at most,", end=" ")
    print(f"{max(longest for _, longest in ratios) * 1e3:.0f} ms the longest")
    promises = Promises()
    promises.under("a line, median", median(read) * 1e6, PROMISED, "µs")
    return promises.status


def phrasings() -> list[str]:
    tables = ("sebghat/phrases.csv", "bot/phrasings.csv", "bot/phrasings_unseen.csv")
    rows = [row for table in tables for row in csv.DictReader((ROOT / "tests" / table).open(encoding="utf-8"))]
    return [row["written"] for row in rows if row["field"] != "command"]


def every(read: Callable[[str], object], lines: Iterable[str], times: int) -> list[float]:
    """The best time of each line, in seconds."""
    return [min(seconds(read, line) for _ in range(times)) for line in lines]


def seconds(read: Callable[[str], object], line: str) -> float:
    began = perf_counter()
    read(line)
    return perf_counter() - began


def hostile(piece: str) -> tuple[float, float]:
    """How many times as long a text takes that is eight times as long; and its time."""
    short, long = (
        min(seconds(lambda line: readout.read(line, None, TODAY), (piece * size)[:size]) for _ in range(5))
        for size in (LIMIT // SHORTER, LIMIT)
    )
    return long / short, long


def told(times: list[float]) -> str:
    most = percentile(times, 95)
    return (
        f"median {median(times) * 1e6:.0f} µs, 95 of 100 within {most * 1e6:.0f} µs, longest {max(times) * 1e6:.0f} µs"
    )


if __name__ == "__main__":
    sys.exit(main())
