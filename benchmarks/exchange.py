"""A table of 100,000 rows comes by Telegram while others ask: `python -m benchmarks.exchange [ROWS]`.

The real program, and a Telegram that is played on loopback. How long the preview takes, how long the recording, what
the chat hears meanwhile, and how long another person waits for each answer. Exits with 1 where a promise is not kept.
"""

from __future__ import annotations

import asyncio
import csv
import io
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from random import Random
from statistics import median

from benchmarks.report import Promises, machine, percentile
from tests.journeys.program import run
from tests.journeys.served import OWNER, PERSON, Town, town

NAMES = "eitaa bale rubika soroush gap telegram whatsapp instagram x snapchat".split()
SOURCES = 20
MOST_SECONDS = 30.0  # for the recording of 100,000 rows
LONGEST = 300.0  # ms that others may wait


def table(many: int) -> str:
    """Weekly releases of twenty sources, of ten platforms each, whose figures wander."""
    random, out = Random(7), io.StringIO()
    writer = csv.writer(out)
    writer.writerow("release_id platform metric lo hi published_on source_key method".split())
    begin = {name: random.randrange(5, 40) * 1_000_000 for name in NAMES}
    for number in range(many // len(NAMES)):
        week, source = divmod(number, SOURCES)
        day = date(2015, 1, 1) + timedelta(weeks=week)
        for name in NAMES:
            figure = begin[name] + random.randrange(-30, 30) * 100_000
            writer.writerow([f"s{source}-{week}", name, "mau", figure, figure, day, f"s{source}", "panel"])
    return out.getvalue()


def main() -> int:
    many = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder) / "sebghat.db"
        run(database)
        shown, recorded, edits, waits = asyncio.run(measure(database, table(many)))
    print(f"{machine()}; {many} rows")
    print(f"preview after {shown:.1f} s, recorded after {recorded:.1f} s more; {edits} edits of one message each")
    print(
        f"meanwhile {len(waits)} questions of somebody else: median {median(waits) * 1000:.0f} ms,"
        f" 95 of 100 within {percentile(waits, 95) * 1000:.0f} ms, longest {max(waits) * 1000:.0f} ms"
    )
    promises = Promises()
    promises.under("recorded after", recorded, MOST_SECONDS, "s")
    promises.under("the longest that somebody else waits", max(waits) * 1000, LONGEST, "ms")
    return promises.status


async def measure(database: Path, content: str) -> tuple[float, float, int, list[float]]:
    async with town(database, database.parent) as here:
        await here.serve(PICTURES="off")  # they have a benchmark of their own
        await here.ask(PERSON, "/subscriptions")
        over = asyncio.Event()
        asking = asyncio.create_task(questions(here, over))
        begun = time.monotonic()
        before = len(here.to(OWNER))
        await here.telegram.attach(OWNER, "table.csv", content, "/import history")
        preview = await last(here, before, lambda text: text.startswith("Read:"))
        shown = time.monotonic() - begun
        begun, before = time.monotonic(), len(here.to(OWNER))
        await here.telegram.press(OWNER, preview["buttons"][0][0]["data"])
        await last(here, before, lambda text: text.startswith("Figures recorded"))
        recorded = time.monotonic() - begun
        over.set()
        edits = sum(call["method"] == "editMessageText" for call in here.telegram.calls)
        return shown, recorded, edits, await asking


async def last(here: Town, before: int, fits: Callable[[str], bool]) -> dict[str, list[list[dict[str, str]]]]:
    """The answer, after whatever was said about how far it is."""

    def answers() -> list[dict[str, list[list[dict[str, str]]]]]:
        return [each for each in here.to(OWNER)[before:] if fits(each["text"])]

    assert await here.telegram.until(lambda: bool(answers()), 300), [each["text"] for each in here.to(OWNER)[before:]]
    return answers()[0]


async def questions(here: Town, over: asyncio.Event) -> list[float]:
    """One after the other, and how long each took."""
    waits = []
    while not over.is_set():
        asked = time.monotonic()
        await here.ask(PERSON, "/subscriptions")
        waits.append(time.monotonic() - asked)
        await asyncio.sleep(0.05)
    return waits


if __name__ == "__main__":
    sys.exit(main())
