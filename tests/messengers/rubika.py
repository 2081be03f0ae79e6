"""A strict server that plays Rubika's bot API: `python tests/messengers/rubika.py PORT [TOKEN]`."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from aiohttp import web

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.messengers.calling import Caller
from tests.messengers.serving import Fields, Messenger, form, serve_for_ever, shown

TOKEN = "RUBIKASECRETTOKEN0123456789ABCDEFGHIJKLMNOPQRSTUV"
MORE = {
    "reply_to_message_id", "disable_notification", "metadata", "inline_keypad", "chat_keypad", "chat_keypad_type",
}  # fmt: skip
# Fields of each method, the needed ones first.
METHODS: Mapping[str, tuple[set[str], set[str]]] = {
    "getMe": (set(), set()),
    "getUpdates": ({"limit"}, {"offset_id"}),
    "sendMessage": ({"chat_id", "text"}, MORE),
    "requestSendFile": ({"type"}, set()),
    "sendFile": ({"chat_id", "file_id"}, {"text"} | MORE),
    "editMessageText": ({"chat_id", "message_id", "text"}, {"metadata"}),
    "editMessageKeypad": ({"chat_id", "message_id", "inline_keypad"}, set()),
    "deleteMessage": ({"chat_id", "message_id"}, set()),
    "getFile": ({"file_id"}, set()),
    "getChat": ({"chat_id"}, set()),
    "getChatMember": ({"chat_id", "user_id"}, set()),
    "setCommands": ({"bot_commands"}, set()),
    "updateBotEndpoints": ({"url", "type"}, set()),
}
OBJECTS = {"metadata", "inline_keypad", "chat_keypad", "bot_commands", "limit", "disable_notification"}
TEXT_LIMIT, CAPTION_LIMIT = 4096, 1024
FIRST_MESSAGE = 204216801381244279  # as long as they are there


class Rubika(Messenger):
    """One bot. Chats are known by `chat`; a private one begins with its first message."""

    def __init__(self, token: str = TOKEN) -> None:
        super().__init__()
        self.token = token
        self.chats: dict[str, dict[str, Fields]] = {}  # their members, by their ids
        self.files: dict[str, bytes] = {}
        self.updates: list[tuple[int, Any]] = []
        self.commands: list[Fields] = []
        self.endpoints: dict[str, str] = {}
        self.blocked: set[str] = set()
        self.revoked = False
        self.beside = False  # the id of an uploaded file stands beside the data, as was seen for voices
        self.caller = Caller(self)
        self._next = 1
        self._message = FIRST_MESSAGE

    def routes(self, app: web.Application) -> None:
        app.router.add_post("/upload/{number}", self._upload)
        app.router.add_get("/files/{file}", self._file)
        app.router.add_post("/{token}/{method}", self._called)

    async def stop(self) -> None:
        await self.caller.stop()
        await super().stop()

    # What happens in the chats -------------------------------------------------------------------------------

    async def chat(self, id: str, members: Mapping[str, Fields] | None = None) -> Fields:  # noqa: A002
        self.chats[id] = dict(members or {})
        return {}

    async def say(self, chat: str, text: str | None, sender: str = "", *, edited: bool = False, **more: Any) -> Fields:
        """Somebody writes."""
        self.chats.setdefault(chat, {})
        person = {} if chat.startswith("c") else {"sender_type": "User", "sender_id": sender or f"u{chat[1:]}"}
        message = {"message_id": self._new_message(), "time": str(int(time.time())), "is_edited": edited} | person
        message |= {"text": text, "aux_data": {"start_id": None, "button_id": None}} | more
        kind, field = ("UpdatedMessage", "updated_message") if edited else ("NewMessage", "new_message")
        return await self.update({"type": kind, "chat_id": chat, field: message, "update_time": int(time.time())})

    async def attach(self, chat: str, name: str, content: bytes | str, caption: str | None = None) -> Fields:
        number = self._new_file(content.encode() if isinstance(content, str) else content)
        file = {"file_id": number, "file_name": name, "size": str(len(self.files[number]))}
        return await self.say(chat, caption, file=file)

    async def press(self, chat: str, data: str, sender: str = "") -> Fields:
        """Somebody presses a button: of the keyboard where the bot asks, below a message where it is called."""
        if not self.endpoints:
            return await self.say(chat, "…", sender, aux_data={"start_id": None, "button_id": data})
        self.chats.setdefault(chat, {})
        press = {"sender_id": sender or f"u{chat[1:]}", "text": "…", "message_id": self._new_message(), "chat_id": chat}
        return await self.update({"inline_message": press | {"aux_data": {"start_id": None, "button_id": data}}})

    async def event(self, chat: str, type: str, **more: Any) -> Fields:  # noqa: A002
        self.chats.setdefault(chat, {})
        return await self.update({"type": "EventData", "chat_id": chat, "event_data": {"type": type} | more})

    async def block(self, chat: str, *, blocked: bool = True) -> Fields:
        (self.blocked.add if blocked else self.blocked.discard)(chat)
        return await self.update({"type": "StoppedBot" if blocked else "StartedBot", "chat_id": chat})

    async def update(self, update: Any) -> Fields:
        self._next += 1
        self.updates.append((self._next, update))
        await self.changed()
        return {"number": self._next}

    async def control(self, what: str, body: Fields) -> Fields:
        match what:
            case "chat" | "say" | "attach" | "press" | "event" | "block":
                found: Fields = await getattr(self, what)(**body)
                return found
            case "update":
                return await self.update(body.get("raw", body))
            case "revoke":
                self.revoked = body.get("revoked", True)
            case "way":
                self.caller.ways |= body
            case "waiting":
                return {"updates": [update for _, update in self.updates]}
            case _:
                raise KeyError(what)
        return {}

    # The methods ---------------------------------------------------------------------------------------------

    async def _called(self, request: web.Request) -> web.StreamResponse:
        token, method = request.match_info["token"], request.match_info["method"]
        if token != self.token or self.revoked:
            return refused("INVALID_ACCESS")
        if method not in METHODS:
            return refused("INVALID_INPUT", f"{method} is not played here")
        if request.content_type != "application/json":
            return refused("INVALID_INPUT", "only JSON is played here")
        parameters = json.loads(await request.text())
        if wrong := _wrong(method, parameters):
            self.calls.append({"method": method, "parameters": parameters})
            return refused("INVALID_INPUT", wrong)
        return await self.carry_out(request, method, parameters, lambda: self._act(method, parameters))

    async def _act(self, method: str, parameters: Fields) -> web.Response:
        chat = parameters.get("chat_id")
        if chat is not None and (chat not in self.chats or chat in self.blocked):
            return refused("INVALID_ACCESS")
        if "message_id" in parameters and self._sent_before(parameters) is None:
            return refused("INVALID_INPUT", "message_id is not known")
        return await getattr(self, f"_{method}")(**parameters)  # type: ignore[no-any-return]

    async def _getMe(self) -> web.Response:  # noqa: N802 - the methods' own names
        return granted({"bot": {"bot_id": "b0OurBot", "bot_title": "Sebghat", "username": "our_bot", "share_url": "x"}})

    async def _getUpdates(self, limit: int, offset_id: str = "1") -> web.Response:  # noqa: N802
        """Returns at once: nothing is held."""
        self.updates = [each for each in self.updates if each[0] > int(offset_id)]
        found = self.updates[:limit]
        behind = str(found[-1][0]) if found else offset_id
        return granted({"updates": [update for _, update in found], "next_offset_id": behind})

    async def _sendMessage(self, chat_id: str, text: str, **more: Any) -> web.Response:  # noqa: N802
        if not text.strip():
            return refused("INVALID_INPUT", "text is empty")
        return await self._keep("sendMessage", chat_id, text, TEXT_LIMIT, more)

    async def _requestSendFile(self, type: str) -> web.Response:  # noqa: A002, N802
        if type not in {"File", "Image", "Video", "Voice", "Music", "Gif"}:
            return refused("INVALID_INPUT", "type")
        return granted({"upload_url": f"{self.url}/upload/{type}-secret-part-of-an-address"})

    async def _upload(self, request: web.Request) -> web.StreamResponse:
        try:
            parts = await form(request)
        except ValueError as error:
            return refused("INVALID_INPUT", str(error))
        if set(parts) != {"file"} or isinstance(parts["file"], str) or "." not in parts["file"]["filename"]:
            return refused("INVALID_INPUT", "one part, called file, with a name")

        async def take() -> web.Response:
            number = self._new_file(parts["file"]["content"])
            if self.beside:
                return web.json_response({"status": "OK", "data": {}, "file_id": number})
            return granted({"file_id": number})

        return await self.carry_out(request, "upload", shown(parts), take)

    async def _sendFile(self, chat_id: str, file_id: str, text: str = "", **more: Any) -> web.Response:  # noqa: N802
        if file_id not in self.files:
            return refused("INVALID_INPUT", "file_id")
        return await self._keep("sendFile", chat_id, text, CAPTION_LIMIT, more, file=file_id)

    async def _keep(self, method: str, chat: str, text: str, limit: int, more: Fields, **file: str) -> web.Response:
        parts = more.get("metadata", {}).get("meta_data_parts", [])
        keypad = more.get("inline_keypad") or more.get("chat_keypad") or {"rows": []}
        if wrong := _wrong_text(text, limit, parts) or _wrong_keypad(keypad):
            return refused("INVALID_INPUT", wrong)
        if "chat_keypad" in more and (more.get("chat_keypad_type") != "New" or not chat.startswith("b")):
            return refused("INVALID_INPUT", "chat_keypad")
        if "inline_keypad" in more and not self.endpoints:
            return refused("INVALID_INPUT", "nobody would hear of a press")
        number = self._new_message()
        await self.record(
            method=method, chat=chat, text=text, parts=parts, message_id=number, buttons=_buttons(keypad),
            reply_to=more.get("reply_to_message_id", ""), **file,
        )  # fmt: skip
        return granted({"message_id": number})

    async def _editMessageText(self, text: str, metadata: Fields | None = None, **message: str) -> web.Response:  # noqa: N802
        sent = self._sent_before(message)
        assert sent is not None
        if wrong := _wrong_text(text, TEXT_LIMIT, parts := (metadata or {}).get("meta_data_parts", [])):
            return refused("INVALID_INPUT", wrong)
        sent |= {"text": text, "parts": parts, "edits": sent.get("edits", 0) + 1}
        await self.changed()
        return granted({})

    async def _editMessageKeypad(self, inline_keypad: Fields, **message: str) -> web.Response:  # noqa: N802
        sent = self._sent_before(message)
        assert sent is not None
        if wrong := _wrong_keypad(inline_keypad):
            return refused("INVALID_INPUT", wrong)
        sent["buttons"] = _buttons(inline_keypad)
        return granted({})

    async def _deleteMessage(self, **message: str) -> web.Response:  # noqa: N802
        sent = self._sent_before(message)
        assert sent is not None
        sent["deleted"] = True
        await self.changed()
        return granted({})

    async def _getFile(self, file_id: str) -> web.Response:  # noqa: N802
        if file_id not in self.files:
            return refused("INVALID_INPUT", "file_id")
        return granted({"download_url": f"{self.url}/files/{file_id}"})

    async def _file(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["file"]

        async def give() -> web.Response:
            return web.Response(body=self.files.get(name, b""), status=200 if name in self.files else 404)

        return await self.carry_out(request, "file", {"file": name}, give)

    async def _getChat(self, chat_id: str) -> web.Response:  # noqa: N802
        return granted({"chat": {"chat_id": chat_id, "chat_type": "User", "title": "C"}})

    async def _getChatMember(self, chat_id: str, user_id: str) -> web.Response:  # noqa: N802
        if user_id not in self.chats[chat_id]:
            return refused("INVALID_ACCESS")
        return granted({"chat_member": {"user_id": user_id} | self.chats[chat_id][user_id]})

    async def _setCommands(self, bot_commands: list[Fields]) -> web.Response:  # noqa: N802
        if any(set(command) != {"command", "description"} for command in bot_commands):
            return refused("INVALID_INPUT", "bot_commands")
        self.commands = bot_commands
        return granted({})

    async def _updateBotEndpoints(self, url: str, type: str) -> web.Response:  # noqa: A002, N802
        if not url.startswith("https://"):
            return granted({"status": "InvalidUrl"})
        self.endpoints[type] = url
        names = {"ReceiveUpdate": "/receiveUpdate", "ReceiveInlineMessage": "/receiveInlineMessage"}
        await self.caller.call(f"{url}{names[type]}", {}, lambda update: update if "inline_message" in update
                               else {"update": update})  # fmt: skip
        await self.changed()
        return granted({"status": "Done"})

    def _sent_before(self, message: Mapping[str, Any]) -> Fields | None:
        wanted = {"chat": message["chat_id"], "message_id": message["message_id"]}.items()
        return next((sent for sent in self.sent if wanted <= sent.items() and "deleted" not in sent), None)

    def _new_file(self, content: bytes) -> str:
        number = f"F{len(self.files) + 1}"
        self.files[number] = content
        return number

    def _new_message(self) -> str:
        self._message += 1
        return str(self._message)


def granted(data: Fields) -> web.Response:
    return web.json_response({"status": "OK", "data": data})


def refused(status: str, words: str = "") -> web.Response:
    return web.json_response({"status": status, "dev_message": words})


def _wrong(method: str, parameters: object) -> str:
    if not isinstance(parameters, dict):
        return "not an object"
    needed, more = METHODS[method]
    if missing := needed - parameters.keys():
        return f"{sorted(missing)} is missing"
    if unknown := parameters.keys() - needed - more:
        return f"{sorted(unknown)} is not known"
    wrong = [name for name, value in parameters.items() if name not in OBJECTS and not isinstance(value, str)]
    return f"{wrong} is text" if wrong else ""


def _wrong_text(text: str, limit: int, parts: list[Fields]) -> str:
    units = text.encode("utf-16-le")
    if len(units) // 2 > limit:
        return "text is too long"
    for part in parts:
        start, end = part["from_index"] * 2, (part["from_index"] + part["length"]) * 2
        link = {"link_url"} if part["type"] == "Link" else set()
        if part["type"] not in {"Bold", "Link"} or set(part) != {"type", "from_index", "length"} | link:
            return "metadata"
        if not 0 <= start < end <= len(units):
            return "metadata is out of the text"
    return ""


def _wrong_keypad(keypad: Fields) -> str:
    for row in keypad["rows"]:
        for button in row["buttons"]:
            right = set(button) == {"id", "type", "button_text"} and button["type"] == "Simple"
            if not right or not 1 <= len(button["id"].encode()) <= 64 or not button["button_text"]:
                return "keypad"
    return ""


def _buttons(keypad: Fields) -> list[list[Fields]]:
    return [[{"text": each["button_text"], "data": each["id"]} for each in row["buttons"]] for row in keypad["rows"]]


if __name__ == "__main__":
    asyncio.run(serve_for_ever(Rubika(*sys.argv[2:3]), int(sys.argv[1])))
