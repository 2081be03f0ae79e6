"""Soroush Plus: a Bot API like Telegram's, https://soroushplus.com/p/documents/bot-platform."""

from __future__ import annotations

from bot.transports.answers import Dialect
from bot.transports.thin import Profile
from sebghat.capabilities import SPLUS

PROFILE = Profile(
    capability=SPLUS,
    api="https://api.splus.ir",
    dialect=Dialect("Soroush Plus"),
    quiet={"disable_web_page_preview": True},
    members=False,  # three of four public libraries know no method for it
    reply_to_files=False,  # one of two public libraries has no such field there
)
