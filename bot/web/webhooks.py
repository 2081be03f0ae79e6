"""Where messengers call: refused without the secret, bounded, answered well only when the effect is on disk."""

from __future__ import annotations

import asyncio
import hmac
import json
import logging
from collections.abc import Mapping
from typing import Protocol

from aiohttp import web

log = logging.getLogger(__name__)

BODY_LIMIT = 1_000_000  # bytes; an update has the longest text and a few fields
BODY_SECONDS = 10.0  # for all of it to come in
EFFECT_SECONDS = 25.0  # then the messenger brings it again, which is known by its key


class Door(Protocol):
    """Where one messenger's calls are taken."""

    @property
    def key(self) -> str:
        """The secret that a call has to bring."""
        ...

    @property
    def header(self) -> str:
        """The header that brings it; empty: the path does."""
        ...

    async def call(self, update: object) -> bool:
        """Whether what the update caused is on disk."""
        ...


class Webhooks:
    def __init__(self, doors: Mapping[str, Door]) -> None:
        self._doors = doors

    @property
    def routes(self) -> list[web.RouteDef]:
        """`kind` is what Rubika adds to an address for each kind of call."""
        every = ("/webhook/{name}", "/webhook/{name}/{key}", "/webhook/{name}/{key}/{kind}")
        return [web.route("*", path, self._take) for path in every] if self._doors else []

    async def _take(self, request: web.Request) -> web.Response:
        door = self._doors.get(request.match_info["name"])
        if door is None or request.method != "POST" or not _brings(request, door):
            return web.Response(status=404)  # whether there is a door is nobody's business
        try:
            async with asyncio.timeout(BODY_SECONDS):
                update = json.loads(await request.read())  # refused beyond the server's limit
        except (ValueError, RecursionError):
            return web.Response(status=400)
        except TimeoutError:
            return web.Response(status=408)
        try:
            async with asyncio.timeout(EFFECT_SECONDS):
                taken = await door.call(update)
        except TimeoutError:
            taken = False
        return web.json_response({"status": "OK"}) if taken else web.Response(status=503)


def _brings(request: web.Request, door: Door) -> bool:
    given = request.headers.get(door.header, "") if door.header else request.match_info.get("key", "")
    # The time that this takes tells nothing of how much of it was right.
    return hmac.compare_digest(given.encode("utf-8", "replace"), door.key.encode())
