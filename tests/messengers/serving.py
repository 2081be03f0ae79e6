"""What the servers that play messengers share: serving, faults on demand, the record of what was sent."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Self

from aiohttp import web

Fields = dict[str, Any]


@dataclass
class Fault:
    """What befalls the next `times` calls of a method, to one chat or to any. `taken` faults come after the
    request was carried out, the others instead of it."""

    fault: str
    method: str = ""
    chat: str = ""
    times: int = 1
    after: int = 0  # calls that go well before
    retry_after: int | None = None
    status: int = 200
    body: str = ""
    taken: bool = False


class Messenger:
    """A server on loopback; `async with` it in a test, or `serve_for_ever` as a process."""

    def __init__(self) -> None:
        self.sent: list[Fields] = []
        self.calls: list[Fields] = []
        self.faults: list[Fault] = []
        self.way = 0.0  # seconds that a request needs to come here, and its answer to go back
        self.url = ""
        self._changed = asyncio.Condition()
        self._closing = asyncio.Event()
        self._runner: web.AppRunner | None = None

    async def start(self, port: int = 0) -> Self:
        app = web.Application(client_max_size=64 * 1024 * 1024)
        app.router.add_get("/control/{what}", self._control)
        app.router.add_post("/control/{what}", self._control)
        self.routes(app)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", port)
        await site.start()
        host, bound = self._runner.addresses[0][:2]
        self.url = f"http://{host}:{bound}"
        return self

    async def stop(self) -> None:
        self._closing.set()
        async with self._changed:
            self._changed.notify_all()
        if self._runner is not None:
            await self._runner.cleanup()

    async def __aenter__(self) -> Self:
        return await self.start()

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    def routes(self, app: web.Application) -> None:
        raise NotImplementedError

    # Faults ------------------------------------------------------------------------------------------------

    def fail(self, fault: str, method: str = "", **more: Any) -> None:
        self.faults.append(Fault(fault, method, **more))

    def _fault(self, method: str, chat: str) -> Fault | None:
        for fault in self.faults:
            if fault.method not in {"", method} or fault.chat not in {"", chat}:
                continue
            if fault.after > 0:
                fault.after -= 1
                continue
            fault.times -= 1
            if fault.times == 0:
                self.faults.remove(fault)
            return fault
        return None

    async def carry_out(
        self, request: web.Request, method: str, parameters: Fields, act: Callable[[], Awaitable[web.Response]]
    ) -> web.StreamResponse:
        """The method's own answer, or the fault that was asked for."""
        wire = {"verb": request.method, "path": request.path, "encoding": request.content_type}
        self.calls.append({"method": method, "parameters": parameters, "wire": wire})
        fault = self._fault(method, str(parameters.get("chat_id", "")))  # a fault is for calls that begin after it
        await self.changed()
        await asyncio.sleep(self.way)
        answer: web.StreamResponse = await act() if fault is None or fault.taken else web.Response()
        await self.changed()  # what it did can be waited for, too
        await asyncio.sleep(self.way)
        return answer if fault is None else await self._play(request, fault)

    async def _play(self, request: web.Request, fault: Fault) -> web.StreamResponse:
        path = request.raw_path  # holds the token: what repeats it must not bring it into a log
        match fault.fault:
            case "429":
                parameters = {"retry_after": fault.retry_after} if fault.retry_after else {}
                return refused(429, "Too Many Requests", parameters=parameters)
            case "429-text":
                headers = {"Retry-After": str(fault.retry_after)} if fault.retry_after else {}
                return web.Response(status=429, text="local_rate_limited", headers=headers)
            case "500":
                return refused(500, f"Internal Server Error: {path}")
            case "html":
                status = fault.status if fault.status != 200 else 502
                text = f"<html><body>{status} at {path}</body></html>"
                return web.Response(status=status, text=text, content_type="text/html")
            case "garbage":
                return web.Response(text=f'{{"ok":tru {path}', content_type="application/json")
            case "echo":
                return refused(fault.status, f"Bad Request: {path} is not understood")
            case "redirect":
                return web.Response(status=302, headers={"Location": f"{self.url}/elsewhere{path}"})
            case "answer":
                return web.Response(status=fault.status, text=fault.body, content_type="application/json")
            case "cut":
                if request.transport is not None:
                    request.transport.abort()
                return web.Response()
            case "hang":
                await self._closing.wait()
                return web.Response()
            case "endless":
                return await self._endless(request, b"x" * 1_000_000, 0)
            case "drip":
                return await self._endless(request, b" ", 0.01)
            case "large":
                return web.Response(body=b'{"ok":true,"result":[]}'.ljust(30_000_000), content_type="application/json")
        raise ValueError(fault.fault)

    async def _endless(self, request: web.Request, chunk: bytes, pause: float) -> web.StreamResponse:
        answer = web.StreamResponse()
        await answer.prepare(request)
        try:
            while not self._closing.is_set():
                await answer.write(chunk)
                await asyncio.sleep(pause)
        except ConnectionError:
            pass
        return answer

    # Control -----------------------------------------------------------------------------------------------

    async def changed(self) -> None:
        async with self._changed:
            self._changed.notify_all()

    async def until(self, holds: Callable[[], bool], seconds: float = 10) -> bool:
        """Waits for something to have come in; whether it did in time."""
        try:
            async with asyncio.timeout(seconds), self._changed:
                await self._changed.wait_for(lambda: holds() or self._closing.is_set())
        except TimeoutError:
            return False
        return holds()

    async def record(self, **message: Any) -> None:
        self.sent.append({"number": len(self.sent) + 1, **message})
        await self.changed()

    async def _control(self, request: web.Request) -> web.Response:
        what, query = request.match_info["what"], request.query
        if what in {"sent", "calls"}:
            every = self.sent if what == "sent" else self.calls
            after, count = int(query.get("after", 0)), int(query.get("count", 0))
            await self.until(lambda: len(every) >= after + count, float(query.get("timeout", 10)))
            return web.json_response(every[after:])
        try:
            body = json.loads(await request.text() or "{}")
            if what == "fault":
                if body.pop("clear", False):
                    self.faults.clear()
                else:
                    self.faults.append(Fault(**body))
                return web.json_response({})
            return web.json_response(await self.control(what, body))
        except (KeyError, TypeError, ValueError) as error:
            return web.json_response({"error": repr(error)}, status=400)

    async def control(self, what: str, body: Fields) -> Fields:
        raise KeyError(what)


async def form(request: web.Request) -> Fields:
    """The fields of a form, each at most once; a file is its name, type and content. Raises ValueError."""
    found: Fields = {}
    for name, value in (await request.post()).items():
        if name in found:
            raise ValueError(f"{name} comes twice")
        if isinstance(value, web.FileField):
            found[name] = {"filename": value.filename, "type": value.content_type, "content": value.file.read()}
        else:
            found[name] = value
    return found


def shown(parameters: Fields) -> Fields:
    """What the record keeps of parameters: of a file its name, type and size."""
    return {
        name: {"filename": value["filename"], "type": value["type"], "size": len(value["content"])}
        if isinstance(value, dict) and isinstance(value.get("content"), bytes)
        else value
        for name, value in parameters.items()
    }


def granted(result: object) -> web.Response:
    return web.json_response({"ok": True, "result": result})


def refused(code: int, words: str, *, status: int | None = None, **more: Any) -> web.Response:
    answer: Mapping[str, Any] = {"ok": False, "error_code": code, "description": words, **more}
    return web.json_response(answer, status=status or code)


async def serve_for_ever(messenger: Messenger, port: int) -> None:
    await messenger.start(port)
    print(messenger.url, flush=True)
    try:
        await asyncio.Event().wait()
    finally:
        await messenger.stop()
