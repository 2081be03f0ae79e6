"""The real program among the servers that play messengers, and the people who write to it."""

from __future__ import annotations

import asyncio
import re
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Self

from tests.journeys.program import BOT, HERE, environment, run
from tests.messengers.bot_api import BotApi
from tests.messengers.eitaayar import Eitaayar
from tests.messengers.serving import Fields, Messenger
from tests.overtaking import BEHIND, OVERTAKES, OVERTAKING

OWNER, PERSON, STRANGER = 501, 502, 503
CHANNEL, FORUM, TOPIC = -1001600, -1001700, 42
ADMINISTRATOR = 601  # of the forum
EITAA = "123456"
SECONDS = 20.0  # that anything may take here; what is waited for comes long before
QUICK = {
    f"{messenger}_{rate}": "10000"
    for messenger in ("TELEGRAM", "EITAA")
    for rate in ("RATE", "CHAT_RATE", "GROUP_RATE")
}


class Served:
    """The program as a process. What it says on standard error is kept in a file and can be waited for."""

    def __init__(self, process: asyncio.subprocess.Process, log: Path) -> None:
        self.process = process
        self._log = log
        self.out = self.err = ""
        self._more = asyncio.Condition()
        self._reading = asyncio.create_task(self._read())

    async def _read(self) -> None:
        assert self.process.stderr is not None
        with self._log.open("ab") as log:
            while line := await self.process.stderr.readline():
                log.write(line)
                async with self._more:
                    self.err += line.decode(errors="replace")
                    self._more.notify_all()

    async def says(self, text: str, seconds: float = SECONDS) -> None:
        """Waits until it has logged this."""
        async with asyncio.timeout(seconds), self._more:
            await self._more.wait_for(lambda: text in self.err)

    async def ended(self) -> int:
        """Waits for its end; its status. What it printed is in `out` then."""
        assert self.process.stdout is not None
        async with asyncio.timeout(SECONDS):
            self.out += (await self.process.stdout.read()).decode()
            status = await self.process.wait()
            await self._reading
        return status

    async def stop(self) -> int:
        self.process.terminate()
        return await self.ended()

    async def kill(self) -> None:
        if self.process.returncode is None:
            self.process.kill()
        await self.ended()


class Town:
    """A Telegram and an Eitaa with the people and chats of the tests, and one bot that serves both."""

    def __init__(self, database: Path, log: Path) -> None:
        self.telegram = BotApi()
        self.eitaa = Eitaayar()
        self.database = database
        self.log = log  # what every run said
        self._running: list[Served] = []

    async def __aenter__(self) -> Self:
        await self.telegram.start()
        await self.eitaa.start()
        self.eitaa.chats.add(EITAA)
        for person in (OWNER, PERSON, STRANGER):
            await self.telegram.chat(person, "private")
        await self.telegram.chat(CHANNEL, "channel", title="News")
        await self.telegram.chat(
            FORUM, "supergroup", threads=[TOPIC], members={ADMINISTRATOR: {"status": "administrator"}}
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        for served in self._running:
            await served.kill()
        await self.telegram.stop()
        await self.eitaa.stop()

    def settings(self, **changed: str) -> dict[str, str]:
        given = {
            "TELEGRAM_TOKEN": self.telegram.token,
            "TELEGRAM_API": self.telegram.url,
            "EITAA_TOKEN": self.eitaa.token,
            "EITAA_API": self.eitaa.url,
            "ADMINS": f"telegram:{OWNER}",
            "CHANNELS": f"telegram:{CHANNEL},eitaa:{EITAA}",
            "TRANSPORTS": "telegram,eitaa",
            "HOLD": "0",
            "LISTEN": "127.0.0.1:0",
        }
        return environment(self.database, **given | QUICK | changed)

    async def start(self, *words: str, program: Sequence[str] = BOT, **changed: str) -> Served:
        """The program, whatever becomes of it."""
        process = await asyncio.create_subprocess_exec(
            *program, *words, cwd=HERE, env=self.settings(**changed),
            stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        served = Served(process, self.log)
        self._running.append(served)
        return served

    async def serve(self, *, program: Sequence[str] = BOT, **changed: str) -> Served:
        """The program, once it receives from Telegram."""
        polls = self.polls
        served = await self.start(program=program, **changed)
        assert await self.telegram.until(lambda: self.polls > polls, SECONDS), served.err
        return served

    @property
    def polls(self) -> int:
        return sum(call["method"] == "getUpdates" for call in self.telegram.calls)

    # People -------------------------------------------------------------------------------------------------

    async def ask(self, chat: int, text: str, sender: int | None = None, **more: Any) -> Fields:
        """Somebody writes, and gets an answer in that chat."""
        before = len(self.to(chat))
        await self.telegram.say(chat, text, sender, **more)
        return await self.next(chat, before)

    async def press(self, chat: int, data: str, sender: int | None = None, **more: Any) -> Fields:
        """Somebody presses a button, and gets an answer in that chat."""
        before = len(self.to(chat))
        await self.telegram.press(chat, data, sender, **more)
        return await self.next(chat, before)

    async def next(self, chat: int | str, before: int) -> Fields:
        """The message to that chat that comes after so many."""
        await arrives(self.of(chat), lambda: len(self.to(chat)) > before)
        return self.to(chat)[before]

    async def handled(self) -> None:
        """Waits until everything that happened on Telegram so far is confirmed; its answers may yet be on their
        way, but what was answered by silence has been by now."""
        last = self.telegram.updates[-1][0] if self.telegram.updates else 0
        await arrives(
            self.telegram,
            lambda: any(
                call["method"] == "getUpdates" and call["parameters"].get("offset", 0) > last
                for call in reversed(self.telegram.calls)
            ),
        )

    async def silent(self, happens: Awaitable[object]) -> None:
        """What happens there is answered by nothing: a question that is asked after it is answered before anything
        that it could have caused."""
        before = len(self.telegram.sent)
        await happens
        await self.handled()
        await self.ask(PERSON, "/privacy")
        assert [each["text"][:40] for each in self.telegram.sent[before:-1]] == []

    async def settled(self, seconds: float = SECONDS) -> None:
        """Waits until the record says of every alert that has left what became of it."""
        under_way = """SELECT id FROM message WHERE spread_to IS NOT NULL OR follow_to IS NOT NULL
                       UNION ALL SELECT id FROM outbox WHERE state IN ('pending', 'sending')"""
        await self.comes_to(under_way, [], seconds)

    async def comes_to(self, sql: str, rows: list[tuple[Any, ...]], seconds: float = SECONDS) -> None:
        """Waits until the record holds these."""
        async with asyncio.timeout(seconds):
            while self.rows(sql) != rows:
                await self.telegram.until(lambda: False, 0.03)  # the record tells nobody that it has changed

    def of(self, chat: int | str) -> Messenger:
        return self.eitaa if isinstance(chat, str) else self.telegram

    def to(self, chat: int | str, thread: int = 0) -> list[Fields]:
        """What was sent to a chat, in a topic or in whichever."""
        return [
            each
            for each in self.of(chat).sent
            if each["chat"] == str(chat) and (not thread or each["thread"] == str(thread))
        ]

    def alerts(self, chat: int | str, thread: int = 0) -> list[Fields]:
        """The announcements among them."""
        return [each for each in self.to(chat, thread) if is_alert(each["text"])]

    async def alert(self, chat: int | str, count: int = 1, thread: int = 0) -> Fields:
        """The announcement of that number in a chat, when it is there."""
        await arrives(self.of(chat), lambda: len(self.alerts(chat, thread)) >= count)
        return self.alerts(chat, thread)[count - 1]

    # The record ---------------------------------------------------------------------------------------------

    async def enter(self, *releases: str, word: str = "/record") -> None:
        """The owner enters each, and records it."""
        for figures in releases:
            await self.ask(OWNER, figures)
            assert "Recorded" in (await self.ask(OWNER, word))["text"]

    async def wait_to_leave(self, **changed: str) -> None:
        """The same, entered in a terminal before the bot is started, and due at once."""
        entered = OVERTAKING
        channels = changed.get("CHANNELS", f"telegram:{CHANNEL},eitaa:{EITAA}")
        await asyncio.to_thread(lambda: run(self.database, *entered, CHANNELS=channels))
        ended = await asyncio.to_thread(lambda: run(self.database, words=("ask", "/release 1"), CHANNELS=channels))
        assert "has left" in ended.out

    async def overtake(self) -> None:
        """Gap passes WeChat: the first announcement there is."""
        await self.enter(BEHIND, OVERTAKES)

    def rows(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        connection = sqlite3.connect(self.database)
        try:
            return connection.execute(sql, values).fetchall()
        finally:
            connection.close()

    def outbox(self) -> dict[str, str]:
        """The state of each row, by its chat; of several in a chat the states in order."""
        states: dict[str, str] = {}
        for chat, thread, state in self.rows("SELECT chat, thread, state FROM outbox ORDER BY id"):
            place = f"{chat}/{thread}".removesuffix("/")
            states[place] = f"{states[place]} {state}" if place in states else state
        return states


@asynccontextmanager
async def town(database: Path, folder: Path) -> AsyncIterator[Town]:
    async with Town(database, folder / "stderr.txt") as built:
        yield built


async def arrives(messenger: Messenger, holds: Callable[[], bool]) -> None:
    assert await messenger.until(holds, SECONDS), f"it did not come; sent so far: {messenger.sent[-3:]}"


def is_alert(text: str) -> bool:
    """Whether a message is an announcement, a corrected one, or one that is taken back."""
    # The figures of both sides come second; above all may stand the mark that there is a correction.
    return re.match(r"(?:.+\n\n?)?.+\n.+: .+ · .+: ", text) is not None


def facts(text: str) -> dict[str, object]:
    """What an announcement says, whatever its form: who passed whom, figures, dates, source, margin and band."""
    lines = [line for line in text.splitlines() if line]
    passed = re.fullmatch(r"(.+) has passed (.+?)( again)?\.", lines[0])
    sides = re.match(r"(.+): (.+) · (.+): (.+?) (monthly users) in (\w+)$", lines[1])
    when = re.fullmatch(r"Both as of: (.+); source: (.+)", lines[2])
    doubt = re.fullmatch(r"The margin is (.+); up to (.+) may be rounding\.", lines[3])
    before = re.fullmatch(r"As of (.+), (.+) was still behind; the change came between that day and (.+)\.", lines[4])
    assert passed, text
    assert sides, text
    assert when, text
    assert doubt, text
    assert before, text
    return {
        "winner": passed[1], "loser": passed[2], "figures": {sides[1]: sides[2], sides[3]: sides[4]},
        "metric": sides[5], "scope": sides[6], "date": when[1], "source": when[2], "margin": doubt[1],
        "band": doubt[2], "before": before.groups(),
    }  # fmt: skip


def numbers(text: str) -> list[str]:
    """All numbers of a text in whichever digits, sorted."""
    return sorted(re.findall(r"\d+", text.translate(str.maketrans("۰۱۲۳۴۵۶۷۸۹٫", "0123456789."))))
