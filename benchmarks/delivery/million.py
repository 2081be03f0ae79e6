"""A million chats: what memory their alert takes, and how long people wait for answers meanwhile."""

from __future__ import annotations

import asyncio
import random
import sqlite3
import subprocess
import time
from contextlib import closing
from pathlib import Path
from statistics import quantiles
from typing import NamedTuple

from benchmarks.delivery.playing import Played
from benchmarks.delivery.server import PERSON
from tests.journeys.program import BOT, HERE, environment

OWNER = PERSON
ASKED = 4.0  # questions a second
QUESTIONS = ("/stats eitaa", "/compare eitaa telegram", "/rank mau", "/history bale")


class Found(NamedTuple):
    rows: int
    before: float  # MiB of resident memory
    most: float
    spread: float  # seconds until all chats were rows
    waits: tuple[list[float], list[float], list[float]]  # for answers: before, while rows are made, while they are sent
    sent: int
    refused: int


async def measure(played: Played, file: Path, rows: int, seconds: float) -> Found:
    """The real program; the announcement leaves, and people ask for so many seconds after all have become rows."""
    await played.set(limit=30, latency=0.02, penalty=3.0)
    settings = environment(
        file, TRANSPORTS="telegram", TELEGRAM_TOKEN=played.token, TELEGRAM_API=played.url, PICTURES="off",
        ADMINS=f"telegram:{OWNER}",
    )  # fmt: skip
    bot = await asyncio.create_subprocess_exec(
        *BOT, cwd=HERE, env=settings, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        await played.ask(OWNER, "/start")
        for _ in range(600):
            if (await played.count())["waits"]:
                break
            await asyncio.sleep(0.1)
        await played.set(limit=30, latency=0.02, penalty=3.0)
        await _ask(played, 10)
        before, calm = _memory(bot.pid), (await played.count())["waits"]
        await played.set(limit=30, latency=0.02, penalty=3.0)
        await played.ask(OWNER, "/release 1")
        began = time.perf_counter()
        asking = asyncio.create_task(_ask(played, 3600))
        await asyncio.to_thread(_wait_until_spread, file)
        spread = time.perf_counter() - began
        while_made = (await played.count())["waits"]
        most = _memory(bot.pid, "VmHWM")
        await asyncio.sleep(seconds)
        asking.cancel()
        await asyncio.sleep(1)
        count = await played.count()
        most = max(most, _memory(bot.pid, "VmHWM"))
        waits = calm, while_made, count["waits"][len(while_made) :]
        return Found(rows, before, most, spread, waits, count["delivered"], count["refused"])
    finally:
        bot.terminate()
        await bot.wait()


async def _ask(played: Played, seconds: float) -> None:
    """People ask at moments of chance, each once."""
    chance = random.Random(seconds)
    until = time.monotonic() + seconds
    number = OWNER + 1 + chance.randrange(10**6) * 1_000
    while time.monotonic() < until:
        number += 1
        await played.ask(number, chance.choice(QUESTIONS))
        await asyncio.sleep(chance.expovariate(ASKED))


def _wait_until_spread(file: Path) -> None:
    left = "SELECT 1 FROM message WHERE state = 'left' AND spread_to IS NULL AND follow_to IS NULL"
    with closing(sqlite3.connect(file)) as store:
        while store.execute(left).fetchone() is None:
            time.sleep(0.2)


def _memory(process: int, what: str = "VmRSS") -> float:
    lines = Path(f"/proc/{process}/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{what}:")) / 1024


def told(waits: list[float]) -> str:
    if len(waits) < 2:
        return "-"
    cuts = quantiles(waits, n=100, method="inclusive")
    median, late, longest = (f"{1000 * wait:.0f} ms" for wait in (cuts[49], cuts[98], max(waits)))
    return f"{len(waits)}: median {median}, p99 {late}, longest {longest}"
