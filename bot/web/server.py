"""The HTTP side: is the process alive, and can it do its work?"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Iterable

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

from bot.web.webhooks import BODY_LIMIT


class Server:
    """Serves on one address until stopped."""

    def __init__(self, unready: Callable[[], Awaitable[list[str]]], routes: Iterable[web.RouteDef] = ()) -> None:
        self._unready = unready
        self._routes = routes
        self._runner: web.AppRunner | None = None

    async def start(self, host: str, port: int) -> int:
        """The port that it serves on (0 picks a free one). Raises OSError where it is in use."""
        app = web.Application(client_max_size=BODY_LIMIT)
        app.add_routes([web.get("/healthz", self._health), web.get("/readyz", self._readiness), *self._routes])
        logging.getLogger("aiohttp.server").addFilter(_is_our_fault)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=3)
        await self._runner.setup()
        await web.TCPSite(self._runner, host, port).start()
        return int(self._runner.addresses[0][1])

    async def stop(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    async def _health(self, request: web.Request) -> web.Response:
        return web.json_response({"status": "ok"})

    async def _readiness(self, request: web.Request) -> web.Response:
        """What does not work is named; whatever it is, a restart would stop what does, so `_health` stays well."""
        if unready := await self._unready():
            return web.json_response({"status": "not ready", "failing": unready}, status=503)
        return web.json_response({"status": "ready"})


def _is_our_fault(record: logging.LogRecord) -> bool:
    """What is no HTTP is refused, and no trace of it fills the log: anybody can send that."""
    return not (record.exc_info and isinstance(record.exc_info[1], HttpProcessingError))
