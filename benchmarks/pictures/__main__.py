"""How long a picture takes, whether the loop is held up, and whether memory stays flat.

    .venv/bin/python -m benchmarks.pictures [COUNT]

COUNT (2000) pictures of every kind, language and theme, each under a name of its own, so that none comes from the
cache. One core: this process and the one that draws are bound to the same.
"""

from __future__ import annotations

import asyncio
import os
import resource
import sys
import time
from array import array
from collections.abc import Sequence
from statistics import median

from benchmarks.pictures.scenes import everything
from benchmarks.report import Promises, machine, percentile
from bot.picture import Pictures
from sebghat.conversation import Picture

OUTLIVED = 10_000  # times that one picture is asked for again


class Loop:
    """What each turn of the loop cost it: by the clock, and of this thread's own work."""

    def __init__(self) -> None:
        # Arrays, so that what is measured does not grow by being measured.
        self.late = array("f")
        self.worked = array("f")

    async def watch(self) -> None:
        last, own = time.perf_counter(), time.thread_time()
        while True:
            await asyncio.sleep(0.001)
            now, mine = time.perf_counter(), time.thread_time()
            self.late.append(now - last - 0.001)
            self.worked.append(mine - own)
            last, own = now, mine


def resident(process: int) -> float:
    """In MB."""
    with open(f"/proc/{process}/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def shown(name: str, seconds: Sequence[float]) -> None:
    print(f"{name:34} median {median(seconds) * 1000:8.2f} ms   p99 {percentile(seconds, 99) * 1000:8.2f}   "
          f"longest {max(seconds) * 1000:8.2f}")  # fmt: skip


async def measure(count: int) -> int:
    print(machine())
    began = time.perf_counter()
    drawn = list(everything())
    first = time.perf_counter() - began
    began = time.perf_counter()
    drawn = list(everything())
    print(f"drawing as SVG, mean               {(time.perf_counter() - began) / len(drawn) * 1000:8.2f} ms (the first "
          f"ones {first / len(drawn) * 1000:.2f})")  # fmt: skip
    pictures, loop = Pictures(limit=30), Loop()
    began = time.perf_counter()
    assert await pictures.image(drawn[0][3], alert=True)
    print(f"the first picture, with its process {(time.perf_counter() - began) * 1000:7.2f} ms")
    worker = pictures._worker  # noqa: SLF001
    assert worker is not None
    watching = asyncio.create_task(loop.watch())
    times, sizes = array("f"), array("l")
    marks: list[tuple[int, float, float]] = []
    for number in range(count):
        picture = drawn[number % len(drawn)][3]
        began = time.perf_counter()
        image = await pictures.image(Picture(f"{number}", picture.svg), alert=True)
        times.append(time.perf_counter() - began)
        assert image is not None
        sizes.append(len(image.png))
        if number + 1 in (count // 10, count // 2, count):
            marks.append((number + 1, resident(worker.pid), resident(os.getpid())))
    watching.cancel()
    shown("a picture", times)
    print(f"{'its size':34} median {median(sizes) / 1000:8.2f} kB   largest {max(sizes) / 1000:.2f}")
    shown("the loop meanwhile, its own work", loop.worked)
    shown("the loop meanwhile, by the clock", loop.late)
    again = array("f")
    for _ in range(OUTLIVED):
        began = time.perf_counter()
        await pictures.image(Picture(f"{count - 1}", ""), alert=True)
        again.append(time.perf_counter() - began)
    shown("the same picture again", again)
    for number, drawing, bot in marks:
        print(f"after {number:6} pictures: the process that draws {drawing:6.1f} MB, this one {bot:6.1f} MB")
    await pictures.close()
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(f"of a picture's time the drawing itself, mean {(used.ru_utime + used.ru_stime) / (count + 1) * 1000:.1f} ms")
    promises = Promises()
    promises.under("a picture, median", median(times) * 1000, 120, "ms")
    promises.under("a turn of the loop meanwhile, longest", max(loop.late) * 1000, 20, "ms")
    promises.under("the same picture again, longest", max(again) * 1000, 5, "ms")
    return promises.status


if __name__ == "__main__":
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    sys.exit(asyncio.run(measure(int(sys.argv[1]) if len(sys.argv) > 1 else 2_000)))
