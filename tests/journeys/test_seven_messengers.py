"""One program on all messengers at once: an admin on Bale sets a figure, and everybody is told the same facts."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import pytest

from tests.journeys.program import BOT, HERE, Terminal, environment
from tests.journeys.served import facts, is_alert
from tests.messengers import hook
from tests.messengers.bale import Bale
from tests.messengers.bot_api import BotApi
from tests.messengers.eitaayar import Eitaayar
from tests.messengers.rubika import Rubika
from tests.messengers.serving import Messenger
from tests.messengers.splus import Splus
from tests.overtaking import BEHIND, OVERTAKES

SECONDS = 20.0
ADMIN = 2_100_000_001
PEOPLE: dict[str, Any] = {"telegram": 502, "bale": 2_100_000_002, "splus": 9_007_199_254_740_993, "rubika": "b0AbC"}
CHANNELS = {
    "telegram": "-1001600", "bale": "4600000003", "splus": "-1001234567890", "rubika": "c0CHAN", "eitaa": "123456",
    "hook": "news",
}  # fmt: skip


@dataclass
class Everywhere:
    telegram: BotApi
    bale: Bale
    splus: Splus
    rubika: Rubika
    eitaa: Eitaayar
    hook: hook.Receiver

    @classmethod
    async def open(cls, stack: AsyncExitStack) -> Self:
        servers = [kind() for kind in (BotApi, Bale, Splus, Rubika, Eitaayar, hook.Receiver)]
        found = cls(*[await stack.enter_async_context(server) for server in servers])  # type: ignore[arg-type]
        for name in ("telegram", "bale", "splus"):
            server = found.of(name)
            await server.chat(PEOPLE[name], "private")
            await server.chat(int(CHANNELS[name]), "channel", title="News")
        await found.bale.chat(ADMIN, "private")
        await found.rubika.chat(PEOPLE["rubika"])
        await found.rubika.chat(CHANNELS["rubika"])
        found.eitaa.chats.add(CHANNELS["eitaa"])
        return found

    def of(self, name: str) -> Any:
        return getattr(self, name)

    @property
    def settings(self) -> dict[str, str]:
        given = {
            "ADMINS": f"bale:{ADMIN}",
            "CHANNELS": ",".join(f"{name}:{chat}" for name, chat in CHANNELS.items()),
            "TRANSPORTS": "telegram,bale,splus,rubika,eitaa,hook,console",
            "HOLD": "0", "PICTURES": "off",
            "HOOK_NEWS_URL": self.hook.address, "HOOK_NEWS_SECRET": hook.SECRET,
        }  # fmt: skip
        for name in ("telegram", "bale", "splus", "rubika", "eitaa"):
            server, word = self.of(name), name.upper()
            given |= {f"{word}_TOKEN": server.token, f"{word}_API": server.url}
            given |= {f"{word}_{rate}": "10000" for rate in ("RATE", "CHAT_RATE", "GROUP_RATE")}
        return given

    def to(self, name: str, chat: object) -> list[str]:
        """What stands in a chat, as people read it."""
        return [sent.get("shown", sent["text"]) for sent in self.of(name).sent if sent["chat"] == str(chat)]

    async def ask(self, name: str, chat: Any, text: str) -> str:
        """Somebody writes; the answer."""
        server, before = self.of(name), len(self.to(name, chat))
        await server.say(chat, text)
        await arrives(server, lambda: len(self.to(name, chat)) > before)
        return self.to(name, chat)[before]

    async def alert(self, name: str, chat: object) -> str:
        def found() -> Sequence[str]:
            return [text for text in self.to(name, chat) if is_alert(text)]

        await arrives(self.of(name), lambda: bool(found()))
        return found()[0]


async def arrives(server: Messenger, holds: Callable[[], bool]) -> None:
    assert await server.until(holds, SECONDS), f"it did not come; sent so far: {server.sent[-3:]}"


@pytest.fixture
async def everywhere() -> AsyncIterator[Everywhere]:
    async with AsyncExitStack() as stack:
        yield await Everywhere.open(stack)


@pytest.fixture
async def terminal(everywhere: Everywhere, database: Path) -> AsyncIterator[Terminal]:
    opened = Terminal(database, **everywhere.settings)
    try:
        yield opened
    finally:
        await asyncio.to_thread(opened.close)


async def test_check_knows_them_all_and_sends_nothing(everywhere: Everywhere, database: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        *BOT, "check", cwd=HERE, env=environment(database, **everywhere.settings), stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    out, err = await process.communicate()
    shown = out.decode()
    assert process.returncode == 0, shown + err.decode()
    for name, chat in CHANNELS.items():
        assert f"{name}:{chat}" in shown
        assert not everywhere.of(name).sent
        secret = everywhere.hook.secret if name == "hook" else everywhere.of(name).token
        assert secret not in shown + err.decode()


async def test_one_that_takes_its_token_back_or_is_out_of_reach_stops_no_other(
    everywhere: Everywhere, terminal: Terminal
) -> None:
    await asyncio.to_thread(terminal.until, "›")
    await everywhere.ask("telegram", PEOPLE["telegram"], "/subscribe gap")
    everywhere.bale.revoked = True
    await everywhere.bale.changed()  # the poll that is held hears of it
    await everywhere.splus.stop()
    await asyncio.to_thread(terminal.until, "SEBGHAT_BALE_TOKEN")
    for figures in (BEHIND, OVERTAKES):
        await asyncio.to_thread(terminal.says, figures)
        await asyncio.to_thread(terminal.says, "/record")
        await asyncio.to_thread(terminal.until, "Recorded")
    for name, chat in (("telegram", PEOPLE["telegram"]), ("rubika", CHANNELS["rubika"]), ("eitaa", CHANNELS["eitaa"])):
        assert facts(await everywhere.alert(name, chat))["winner"] == "Gap"
    status = ""
    for _ in range(50):  # until it has been tried to send there
        await asyncio.to_thread(terminal.says, "/status")
        status = await asyncio.to_thread(terminal.until, "/pending")
        if "does not accept the bot's token since" in status:
            return
    pytest.fail(status)


async def test_an_admin_on_bale_sets_a_figure_and_all_are_told_the_same(
    everywhere: Everywhere, terminal: Terminal
) -> None:
    await asyncio.to_thread(terminal.until, "›")
    for name, person in PEOPLE.items():
        assert "Gap" in await everywhere.ask(name, person, "/subscribe gap")
    for figures in (BEHIND, OVERTAKES):
        await everywhere.ask("bale", ADMIN, figures)
        assert "Recorded" in await everywhere.ask("bale", ADMIN, "/record")
    first = facts(await everywhere.alert("telegram", PEOPLE["telegram"]))
    assert (first["winner"], first["loser"], first["source"]) == ("Gap", "WeChat", "X")
    assert first["figures"] == {"Gap": "36 million", "WeChat": "33 million"}
    for name, chat in [*PEOPLE.items(), *CHANNELS.items()]:
        assert facts(await everywhere.alert(name, chat)) == first, name
    shown = await asyncio.to_thread(terminal.until, "Why?")
    plain = re.sub(r"\x1b\[\d*m|\r", "", shown)
    assert facts("Gap has passed" + plain.rpartition("Gap has passed")[2]) == first
