"""A strict server that plays Soroush Plus: `python tests/messengers/splus.py PORT [TOKEN]`.

Like Telegram's, with its own fields; it tells nothing of members.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.messengers.bot_api import CAPTION, CHAT, FILE, LIST, MESSAGE, NUMBER, OBJECT, TEXT, TRUTH, BotApi, Shape
from tests.messengers.serving import serve_for_ever

TOKEN = "555666777:SpLuS-secret_part_of_the_token_0123456"
TEXT_WITH: Shape = {"text!": TEXT, "entities": LIST, "disable_web_page_preview": TRUTH, "reply_markup": OBJECT}
METHODS: dict[str, Shape] = {
    "getMe": {},
    "getWebhookInfo": {},
    "setWebhook": {"url!": TEXT, "max_connections": NUMBER, "allowed_updates": LIST, "drop_pending_updates": TRUTH},
    "deleteWebhook": {"drop_pending_updates": TRUTH},
    "getUpdates": {"offset": NUMBER, "limit": NUMBER, "timeout": NUMBER, "allowed_updates": LIST},
    "sendMessage": {**CHAT, **TEXT_WITH, "reply_to_message_id": NUMBER, "allow_sending_without_reply": TRUTH},
    "sendPhoto": {**CHAT, "photo!": FILE, **CAPTION, "reply_markup": OBJECT},
    "sendDocument": {**CHAT, "document!": FILE, **CAPTION, "reply_markup": OBJECT},
    "editMessageText": {**MESSAGE, **TEXT_WITH},
    "editMessageCaption": {**MESSAGE, **CAPTION, "reply_markup": OBJECT},
    "deleteMessage": MESSAGE,
    "getFile": {"file_id!": TEXT},
    "answerCallbackQuery": {"callback_query_id!": TEXT, "text": TEXT, "show_alert": TRUTH, "cache_time": NUMBER},
    "setMyCommands": {"commands!": LIST, "scope": OBJECT, "language_code": TEXT},
    "getChat": CHAT,
}


class Splus(BotApi):
    METHODS = METHODS

    def __init__(self, token: str = TOKEN) -> None:
        super().__init__(token)


if __name__ == "__main__":
    asyncio.run(serve_for_ever(Splus(*sys.argv[2:3]), int(sys.argv[1])))
