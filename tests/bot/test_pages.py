"""Pages are made one at a time, and only where they may have changed; tests/journeys/test_pages.py reads them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import aiohttp
import pytest

from bot.web import pages
from bot.web.pages import Pages
from bot.web.server import Server
from sebghat.conversation import Reply, Span


class Record:
    """What is on record, and how often it was read."""

    def __init__(self) -> None:
        self.last = 1
        self.made: list[tuple[str, str, str]] = []
        self.at_once = 0

    async def number(self) -> int:
        return self.last

    async def page(self, command: str, rest: str, language: str) -> Reply | None:
        self.at_once += 1
        await asyncio.sleep(0)
        self.made.append((command, rest, language))
        assert self.at_once == 1
        self.at_once -= 1
        return None if rest == "404" else Reply((Span(f"as of entry {self.last}"),))


@pytest.fixture
async def record() -> Record:
    return Record()


@pytest.fixture
async def get(record: Record) -> AsyncIterator[Get]:
    async def all_well() -> list[str]:
        return []

    server = Server(all_well, Pages(record.page, record.number, "en").routes)
    port = await server.start("127.0.0.1", 0)
    async with aiohttp.ClientSession(f"http://127.0.0.1:{port}") as session:
        yield Get(session)
    await server.stop()


class Get:
    def __init__(self, session: aiohttp.ClientSession) -> None:
        self.session = session

    async def __call__(self, path: str) -> str:
        async with self.session.get(path) as answer:
            return await answer.text()


async def test_a_page_is_made_once_until_something_is_put_on_record(record: Record, get: Get) -> None:
    assert all("entry 1" in page for page in await asyncio.gather(*(get("/overtakings") for _ in range(20))))
    assert len(record.made) == 1
    assert "entry 1" in await get("/overtakings?lang=fa")
    record.last = 2
    assert "entry 2" in await get("/overtakings")
    assert "entry 2" in await get("/overtakings?lang=fa")
    assert record.made == [("overtakings", "", language) for language in ("en", "fa", "en", "fa")]


async def test_different_pages_are_made_one_after_the_other(record: Record, get: Get) -> None:
    await asyncio.gather(*(get(f"/overtakings/{number}") for number in range(1, 21)))
    assert len(record.made) == 20


async def test_a_page_grows_old(record: Record, get: Get, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its dates are told from today's."""
    monkeypatch.setattr(pages, "FRESH", 0)
    for _ in range(2):
        await get("/overtakings")
    assert len(record.made) == 2


async def test_no_more_pages_are_kept_than_may_be(record: Record, get: Get, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "KEPT", 2)
    for number in (1, 2, 3, 404, 3, 2, 1):
        await get(f"/overtakings/{number}")
    assert [rest for _, rest, _ in record.made] == ["1", "2", "3", "404", "1"]
