"""A program that takes the outgoing webhook, and verifies it as docs/adding-a-messenger.md says."""

from __future__ import annotations

import hashlib
import hmac
import json
import time

from aiohttp import web

from tests.messengers.serving import Messenger

SECRET = "hook-secret-0123456789abcdef"
KEY = "key-in-the-address-0123456789"
TOLERANCE = 300  # seconds


class Receiver(Messenger):
    def __init__(self, secret: str = SECRET) -> None:
        super().__init__()
        self.secret = secret
        self.seen: set[str] = set()

    @property
    def address(self) -> str:
        return f"{self.url}/in/{KEY}"

    def routes(self, app: web.Application) -> None:
        app.router.add_post("/in/{key}", self._take)

    async def _take(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        headers = request.headers

        async def take() -> web.Response:
            number, when = headers.get("X-Sebghat-Id", ""), headers.get("X-Sebghat-Time", "")
            signed = f"{when}.{number}.".encode() + body
            right = "sha256=" + hmac.new(self.secret.encode(), signed, hashlib.sha256).hexdigest()
            if not hmac.compare_digest(right, headers.get("X-Sebghat-Signature", "")):
                return web.Response(status=401)
            if abs(time.time() - int(when)) > TOLERANCE or number in self.seen:
                return web.Response(status=409)
            self.seen.add(number)
            await self.record(chat="news", message_id=number, headers=dict(headers), **json.loads(body))
            return web.Response(status=204)

        return await self.carry_out(request, "hook", {"body": body.decode()}, take)
