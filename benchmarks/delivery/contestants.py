"""Who delivers, each as a process of its own: `python contestants.py NAME ADDRESS CHATS`; prints what it took.

`ours` is the bot's own delivery with all its parts, from a store in which the announcement is due. The others keep
nothing: `bare` posts as fast as it can, `gather` and `limiter` are python-telegram-bot as its documentation shows
it, `sleep` is aiogram with a pause after each message. They run in an environment of their own (see rivals.py).
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import resource
import sys
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress

TOKEN = "123456789:AAF-token-of-a-bot-that-there-is-not-00"
TEXT = "Gap has passed WeChat.\nGap: 36 million · WeChat: 33 million monthly users in Iran\n" * 3
AT_ONCE = 64  # requests of `bare` under way: as many as ours
PAUSE = 1 / 30  # seconds after each message


async def ours(address: str, chats: int) -> float:
    from pathlib import Path  # noqa: PLC0415 - each imports what it measures

    from bot import app, messengers  # noqa: PLC0415
    from bot.settings import Settings, read_settings  # noqa: PLC0415

    settings = read_settings(os.environ, Path("/nowhere"))
    assert isinstance(settings, Settings), settings
    async with app.opened(settings, messengers.transports(settings, {}), delivers=True) as bot:
        began = time.perf_counter()
        await bot.delivery.once()
        took = time.perf_counter() - began
        for transport in bot.transports.values():
            await transport.close()
    return took


async def bare(address: str, chats: int) -> float:
    import aiohttp  # noqa: PLC0415

    numbers = iter(range(1, chats + 1))
    url = f"{address}/bot{TOKEN}/sendMessage"

    async def work(session: aiohttp.ClientSession) -> None:
        for chat in numbers:
            async with session.post(url, json={"chat_id": chat, "text": TEXT}) as answer:
                await answer.read()

    async with aiohttp.ClientSession() as session:
        began = time.perf_counter()
        await asyncio.gather(*(work(session) for _ in range(AT_ONCE)))
        return time.perf_counter() - began


async def gather(address: str, chats: int) -> float:
    from telegram.ext import Application  # noqa: PLC0415

    application = Application.builder().token(TOKEN).base_url(f"{address}/bot").build()
    return await _everybody(application.bot, chats)


async def limiter(address: str, chats: int) -> float:
    from telegram.ext import AIORateLimiter, Application  # noqa: PLC0415

    builder = Application.builder().token(TOKEN).base_url(f"{address}/bot")
    application = builder.rate_limiter(AIORateLimiter(max_retries=3)).build()
    return await _everybody(application.bot, chats)


async def _everybody(bot: object, chats: int) -> float:
    from telegram import Bot  # noqa: PLC0415

    assert isinstance(bot, Bot)
    async with bot:
        began = time.perf_counter()
        await asyncio.gather(*(bot.send_message(chat, TEXT) for chat in range(1, chats + 1)), return_exceptions=True)
        return time.perf_counter() - began


async def sleep(address: str, chats: int) -> float:
    from aiogram import Bot  # type: ignore[import-not-found]  # noqa: PLC0415
    from aiogram.client.session.aiohttp import AiohttpSession  # type: ignore[import-not-found]  # noqa: PLC0415
    from aiogram.client.telegram import TelegramAPIServer  # type: ignore[import-not-found]  # noqa: PLC0415
    from aiogram.exceptions import TelegramAPIError  # type: ignore[import-not-found]  # noqa: PLC0415

    async with Bot(TOKEN, session=AiohttpSession(api=TelegramAPIServer.from_base(address))) as bot:
        began = time.perf_counter()
        for chat in range(1, chats + 1):
            with suppress(TelegramAPIError):  # it goes on with the next, as loops do
                await bot.send_message(chat, TEXT)
            await asyncio.sleep(PAUSE)
        return time.perf_counter() - began


CONTESTANTS: dict[str, Callable[[str, int], Awaitable[float]]] = {
    "ours": ours, "bare": bare, "gather": gather, "limiter": limiter, "sleep": sleep,
}  # fmt: skip


async def main() -> None:
    logging.disable(logging.ERROR)
    name, address, chats = sys.argv[1:]
    took = await CONTESTANTS[name](address, int(chats))
    used = resource.getrusage(resource.RUSAGE_SELF)
    print(json.dumps({"took": took, "cpu": used.ru_utime + used.ru_stime, "rss": used.ru_maxrss / 1024}))


if __name__ == "__main__":
    asyncio.run(main())
