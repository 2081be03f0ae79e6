"""Real transports against the servers that play the messengers, with short times."""

from collections.abc import AsyncIterator

import pytest

from bot.transports.eitaa import Eitaa
from bot.transports.telegram import Telegram
from bot.transports.wire import Timing
from tests.messengers import bot_api, eitaayar
from tests.messengers.bot_api import BotApi
from tests.messengers.eitaayar import Eitaayar

QUICK = Timing(
    poll=1,
    answer=0.4,
    transfer=0.6,
    between=0.02,
    connect=0.4,
    first_pause=0.02,
    longest_pause=0.1,
    conflict=0.3,
    remember=60,
    patience=1.5,
)


@pytest.fixture
async def api() -> AsyncIterator[BotApi]:
    async with BotApi() as server:
        await server.chat(501, "private")
        await server.chat(-1001, "supergroup", threads=[42])
        await server.chat(-1002, "channel", username="news")
        yield server


@pytest.fixture
async def telegram(api: BotApi) -> AsyncIterator[Telegram]:
    transport = Telegram(bot_api.TOKEN, api=api.url, timing=QUICK)
    assert await transport.start() == "our_bot"
    api.calls.clear()
    yield transport
    await transport.close()


@pytest.fixture
async def panel() -> AsyncIterator[Eitaayar]:
    async with Eitaayar() as server:
        await server.control("chat", {"id": "12345"})
        yield server


@pytest.fixture
async def eitaa(panel: Eitaayar) -> AsyncIterator[Eitaa]:
    transport = Eitaa(eitaayar.TOKEN, api=panel.url, timing=QUICK)
    yield transport
    await transport.close()
