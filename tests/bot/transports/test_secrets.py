"""No token gets out, whatever goes wrong: into no record at any level, no error, no outcome."""

import asyncio
import logging
import traceback
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import quote

import pytest

from bot.transports import bale
from bot.transports.eitaa import Eitaa
from bot.transports.rubika import Rubika
from bot.transports.telegram import Telegram
from bot.transports.thin import Thin
from bot.transports.transport import Image, Outcome, Refused, Transport, Unfetchable
from sebghat.conversation import Attachment, Destination, Incoming, Reply, Span, Style
from tests.bot.transports.benches import bench, those
from tests.bot.transports.conftest import QUICK
from tests.messengers import bale as bale_server
from tests.messengers import bot_api, eitaayar, rubika
from tests.messengers.bot_api import PNG

QUICKER = replace(QUICK, answer=0.15, connect=0.15)
PASSWORD = "pass%2Fword-of-the-proxy"
HELLO = Reply((Span("سلام", Style.BOLD),))
FAULTS: list[dict[str, Any]] = [
    {},
    {"fault": "429", "retry_after": 1},
    {"fault": "429-text"},
    {"fault": "500"},
    {"fault": "html"},
    {"fault": "html", "status": 404},
    {"fault": "html", "status": 403},
    {"fault": "garbage"},
    {"fault": "echo", "status": 400},
    {"fault": "echo", "status": 401},
    {"fault": "echo", "status": 403},
    {"fault": "echo", "status": 409},
    {"fault": "redirect"},
    {"fault": "cut"},
    {"fault": "hang"},
    {"fault": "endless"},
    {"fault": "answer", "status": 200, "body": '{"ok":true,"result":{"message_id":[]}}'},
]


class Everything(logging.Handler):
    """Each record as it would look, and all that hangs on it."""

    def __init__(self) -> None:
        super().__init__(logging.NOTSET)
        self.texts: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.texts += [self.format(record), repr(record.args), repr(record.__dict__)]


@pytest.fixture
async def everything() -> AsyncIterator[list[str]]:
    handler, root = Everything(), logging.getLogger()
    before = {name: logging.getLogger(name).level for name in ("", "telegram", "aiohttp", "asyncio", "bot")}
    for name in before:
        logging.getLogger(name).setLevel(logging.DEBUG)
    root.addHandler(handler)
    asyncio.get_running_loop().set_debug(True)
    yield handler.texts
    root.removeHandler(handler)
    for name, level in before.items():
        logging.getLogger(name).setLevel(level)


async def use(transport: Transport, chat: str, texts: list[str]) -> None:
    """Does what a program does with a transport, and keeps all that comes of it."""

    async def handle(batch: Sequence[Incoming]) -> None:
        texts.extend(map(repr, batch))

    async def receive() -> None:
        async with asyncio.timeout(0.05):
            await transport.receive(handle)

    async def start() -> str:
        async with asyncio.timeout(0.1):
            return await transport.start()

    async def fetch() -> str:
        return repr(await transport.fetch(Attachment("BQAC-1", "x.csv", None), 9))

    to = Destination(transport.capability.messenger, chat)
    calls = [
        start, lambda: transport.deliver(to, HELLO), lambda: transport.deliver(to, HELLO, Image("x", PNG)),
        lambda: transport.edit(to, "5", HELLO), lambda: transport.delete(to, "5"), fetch,
        lambda: transport.administers("-1001", "7"), lambda: transport.rights(chat), receive,
        lambda: transport.acknowledge("77"), transport.obstacle,
    ]  # fmt: skip
    for call in calls:
        try:
            found: object = await call()
            texts.append(repr(found))
        except (Refused, Unfetchable, TimeoutError) as error:
            texts += ["".join(traceback.format_exception(error)), repr(error), str(error)]
        else:
            assert found is None or isinstance(found, Outcome | str | bool)
    texts.append(repr(transport))


def assert_hidden(token: str, texts: list[str]) -> None:
    half = token.partition(":")[2]
    every = "\n".join(texts)
    for secret in (token, quote(token, safe=""), quote(quote(token, safe=""), safe=""), half, half[:20], PASSWORD):
        assert not secret or secret not in every
    assert len(texts) > 5


@pytest.mark.parametrize("fault", FAULTS, ids=str)
@those()
async def test_no_token_gets_out(name: str, fault: dict[str, Any], everything: list[str]) -> None:
    async with bench(name, QUICKER) as on:
        if fault:
            on.server.fail(**fault, times=99)
        await use(on.transport, on.person.chat, everything)
    assert_hidden(on.token, everything)
    assert "secret-part-of-an-address" not in "".join(everything)  # to which Rubika lets us upload


@pytest.mark.parametrize("address", ["http://127.0.0.1:9", "https://no.such.host.invalid", "http://127.0.0.1:99999"])
@pytest.mark.parametrize(
    "proxy", [None, f"socks5://user:{PASSWORD}@127.0.0.1:9", f"http://user:{PASSWORD}@127.0.0.1:9"]
)
async def test_no_token_gets_out_where_nothing_can_be_reached(
    address: str, proxy: str | None, everything: list[str]
) -> None:
    for transport, token in (
        (Telegram(bot_api.TOKEN, api=address, proxy=proxy, timing=QUICKER), bot_api.TOKEN),
        (Eitaa(eitaayar.TOKEN, api=address, proxy=proxy, timing=QUICKER), eitaayar.TOKEN),
        (Thin(bale.PROFILE, bale_server.TOKEN, api=address, proxy=proxy, timing=QUICKER), bale_server.TOKEN),
        (Rubika(rubika.TOKEN, api=address, proxy=proxy, timing=QUICKER), rubika.TOKEN),
    ):
        await use(transport, "501", everything)
        await transport.close()
        assert_hidden(token, everything)
