"""Fifty people ask at once: `python -m benchmarks.conversation`. How long they wait, and what memory the bot takes.

The real program serves Telegram and Eitaa, both played on loopback by the servers of the tests. The pace that Telegram
allows is lifted, so that the program is measured and not the limit; a last round keeps it. Exits with 1 where a promise
is not kept.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from benchmarks.report import Promises, machine, percentile
from tests.journeys.program import run
from tests.journeys.served import Served, Town, town

PEOPLE = 50
ROUNDS = 5
QUESTIONS = ("/stats eitaa", "/compare eitaa telegram", "/history bale")  # each person asks all three at once
BEGINNINGS = ("Eitaa", "As of December 2023", "Bale")
LONGEST = 1.0  # seconds that anybody may wait for an answer
MEMORY = 90.0  # MiB


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder) / "sebghat.db"
        run(database)
        one, several, paced, at_first, at_most = asyncio.run(measure(database))
    print(machine())
    print(f"{PEOPLE} people, one question each at once, {ROUNDS} times:", told(one))
    print(f"{PEOPLE} people, {len(QUESTIONS)} questions each at once, {ROUNDS} times:", told(several))
    print("one question each, at the pace that Telegram documents (30 a second):", told(paced))
    print(f"resident memory: {at_first:.0f} MiB after the start, {at_most:.0f} MiB at most")
    promises = Promises()
    promises.under("the longest wait, one question each", max(one), LONGEST, "s")
    promises.under("resident memory at most", at_most, MEMORY, "MiB")
    return promises.status


def told(waits: list[float]) -> str:
    late = percentile(waits, 95)
    return f"median {median(waits):.2f} s, 95 of 100 within {late:.2f} s, longest {max(waits):.2f} s"


async def measure(database: Path) -> tuple[list[float], list[float], list[float], float, float]:
    """Waits with one question, with several, and paced; memory after the start and at its peak."""
    async with town(database, database.parent) as here:
        people = range(5000, 5000 + PEOPLE)
        for person in people:
            await here.telegram.chat(person, "private")
        bot = await here.serve()
        await here.ask(people[0], "/start")
        at_first = resident(bot, "VmRSS")
        one = [wait for _ in range(ROUNDS) for wait in await ask_at_once(here, people, QUESTIONS[:1])]
        several = [wait for _ in range(ROUNDS) for wait in await ask_at_once(here, people, QUESTIONS)]
        at_most = resident(bot, "VmHWM")
        await bot.stop()
        await here.serve(TELEGRAM_RATE="30", TELEGRAM_CHAT_RATE="1")
        paced = await ask_at_once(here, people, QUESTIONS[:1])
        return one, several, paced, at_first, at_most


async def ask_at_once(here: Town, people: range, questions: tuple[str, ...]) -> list[float]:
    """The seconds that each answer took; they come in the order of the questions in each chat."""
    before = len(here.telegram.sent)
    asked = time.time()
    for person in people:
        for question in questions:
            await here.telegram.say(person, question)
    count = before + len(people) * len(questions)
    assert await here.telegram.until(lambda: len(here.telegram.sent) == count, 60), "not everybody was answered"
    answers = here.telegram.sent[before:]
    for person in people:
        own = [each["text"] for each in answers if each["chat"] == str(person)]
        assert all(text.startswith(beginning) for text, beginning in zip(own, BEGINNINGS, strict=False)), own
    return [each["at"] - asked for each in answers]


def resident(bot: Served, what: str) -> float:
    """Resident memory in MiB."""
    lines = Path(f"/proc/{bot.process.pid}/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{what}:")) / 1024


if __name__ == "__main__":
    sys.exit(main())
