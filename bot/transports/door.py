"""Where a messenger's calls come in: many at once become batches, each answered once its effect is on disk."""

from __future__ import annotations

import asyncio
import logging
import re
from collections import Counter
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from bot.transports.polling import Readable, Trouble, read_all
from bot.transports.transport import Handle, Kind, Outcome
from bot.transports.wire import Timing

log = logging.getLogger(__name__)

WAITING = 1_000  # calls that may wait; a messenger brings again what was turned away
MOST = 100  # updates handled together


class Door:
    """One messenger's. `address` is where it is told to call. What it has to bring is `key`: in `header`, or for the
    messengers that send none along at the end of the address."""

    def __init__(self, address: str, key: str, header: str = "") -> None:
        self.address = address
        self.key = key
        self.header = header
        self._calls: asyncio.Queue[tuple[object, asyncio.Future[bool]]] = asyncio.Queue(WAITING)
        self._open = False

    async def call(self, update: object) -> bool:
        """Takes an update; whether what it caused is on disk. False: bring it again."""
        done: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        try:
            if not self._open:
                return False
            self._calls.put_nowait((update, done))
        except asyncio.QueueFull:
            return False
        return await done

    async def receive(self, reader: Readable, unread: Counter[str], handle: Handle) -> None:
        """Hands on what is brought, until cancelled."""
        self._open = True
        under_way: list[asyncio.Future[bool]] = []
        try:
            while True:
                calls = [await self._calls.get()]
                while len(calls) < MOST and not self._calls.empty():
                    calls.append(self._calls.get_nowait())
                under_way = [done for _, done in calls]
                handled = await _handled(handle, reader, unread, [update for update, _ in calls])
                _answer(under_way, handled=handled)
        finally:
            self._open = False
            while not self._calls.empty():
                under_way.append(self._calls.get_nowait()[1])
            _answer(under_way, handled=False)


async def keep_registered(register: Callable[[], Awaitable[Outcome]], messenger: str, timing: Timing) -> Outcome:
    """Registers a webhook, again and again where the messenger cannot be reached; the outcome that ended it."""
    trouble = Trouble(messenger, timing)
    while (outcome := await register()).kind in {Kind.TRANSIENT, Kind.UNKNOWN, Kind.RETRY_AFTER}:
        await trouble.endure(outcome)
    trouble.over()
    if outcome.kind is not Kind.OK:
        log.error("%s does not take the webhook (%s); nothing is received there", messenger, outcome.detail)
    return outcome


def is_ours(address: object, messenger: str) -> bool:
    """Whether a webhook is one that this program sets; another program's is left alone."""
    path = urlsplit(address).path if isinstance(address, str) else ""
    return re.search(rf"/webhook/{messenger}(/[0-9a-f]{{32}})?$", path) is not None


async def _handled(handle: Handle, reader: Readable, unread: Counter[str], updates: list[object]) -> bool:
    try:
        if batch := read_all(reader, updates, unread):
            await handle(batch)
    except Exception:
        log.exception("%s: what came in could not be handled; it will be brought again", reader.messenger)
        return False
    return True


def _answer(waiting: list[asyncio.Future[bool]], *, handled: bool) -> None:
    for done in waiting:
        if not done.done():
            done.set_result(handled)
