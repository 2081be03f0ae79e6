"""A strict server that plays Eitaayar: `python tests/messengers/eitaayar.py PORT [TOKEN]`."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Any

from aiohttp import web

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.messengers.serving import Fields, Messenger, form, granted, refused, serve_for_ever, shown

TOKEN = "bot12345:2f6c1d5e-secret-half-of-it-8d1f0c9b7a6e"
METHODS = {
    "getMe": set[str](),
    "sendMessage": {"chat_id", "text", "pin", "disable_notification", "reply_to_message_id", "date"},
    "sendFile": {"chat_id", "file", "caption", "pin", "disable_notification", "reply_to_message_id", "date"},
}
NEEDED = {"sendMessage": {"chat_id", "text"}, "sendFile": {"chat_id", "file"}, "getMe": set[str]()}


class Eitaayar(Messenger):
    """Channels that are not declared by `chat` are refused; `no_ids` leaves out the ids of messages."""

    def __init__(self, token: str = TOKEN) -> None:
        super().__init__()
        self.token = token
        self.chats: set[str] = set()
        self.text_limit = 4096  # UTF-16 units
        self.no_ids = False
        self.revoked = False

    def routes(self, app: web.Application) -> None:
        app.router.add_post("/{token}/{method}", self._called)

    async def control(self, what: str, body: Fields) -> Fields:
        match what:
            case "chat":
                self.chats.add(str(body["id"]))
            case "block":
                (self.chats.discard if body.get("blocked", True) else self.chats.add)(str(body["chat"]))
            case "revoke":
                self.revoked = body.get("revoked", True)
            case _:
                raise KeyError(what)
        return {}

    async def _called(self, request: web.Request) -> web.StreamResponse:
        token, method = request.match_info["token"], request.match_info["method"]
        if token != self.token or self.revoked:
            return refused(401, "Unauthorized")
        if method not in METHODS:
            return refused(404, "Not Found")
        wanted = "multipart/form-data" if method == "sendFile" else "application/x-www-form-urlencoded"
        if request.content_type != wanted and method != "getMe":
            return refused(400, f"{method} is played as {wanted}")
        try:
            parameters = await form(request)
        except ValueError as error:
            return refused(400, str(error))
        if unknown := parameters.keys() - METHODS[method]:
            return refused(400, f"unknown parameter {sorted(unknown)}")
        if missing := NEEDED[method] - parameters.keys():
            return refused(400, f"missing parameter {sorted(missing)}")
        return await self.carry_out(request, method, shown(parameters), lambda: self._act(method, parameters))

    async def _act(self, method: str, parameters: Fields) -> web.Response:
        if method == "getMe":
            return granted({"id": 12345, "first_name": "Sebghat", "username": "sebghat"})
        if parameters["chat_id"] not in self.chats:
            return refused(403, "the chat is not yours")
        text: str = parameters.get("text") or parameters.get("caption") or ""
        if method == "sendMessage" and not text.strip():
            return refused(400, "text is empty")
        if len(text.encode("utf-16-le")) // 2 > (self.text_limit if method == "sendMessage" else 1024):
            return refused(400, "text is too long")
        if parameters.get("pin", "1") != "1":
            return refused(400, "pin is 1 or nothing")
        file: dict[str, Any] = {}
        if method == "sendFile":
            part = parameters["file"]
            if "." not in part["filename"] or not part["content"]:
                return refused(400, "a file has a name with an ending, and content")
            file = {"filename": part["filename"], "content_type": part["type"], "size": len(part["content"])}
        number = str(len(self.sent) + 100)
        pinned = "pin" in parameters
        await self.record(
            method=method, chat=parameters["chat_id"], text=text, pinned=pinned, message_id=number, **file
        )
        return granted({} if self.no_ids else {"message_id": int(number)})


if __name__ == "__main__":
    asyncio.run(serve_for_ever(Eitaayar(*sys.argv[2:3]), int(sys.argv[1])))
