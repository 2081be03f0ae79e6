import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import pytest

from bot.transports.telegram import Telegram
from bot.transports.transport import Kind
from sebghat.conversation import Destination, Reply, Span
from tests.bot.transports.conftest import QUICK
from tests.messengers.bot_api import TOKEN, BotApi

PERSON = Destination("telegram", "501")
HELLO = Reply((Span("سلام"),))
ELSEWHERE = "telegram.example.invalid"  # only the proxy finds it

Hello = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[tuple[str, int]]]


async def socks5(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> tuple[str, int]:
    """RFC 1928 with user and password (RFC 1929): what was asked to be reached."""
    _, methods = await reader.readexactly(2)
    with_password = 2 in await reader.readexactly(methods)
    writer.write(b"\x05\x02" if with_password else b"\x05\x00")
    if with_password:
        _, length = await reader.readexactly(2)
        user = await reader.readexactly(length)
        (length,) = await reader.readexactly(1)
        assert (user, await reader.readexactly(length)) == (b"user", b"pass/word")
        writer.write(b"\x01\x00")
    _, _, _, kind = await reader.readexactly(4)
    assert kind == 3, "a name, not a number: it is resolved at the proxy"
    (length,) = await reader.readexactly(1)
    name = await reader.readexactly(length)
    port = int.from_bytes(await reader.readexactly(2), "big")
    writer.write(b"\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00")
    return name.decode(), port


async def http(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> tuple[str, int]:
    head = (await reader.readuntil(b"\r\n\r\n")).decode()
    method, target, _ = head.split(" ", 2)
    assert method == "CONNECT"
    writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
    name, _, port = target.partition(":")
    return name, int(port)


@asynccontextmanager
async def proxy(hello: Hello, to: str) -> AsyncIterator[tuple[str, list[str]]]:
    """A proxy that brings everything to one place; its address, and the names that it was asked for."""
    asked: list[str] = []
    at = urlsplit(to)
    tasks = set()

    async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65_536):
            writer.write(data)
        writer.close()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        tasks.add(asyncio.current_task())
        asked.append((await hello(reader, writer))[0])
        there, back = await asyncio.open_connection(at.hostname, at.port)
        await asyncio.gather(pump(reader, back), pump(there, writer))

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    yield f"127.0.0.1:{server.sockets[0].getsockname()[1]}", asked
    server.close()
    await asyncio.wait([task for task in tasks if task], timeout=5)


@pytest.mark.parametrize(("scheme", "hello"), [("socks5", socks5), ("http", http)])
@pytest.mark.parametrize("user", ["", "user:pass%2Fword@"], ids=["open", "with a password"])
async def test_a_proxy_is_used_and_finds_the_name(api: BotApi, scheme: str, hello: Hello, user: str) -> None:
    async with proxy(hello, api.url) as (address, asked):
        telegram = Telegram(TOKEN, api=f"http://{ELSEWHERE}", proxy=f"{scheme}://{user}{address}", timing=QUICK)
        assert await telegram.start() == "our_bot"
        assert (await telegram.deliver(PERSON, HELLO)).kind is Kind.OK
        await telegram.close()
    assert set(asked) == {ELSEWHERE}


async def test_proxies_of_the_environment_are_not_used(api: BotApi, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    telegram = Telegram(TOKEN, api=api.url, timing=QUICK)
    assert (await telegram.deliver(PERSON, HELLO)).kind is Kind.OK
    await telegram.close()


@pytest.mark.parametrize("scheme", ["socks5", "http"])
async def test_a_proxy_that_fails_is_known_not_sent(api: BotApi, scheme: str) -> None:
    async def close_at_once(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    server = await asyncio.start_server(close_at_once, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    for broken in (port, 9):
        telegram = Telegram(TOKEN, api=api.url, proxy=f"{scheme}://127.0.0.1:{broken}", timing=QUICK)
        outcome = await telegram.deliver(PERSON, HELLO)
        assert outcome.kind is Kind.TRANSIENT
        assert outcome.detail
        await telegram.close()
    server.close()
    assert not api.calls


async def test_who_does_not_use_telegram_does_not_load_it() -> None:
    code = """
import sys
import bot.transports.eitaa, bot.pacing
sys.exit("telegram" in sys.modules or "aiohttp_socks" in sys.modules)"""
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", code)
    assert await process.wait() == 0


async def test_many_at_once_share_a_client(api: BotApi) -> None:
    telegram = Telegram(TOKEN, api=api.url)
    outcomes = await asyncio.gather(*(telegram.deliver(PERSON, HELLO) for _ in range(50)))
    assert {outcome.kind for outcome in outcomes} == {Kind.OK}
    assert len({outcome.message_id for outcome in outcomes}) == 50
    await telegram.close()
