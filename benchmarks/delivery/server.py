"""A Bot API that counts as a messenger does: `python -m benchmarks.delivery.server`; prints its address.

In any span of a second it takes so many messages; one more, and everything is refused for some seconds. It answers
after a while. `/set` changes all that and begins a new count, `/count` tells it, `/ask` lets somebody write.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections import Counter, deque
from typing import Any

from aiohttp import web

PERSON = 10**9  # who asks has a number from here on, so that an answer is told from an alert
Fields = dict[str, Any]


class Counting:
    def __init__(self) -> None:
        self.updates: list[Fields] = []
        self.number = 0
        self.stirred = asyncio.Event()
        self.set(None, 0.0, 0.0)

    def set(self, limit: int | None, latency: float, penalty: float) -> None:
        self.limit, self.latency, self.penalty = limit, latency, penalty
        self.of_late: deque[float] = deque()
        self.refused, self.most, self.refusing_until = 0, 0, 0.0
        self.taken: Counter[int] = Counter()
        self.first = self.last = 0.0
        self.asked: dict[int, float] = {}
        self.waits: list[float] = []

    async def send(self, chat: int) -> web.Response:
        now = time.monotonic()
        while self.of_late and self.of_late[0] <= now - 1:
            self.of_late.popleft()
        if self.limit is not None and (now < self.refusing_until or len(self.of_late) >= self.limit):
            self.refused += 1
            if now >= self.refusing_until:
                self.refusing_until = now + self.penalty
            after = max(1, round(self.refusing_until - now + 0.5))
            words = {"ok": False, "error_code": 429, "description": f"Too Many Requests: retry after {after}"}
            return web.json_response(words | {"parameters": {"retry_after": after}}, status=429)
        self.of_late.append(now)
        self.most = max(self.most, len(self.of_late))
        self.taken[chat] += 1
        self.first, self.last = self.first or now, now
        if (asked := self.asked.pop(chat, None)) is not None:
            self.waits.append(now - asked)
        self.number += 1
        if self.latency:
            await asyncio.sleep(self.latency)
        about = {"id": chat, "type": "private", "first_name": "S"}
        return granted({"message_id": self.number, "date": 1, "chat": about, "text": "x"})

    def ask(self, chat: int, text: str) -> None:
        """Somebody writes; how long the answer takes is kept."""
        self.number += 1
        person = {"id": chat, "is_bot": False, "first_name": "S"}
        message = {"message_id": self.number, "date": int(time.time()), "from": person, "text": text}
        message["chat"] = {"id": chat, "type": "private", "first_name": "S"}
        self.updates.append({"update_id": self.number, "message": message})
        self.asked[chat] = time.monotonic()
        self.stirred.set()

    async def poll(self, offset: int, seconds: float) -> web.Response:
        self.updates = [each for each in self.updates if each["update_id"] >= offset]
        if not self.updates:
            self.stirred.clear()
            try:
                async with asyncio.timeout(seconds):
                    await self.stirred.wait()
            except TimeoutError:
                pass
        return granted(self.updates[:100])

    def count(self) -> Fields:
        alerts = {chat: times for chat, times in self.taken.items() if chat < PERSON}
        return {
            "delivered": len(alerts),
            "twice": sum(times > 1 for times in alerts.values()),
            "limited": self.limit is not None,
            "refused": self.refused,
            "most": self.most,
            "seconds": self.last - self.first,
            "waits": self.waits,
            "unanswered": len(self.asked),
        }

    async def called(self, request: web.Request) -> web.Response:
        method = request.match_info["method"]
        if request.content_type == "application/json":
            asked = json.loads(await request.read() or b"{}")
        else:
            asked = dict(await request.post())
        match method:
            case "sendMessage":
                return await self.send(int(asked["chat_id"]))
            case "getUpdates":
                return await self.poll(int(asked.get("offset", 0)), float(asked.get("timeout", 0)))
            case "getMe":
                return granted({"id": 1, "is_bot": True, "first_name": "B", "username": "our_bot"})
        return granted(True)

    async def control(self, request: web.Request) -> web.Response:
        asked = json.loads(await request.read() or b"{}")
        match request.match_info["what"]:
            case "set":
                self.set(**asked)
            case "ask":
                self.ask(**asked)
            case "count":
                return web.json_response(self.count())
        return web.json_response({})


def granted(result: object) -> web.Response:
    return web.json_response({"ok": True, "result": result})


async def main() -> None:
    counting = Counting()
    app = web.Application()
    app.router.add_post("/{token:bot[^/]+}/{method}", counting.called)
    app.router.add_post("/control/{what}", counting.control)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, backlog=4096).start()
    print("http://{}:{}".format(*runner.addresses[0][:2]), flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
