"""Messengers that call: registered at the start, refused without the secret, answered once the effect is on disk."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot import messengers
from bot.settings import Settings, read_settings
from bot.transports.door import Door, is_ours
from bot.web import webhooks
from bot.web.server import Server
from sebghat.conversation import Buttons, Message
from tests.bot.transports.benches import Bench, bench, those
from tests.messengers.bot_api import TOKEN as TELEGRAM_TOKEN

OUTSIDE = "https://bot.test"
SECRET = "secret-of-the-webhooks-0123456789"
GIVEN = {
    "SEBGHAT_WEBHOOK_URL": OUTSIDE, "SEBGHAT_WEBHOOK_SECRET": SECRET, "SEBGHAT_TELEGRAM_TOKEN": TELEGRAM_TOKEN,
    "SEBGHAT_BALE_TOKEN": "1:a", "SEBGHAT_SPLUS_TOKEN": "2:b", "SEBGHAT_RUBIKA_TOKEN": "C",
    "SEBGHAT_EITAA_TOKEN": "bot3:d",
}  # fmt: skip


def settings(**changed: str) -> Any:
    return read_settings({name: value for name, value in (GIVEN | changed).items() if value}, Path("/nowhere"))


def door(name: str) -> Door:
    given = settings()
    assert isinstance(given, Settings)
    return messengers.doors(given)[name]


async def unready() -> list[str]:
    return []


@asynccontextmanager
async def called(name: str) -> AsyncIterator[tuple[Bench, Door, str]]:
    """A messenger that calls, through what stands in for the reverse proxy; and the inner address of the door."""
    opened = door(name)
    web = Server(unready, webhooks.Webhooks({name: opened}).routes)
    port = await web.start("127.0.0.1", 0)
    inside = f"http://127.0.0.1:{port}"
    async with bench(name, door=opened) as on:
        on.server.caller.ways[OUTSIDE] = inside
        try:
            yield on, opened, opened.address.replace(OUTSIDE, inside)
        finally:
            await web.stop()


async def registered(on: Bench) -> None:
    await on.until(lambda: any(call["method"] in {"setWebhook", "updateBotEndpoints"} for call in on.server.calls))


async def status(url: str, body: bytes | Any = b"{}", **headers: str) -> int:
    async with aiohttp.ClientSession() as session, session.post(url, data=body, headers=headers) as answer:
        return answer.status


@those(lambda capability: capability.receives)
async def test_what_is_called_comes_in_as_what_is_asked_for(name: str) -> None:
    async with called(name) as (on, _, _), on.receiving() as found:
        assert on.capability.buttons is Buttons.INLINE
        await registered(on)
        await on.say("/stats")
        await on.until(lambda: len(found) == 1)
        await on.press("/why 17")
        await on.until(lambda: len(found) == 2)
        assert [message.text for message in found] == ["/stats", "/why 17"]
        await on.until(lambda: not on.server.updates)
        assert set(on.server.caller.statuses) == {200}
        assert not [call for call in on.server.calls if call["method"] == "getUpdates"]


@those(lambda capability: capability.receives)
async def test_what_could_not_be_kept_is_brought_again(name: str) -> None:
    times = 0

    def fails_twice(message: Message) -> None:
        nonlocal times
        times += 1
        if times < 3:
            raise RuntimeError("the disk is full")

    async with called(name) as (on, _, _):
        await on.say("/stats")
        async with on.receiving(fails_twice) as found:
            await on.until(lambda: bool(found) and not on.server.updates)
        assert on.server.caller.statuses[-3:] == [503, 503, 200]


@those(lambda capability: capability.receives)
async def test_who_does_not_bring_the_secret_is_told_nothing(name: str) -> None:
    async with called(name) as (on, opened, inside), on.receiving() as found:
        await on.until(lambda: bool(on.server.calls))
        base = inside.rpartition("/webhook")[0]
        for path in ("", "/", f"/{opened.key[:-1]}", f"/{opened.key}x", f"/{'0' * 32}", "/%00", f"/{opened.key}/a/b"):
            for headers in ({}, {"X-Telegram-Bot-Api-Secret-Token": "wrong"}):
                assert await status(f"{base}/webhook/{name}{path}", **headers) == 404
        assert await status(f"{base}/webhook/eitaa/{opened.key}") == 404
        async with aiohttp.ClientSession() as session:
            for method in ("GET", "PUT", "DELETE", "OPTIONS"):
                for address in (inside, f"{base}/webhook/{name}", f"{base}/webhook/nobody"):
                    async with session.request(method, address) as answer:
                        assert (answer.status, "Allow" in answer.headers) == (404, False)
        assert not found


@those(lambda capability: capability.receives)
async def test_bad_bodies_are_bounded_and_refused(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhooks, "BODY_SECONDS", 0.2)

    async def slow() -> AsyncIterator[bytes]:
        yield b"{"
        await asyncio.sleep(5)
        yield b"}"

    async with called(name) as (on, opened, inside), on.receiving() as found:
        await registered(on)
        headers = {opened.header: opened.key} if opened.header else {}
        assert await status(inside, b"<html>", **headers) == 400
        assert await status(inside, b"[" * 200_000, **headers) == 400
        assert await status(inside, b" " * 1_000_001, **headers) == 413
        assert await status(inside, slow(), **headers) == 408
        assert await status(inside, b'"rubbish"', **headers) == 200  # read, and passed over
        await on.say("/stats")
        await on.until(lambda: bool(found))


async def test_before_it_listens_everything_is_brought_again() -> None:
    assert not await Door("https://bot.test/webhook/bale/x", "x").call({})


@those(lambda capability: capability.receives and capability.messenger != "rubika")
async def test_back_to_polling_takes_the_webhook_down_and_leaves_anothers_alone(name: str) -> None:
    async with bench(name) as on:
        on.server.webhook = door(name).address
        await on.say("/stats")
        async with on.receiving() as found:
            await on.until(lambda: bool(found))
        assert on.server.webhook == ""
        on.server.webhook = "https://another.example/hook"
        async with on.receiving():
            await on.until(lambda: [call["method"] for call in on.server.calls].count("getUpdates") > 1)
        assert on.server.webhook == "https://another.example/hook"
        assert "webhook" in await on.transport.obstacle()


def test_each_messenger_has_a_key_of_its_own_and_none_is_shown() -> None:
    given = settings()
    assert isinstance(given, Settings)
    doors = messengers.doors(given)
    assert set(doors) == {"telegram", "bale", "splus", "rubika"}
    assert doors["telegram"].address == f"{OUTSIDE}/webhook/telegram"
    assert len({each.key for each in doors.values()}) == 4
    assert {each.key for each in doors.values()} <= given.secrets
    for name, each in doors.items():
        assert is_ours(each.address, name)
        assert not is_ours(each.address, "eitaa")
        assert SECRET not in each.address


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"SEBGHAT_WEBHOOK_SECRET": ""}, "SEBGHAT_WEBHOOK_SECRET"),
        ({"SEBGHAT_WEBHOOK_URL": "http://bot.test"}, "SEBGHAT_WEBHOOK_URL"),
        ({"SEBGHAT_LISTEN": "off"}, "SEBGHAT_LISTEN"),
    ],
)
def test_a_webhook_that_could_not_be_trusted_is_no_setting(changed: dict[str, str], named: str) -> None:
    problems = settings(**changed)
    assert [problem.setting for problem in problems] == [named]
