"""python -m benchmarks.desk [--observations N] [--subscribers N] [--times N] [--store FILE]: results as a table; exits
with 1 where a promise is not kept."""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from statistics import median
from zoneinfo import ZoneInfo

from benchmarks.desk.crowd import subscribe
from benchmarks.engine.load import lanes
from benchmarks.engine.stores import build
from benchmarks.report import Promises, machine, percentile
from bot.intake import House, Intake
from handlers.recording import departure
from sebghat.conversation import ChatKind, Message
from sebghat.platforms import bundled
from storage.store import Store, open_store

WARM = 20  # the first fill the caches
OWNER = "1"


def main() -> int:
    words = argparse.ArgumentParser(prog="python -m benchmarks.desk", description=__doc__)
    words.add_argument("--observations", type=int, default=1_000_000)
    words.add_argument("--subscribers", type=int, default=1_000_000)
    words.add_argument("--times", type=int, default=300, help="previews of each kind")
    words.add_argument("--store", type=Path, help="used if it is there, made and kept if not")
    wanted = words.parse_args()
    print(machine(), flush=True)
    promises = Promises()
    with tempfile.TemporaryDirectory(prefix="sebghat-bench-") as folder:
        file = wanted.store or Path(folder) / "desk.db"
        if not file.exists():
            asyncio.run(fill(file, wanted.observations, wanted.subscribers))
        asyncio.run(measure(file, wanted.observations, wanted.times, promises))
    return promises.status


async def fill(file: Path, observations: int, subscribers: int) -> None:
    seconds = await build(file, observations)
    crowded = await subscribe(file, subscribers, datetime.now(UTC))
    print(f"built in {seconds:.0f} s, subscribed in {crowded:.0f} s", file=sys.stderr, flush=True)


async def measure(file: Path, observations: int, times: int, promises: Promises) -> None:
    store = await open_store(f"sqlite:///{file}")
    try:
        async with store.transaction() as record:
            for lane in lanes(observations):
                await record.catalogue.name("source", lane.source, lane.source)
        desk = Desk(Intake(store, House(bundled(), {("telegram", OWNER)}, "en", ZoneInfo("Asia/Tehran"), int, _nobody)))
        sources = [lane.source for lane in lanes(observations)][: times + WARM]
        plain = [await desk.timed(f"/set eitaa mau 30m source={source}") for source in sources]
        news, telling = [], ""
        for n, source in enumerate(sources):
            await desk.timed(f"/set whatsapp mau 33m source={source} release=bench{n}")
            await desk.timed("/record")
            for value in ("90m", "1m"):  # one of them is not the order that was
                line = f"/set eitaa mau {value} source={source} release=bench{n}"
                found = await desk.timed(line)
                if " has passed " in found[1]:
                    news.append(found)
                    telling = line
        taken_back = await corrected(desk, store, telling, times)
        print("\n| preview of one figure | times | median ms | 95 of 100 within | longest |")
        print("| --- | --- | --- | --- | --- |")
        previews = {"that announces nothing": plain, "with its announcement": news,
                    "withdrawn, with what is taken back": taken_back}  # fmt: skip
        taken = {name: [1_000 * seconds for seconds, _ in found[WARM:]] for name, found in previews.items()}
        for name, each in taken.items():
            print(f"| {name} | {len(each)} | {median(each):.1f} | {percentile(each, 95):.1f} | {max(each):.1f} |")
        for name, each in taken.items():
            promises.under(f"a preview {name}, median", median(each), 100, "ms")
        print(f"\n{news[-1][1]}", file=sys.stderr)
    finally:
        await store.close()


async def corrected(desk: Desk, store: Store, telling: str, times: int) -> list[tuple[float, str]]:
    """An announcement goes to all its recipients' rows; then previews of taking it back."""
    await desk.timed(telling)
    await desk.timed("/record")
    figure = str(await store.observations.next_id() - 1)
    async with store.transaction() as record:
        await departure.depart_due(record, datetime.now(UTC) + timedelta(days=1))
    newest = max(parcel.id for parcel in await store.parcels.spreading())
    while own := [parcel for parcel in await store.parcels.spreading() if parcel.id == newest]:
        async with store.transaction() as record:
            await record.parcels.spread(own[0])
    found = [await desk.timed(f"/retract {figure}") for _ in range(times + WARM)]
    assert "Taken back" in found[-1][1], found[-1][1]
    return found


async def _nobody(messenger: str, chat: str, person: str) -> bool | None:
    return False


class Desk:
    """An owner who writes to the bot."""

    def __init__(self, intake: Intake) -> None:
        self._intake = intake
        self._keys = count(time.time_ns())

    async def timed(self, text: str) -> tuple[float, str]:
        """Seconds from the message to the reply, and the reply."""
        message = Message(
            str(next(self._keys)), "telegram", OWNER, "", ChatKind.PRIVATE, OWNER, text, datetime.now(UTC)
        )
        began = time.perf_counter()
        ((_, reply),) = await self._intake.take(message)
        return time.perf_counter() - began, reply.plain


if __name__ == "__main__":
    sys.exit(main())
