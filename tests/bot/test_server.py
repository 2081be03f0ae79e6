"""The HTTP side: alive, ready or what is not, and nothing else."""

from __future__ import annotations

import json
from asyncio import open_connection, to_thread
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from bot.web.server import Server


def get(address: str) -> tuple[int, object]:
    try:
        with urlopen(address, timeout=10) as answer:
            return answer.status, json.load(answer)
    except HTTPError as refused:
        with refused:
            return refused.code, json.load(refused) if refused.code == 503 else None


@pytest.mark.parametrize(
    ("unready", "answer"),
    [
        ([], (200, {"status": "ready"})),
        (["store", "leaving"], (503, {"status": "not ready", "failing": ["store", "leaving"]})),
    ],
)
async def test_it_says_whether_the_bot_lives_and_can_work(unready: list[str], answer: tuple[int, object]) -> None:
    async def asked() -> list[str]:
        return unready

    server = Server(asked)
    port = await server.start("127.0.0.1", 0)
    assert port > 0
    assert await to_thread(get, f"http://127.0.0.1:{port}/healthz") == (200, {"status": "ok"})
    assert await to_thread(get, f"http://127.0.0.1:{port}/readyz") == answer
    assert (await to_thread(get, f"http://127.0.0.1:{port}/elsewhere"))[0] == 404
    await server.stop()


async def test_a_port_in_use_is_an_error_and_stopping_is_always_possible() -> None:
    async def asked() -> list[str]:
        return []

    first, second = Server(asked), Server(asked)
    port = await first.start("127.0.0.1", 0)
    with pytest.raises(OSError, match="address already in use"):
        await second.start("127.0.0.1", port)
    await second.stop()
    await first.stop()
    await Server(asked).stop()


@pytest.mark.parametrize("sent", [b"\0\1\2\r\n\r\n", b"GET /healthz HTTP/1.1\r\n\r\n", b"GET /" + b"x" * 20_000])
async def test_what_is_no_http_is_refused_and_fills_no_log(sent: bytes, caplog: pytest.LogCaptureFixture) -> None:
    async def asked() -> list[str]:
        return []

    server = Server(asked)
    reader, writer = await open_connection("127.0.0.1", await server.start("127.0.0.1", 0))
    writer.write(sent)
    assert (await reader.readline()).split()[1] == b"400"
    writer.close()
    await server.stop()
    assert caplog.text == ""
