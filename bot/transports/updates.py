"""Updates in the Bot API's shape, read leniently: one missing field must not cost a person the answer.

python-telegram-bot's own reader refuses an update for each field that it misses or does not expect.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sebghat.conversation import Address, Attachment, ChatKind, Incoming, Membership, Message, Migration, Query

KINDS = ("message", "edited_message", "channel_post", "callback_query", "inline_query", "my_chat_member")

CHAT_KINDS = {
    "private": ChatKind.PRIVATE,
    "group": ChatKind.GROUP,
    "supergroup": ChatKind.GROUP,
    "channel": ChatKind.CHANNEL,
}
FORWARDED = ("forward_origin", "forward_from", "forward_from_chat", "forward_sender_name", "forward_date")
ADDRESSED = re.compile(r"[/／]\w{1,64}@(\w{1,64})")

Fields = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class StandIns:
    """Users of a messenger's own in whose name people write."""

    administrators: int = 0  # of a group, who do not say which of them
    others: frozenset[int] = frozenset()


class Unreadable(Exception):
    """An update that lacks what it needs. No text: it may hold what people wrote."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads updates of one bot."""

    messenger: str
    username: str
    me: str = ""  # our id, where only the messages of a chat tell that we came or went
    stand_ins: StandIns = StandIns()

    def read(self, update: object, now: datetime) -> Incoming | None:
        """What it says; None for what is not meant for us. Raises Unreadable."""
        fields = fields_of(update)
        key = f"u{ident(fields.get('update_id'))}"
        for kind in ("message", "edited_message", "channel_post"):
            if kind in fields:
                return self._message(key, fields_of(fields[kind]), edited=kind == "edited_message")
        if "callback_query" in fields:
            return self._press(key, fields_of(fields["callback_query"]), now)
        if "inline_query" in fields:
            return self._query(key, fields_of(fields["inline_query"]))
        if "my_chat_member" in fields:
            return self._membership(key, fields_of(fields["my_chat_member"]))
        return None

    def _message(self, key: str, message: Fields, *, edited: bool) -> Message | Membership | Migration | None:
        chat = fields_of(message.get("chat"))
        here, kind = ident(chat.get("id")), _kind(chat)
        if (new := message.get("migrate_to_chat_id")) is not None:
            return Migration(key, self.messenger, old=here, new=ident(new))
        if (old := message.get("migrate_from_chat_id")) is not None:
            return Migration(key, self.messenger, old=ident(old), new=here)
        if self.me and (moved := self._came_or_went(key, message)) is not None:
            return moved
        file = _attachment(message)
        text = message.get("text", message.get("caption", "" if file else None))
        if text is None:
            return None  # a picture, a new title, somebody who came
        text = text_of(text)
        if kind is not ChatKind.PRIVATE and self._for_another(text):
            return None
        sender, anonymous = _sender(message, here, kind, self.stand_ins)
        if sender is None:
            return None
        text, address = self._address(text, message) if kind is ChatKind.GROUP else (text, Address.NONE)
        return Message(
            key=key,
            messenger=self.messenger,
            chat=here,
            thread=_thread(message),
            chat_kind=kind,
            sender=sender,
            text=text,
            sent_at=time_of(message.get("date")),
            edited=edited,
            forwarded=any(field in message for field in FORWARDED),
            anonymous=anonymous,
            title=_title(chat),
            file=file,
            address=address,
        )

    def _press(self, key: str, query: Fields, now: datetime) -> Message | None:
        """A pressed button, as if its command had been typed now."""
        message = query.get("message")
        if message is None or query.get("data") is None:
            return None  # a button of an inline message or of a game: none of ours
        message = fields_of(message)
        chat = fields_of(message.get("chat"))
        return Message(
            key=key,
            messenger=self.messenger,
            chat=ident(chat.get("id")),
            thread=_thread(message),
            chat_kind=_kind(chat),
            sender=ident(fields_of(query.get("from")).get("id")),
            text=text_of(query["data"]),
            sent_at=now,
            pressed=ident(query.get("id")),
            title=_title(chat),
        )

    def _query(self, key: str, query: Fields) -> Query:
        person = fields_of(query.get("from"))
        spoken = person.get("language_code")
        return Query(
            key=key,
            messenger=self.messenger,
            sender=ident(person.get("id")),
            id=ident(query.get("id")),
            text=text_of(query.get("query", "")),
            language=spoken[:2] if isinstance(spoken, str) else "",
        )

    def _came_or_went(self, key: str, message: Fields) -> Membership | None:
        """That we were added to the chat, or removed from it, where a message tells so."""
        chat, came, went = (
            fields_of(message.get("chat")),
            message.get("new_chat_members"),
            message.get("left_chat_member"),
        )
        added = any(_is(each, self.me) for each in came) if isinstance(came, list) else False
        if not added and not _is(went, self.me):
            return None
        return Membership(
            key=key,
            messenger=self.messenger,
            chat=ident(chat.get("id")),
            chat_kind=_kind(chat),
            by=ident(fields_of(message.get("from")).get("id")),
            may_post=added,
            title=_title(chat),
        )

    def _membership(self, key: str, change: Fields) -> Membership:
        chat = fields_of(change.get("chat"))
        kind = _kind(chat)
        return Membership(
            key=key,
            messenger=self.messenger,
            chat=ident(chat.get("id")),
            chat_kind=kind,
            by=ident(fields_of(change.get("from")).get("id")),
            may_post=may_post(fields_of(change.get("new_chat_member")), kind),
            title=_title(chat),
        )

    def _address(self, text: str, message: Fields) -> tuple[str, Address]:
        """The text without our name, and how it is meant for us."""
        if not self.username:
            return text, Address.NONE
        left, names = re.subn(rf"(?<!\w)@{re.escape(self.username)}(?!\w)", "", text, flags=re.IGNORECASE)
        if names:
            return left.strip(), Address.MENTION
        answered = message.get("reply_to_message")
        author = answered.get("from") if isinstance(answered, dict) else None
        name = author.get("username") if isinstance(author, dict) else None
        ours = isinstance(name, str) and name.casefold() == self.username.casefold()
        return text, Address.REPLY if ours else Address.NONE

    def _for_another(self, text: str) -> bool:
        """Whether a command names another bot of the group."""
        addressed = ADDRESSED.match(text.lstrip())
        return addressed is not None and addressed[1].casefold() != self.username.casefold()


def kinds(update: object) -> str:
    """Which fields an unreadable update has, and nothing of what stands in them."""
    if not isinstance(update, dict):
        return type(update).__name__
    return ", ".join(sorted(name for name in map(str, update) if re.fullmatch(r"\w{1,40}", name))[:8])


def may_post(member: Fields, kind: ChatKind) -> bool:
    """Whether a bot in that place may write there."""
    match member.get("status"):
        case "creator":
            return True
        case "administrator":
            return kind is not ChatKind.CHANNEL or member.get("can_post_messages") is True
        case "member":
            return kind is not ChatKind.CHANNEL
        case "restricted":
            return member.get("is_member") is not False and member.get("can_send_messages") is True
        case _:
            return False


def ident(value: object) -> str:
    """An id as text."""
    if isinstance(value, bool) or not isinstance(value, int | str) or value == "":
        raise Unreadable
    try:
        return str(value)
    except ValueError:  # Python writes no integer of more than 4300 digits
        raise Unreadable from None


def fields_of(value: object) -> Fields:
    """An object's fields."""
    if not isinstance(value, dict):
        raise Unreadable
    return value


def text_of(value: object) -> str:
    """A text. Half a surrogate pair, which JSON can carry, fits into no database."""
    if not isinstance(value, str):
        raise Unreadable
    return value if value.isascii() else value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _is(person: object, number: str) -> bool:
    return isinstance(person, dict) and str(person.get("id")) == number


def _kind(chat: Fields) -> ChatKind:
    kind = chat.get("type")
    if not isinstance(kind, str) or kind not in CHAT_KINDS:
        raise Unreadable
    return CHAT_KINDS[kind]


def _attachment(message: Fields) -> Attachment | None:
    """A document; pictures and films are no tables. One without an id cannot be had, and is none."""
    document = message.get("document")
    if not isinstance(document, dict) or not isinstance(document.get("file_id"), str) or not document["file_id"]:
        return None
    name, size = document.get("file_name"), document.get("file_size")
    sound = isinstance(size, int) and not isinstance(size, bool) and size >= 0
    return Attachment(
        text_of(document["file_id"]), text_of(name)[:255] if isinstance(name, str) else "", size if sound else None
    )


def _title(chat: Fields) -> str:
    title = chat.get("title")
    return text_of(title)[:255] if isinstance(title, str) else ""


def _thread(message: Fields) -> str:
    """The topic. In groups without topics, replies have a thread too, which is none to answer in."""
    if message.get("is_topic_message") is not True or message.get("message_thread_id") is None:
        return ""
    return ident(message["message_thread_id"])


def _sender(message: Fields, chat: str, kind: ChatKind, stand_ins: StandIns) -> tuple[str | None, bool]:
    """Who wrote, and whether the messenger vouches for an administrator without naming one. Nobody: a bot."""
    if kind is ChatKind.CHANNEL:
        return chat, False
    person = fields_of(message.get("from", {}))
    number = person.get("id")
    behind = ident(fields_of(message["sender_chat"]).get("id")) if "sender_chat" in message else None
    if behind == chat or (behind is None and number == stand_ins.administrators):
        return chat, True
    if behind is not None:
        return behind, False  # somebody writes in the name of a channel
    if person.get("is_bot") is True and number not in stand_ins.others | {stand_ins.administrators}:
        return None, False  # two bots would answer each other for ever
    return ident(number), False


def time_of(value: object) -> datetime:
    """A time in Unix seconds, as a number or as text."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 19:
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Unreadable
    try:
        return datetime.fromtimestamp(value, UTC)
    except (OverflowError, OSError, ValueError):
        raise Unreadable from None
