"""python -m benchmarks.delivery [--quick] [--only paced|raw|outbox|million|beside ...]: results as tables; exits
with 1 where a promise is not kept."""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from pathlib import Path
from statistics import median

from benchmarks.delivery import million, stores
from benchmarks.delivery.playing import Played, deliver, playing, rivals
from benchmarks.report import Promises, machine, percentile

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
    def __init__(self, folder: Path, played: Played, promises: Promises, *, quick: bool) -> None:
        self.folder = folder
        self.played = played
        self.quick = quick
        self.promises = promises
        self.times = 1 if quick else 3
        self._rivals: Path | None = None

    async def paced(self) -> None:
        """At the messenger's rate."""
        table("chats", "seconds (ideal)", "efficiency", "delivered", "twice", "refused", "most in a second")
        for chats, times in ((300, 1),) if self.quick else ((900, self.times), (3_000, 1)):
            store = stores.build(self.folder / f"{chats}.db", chats)
            efficiencies = []
            for n in range(times):
                await self.played.set(limit=RATE, latency=0.02, penalty=3.0)
                found = await deliver(self.played, "ours", chats, store=stores.copied(store, f"{chats}-{n}.db"))
                ideal = chats / RATE
                efficiencies.append(ideal / found["took"])
                row(chats, f"{found['took']:.2f} ({ideal:.0f})", f"{efficiencies[-1]:.3f}", found["delivered"],
                    found["twice"], found["refused"], found["most"])  # fmt: skip
                counted = tuple(found[what] for what in ("delivered", "twice", "refused"))
                self.promises.told(f"to {chats} chats: delivered, twice, refused", f"{counted}", f"{(chats, 0, 0)}",
                                   kept=counted == (chats, 0, 0))  # fmt: skip
            self.promises.at_least(f"efficiency with {chats} chats", median(efficiencies), 0.98)

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
        self.promises.at_least("messages a second against aiohttp alone", ours / bare, 0.3)
        self.promises.at_least("messages a second against gather", ours / gather, 6)

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
        self.promises.at_least("the outbox against sqlite3 with the same SQL", median(ratios), 0.6)

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
        self.promises.under(f"with {rows:,} chats memory grows by", found.most - found.before, 50, "MiB")
        late = percentile(found.waits[1] + found.waits[2], 99)
        self.promises.under("99 of 100 are answered meanwhile within", 1000 * late, 300, "ms")

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


async def main() -> int:
    words = argparse.ArgumentParser(prog="python -m benchmarks.delivery", description=__doc__)
    words.add_argument("--quick", action="store_true", help="less of everything, once: whether it works")
    words.add_argument("--only", choices=PARTS, nargs="+", default=PARTS)
    wanted = words.parse_args()
    print(machine(), flush=True)
    promises = Promises()
    with tempfile.TemporaryDirectory(prefix="sebghat-bench-") as folder:
        async with playing() as played:
            benchmark = Benchmark(Path(folder), played, promises, quick=wanted.quick)
            for part in PARTS:
                if part in wanted.only:
                    await getattr(benchmark, part)()
    return promises.status


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
