"""What Rubika brings, read leniently: it numbers no updates, and may write ids and times as numbers or as text."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.transports.updates import Fields, Unreadable, fields_of, ident, text_of, time_of
from sebghat.conversation import Attachment, ChatKind, Incoming, Membership, Message

NAME = "rubika"
KINDS = {"b": ChatKind.PRIVATE, "u": ChatKind.PRIVATE, "g": ChatKind.GROUP, "c": ChatKind.CHANNEL}
SAME_PRESS = 10  # seconds; a press has no number, and one that is brought twice must not count twice


@dataclass(frozen=True, slots=True)
class Reader:
    messenger: str = NAME

    def read(self, update: object, now: datetime) -> Incoming | None:
        """What it says; None for what is not meant for us. Raises Unreadable."""
        fields = fields_of(update)
        fields = fields_of(fields["update"]) if isinstance(fields.get("update"), dict) else fields
        if isinstance(fields.get("inline_message"), dict):
            return _press(fields["inline_message"], now)
        kind = str(fields.get("type"))
        if kind in {"NewMessage", "UpdatedMessage"}:
            edited = kind == "UpdatedMessage"
            return _message(fields, fields_of(fields.get("updated_message" if edited else "new_message")), edited)
        if kind in {"StartedBot", "StoppedBot", "EventData"}:
            return _membership(fields, now)
        return None


def chat_kind(chat: str) -> ChatKind:
    """Which kind of chat has that id. Raises Unreadable."""
    if chat[:1] not in KINDS:
        raise Unreadable
    return KINDS[chat[:1]]


def _message(fields: Fields, message: Fields, edited: bool) -> Message | None:
    chat, number = ident(fields.get("chat_id")), ident(message.get("message_id"))
    kind = chat_kind(chat)
    aux, file = message.get("aux_data"), _attachment(message)
    button = aux.get("button_id") if isinstance(aux, dict) else None
    text = button if isinstance(button, str) and button else message.get("text")
    text = "" if text is None and file else text
    if text is None or (text == "" and not file) or message.get("sender_type") == "Bot":
        return None  # a place, a sticker, another bot
    time = fields.get("update_time", message.get("time"))
    return Message(
        key=f"{'e' if edited else 'm'}{chat}:{number}" + (f":{ident(time)}" if edited else ""),
        messenger=NAME,
        chat=chat,
        thread="",
        chat_kind=kind,
        sender=chat if kind is ChatKind.CHANNEL else ident(message.get("sender_id")),
        text=text_of(text),
        sent_at=time_of(message.get("time")),
        edited=edited or message.get("is_edited") is True,
        forwarded=any(message.get(field) is not None for field in ("forwarded_from", "forwarded_no_link")),
        anonymous=kind is ChatKind.GROUP and message.get("sender_id") == chat,
        pressed=number if text is button else "",
        file=file,
    )


def _press(press: Fields, now: datetime) -> Message | None:
    """A pressed button, as if its command had been typed now."""
    aux = press.get("aux_data")
    button = aux.get("button_id") if isinstance(aux, dict) else None
    if not isinstance(button, str) or not button:
        return None
    chat, number, sender = (ident(press.get(name)) for name in ("chat_id", "message_id", "sender_id"))
    return Message(
        key=f"p{chat}:{number}:{sender}:{button}:{int(now.timestamp()) // SAME_PRESS}",
        messenger=NAME,
        chat=chat,
        thread="",
        chat_kind=chat_kind(chat),
        sender=sender,
        text=text_of(button),
        sent_at=now,
        pressed=number,
    )


def _membership(fields: Fields, now: datetime) -> Membership | None:
    chat, what = ident(fields.get("chat_id")), str(fields.get("type"))
    data = fields.get("event_data")
    event = data if isinstance(data, dict) else {}
    kind, happened = chat_kind(chat), str(event.get("type", what))
    if what == "EventData" and happened not in {"BotJoined", "BotPermissionsChanged", "BotRemoved"}:
        return None
    rights = event.get("access_list")
    there = what == "StartedBot" or (what == "EventData" and happened != "BotRemoved")
    if kind is ChatKind.CHANNEL and isinstance(rights, list):
        there = there and "SendMessages" in rights
    time = fields.get("update_time")
    return Membership(
        key=f"x{chat}:{happened}:{now.isoformat() if time is None else ident(time)}",
        messenger=NAME,
        chat=chat,
        chat_kind=kind,
        by="",  # it is not told who did it
        may_post=there,
    )


def _attachment(message: Fields) -> Attachment | None:
    file = message.get("file")
    if not isinstance(file, dict) or not isinstance(file.get("file_id"), str | int) or not file["file_id"]:
        return None
    name, size = file.get("file_name"), str(file.get("size"))
    told = int(size) if size.isascii() and size.isdigit() and len(size) < 19 else None
    return Attachment(ident(file["file_id"]), text_of(name)[:255] if isinstance(name, str) else "", told)
