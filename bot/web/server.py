"""The HTTP side: is the process alive, and can it do its work?"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable

from aiohttp import web

from bot.web.webhooks import BODY_LIMIT


class Server:
    """Serves on one address until stopped."""

    def __init__(self, ready: Callable[[], Awaitable[bool]], routes: Iterable[web.RouteDef] = ()) -> None:
        self._ready = ready
        self._routes = routes
        self._runner: web.AppRunner | None = None

    async def start(self, host: str, port: int) -> int:
        """The port that it serves on (0 picks a free one). Raises OSError where it is in use."""
        app = web.Application(client_max_size=BODY_LIMIT)
        app.add_routes([web.get("/healthz", self._health), web.get("/readyz", self._readiness), *self._routes])
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
        ready = await self._ready()
        return web.json_response({"status": "ready" if ready else "not ready"}, status=200 if ready else 503)
