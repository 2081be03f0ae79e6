"""Rubika's bot API, https://rubika.ir/botapi: ids are text, files go in three steps, updates have no numbers."""

from __future__ import annotations

import asyncio
import logging
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from bot.transports.administrators import Administrators
from bot.transports.answers import why_not
from bot.transports.door import Door, keep_registered
from bot.transports.polling import Trouble, read_all
from bot.transports.portions import Known, Portion, Upload, carry, marks, portions
from bot.transports.rubika_updates import NAME, Reader, chat_kind
from bot.transports.transport import Handle, Image, Kind, Outcome, Refused, Unfetchable
from bot.transports.updates import Unreadable
from bot.transports.wire import USUAL, Answer, Timing, Wire, attach, form_of, refusal, repeatable, sent_id
from sebghat.capabilities import RUBIKA
from sebghat.conversation import Attachment, Buttons, Cards, ChatKind, Destination, Reply, Style, fit

log = logging.getLogger(__name__)

API = "https://botapi.rubika.ir/v3"
WAIT, LONGEST_WAIT = 5, 300  # seconds after a refusal for load, which names none: doubled each time
BUSY = {"TOO_REQUESTS", "TOO_REQUEST"}
STRANGER = {"NOT_REGISTERED", "INVALID_AUTH"}
UNCLEAR = "INVALID_ACCESS"  # of the token, or of the chat: getMe tells
ENDPOINTS = ("ReceiveUpdate", "ReceiveInlineMessage")

Fields = Mapping[str, Any]


class Rubika:
    """One bot. Presses of buttons below a message come to a webhook alone: who polls puts the buttons in the place
    of the keyboard, and in groups and channels writes them as lines."""

    def __init__(
        self,
        token: str,
        *,
        door: Door | None = None,
        menu: Sequence[tuple[str, str]] = (),
        api: str | None = None,
        proxy: str | None = None,
        timing: Timing = USUAL,
    ) -> None:
        self._wire = Wire(f"{api or API}/{token}", token, proxy, timing.connect)
        self._menu = menu
        self._door = door
        self._timing = timing
        self._known = Known()
        self._busy = 0  # refusals for load in a row
        self._administrators = Administrators(self._administers, timing)
        self.unread: Counter[str] = Counter()  # updates that could not be read, by what they had
        self.capability = replace(RUBIKA, buttons=Buttons.INLINE) if door else RUBIKA

    async def start(self) -> str:
        """The bot's own name. Where Rubika cannot be reached, tries until it can."""
        trouble = Trouble(NAME, self._timing)
        while True:
            outcome, data = await self._ask("getMe")
            if outcome.kind is Kind.OK and isinstance(data.get("bot"), dict):
                break
            if outcome.kind is Kind.AUTH:
                raise Refused
            await trouble.endure(outcome)
        trouble.over()
        if self._menu:
            commands = [{"command": command, "description": words} for command, words in self._menu]
            outcome, _ = await self._ask("setCommands", bot_commands=commands)
            if outcome.kind is not Kind.OK:
                log.warning("%s: the command menu could not be set: %s", NAME, outcome.detail)
        return str(data["bot"].get("username") or data["bot"].get("bot_title") or "")

    async def receive(self, handle: Handle) -> None:
        if self._door is None:
            await self._poll(handle)
        elif (await keep_registered(self._register, NAME, self._timing)).kind is Kind.AUTH:
            raise Refused
        else:
            await self._door.receive(Reader(), self.unread, handle)

    async def deliver(self, to: Destination, reply: Reply, image: Image | None = None) -> Outcome:
        several = portions(self._fitted(to.chat, reply), image, self.capability)
        if not _is_chat(to.chat) or not several:
            return Outcome(Kind.REJECTED, detail="no such chat can be" if several else "nothing to send")

        async def send(portion: Portion) -> Outcome:
            return await self._send(to.chat, portion)

        return await carry(several, send, self._timing)

    async def edit(self, to: Destination, message_id: str, reply: Reply) -> Outcome:
        several = portions(self._fitted(to.chat, replace(reply, file=None)), None, self.capability)
        if not _is_chat(to.chat) or not message_id or len(several) != 1:
            return Outcome(Kind.REJECTED, detail="no such message can be")
        message = {"chat_id": to.chat, "message_id": message_id}
        outcome, _ = await self._ask("editMessageText", **message, text=several[0].text, **_metadata(several[0]))
        if outcome.kind is Kind.OK and several[0].buttons and self._door:
            # The keypad goes by itself: a text that is edited may not carry one.
            outcome, _ = await self._ask("editMessageKeypad", **message, inline_keypad=_keypad(several[0]))
        return replace(repeatable(outcome), message_id=message_id if outcome.kind is Kind.OK else "")

    async def delete(self, to: Destination, message_id: str) -> Outcome:
        if not _is_chat(to.chat) or not message_id:
            return Outcome(Kind.REJECTED, detail="no such message can be")
        outcome, _ = await self._ask("deleteMessage", chat_id=to.chat, message_id=message_id)
        return repeatable(outcome)

    async def fetch(self, attachment: Attachment, limit: int) -> bytes:
        if attachment.size is not None and attachment.size > limit:
            raise Unfetchable("large")
        outcome, data = await self._ask("getFile", file_id=attachment.id)
        if outcome.kind is not Kind.OK:
            raise Unfetchable(why_not(outcome))
        address = data.get("download_url")
        if not _is_address(address):
            raise Unfetchable("gone")
        return await self._wire.fetch(str(address), self._timing.transfer, limit)

    async def acknowledge(self, pressed: str) -> None:
        """A button rests by itself: there is no method for it."""

    async def offer(self, query: str, cards: Cards) -> None:
        """There are no queries."""

    async def administers(self, chat: str, person: str) -> bool | None:
        return await self._administrators.include(chat, person)

    async def rights(self, chat: str) -> Outcome:
        """Whether the chat is known; whether the bot may post there shows only a post."""
        if not _is_chat(chat):
            return Outcome(Kind.REJECTED, detail="no such chat can be")
        outcome, _ = await self._ask("getChat", chat_id=chat)
        if outcome.kind is not Kind.OK:
            return repeatable(outcome)
        if chat_kind(chat) is ChatKind.PRIVATE:
            return Outcome(Kind.OK, detail="private chat")
        return Outcome(Kind.UNKNOWN, detail="whether it may post shows only a post")

    async def obstacle(self) -> str:
        return ""

    async def close(self) -> None:
        await self._wire.close()

    # Sending -------------------------------------------------------------------------------------------------

    def _fitted(self, chat: str, reply: Reply) -> Reply:
        alone = chat[:1] in {"b", "u"}
        capability = self.capability if alone or self._door else replace(self.capability, buttons=Buttons.NONE)
        return fit(reply, capability)

    async def _send(self, chat: str, portion: Portion) -> Outcome:
        fields: dict[str, Any] = {"chat_id": chat, "text": portion.text, **_metadata(portion)}
        if portion.reply_to:
            fields["reply_to_message_id"] = portion.reply_to
        if portion.buttons and self._door:
            fields["inline_keypad"] = _keypad(portion)
        elif portion.buttons:
            fields |= {"chat_keypad": _keypad(portion), "chat_keypad_type": "New"}
        if portion.upload is None:
            return await self._sent("sendMessage", fields)
        if not portion.spans:
            del fields["text"]
        known = self._known.id(portion.upload)
        file = known or await self._uploaded(portion.upload)
        if isinstance(file, Outcome):
            return file
        outcome = await self._sent("sendFile", fields | {"file_id": file})
        if outcome.kind is Kind.OK:
            self._known.learn(portion.upload, file)
        elif known and outcome.kind is Kind.REJECTED:
            self._known.forget(portion.upload)
            return await self._send(chat, portion)
        return outcome

    async def _sent(self, method: str, fields: Fields) -> Outcome:
        outcome, data = await self._ask(method, **fields)
        return replace(outcome, message_id=sent_id(data.get("message_id")))

    async def _uploaded(self, upload: Upload) -> str | Outcome:
        """The id of a file that now lies at Rubika; nothing is sent by that, whatever goes wrong."""
        outcome, data = await self._ask("requestSendFile", type="Image" if upload.key else "File")
        if outcome.kind is not Kind.OK:
            return repeatable(outcome)
        address = data.get("upload_url")
        if not _is_address(address):
            return Outcome(Kind.TRANSIENT, detail="no address to upload to")
        form = form_of({})
        attach(form, "file", upload.name, upload.content, upload.media_type)
        outcome, data = self._read(await self._wire.post_to(str(address), self._timing.transfer, form=form))
        file = data.get("file_id")
        if outcome.kind is Kind.OK and isinstance(file, str | int) and str(file) not in {"", "None"}:
            return str(file)
        gone = outcome.kind in {Kind.OK, Kind.UNKNOWN}
        return Outcome(Kind.TRANSIENT, detail=outcome.detail or "no id of the file") if gone else outcome

    # Asking --------------------------------------------------------------------------------------------------

    async def _ask(self, method: str, **fields: Any) -> tuple[Outcome, Fields]:
        """What became of it, and the data of the answer. Where it is unclear whose fault it is, the token is asked
        about."""
        outcome, data = self._read(await self._wire.post(method, self._timing.answer, json=fields))
        if outcome.detail.startswith(UNCLEAR) and method != "getMe":
            identified, _ = await self._ask("getMe")
            if identified.kind is Kind.OK:
                return replace(outcome, kind=Kind.PERMANENT), data
            outcome = outcome if identified.kind is Kind.AUTH else replace(outcome, kind=Kind.TRANSIENT)
        return outcome, data

    def _read(self, answer: Answer | Outcome) -> tuple[Outcome, Fields]:
        if isinstance(answer, Outcome):
            return answer, {}
        outcome = classify(answer, min(LONGEST_WAIT, WAIT << min(self._busy, 8)))
        self._busy = self._busy + 1 if outcome.kind is Kind.RETRY_AFTER else 0
        fields = answer.fields or {}
        data = fields["data"] if isinstance(fields.get("data"), dict) else {}
        # The id of an uploaded file may stand beside the data.
        found = {"file_id": fields["file_id"]} if "file_id" in fields else {}
        return replace(outcome, detail=self._wire.words(outcome.detail)), found | (
            data if isinstance(data, dict) else {}
        )

    async def _poll(self, handle: Handle) -> None:
        """Until cancelled. The place is kept only after what was read is on disk; without numbers, what comes twice
        is known by its message. Raises Refused."""
        trouble, unhandled, place = Trouble(NAME, self._timing), Trouble(NAME, self._timing), ""
        while True:
            outcome, data = await self._ask("getUpdates", limit=100, **({"offset_id": place} if place else {}))
            if outcome.kind is Kind.AUTH:
                raise Refused
            updates = data.get("updates", [])
            if outcome.kind is not Kind.OK or not isinstance(updates, list):
                await trouble.endure(Outcome(Kind.TRANSIENT, detail="no list of updates") if outcome.kind is Kind.OK
                                     else outcome)  # fmt: skip
                continue
            trouble.over()
            try:
                if batch := read_all(Reader(), updates, self.unread):
                    await handle(batch)
            except Exception:
                log.exception("%s: what came in could not be handled; it will be asked for again", NAME)
                await unhandled.endure(Outcome(Kind.TRANSIENT, detail="not handled"))
                continue
            unhandled.over()
            behind = data.get("next_offset_id")
            moved = isinstance(behind, str | int) and str(behind) not in {"", place}
            place = str(behind) if moved else place
            if not (moved and updates):
                await asyncio.sleep(self._timing.between)

    async def _register(self) -> Outcome:
        assert self._door is not None
        outcome = Outcome(Kind.OK)
        for kind in ENDPOINTS:
            outcome, data = await self._ask("updateBotEndpoints", url=self._door.address, type=kind)
            if outcome.kind is Kind.OK and data.get("status") != "Done":
                outcome = Outcome(Kind.REJECTED, detail=self._wire.words(data.get("status", "no status")))
            if outcome.kind is not Kind.OK:
                break
        return outcome

    async def _administers(self, chat: str, person: str) -> bool | None:
        outcome, data = await self._ask("getChatMember", chat_id=chat, user_id=person)
        member = data.get("chat_member")
        if outcome.kind is not Kind.OK or not isinstance(member, dict):
            return None
        return str(member.get("status")) in {"Admin", "Creator", "Owner"}


def classify(answer: Answer, wait: int = WAIT) -> Outcome:
    """What an answer of Rubika's means; INVALID_ACCESS may yet be the chat's fault."""
    early, fields = refusal(answer, wait), answer.fields
    if early is not None:
        return early
    status = fields.get("status") if fields is not None else None
    if fields is None or not isinstance(status, str):
        kind = Kind.REJECTED if answer.status == 413 else Kind.TRANSIENT
        detail = f"HTTP {answer.status}, not an answer of Rubika's"
        return Outcome(Kind.UNKNOWN if answer.status < 300 else kind, detail=detail)
    words = f"{status}: {fields.get('dev_message') or ''}".rstrip(": ")
    match status:
        case "OK":
            return Outcome(Kind.OK)
        case "SERVER_ERROR":
            return Outcome(Kind.UNKNOWN, detail=words)
        case "INVALID_INPUT" if "chat_id" in words:
            return Outcome(Kind.PERMANENT, detail=words)
        case _ if status in BUSY:
            return Outcome(Kind.RETRY_AFTER, retry_after=wait, detail=words)
        case _ if status in STRANGER or status == UNCLEAR:
            return Outcome(Kind.AUTH, detail=words)
        case _:
            return Outcome(Kind.REJECTED, detail=words)


def _metadata(portion: Portion) -> dict[str, object]:
    parts: list[dict[str, object]] = []
    for mark in marks(portion.spans):
        place = {"from_index": mark.start, "length": mark.length}
        if mark.style is Style.BOLD:
            parts.append({"type": "Bold", **place})
        if mark.href:
            parts.append({"type": "Link", **place, "link_url": mark.href})
    return {"metadata": {"meta_data_parts": parts}} if parts else {}


def _keypad(portion: Portion) -> dict[str, object]:
    rows = [
        {"buttons": [{"id": each.data, "type": "Simple", "button_text": each.label or each.command} for each in row]}
        for row in portion.buttons
    ]
    return {"rows": rows}


def _is_chat(chat: str) -> bool:
    try:
        return re.fullmatch(r"[\w-]{2,64}", chat, re.ASCII) is not None and chat_kind(chat) in ChatKind
    except Unreadable:
        return False


def _is_address(address: object) -> bool:
    return isinstance(address, str) and re.match(r"https?://[^\s/]", address) is not None
