"""Who administers which chat: asked of the messenger, and remembered for a while."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

from bot.transports.wire import Timing

LOOK_UP_SECONDS = 3.0  # nothing more is received meanwhile
REMEMBERED = 10_000  # people of whom it is known

# Whether that person administers that chat; None where the messenger cannot say now.
Ask = Callable[[str, str], Awaitable[bool | None]]


class Administrators:
    def __init__(self, ask: Ask, timing: Timing) -> None:
        self._ask = ask
        self._timing = timing
        self._known: dict[tuple[str, str], tuple[float, bool]] = {}

    async def include(self, chat: str, person: str) -> bool | None:
        now = time.monotonic()
        until, known = self._known.get((chat, person), (0.0, False))
        if now < until:
            return known
        try:
            async with asyncio.timeout(LOOK_UP_SECONDS):
                found = await self._ask(chat, person)
        except TimeoutError:
            return None
        if found is not None:
            if len(self._known) >= REMEMBERED:
                self._known.clear()
            self._known[chat, person] = (now + self._timing.remember, found)
        return found
