"""A strict server that plays Bale: `python tests/messengers/bale.py PORT [TOKEN]`.

Like Telegram's, with its own fields. It reads each text as light Markdown, as Bale does, and keeps in `shown` what
people then see.
"""

from __future__ import annotations

import asyncio
import re
import sys
from pathlib import Path
from typing import Any

from aiohttp import web

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.messengers.bot_api import CHAT, FILE, MESSAGE, NUMBER, OBJECT, TEXT, TRUTH, BotApi, Chat, Shape
from tests.messengers.serving import granted, refused, serve_for_ever

TOKEN = "987654321:BaLe-secret_part_of_the_token_01234567"
MORE: Shape = {"reply_markup": OBJECT, "reply_to_message_id": NUMBER}
METHODS: dict[str, Shape] = {
    "getMe": {},
    "getWebhookInfo": {},
    "setWebhook": {"url!": TEXT},
    "deleteWebhook": {},
    "getUpdates": {"offset": NUMBER, "limit": NUMBER, "timeout": NUMBER},
    "sendMessage": {**CHAT, "text!": TEXT, **MORE},
    "sendPhoto": {**CHAT, "photo!": FILE, "caption": TEXT, **MORE},
    "sendDocument": {**CHAT, "document!": FILE, "caption": TEXT, **MORE},
    "editMessageText": {**MESSAGE, "text!": TEXT, "reply_markup": OBJECT},
    "editMessageCaption": {**MESSAGE, "caption": TEXT, "reply_markup": OBJECT},
    "deleteMessage": MESSAGE,
    "getFile": {"file_id!": TEXT},
    "answerCallbackQuery": {"callback_query_id!": TEXT, "text": TEXT, "show_alert": TRUTH},
    "getChat": CHAT,
    "getChatMember": {**CHAT, "user_id!": NUMBER},
}
BOLD = re.compile(r"(?<!\S)\*(?=\S)([^*\n]+?)(?<=\S)\*(?!\S)")
SLANTED = re.compile(r"(?<!\S)_(?=\S)([^_\n]+?)(?<=\S)_(?!\S)")
LINK = re.compile(r"\[([^\]\n]+)\]\(([^)\s]+)\)")


class Bale(BotApi):
    METHODS = METHODS

    def __init__(self, token: str = TOKEN) -> None:
        super().__init__(token)

    def _named(self, method: str) -> str:
        """Names are taken in any case."""
        return next((name for name in METHODS if name.lower() == method.lower()), method)

    def _edit_answer(self, chat: Chat, message_id: int, text: str) -> web.Response:
        return granted({"message_id": 0, "date": 0, "chat": chat.shown, "text": ""})  # a stub

    async def record(self, **message: Any) -> None:
        text, links = message["text"], [(found[1], found[2]) for found in LINK.finditer(message["text"])]
        shown = SLANTED.sub(r"\1", BOLD.sub(r"\1", LINK.sub(r"\1", text)))
        bold, slanted = BOLD.findall(text), SLANTED.findall(text)
        await super().record(**message, shown=shown, bold=bold, slanted=slanted, links=links)

    def _wrong_token(self, token: str) -> web.Response:
        return refused(404, "token not found")


if __name__ == "__main__":
    asyncio.run(serve_for_ever(Bale(*sys.argv[2:3]), int(sys.argv[1])))
