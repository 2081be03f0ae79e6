"""How a messenger calls a webhook: one update after the other, each again until it was taken."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Protocol

import aiohttp

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


class Brings(Protocol):
    """A server with updates that wait, by their numbers."""

    updates: list[tuple[int, Any]]

    async def until(self, holds: Callable[[], bool], seconds: float = 10) -> bool: ...

    async def changed(self) -> None: ...


AGAIN = 0.05  # seconds


class Caller:
    """Calls for one server. `ways`: where an address of the outer world leads on this machine."""

    def __init__(self, server: Brings) -> None:
        self.ways: dict[str, str] = {}
        self.statuses: list[int] = []  # of each call; 0: nobody answered
        self._server = server
        self._task: asyncio.Task[None] | None = None

    async def call(
        self, url: str, headers: Mapping[str, str], wrap: Callable[[Any], Any] = lambda update: update
    ) -> None:
        """Brings what waits and what comes to this address."""
        await self.stop()
        if url:
            for outer, inner in self.ways.items():
                url = url.replace(outer, inner)
            self._task = asyncio.create_task(self._calling(url, headers, wrap))

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
            self._task = None

    async def _calling(self, url: str, headers: Mapping[str, str], wrap: Callable[[Any], Any]) -> None:
        server = self._server
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10)) as session:
            while True:
                await server.until(lambda: bool(server.updates), 3600)
                number, update = server.updates[0]
                try:
                    body = json.dumps(wrap(update)).encode()
                    sent = {"Content-Type": "application/json", **headers}
                    async with session.post(url, data=body, headers=sent, allow_redirects=False) as answer:
                        status = answer.status
                except (aiohttp.ClientError, OSError, TimeoutError):
                    status = 0
                self.statuses.append(status)
                if 200 <= status < 300:
                    server.updates = [each for each in server.updates if each[0] != number]
                    await server.changed()
                else:
                    await asyncio.sleep(AGAIN)
