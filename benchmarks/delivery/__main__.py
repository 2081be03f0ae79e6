"""python -m benchmarks.delivery [--quick] [--only paced|raw|outbox|million|beside]: figures as tables; 1 where one
that is promised is not met."""

from __future__ import annotations

import argparse
import asyncio
import os
import platform
import sqlite3
import sys
import tempfile
from pathlib import Path
from statistics import median, quantiles

from benchmarks.delivery import million, stores
from benchmarks.delivery.playing import Played, deliver, playing, rivals

RATE = 30  # messages a second that the messenger takes
PARTS = ("paced", "raw", "outbox", "million", "beside")
NAMES = {
    "ours": "sebghat, every row durable",
    "bare": "aiohttp alone, 64 at a time, keeps nothing",
    "gather": "python-telegram-bot, gather",
    "limiter": "python-telegram-bot, AIORateLimiter, 3 retries",
    "sleep": "aiogram, a pause of 1/30 s after each",
}


class Benchmark:
    def __init__(self, folder: Path, played: Played, *, quick: bool) -> None:
        self.folder = folder
        self.played = played
        self.quick = quick
        self.times = 1 if quick else 3
        self.missed: list[str] = []
        self._rivals: Path | None = None

    def promise(self, what: str, *, kept: bool) -> None:
        print(f"{'met' if kept else 'NOT MET'}: {what}", flush=True)
        if not kept:
            self.missed.append(what)

    async def paced(self) -> None:
        """At the messenger's rate."""
        table("chats", "seconds (ideal)", "efficiency", "delivered", "twice", "refused", "most in a second")
        for chats in (300,) if self.quick else (900, 3_000):
            store = stores.build(self.folder / f"{chats}.db", chats)
            efficiencies = []
            for n in range(self.times):
                await self.played.set(limit=RATE, latency=0.02, penalty=3.0)
                found = await deliver(self.played, "ours", chats, store=stores.copied(store, f"{chats}-{n}.db"))
                ideal = chats / RATE
                efficiencies.append(ideal / found["took"])
                row(chats, f"{found['took']:.2f} ({ideal:.0f})", f"{efficiencies[-1]:.3f}", found["delivered"],
                    found["twice"], found["refused"], found["most"])  # fmt: skip
                clean = found["delivered"] == chats and not found["twice"] and not found["refused"]
                self.promise("everything delivered, nothing twice, none refused", kept=clean)
            self.promise(f"efficiency at {chats} at least 0.98: {median(efficiencies):.3f}",
                         kept=median(efficiencies) >= 0.98)  # fmt: skip

    async def raw(self) -> None:
        """As fast as it goes."""
        chats = 1_000 if self.quick else 4_000
        store = stores.build(self.folder / "raw.db", chats)
        a_second: dict[str, list[float]] = {}
        for n in range(self.times):
            for name in ("bare", "ours", "gather"):
                await self.played.set()
                python = self.rivals() if name == "gather" else None
                given = stores.copied(store, f"raw-{n}.db") if name == "ours" else None
                found = await deliver(self.played, name, chats, python=python, store=given)
                a_second.setdefault(name, []).append(found["delivered"] / found["took"])
        table("without a limit", "messages a second (median)", "each time")
        for name, each in a_second.items():
            row(NAMES[name], f"{median(each):.0f}", " · ".join(f"{one:.0f}" for one in each))
        ours, bare, gather = (median(a_second[name]) for name in ("ours", "bare", "gather"))
        self.promise(f"at least 0.30 of aiohttp alone: {ours / bare:.2f}", kept=ours >= 0.3 * bare)
        self.promise(f"at least 6 times gather: {ours / gather:.1f}", kept=ours >= 6 * gather)

    async def outbox(self) -> None:
        """The store alone."""
        rows = 2_000 if self.quick else 10_000
        store = stores.build(self.folder / "outbox.db", rows)
        asked = await stores.record(stores.copied(store, "recorded.db"))
        table(f"{rows:,} rows", "inserted", f"claimed and marked, {stores.BATCH} at a time", "together")
        ratios = []
        for n in range(self.times):
            mine, theirs = stores.copied(store, f"mine-{n}.db"), stores.copied(store, f"theirs-{n}.db")
            ours, alone = await stores.outbox(mine), stores.replay(theirs, asked)
            assert stores.sent(mine) == rows
            assert stores.sent(theirs) >= rows - stores.BATCH
            ratios.append(sum(alone) / sum(ours))
            for name, (inserted, marked) in (("sebghat", ours), ("sqlite3 on a thread", alone)):
                row(name, *(f"{rows / seconds:,.0f}/s" for seconds in (inserted, marked, inserted + marked)))
        self.promise(f"at least 0.6 of sqlite3 with the same SQL: {median(ratios):.2f}", kept=median(ratios) >= 0.6)

    async def million(self) -> None:
        """As many rows as there may be."""
        rows = 100_000 if self.quick else 1_000_000
        store = stores.build(self.folder / "million.db", rows, released=False)
        found = await million.measure(self.played, store, rows, 20 if self.quick else 60)
        table(f"{rows:,} rows", "")
        row("resident memory before, at most", f"{found.before:.0f} MiB, {found.most:.0f} MiB")
        row("all are rows after", f"{found.spread:.1f} s")
        row("sent in that time and the time after", f"{found.sent}; {found.refused} refused")
        for when, waits in zip(("before", "while they become rows", "while they are sent"), found.waits, strict=True):
            row(f"answers {when}", million.told(waits))
        self.promise(f"memory grows by less than 50 MiB: {found.most - found.before:.0f}",
                     kept=found.most - found.before < 50)  # fmt: skip
        waits = found.waits[1] + found.waits[2]
        late = quantiles(waits, n=100, method="inclusive")[98]
        self.promise(f"answers within 300 ms at p99: {1000 * late:.0f} ms", kept=late < 0.3)

    async def beside(self) -> None:
        """The same work by others."""
        chats = 200 if self.quick else 900
        store = stores.build(self.folder / "beside.db", chats)
        table(f"{chats} chats, {RATE} a second", "delivered", "refused", "seconds", "efficiency", "processor")
        for name in ("ours", "limiter", "gather", "sleep"):
            several = []
            for n in range(self.times):
                await self.played.set(limit=RATE, latency=0.02, penalty=3.0)
                python = None if name == "ours" else self.rivals()
                given = stores.copied(store, f"beside-{n}.db") if name == "ours" else None
                several.append(await deliver(self.played, name, chats, python=python, store=given))
            found = sorted(several, key=lambda each: float(each["delivered"] / each["took"]))[self.times // 2]
            row(NAMES[name], f"{found['delivered'] / chats:.0%}", found["refused"], f"{found['took']:.1f}",
                f"{found['delivered'] / RATE / found['took']:.2f}", f"{found['cpu']:.1f} s")  # fmt: skip

    def rivals(self) -> Path:
        self._rivals = self._rivals or rivals(self.folder / "rivals")
        return self._rivals


def table(*names: object) -> None:
    print()
    row(*names)
    row(*("---" for _ in names))


def row(*cells: object) -> None:
    print(f"| {' | '.join(str(cell) for cell in cells)} |", flush=True)


def machine() -> str:
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    cpu = next((line.partition(": ")[2] for line in lines if line.startswith("model name")), platform.processor())
    load = ", ".join(f"{n:.1f}" for n in os.getloadavg())
    return (
        f"{cpu}, {os.cpu_count()} cores (load before: {load}), {platform.system()},"
        f" Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}"
    )


async def main() -> int:
    words = argparse.ArgumentParser(prog="python -m benchmarks.delivery", description=__doc__)
    words.add_argument("--quick", action="store_true", help="less of everything, once: whether it works")
    words.add_argument("--only", choices=PARTS)
    wanted = words.parse_args()
    print(machine(), flush=True)
    with tempfile.TemporaryDirectory(prefix="sebghat-bench-") as folder:
        async with playing() as played:
            benchmark = Benchmark(Path(folder), played, quick=wanted.quick)
            for part in PARTS:
                if wanted.only in {None, part}:
                    await getattr(benchmark, part)()
    return 1 if benchmark.missed else 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
