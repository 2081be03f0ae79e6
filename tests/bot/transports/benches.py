"""Each transport on a bench with the server that plays its messenger, under the same handles."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from io import StringIO
from typing import Any

import pytest

from bot.transports import bale, splus
from bot.transports.console import CHAT, Console
from bot.transports.door import Door
from bot.transports.eitaa import Eitaa
from bot.transports.hook import Hook, Target
from bot.transports.rubika import Rubika
from bot.transports.telegram import Telegram
from bot.transports.thin import Thin
from bot.transports.transport import Transport
from bot.transports.wire import Timing
from sebghat.capabilities import CAPABILITIES
from sebghat.conversation import Capability, Destination, Incoming, Message
from tests.bot.transports.conftest import QUICK
from tests.messengers import bale as bale_server
from tests.messengers import bot_api, eitaayar, hook
from tests.messengers import rubika as rubika_server
from tests.messengers import splus as splus_server
from tests.messengers.serving import Fields, Messenger

SEND = {"eitaa": "sendMessage", "hook": "hook"}


@dataclass
class Bench:
    """`person` is a private chat, `channel` another place that takes messages."""

    transport: Transport
    server: Any  # the messenger's own kind
    token: str
    person: Destination
    channel: Destination
    output: StringIO = field(default_factory=StringIO)  # of the terminal

    @property
    def name(self) -> str:
        return self.transport.capability.messenger

    @property
    def capability(self) -> Capability:
        return self.transport.capability

    @property
    def texts(self) -> list[str]:
        """What people then read, one for each message."""
        if self.name == "console":
            return [each for each in self.output.getvalue().split("\n\n") if each]
        return [sent.get("shown", sent["text"]) for sent in self.server.sent]

    @property
    def sends(self) -> list[Fields]:
        """The requests that send something."""
        return [call for call in self.server.calls if call["method"].startswith(("send", "hook"))]

    def fail(self, fault: str, method: str = "", **more: Any) -> None:
        self.server.fail(fault, method or SEND.get(self.name, "sendMessage"), **more)

    def refuse(self, words: str) -> None:
        """The next message is refused for a reason that nobody has written down."""
        if self.name == "rubika":
            body = f'{{"status":"{words.upper()}","dev_message":"{words}"}}'
        else:
            body = f'{{"ok":false,"error_code":400,"description":"{words}"}}'
        self.fail("answer", status=400, body=body)

    async def say(self, text: str, chat: str = "", **more: Any) -> Any:
        where = chat or self.person.chat
        return await self.server.say(where if self.name == "rubika" else int(where), text, **more)

    async def press(self, data: str) -> Any:
        where = self.person.chat
        return await self.server.press(where if self.name == "rubika" else int(where), data)

    async def attach(self, name: str, content: bytes) -> Any:
        where = self.person.chat
        return await self.server.attach(where if self.name == "rubika" else int(where), name, content)

    @asynccontextmanager
    async def receiving(self, handle: Callable[[Message], None] = lambda message: None) -> AsyncIterator[list[Message]]:
        """The messages that come in meanwhile, all that were handled."""
        found: list[Message] = []

        async def take(batch: Sequence[Incoming]) -> None:
            for each in batch:
                assert isinstance(each, Message)
                handle(each)
            found.extend(each for each in batch if isinstance(each, Message))
            await self.server.changed()

        task = asyncio.create_task(self.transport.receive(take))
        try:
            yield found
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def until(self, holds: Callable[[], bool]) -> None:
        assert await self.server.until(holds, 5)


@asynccontextmanager
async def bench(name: str, timing: Timing = QUICK, door: Door | None = None) -> AsyncIterator[Bench]:
    """The messenger of that name, started."""
    if name == "console":
        read, write = os.pipe()
        output = StringIO()
        yield Bench(Console(read, output), None, "", CHAT, CHAT, output)
        os.close(write)
        os.close(read)
        return
    server = SERVERS[name]()
    async with server:
        transport, token = await MAKERS[name](server, timing, door)
        person, channel = PLACES[name]
        server.calls.clear()
        try:
            yield Bench(transport, server, token, Destination(name, person), Destination(name, channel))
        finally:
            await transport.close()


SERVERS: dict[str, Callable[[], Messenger]] = {
    "telegram": bot_api.BotApi,
    "eitaa": eitaayar.Eitaayar,
    "bale": bale_server.Bale,
    "splus": splus_server.Splus,
    "rubika": rubika_server.Rubika,
    "hook": hook.Receiver,
}
# A number that a float cannot hold, one that is negative, ids with letters.
PLACES = {
    "telegram": ("4503599627370497", "-1001234567890"),
    "bale": ("9007199254740993", "4600000003"),
    "splus": ("9007199254740993", "-1001234567890"),
    "rubika": ("b0AbC", "c0CHAN"),
    "eitaa": ("12345", "12345"),
    "hook": ("news", "news"),
}


async def _telegram(server: bot_api.BotApi, timing: Timing, door: Door | None) -> tuple[Transport, str]:
    await _chats(server, "telegram")
    return await _started(Telegram(bot_api.TOKEN, api=server.url, timing=timing, door=door)), bot_api.TOKEN


async def _bale(server: bale_server.Bale, timing: Timing, door: Door | None) -> tuple[Transport, str]:
    await _chats(server, "bale")
    transport = Thin(bale.PROFILE, bale_server.TOKEN, api=server.url, timing=timing, door=door)
    return await _started(transport), bale_server.TOKEN


async def _splus(server: splus_server.Splus, timing: Timing, door: Door | None) -> tuple[Transport, str]:
    await _chats(server, "splus")
    transport = Thin(splus.PROFILE, splus_server.TOKEN, api=server.url, timing=timing, door=door)
    return await _started(transport), splus_server.TOKEN


async def _rubika(server: rubika_server.Rubika, timing: Timing, door: Door | None) -> tuple[Transport, str]:
    for place in PLACES["rubika"]:
        await server.chat(place)
    transport = Rubika(rubika_server.TOKEN, api=server.url, timing=timing, door=door)
    return await _started(transport), rubika_server.TOKEN


async def _eitaa(server: eitaayar.Eitaayar, timing: Timing, door: Door | None) -> tuple[Transport, str]:
    await server.control("chat", {"id": PLACES["eitaa"][0]})
    return await _started(Eitaa(eitaayar.TOKEN, api=server.url, timing=timing)), eitaayar.TOKEN


async def _hook(server: hook.Receiver, timing: Timing, door: Door | None) -> tuple[Transport, str]:
    return await _started(Hook({"news": Target(server.address, hook.SECRET)}, timing=timing)), hook.KEY


async def _chats(server: bot_api.BotApi, name: str) -> None:
    person, channel = map(int, PLACES[name])
    await server.chat(person, "private")
    await server.chat(channel, "channel", username="news")


async def _started(transport: Transport) -> Transport:
    assert await transport.start()
    return transport


MAKERS: dict[str, Any] = {
    "telegram": _telegram, "bale": _bale, "splus": _splus, "rubika": _rubika, "eitaa": _eitaa, "hook": _hook,
}  # fmt: skip


def those(can: Callable[[Capability], bool] = lambda capability: True, *, wired: bool = True) -> pytest.MarkDecorator:
    """The messengers that can, for a test with a `name`; `wired`: those with a server."""
    names = [name for name, capability in CAPABILITIES.items() if can(capability) and not (wired and name == "console")]
    return pytest.mark.parametrize("name", names)
