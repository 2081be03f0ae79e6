"""python -m benchmarks.engine [--observations N] [--times N] [--only replay|record]: results as a table; exits with 1
where a promise is not kept."""

from __future__ import annotations

import argparse
import asyncio
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from benchmarks.engine.load import write_log
from benchmarks.engine.stores import Measured, build
from benchmarks.report import Promises, machine, percentile
from storage.store import open_store

SMALLEST = 10_000


def main() -> int:
    words = argparse.ArgumentParser(prog="python -m benchmarks.engine", description=__doc__)
    words.add_argument("--observations", type=int, default=1_000_000, help="in the log and in the largest store")
    words.add_argument("--times", type=int, default=300, help="how many figures are entered into each store")
    words.add_argument("--only", choices=("replay", "record"))
    wanted = words.parse_args()
    print(machine(), flush=True)
    promises = Promises()
    with tempfile.TemporaryDirectory(prefix="sebghat-bench-") as folder:
        if wanted.only != "record":
            replay(Path(folder) / "log.jsonl", wanted.observations, promises)
        if wanted.only != "replay":
            sizes = [SMALLEST * 10**k for k in range(9) if SMALLEST * 10**k <= wanted.observations]
            asyncio.run(record(Path(folder), sizes or [wanted.observations], wanted.times, promises))
    return promises.status


def replay(log: Path, observations: int, promises: Promises) -> None:
    """The whole log through `replay`, in a process of its own."""
    size = write_log(log, observations)
    began = time.perf_counter()
    child = subprocess.Popen([sys.executable, "-m", "bot", "replay", str(log)], stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    taken = time.perf_counter() - began
    print("\n| replay | MB of log | s | CPU s | most MiB |\n| --- | --- | --- | --- | --- |")
    print(
        f"| {observations:,} | {size / 1e6:.0f} | {taken:.1f} | {used.ru_utime + used.ru_stime:.1f} "
        f"| {used.ru_maxrss / 1024:.0f} |",
        flush=True,
    )
    if child.returncode:
        sys.exit(f"replay ended with {child.returncode}")
    promises.under(f"replay of {observations:,} observations", taken, 90, "s")
    promises.under("its memory at most", used.ru_maxrss / 1024, 1.5 * 1024, "MiB")


async def record(folder: Path, sizes: list[int], times: int, promises: Promises) -> None:
    """One new figure into each store in turn, so that all meet the same noise."""
    stores, built = [], []
    for size in sizes:
        file = folder / f"{size}.db"
        built.append(await build(file, size))
        print(f"built {size:,} in {built[-1]:.0f} s", file=sys.stderr, flush=True)
        stores.append(Measured(await open_store(f"sqlite:///{file}"), size))
    taken: list[list[float]] = [[] for _ in stores]
    for n in range(times + 20):
        for store, found in zip(stores, taken, strict=True):
            seconds = await store.enter()
            if n >= 20:  # the first warm the caches
                found.append(1_000 * seconds)
    print("\n| in store | median ms | p95 ms | ratio of medians | contests touched | file MB | built in s |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for store, found, seconds in zip(stores, taken, built, strict=True):
        megabytes = (folder / f"{store.observations}.db").stat().st_size / 1e6
        print(
            f"| {store.observations:,} | {median(found):.2f} | {percentile(found, 95):.2f} "
            f"| {median(found) / median(taken[0]):.2f} | {max(store.contests)} | {megabytes:.0f} | {seconds:.0f} |"
        )
        await store.store.close()
    promises.under(f"one figure more than {sizes[-1]:,}, median", median(taken[-1]), 5, "ms")
    if len(sizes) > 1:
        promises.under(f"that against one more than {sizes[0]:,}", median(taken[-1]) / median(taken[0]), 1.5)


if __name__ == "__main__":
    sys.exit(main())
