"""A strict server that plays Telegram's Bot API: `python tests/messengers/bot_api.py PORT [TOKEN]`.

It refuses what the real one would let pass, so that our calls are exact. What it plays is controlled over HTTP
(`/control/…`), or in a test by the methods of the same names.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import web

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.messengers.calling import Caller
from tests.messengers.serving import Fields, Messenger, form, granted, refused, serve_for_ever, shown

TOKEN = "123456789:AAF-secret_part_of_the_token_0123456"
OURS = 123456789
BOT: Fields = {"id": OURS, "is_bot": True, "first_name": "Sebghat", "username": "our_bot"}

NUMBER, TEXT, TRUTH, LIST, OBJECT, FILE = (int,), (str,), (bool,), (list,), (dict,), (str, dict)
Shape = dict[str, tuple[type, ...]]
CHAT: Shape = {"chat_id!": (int, str)}
MESSAGE: Shape = {**CHAT, "message_id!": NUMBER}
SENT: Shape = {
    "disable_notification": TRUTH,
    "message_thread_id": NUMBER,
    "reply_markup": OBJECT,
    "reply_parameters": OBJECT,
}
CAPTION: Shape = {"caption": TEXT, "caption_entities": LIST}
PICTURE_LIMIT, FILE_LIMIT = 10 * 1024 * 1024, 50 * 1024 * 1024  # bytes that are taken
PNG = b"\x89PNG\r\n\x1a\n"
# Parameters with their types; those with "!" must be there.
METHODS: dict[str, Shape] = {
    "getMe": {},
    "getWebhookInfo": {},
    "deleteWebhook": {"drop_pending_updates": TRUTH},
    "getUpdates": {"offset": NUMBER, "limit": NUMBER, "timeout": NUMBER, "allowed_updates": LIST},
    "setWebhook": {
        "url!": TEXT,
        "secret_token": TEXT,
        "max_connections": NUMBER,
        "allowed_updates": LIST,
        "drop_pending_updates": TRUTH,
    },
    "sendMessage": {**CHAT, "text!": TEXT, "entities": LIST, "link_preview_options": OBJECT, **SENT},
    "sendPhoto": {**CHAT, "photo!": FILE, **CAPTION, **SENT},
    "sendDocument": {**CHAT, "document!": FILE, **CAPTION, **SENT},
    "editMessageText": {
        **MESSAGE,
        "text!": TEXT,
        "entities": LIST,
        "link_preview_options": OBJECT,
        "reply_markup": OBJECT,
    },
    "editMessageCaption": {**MESSAGE, **CAPTION, "reply_markup": OBJECT},
    "deleteMessage": MESSAGE,
    "getFile": {"file_id!": TEXT},
    "answerCallbackQuery": {"callback_query_id!": TEXT, "text": TEXT, "show_alert": TRUTH},
    "answerInlineQuery": {
        "inline_query_id!": TEXT,
        "results!": LIST,
        "cache_time": NUMBER,
        "is_personal": TRUTH,
        "next_offset": TEXT,
    },
    "setMyCommands": {"commands!": LIST, "scope": OBJECT, "language_code": TEXT},
    "getChat": CHAT,
    "getChatMember": {**CHAT, "user_id!": NUMBER},
}
ENTITIES = {"bold": {"type", "offset", "length"}, "text_link": {"type", "offset", "length", "url"}}
KICKED = "Forbidden: bot was kicked from the {} chat"


@dataclass
class Chat:
    id: int
    type: str
    title: str = ""
    username: str = ""
    threads: set[int] = field(default_factory=set)  # topics; a chat that has some is a forum
    members: dict[int, Fields] = field(default_factory=dict)
    permissions: Fields = field(default_factory=lambda: {"can_send_messages": True})
    blocked: bool = False
    moved_to: int = 0

    @property
    def shown(self) -> Fields:
        if self.type == "private":
            return {"id": self.id, "type": self.type, "first_name": "S"}
        about = {"id": self.id, "type": self.type, "title": self.title or "G"}
        return about | ({"username": self.username} if self.username else {})


class BotApi(Messenger):
    """One bot with its chats. Private chats begin with the first message; the others are declared by `chat`."""

    METHODS = METHODS
    SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"
    BUTTON_LIMIT = 64  # bytes

    def __init__(self, token: str = TOKEN) -> None:
        super().__init__()
        self.files: dict[str, bytes] = {}  # by their ids
        self.token = token
        self.chats: dict[int, Chat] = {}
        self.updates: list[tuple[int, Any]] = []  # with their numbers, which the odd ones lack
        self.commands: list[Fields] = []
        self.queries: set[str] = set()  # that wait for their answer
        self.webhook = ""
        self.caller = Caller(self)
        self.revoked = False
        self._next = 1000
        self._message = 1
        self._poll: asyncio.Future[None] | None = None

    def routes(self, app: web.Application) -> None:
        app.router.add_route("*", "/{relay:(?:relay/)?}bot{token}/{method}", self._called)
        app.router.add_get("/file/bot{token}/{kind}/{file}", self._file)

    async def stop(self) -> None:
        await self.caller.stop()
        await super().stop()

    # What happens in the chats -------------------------------------------------------------------------------

    async def chat(self, id: int, type: str, **more: Any) -> Fields:  # noqa: A002 - as on the wire
        """Declares a chat: title, username, threads, permissions, members by id; `bot` is our own place in it."""
        ours = more.pop("bot", None)
        more["threads"] = set(more.get("threads", ()))
        more["members"] = {int(person): member for person, member in more.get("members", {}).items()}
        chat = self.chats[id] = Chat(id, type, **more)
        usual = {"status": "administrator", "can_post_messages": True} if type == "channel" else {"status": "member"}
        chat.members.setdefault(OURS, ours or usual)
        return {}

    async def say(
        self, chat: int, text: str, sender: int | None = None, *, thread: int = 0, edited: bool = False, **more: Any
    ) -> Fields:
        """Somebody writes; `more` are fields of the message."""
        place = self._place(chat)
        message: Fields = {"message_id": self._new_message(), "date": int(time.time()), "chat": place.shown}
        if place.type != "channel":
            message["from"] = _person(chat if sender is None else sender)
        if thread:
            message |= {"message_thread_id": thread, "is_topic_message": True}
        kind = "channel_post" if place.type == "channel" else "edited_message" if edited else "message"
        if edited:
            message["edit_date"] = message["date"]
        return await self.update({kind: message | ({"text": text} if text else {}) | more})

    async def attach(self, chat: int, name: str, content: bytes | str, caption: str = "", **more: Any) -> Fields:
        """Somebody sends a document, its content as text where it comes over the wire."""
        content = content.encode() if isinstance(content, str) else content
        document = self._new_file(content) | {"file_name": name}
        return await self.say(chat, "", **({"caption": caption} if caption else {}) | {"document": document} | more)

    async def press(self, chat: int, data: str, sender: int | None = None, **more: Any) -> Fields:
        """Somebody presses a button under a message of ours."""
        number = self._new_message()
        message = {"message_id": number, "date": int(time.time()), "chat": self._place(chat).shown}
        query = {"id": f"7{number}", "from": _person(sender or chat), "chat_instance": "-5", "data": data}
        return await self.update({"callback_query": query | {"message": message} | more})

    async def query(self, sender: int, text: str, **more: Any) -> Fields:
        """Somebody types after the bot's name in whatever chat; `more` are fields of the person."""
        number = f"9{self._new_message()}"
        self.queries.add(number)
        asked = {"id": number, "from": _person(sender) | more, "query": text, "offset": "", "chat_type": "sender"}
        return await self.update({"inline_query": asked})

    async def member(self, chat: int, by: int, **place: Any) -> Fields:
        """Our own place in a chat changes: `status`, and what an administrator may."""
        there = self._place(chat)
        before = there.members.get(OURS, {"status": "left"})
        there.members[OURS] = place
        there.blocked = there.type == "private" and place["status"] == "kicked"
        changed = {"old_chat_member": before | {"user": BOT}, "new_chat_member": place | {"user": BOT}}
        about = {"chat": there.shown, "from": _person(by), "date": int(time.time())}
        return await self.update({"my_chat_member": about | changed})

    async def block(self, chat: int, *, blocked: bool = True, silent: bool = False) -> Fields:
        """Somebody blocks the bot, or lets it in again."""
        if not silent:
            return await self.member(chat, chat, status="kicked" if blocked else "member")
        self._place(chat).blocked = blocked
        return {}

    async def migrate(self, chat: int, to: int) -> Fields:
        """A group becomes a supergroup, which Telegram tells in both."""
        old = self.chats[chat]
        new = self.chats[to] = Chat(to, "supergroup", old.title, members=dict(old.members))
        old.moved_to = to
        for place, more in ((old, {"migrate_to_chat_id": to}), (new, {"migrate_from_chat_id": chat})):
            message = {"message_id": self._new_message(), "date": int(time.time()), "chat": place.shown}
            await self.update({"message": message | {"from": _person(1)} | more})
        return {}

    async def update(self, update: Any) -> Fields:
        """Any update, as it is; an object gets its number."""
        self._next += 1
        if isinstance(update, dict):
            update = {"update_id": self._next} | update
        self.updates.append((self._next, update))
        await self.changed()
        return {"update_id": self._next}

    async def control(self, what: str, body: Fields) -> Fields:
        match what:
            case "update":
                return await self.update(body.get("raw", body))
            case "chat" | "say" | "attach" | "press" | "query" | "member" | "block" | "migrate":
                found: Fields = await getattr(self, what)(**body)
                return found
            case "webhook":
                self.webhook = body["url"]
            case "way":
                self.caller.ways |= body
            case "revoke":
                self.revoked = body.get("revoked", True)
            case "commands":
                return {"commands": self.commands}
            case "waiting":
                return {"updates": [update for _, update in self.updates]}
            case _:
                raise KeyError(what)
        await self.changed()
        return {}

    # The methods ---------------------------------------------------------------------------------------------

    async def _called(self, request: web.Request) -> web.StreamResponse:
        token, method = request.match_info["token"], self._named(request.match_info["method"])
        if token != self.token:
            return self._wrong_token(token)
        if self.revoked:
            return self._wrong_token(self.token)
        if method not in self.METHODS:
            return refused(404, f"Not Found: {method} is not played here")
        shape = self.METHODS[method]
        try:
            parameters = await self._parameters(request, shape)
        except ValueError as error:
            return refused(400, f"Bad Request: {error}")
        if wrong := _wrong(shape, parameters):
            self.calls.append({"method": method, "parameters": shown(parameters)})
            return refused(400, f"Bad Request: {wrong}")
        play = getattr(self, f"_{method}")
        return await self.carry_out(request, method, shown(parameters), lambda: play(**parameters))

    def _wrong_token(self, token: str) -> web.Response:
        return refused(404 if ":" not in token else 401, "Not Found" if ":" not in token else "Unauthorized")

    def _named(self, method: str) -> str:
        return method

    async def _parameters(self, request: web.Request, shape: Shape) -> Fields:
        """Of JSON, or of a form with at least one file, whose numbers and objects are JSON in text."""
        if request.method != "POST":
            raise ValueError("only what is posted is played here")
        if request.content_type == "application/json":
            found: Fields = json.loads(await request.text())
            return found
        given = await form(request)
        if request.content_type != "multipart/form-data" or all(isinstance(each, str) for each in given.values()):
            raise ValueError("what has no file is JSON here")
        for name, value in given.items():
            types = shape.get(name) or shape.get(f"{name}!") or TEXT
            if isinstance(value, str) and types not in {TEXT, FILE} and not value.startswith("@"):
                given[name] = json.loads(value)
        return given

    async def _file(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["file"]
        if request.match_info["token"] != self.token or self.revoked or name not in self.files:
            return refused(404, "Not Found: invalid file_id")

        async def give() -> web.Response:
            return web.Response(body=self.files[name], content_type="application/octet-stream")

        return await self.carry_out(request, "file", {"file": name}, give)

    async def _getFile(self, file_id: str) -> web.Response:  # noqa: N802
        if file_id not in self.files:
            return refused(400, "Bad Request: invalid file_id")
        size = len(self.files[file_id])
        if size > 20_000_000:
            return refused(400, "Bad Request: file is too big")
        return granted({"file_id": file_id, "file_size": size, "file_path": f"documents/{file_id}"})

    def _new_file(self, content: bytes) -> Fields:
        number = f"BQAC-{len(self.files) + 1}"
        self.files[number] = content
        return {"file_id": number, "file_unique_id": number[::-1], "file_size": len(content)}

    async def _getMe(self) -> web.Response:  # noqa: N802 - the methods' own names
        return granted(BOT)

    async def _getWebhookInfo(self) -> web.Response:  # noqa: N802
        return granted({"url": self.webhook, "pending_update_count": len(self.updates)})

    async def _setWebhook(self, url: str, secret_token: str = "", **more: Any) -> web.Response:  # noqa: N802
        if url and not url.startswith("https://"):
            return refused(400, "Bad Request: bad webhook: An HTTPS URL must be provided for webhook")
        self.webhook = url
        await self.caller.call(url, {self.SECRET_HEADER: secret_token} if secret_token else {})
        return granted(True)

    async def _deleteWebhook(self, drop_pending_updates: bool = False) -> web.Response:  # noqa: N802
        self.webhook = ""
        await self.caller.stop()
        self.updates = [] if drop_pending_updates else self.updates
        return granted(True)

    async def _getUpdates(self, **asked: Any) -> web.Response:  # noqa: N802
        if self.webhook:
            words = "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook first"
            return refused(409, words)
        if self._poll is not None and not self._poll.done():
            self._poll.set_result(None)  # the older one is cut off
            await self.changed()
        poll = self._poll = asyncio.get_running_loop().create_future()
        self.updates = [each for each in self.updates if each[0] >= asked.get("offset", 0)]
        await self.until(lambda: bool(self.updates) or poll.done() or self.revoked, asked.get("timeout", 0))
        if poll.done():
            words = "Conflict: terminated by other getUpdates request; make sure that only one bot is running"
            return refused(409, words)
        poll.set_result(None)
        if self.revoked:
            return refused(401, "Unauthorized")
        return granted([update for _, update in self.updates][: asked.get("limit", 100)])

    async def _sendMessage(self, chat_id: int | str, text: str, **more: Any) -> web.Response:  # noqa: N802
        if not text.strip():
            return refused(400, "Bad Request: message text is empty")
        return await self._sent("sendMessage", chat_id, text, 4096, more)

    async def _sendPhoto(self, chat_id: int | str, photo: Any, caption: str = "", **more: Any) -> web.Response:  # noqa: N802
        return await self._sent("sendPhoto", chat_id, caption, 1024, more, photo)

    async def _sendDocument(  # noqa: N802
        self, chat_id: int | str, document: Any, caption: str = "", **more: Any
    ) -> web.Response:
        return await self._sent("sendDocument", chat_id, caption, 1024, more, document)

    async def _sent(
        self, method: str, chat_id: int | str, text: str, limit: int, more: Fields, file: Any = None
    ) -> web.Response:
        chat = self._found(chat_id)
        if isinstance(chat, web.Response):
            return chat
        thread = more.get("message_thread_id")
        if thread and thread not in chat.threads:
            return refused(400, "Bad Request: message thread not found")
        entities: list[Fields] = more.get("entities") or more.get("caption_entities") or []
        if (
            wrong := self._wrong_text(text, limit, entities)
            or self._wrong_keyboard(more)
            or self._wrong_file(method, file)
        ):
            return refused(400, f"Bad Request: {wrong}")
        about: Fields = {"text": text} if file is None else {"caption": text} if text else {}
        if isinstance(file, dict):
            new = self._new_file(file["content"])
            about |= (
                {"photo": [new | {"width": 800, "height": 400}]}
                if method == "sendPhoto"
                else {"document": new | {"file_name": file["filename"]}}
            )
        number = self._new_message()
        await self.record(
            chat=str(chat.id), thread=str(thread or ""), text=text, entities=entities, message_id=str(number),
            buttons=_buttons(more), preview=_previewed(more),
            reply_to=_answered(more), at=time.time(),
            **({} if file is None else {"method": method, **shown({"file": file})}),
        )  # fmt: skip
        return granted({"message_id": number, "date": int(time.time()), "chat": chat.shown, "from": BOT} | about)

    async def _editMessageText(self, chat_id: int | str, message_id: int, text: str, **more: Any) -> web.Response:  # noqa: N802
        if not text.strip():
            return refused(400, "Bad Request: message text is empty")
        return await self._edited(chat_id, message_id, text, 4096, more, captions=False)

    async def _editMessageCaption(  # noqa: N802
        self, chat_id: int | str, message_id: int, caption: str = "", **more: Any
    ) -> web.Response:
        return await self._edited(chat_id, message_id, caption, 1024, more, captions=True)

    async def _edited(
        self, chat_id: int | str, message_id: int, text: str, limit: int, more: Fields, *, captions: bool
    ) -> web.Response:
        chat = self._found(chat_id)
        if isinstance(chat, web.Response):
            return chat
        if (sent := self._message_of(chat, message_id)) is None:
            return refused(400, "Bad Request: message to edit not found")
        if ("file" in sent) is not captions:
            return refused(400, f"Bad Request: there is no {'caption' if captions else 'text'} in the message to edit")
        entities: list[Fields] = more.get("entities") or more.get("caption_entities") or []
        if wrong := self._wrong_text(text, limit, entities) or self._wrong_keyboard(more):
            return refused(400, f"Bad Request: {wrong}")
        now = {"text": text, "entities": entities, "buttons": _buttons(more)}
        if now.items() <= sent.items():
            return refused(400, "Bad Request: message is not modified: specified new message content is the same")
        sent |= now | {"edits": sent.get("edits", 0) + 1}
        await self.changed()
        return self._edit_answer(chat, message_id, text)

    def _edit_answer(self, chat: Chat, message_id: int, text: str) -> web.Response:
        return granted(
            {"message_id": message_id, "date": int(time.time()), "chat": chat.shown, "from": BOT, "text": text}
        )

    async def _deleteMessage(self, chat_id: int | str, message_id: int) -> web.Response:  # noqa: N802
        chat = self._found(chat_id)
        if isinstance(chat, web.Response):
            return chat
        if (sent := self._message_of(chat, message_id)) is None:
            return refused(400, "Bad Request: message to delete not found")
        sent["deleted"] = True
        await self.changed()
        return granted(True)

    def _message_of(self, chat: Chat, message_id: int) -> Fields | None:
        """One of our messages that is still there."""
        wanted = {"chat": str(chat.id), "message_id": str(message_id)}.items()
        return next((sent for sent in self.sent if wanted <= sent.items() and "deleted" not in sent), None)

    def _wrong_text(self, text: str, limit: int, entities: Sequence[Fields]) -> str:
        if len(text.encode("utf-16-le")) // 2 > limit:
            return "message is too long" if limit > 1024 else "message caption is too long"
        found = (wrong for entity in entities if (wrong := _wrong_entity(entity, text)))
        return next((f"can't parse entities: {wrong}" for wrong in found), "")

    def _wrong_keyboard(self, more: Fields) -> str:
        keyboard = more.get("reply_markup", {})
        rows = keyboard.get("inline_keyboard", [])
        wrong = set(keyboard) - {"inline_keyboard"} or any(_wrong_button(each) for row in rows for each in row)
        return "BUTTON_DATA_INVALID" if wrong else ""

    def _wrong_file(self, method: str, file: Any) -> str:
        if isinstance(file, str):
            return "" if file in self.files else "wrong file identifier/HTTP URL specified"
        if file is None:
            return ""
        if not file["content"] or "." not in file["filename"]:
            return "file must be non-empty"
        if method == "sendPhoto" and not (file["content"].startswith(PNG) and file["type"] == "image/png"):
            return "IMAGE_PROCESS_FAILED"
        limit = PICTURE_LIMIT if method == "sendPhoto" else FILE_LIMIT
        return "file is too big" if len(file["content"]) > limit else ""

    async def _answerCallbackQuery(  # noqa: N802
        self,
        callback_query_id: str,
        text: str = "",
        show_alert: bool = False,
    ) -> web.Response:
        if len(text) > 200:
            return refused(400, "Bad Request: MESSAGE_TOO_LONG")
        if not callback_query_id.startswith("7"):
            return refused(400, "Bad Request: query is too old and response timeout expired or query ID is invalid")
        return granted(True)

    async def _answerInlineQuery(  # noqa: N802
        self,
        inline_query_id: str,
        results: list[Fields],
        next_offset: str = "",
        **_: Any,
    ) -> web.Response:
        if inline_query_id not in self.queries:
            return refused(400, "Bad Request: query is too old and response timeout expired or query ID is invalid")
        if len(results) > 50:
            return refused(400, "Bad Request: RESULTS_TOO_MUCH")
        if len(next_offset.encode()) > 64:
            return refused(400, "Bad Request: NEXT_OFFSET_INVALID")
        if len({result.get("id") for result in results}) < len(results):
            return refused(400, "Bad Request: RESULT_ID_DUPLICATE")
        for result in results:
            if wrong := _wrong_article(result):
                return refused(400, f"Bad Request: {wrong}")
        self.queries.discard(inline_query_id)
        return granted(True)

    async def _setMyCommands(self, commands: list[Fields], **more: Any) -> web.Response:  # noqa: N802
        for command in commands:
            right = set(command) == {"command", "description"} and 1 <= len(command["description"]) <= 256
            if not right or not command["command"].isascii() or not 1 <= len(command["command"]) <= 32:
                return refused(400, "Bad Request: BOT_COMMAND_INVALID")
        scope = more.get("scope", {"type": "default"})
        if scope["type"] == "chat" and scope["chat_id"] not in self.chats:
            return refused(400, "Bad Request: chat not found")
        self.commands.append({"commands": commands, "scope": scope, "language_code": more.get("language_code", "")})
        return granted(True)

    async def _getChat(self, chat_id: int | str) -> web.Response:  # noqa: N802
        chat = self._found(chat_id, writing=False)
        if isinstance(chat, web.Response):
            return chat
        more = {"permissions": chat.permissions} if chat.type in {"group", "supergroup"} else {}
        return granted(chat.shown | more)

    async def _getChatMember(self, chat_id: int | str, user_id: int) -> web.Response:  # noqa: N802
        chat = self._found(chat_id, writing=False)
        if isinstance(chat, web.Response):
            return chat
        if user_id not in chat.members:
            return refused(400, "Bad Request: PARTICIPANT_ID_INVALID")
        return granted(chat.members[user_id] | {"user": _person(user_id)})

    def _found(self, chat_id: int | str, *, writing: bool = True) -> Chat | web.Response:
        """The chat, or why the bot may not do that there."""
        named = [chat for chat in self.chats.values() if chat_id in {chat.id, f"@{chat.username}"}]
        if not named:
            return refused(400, "Bad Request: chat not found")
        chat = named[0]
        if chat.moved_to:
            words = "Bad Request: group chat was upgraded to a supergroup chat"
            return refused(400, words, parameters={"migrate_to_chat_id": chat.moved_to})
        if not writing:
            return chat
        if chat.blocked:
            return refused(403, "Forbidden: bot was blocked by the user")
        if chat.type == "private":
            return chat
        place = chat.members[OURS]
        if place["status"] in {"left", "kicked"}:
            return refused(403, KICKED.format(chat.type))
        if chat.type == "channel" and not place.get("can_post_messages"):
            return refused(400, "Bad Request: need administrator rights in the channel chat")
        if place["status"] == "restricted" and not place.get("can_send_messages"):
            return refused(400, "Bad Request: not enough rights to send text messages to the chat")
        return chat

    def _place(self, chat: int) -> Chat:
        if chat > 0:
            self.chats.setdefault(chat, Chat(chat, "private"))
        return self.chats[chat]

    def _new_message(self) -> int:
        self._message += 1
        return self._message


def _person(number: int) -> Fields:
    return {"id": number, "is_bot": number in {OURS, 1087968824}, "first_name": "S"}


def _wrong(shape: Shape, parameters: object) -> str:
    if not isinstance(parameters, dict):
        return "not an object"
    for name in shape:
        if name.endswith("!") and name[:-1] not in parameters:
            return f"{name[:-1]} is missing"
    for name, value in parameters.items():
        types = shape.get(name) or shape.get(f"{name}!")
        if types is None:
            return f"unknown parameter {name}"
        if not isinstance(value, types) or (isinstance(value, bool) and bool not in types):
            return f"{name} has the wrong type"
        if name == "chat_id" and isinstance(value, str) and not value.startswith("@"):
            return "chat_id is a number or a name"
    return ""


def _wrong_entity(entity: Fields, text: str) -> str:
    kind = entity.get("type")
    if kind not in ENTITIES or set(entity) != ENTITIES[kind]:
        return "unknown entity"
    start, end = entity["offset"] * 2, (entity["offset"] + entity["length"]) * 2
    encoded = text.encode("utf-16-le")
    if start < 0 or end <= start or end > len(encoded):
        return "out of the text"
    try:
        inside = encoded[start:end].decode("utf-16-le")
    except UnicodeDecodeError:
        return "inside of a character"
    return "" if inside == inside.strip() else "begins or ends with a space"


def _wrong_article(result: Fields) -> str:
    if set(result) - {"description"} != {"type", "id", "title", "input_message_content"} or result["type"] != "article":
        return "can't parse inline query result: only articles with a text are played here"
    if not 1 <= len(result["id"].encode()) <= 64:
        return "RESULT_ID_INVALID"
    content = result["input_message_content"]
    if set(content) - {"entities"} != {"message_text", "link_preview_options"}:
        return "can't parse input message content"
    text = content["message_text"]
    if not text.strip() or not result["title"].strip():
        return "MESSAGE_EMPTY"
    if len(text.encode("utf-16-le")) // 2 > 4096:
        return "MESSAGE_TOO_LONG"
    return "".join(_wrong_entity(entity, text) for entity in content.get("entities", ()))


def _answered(more: Fields) -> str:
    return str(more.get("reply_to_message_id", more.get("reply_parameters", {}).get("message_id", "")))


def _previewed(more: Fields) -> bool:
    return not (more.get("disable_web_page_preview") or more.get("link_preview_options", {}).get("is_disabled"))


def _buttons(more: Fields) -> list[list[Fields]]:
    rows = more.get("reply_markup", {}).get("inline_keyboard", [])
    return [[{"text": each["text"], "data": each["callback_data"]} for each in row] for row in rows]


def _wrong_button(button: Fields) -> bool:
    if set(button) != {"text", "callback_data"} or not button["text"]:
        return True
    return not 1 <= len(button["callback_data"].encode()) <= 64


if __name__ == "__main__":
    asyncio.run(serve_for_ever(BotApi(*sys.argv[2:3]), int(sys.argv[1])))
