"""A thin client of the Bot APIs that are like Telegram's. What differs between them is a profile."""

from __future__ import annotations

import json
import logging
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bot.transports.administrators import Administrators
from bot.transports.answers import Dialect, classify, file_address, why_not
from bot.transports.door import Door, is_ours, keep_registered
from bot.transports.polling import Polling, Trouble
from bot.transports.portions import Known, Portion, carry, marks, portions
from bot.transports.transport import Handle, Image, Kind, Outcome, Refused, Unfetchable
from bot.transports.updates import CHAT_KINDS, Reader, may_post
from bot.transports.wire import USUAL, Answer, Timing, Wire, attach, form_of, repeatable, sent_id
from sebghat.conversation import Attachment, Capability, Cards, ChatKind, Destination, Markup, Reply, Span, Style, fit

log = logging.getLogger(__name__)

Fields = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Profile:
    """One messenger: what it can, where it is, how it speaks."""

    capability: Capability
    api: str
    dialect: Dialect
    quiet: Fields  # goes with each text: shows no preview of links, where that can be said
    members: bool  # whether it tells who administers a chat
    reply_to_files: bool  # whether a picture or file can answer a message
    written: Callable[[Reply], Reply] = lambda reply: reply  # the text with its markup, where that is in the text


class Thin:
    """One bot of one such messenger."""

    def __init__(
        self,
        profile: Profile,
        token: str,
        *,
        api: str | None = None,
        proxy: str | None = None,
        menu: Sequence[tuple[str, str]] = (),
        door: Door | None = None,
        timing: Timing = USUAL,
    ) -> None:
        base = api or profile.api
        self._profile = profile
        self._wire = Wire(f"{base}/bot{token}", token, proxy, timing.connect)
        self._files = f"{base}/file/bot{token}"
        self._menu = menu
        self._door = door
        self._timing = timing
        self._known = Known()
        self._me = ""
        self._reader = Reader(self._name, "")
        self._administrators = Administrators(self._administers, timing)
        self.unread: Counter[str] = Counter()  # updates that could not be read, by what they had
        self.capability = profile.capability

    @property
    def _name(self) -> str:
        return self._profile.capability.messenger

    async def start(self) -> str:
        """The bot's own name. Where the messenger cannot be reached, tries until it can."""
        trouble = Trouble(self._name, self._timing)
        while True:
            outcome, found, code = await self._ask("getMe")
            if outcome.kind is Kind.OK and isinstance(found, dict):
                break
            if code in {401, 404}:
                raise Refused
            await trouble.endure(outcome)
        trouble.over()
        self._me, username = str(found.get("id", "")), str(found.get("username", ""))
        self._reader = Reader(self._name, username, me=self._me)
        if self._menu and self.capability.menu:
            commands = [{"command": command, "description": words} for command, words in self._menu]
            outcome, _, _ = await self._ask("setMyCommands", commands=commands)
            if outcome.kind is not Kind.OK:
                log.warning("%s: the command menu could not be set: %s", self._name, outcome.detail)
        return username

    async def receive(self, handle: Handle) -> None:
        if self._door is None:
            await self._take_down()
            await Polling(self._reader, self._timing, self._updates, self.unread).run(handle)
            return
        address = self._door.address

        async def register() -> Outcome:
            return repeatable((await self._ask("setWebhook", url=address))[0])

        if (await keep_registered(register, self._name, self._timing)).kind is Kind.AUTH:
            raise Refused
        await self._door.receive(self._reader, self.unread, handle)

    async def deliver(self, to: Destination, reply: Reply, image: Image | None = None) -> Outcome:
        chat = _chat(to)
        several = portions(self._profile.written(fit(reply, self.capability)), image, self.capability)
        if chat is None or not several:
            return Outcome(Kind.REJECTED, detail="nothing to send" if chat else "no such chat can be")

        async def send(portion: Portion) -> Outcome:
            return await self._send(chat, portion)

        return await carry(several, send, self._timing)

    async def edit(self, to: Destination, message_id: str, reply: Reply) -> Outcome:
        several = portions(
            self._profile.written(fit(replace(reply, file=None), self.capability)), None, self.capability
        )
        if (known := _message(to, message_id)) is None or len(several) != 1:
            return Outcome(Kind.REJECTED, detail="no such message can be")
        # What comes back may be a stub without the number: the number stays what it was.
        outcome = await self._change("editMessageText", known | self._content("text", several[0]))
        if outcome.kind is Kind.REJECTED and "no text in the message" in outcome.detail:
            outcome = await self._change("editMessageCaption", known | self._content("caption", several[0]))
        return replace(outcome, message_id=message_id) if outcome.kind is Kind.OK else outcome

    async def delete(self, to: Destination, message_id: str) -> Outcome:
        if (known := _message(to, message_id)) is None:
            return Outcome(Kind.REJECTED, detail="no such message can be")
        return await self._change("deleteMessage", known)

    async def fetch(self, attachment: Attachment, limit: int) -> bytes:
        if attachment.size is not None and attachment.size > limit:
            raise Unfetchable("large")
        outcome, found, _ = await self._ask("getFile", file_id=attachment.id)
        if outcome.kind is not Kind.OK:
            raise Unfetchable(why_not(outcome))
        about = found if isinstance(found, dict) else {}
        return await self._wire.fetch(file_address(self._files, about, limit), self._timing.transfer, limit)

    async def acknowledge(self, pressed: str) -> None:
        outcome, _, _ = await self._ask("answerCallbackQuery", callback_query_id=pressed)
        if outcome.kind is not Kind.OK:
            log.debug("a button could not be acknowledged: %s", outcome.detail)

    async def offer(self, query: str, cards: Cards) -> None:
        """There are no queries."""

    async def administers(self, chat: str, person: str) -> bool | None:
        return await self._administrators.include(chat, person) if self._profile.members else None

    async def rights(self, chat: str) -> Outcome:
        if (number := _chat(Destination(self._name, chat))) is None:
            return Outcome(Kind.REJECTED, detail="no such chat can be")
        outcome, about, _ = await self._ask("getChat", chat_id=number)
        if outcome.kind is not Kind.OK or not isinstance(about, dict):
            return repeatable(outcome) if outcome.kind is not Kind.OK else Outcome(Kind.TRANSIENT, detail="no chat")
        kind = CHAT_KINDS.get(str(about.get("type")), ChatKind.GROUP)
        if kind is ChatKind.PRIVATE:
            return Outcome(Kind.OK, detail="private chat")
        if not self._profile.members:
            return Outcome(Kind.UNKNOWN, detail=f"{kind}: whether it may post shows only a post")
        outcome, member, _ = await self._ask("getChatMember", chat_id=number, user_id=int(self._me or 0))
        if outcome.kind is not Kind.OK:
            return repeatable(outcome)
        place = member if isinstance(member, dict) else {}
        may = may_post({"can_post_messages": True} | place, kind)
        detail = f"{kind}: {place.get('status')}, {'may post' if may else 'may not post'}"
        return Outcome(Kind.OK if may else Kind.PERMANENT, detail=detail)

    async def obstacle(self) -> str:
        url = await self._webhook()
        if self._door is None and url and not is_ours(url, self._name):
            return "a webhook is set, so nothing is received here until deleteWebhook removes it"
        return ""

    async def close(self) -> None:
        await self._wire.close()

    # Sending -------------------------------------------------------------------------------------------------

    async def _send(self, chat: int | str, portion: Portion) -> Outcome:
        outcome = await self._post(chat, portion, "sendPhoto" if portion.upload and portion.upload.key else "")
        if outcome.kind is not Kind.REJECTED:
            return outcome
        words = outcome.detail.lower()
        if self._known.id(portion.upload):
            self._known.forget(portion.upload)
            return await self._send(chat, portion)
        if portion.reply_to and "repl" in words:
            return await self._send(chat, replace(portion, reply_to=""))  # what it answers may be gone by now
        if "entit" in words and any(marks(portion.spans)):
            log.warning("%s refused the form of a message (%s); it goes plain", self._name, outcome.detail)
            return await self._send(chat, replace(portion, spans=tuple(map(_plain, portion.spans))))
        if "not_supported" in words and portion.upload:
            return await self._post(chat, portion, "sendDocument")
        return outcome

    async def _post(self, chat: int | str, portion: Portion, method: str) -> Outcome:
        upload = portion.upload
        fields: dict[str, Any] = {"chat_id": chat}
        if portion.reply_to.isdecimal() and (upload is None or self._profile.reply_to_files):
            fields["reply_to_message_id"] = int(portion.reply_to)
        if upload is None:
            return await self._sent("sendMessage", fields | self._content("text", portion), portion)
        method = method or "sendDocument"
        part = "photo" if method == "sendPhoto" else "document"
        fields |= self._content("caption", portion)
        if known := self._known.id(upload) if method == "sendPhoto" else "":
            return await self._sent(method, fields | {part: known}, portion)
        form = form_of({name: value if isinstance(value, str) else json.dumps(value) for name, value in fields.items()})
        attach(form, part, upload.name, upload.content, upload.media_type)
        return await self._sent(method, form, portion)

    async def _sent(self, method: str, content: Any, portion: Portion) -> Outcome:
        upload = portion.upload
        seconds = self._timing.transfer if upload else self._timing.answer
        given = {"json": content} if isinstance(content, dict) else {"form": content}
        outcome, found, code = self._read(await self._wire.post(method, seconds, **given))
        if outcome.kind is Kind.AUTH and code == 404:
            return await self._whose_fault(outcome)
        if outcome.kind is not Kind.OK:
            return outcome
        sent = found if isinstance(found, dict) else {}
        photo = sent.get("photo")
        if isinstance(photo, list) and photo and isinstance(photo[-1], dict):
            self._known.learn(upload, photo[-1].get("file_id"))
        return replace(outcome, message_id=sent_id(sent.get("message_id")))

    def _content(self, name: str, portion: Portion) -> dict[str, Any]:
        """The text with what goes along, none of it where it is empty."""
        fields: dict[str, Any] = {name: portion.text} if portion.spans else {}
        if name == "text":
            fields |= self._profile.quiet
        entities = list(_entities(portion)) if self.capability.markup is Markup.ENTITIES else []
        if entities:
            fields["entities" if name == "text" else "caption_entities"] = entities
        if portion.buttons:
            rows = [[{"text": each.label or each.command, "callback_data": each.data} for each in row]
                    for row in portion.buttons]  # fmt: skip
            fields["reply_markup"] = {"inline_keyboard": rows}
        return fields

    async def _change(self, method: str, fields: Fields) -> Outcome:
        outcome, _, _ = await self._ask(method, **fields)
        return repeatable(outcome)

    async def _whose_fault(self, outcome: Outcome) -> Outcome:
        """The same code stands for a chat that is gone and for a token that is: the token can be asked about."""
        identified, _, _ = await self._ask("getMe")
        if identified.kind is Kind.OK:
            return replace(outcome, kind=Kind.PERMANENT)
        # Without an answer it stays open which; refused, and so not sent, it was in any case.
        return outcome if identified.kind is Kind.AUTH else replace(outcome, kind=Kind.TRANSIENT)

    # Asking --------------------------------------------------------------------------------------------------

    async def _ask(self, method: str, **fields: Any) -> tuple[Outcome, object, int]:
        """What became of it, what was answered, and the code."""
        return self._read(await self._wire.post(method, self._timing.answer, json=fields))

    def _read(self, answer: Answer | Outcome) -> tuple[Outcome, object, int]:
        if isinstance(answer, Outcome):
            return answer, None, 0
        outcome, code = classify(answer, self._profile.dialect)
        found = (answer.fields or {}).get("result") if outcome.kind is Kind.OK else None
        return replace(outcome, detail=self._wire.words(outcome.detail)), found, code

    async def _updates(self, offset: int) -> Sequence[object] | Outcome:
        fields = {"offset": offset, "limit": 100, "timeout": self._timing.poll}
        answer = await self._wire.post("getUpdates", self._timing.poll + self._timing.answer, json=fields)
        outcome, found, code = self._read(answer)
        if outcome.kind is Kind.AUTH and code != 409 and "webhook" not in outcome.detail.lower():
            raise Refused
        if outcome.kind is not Kind.OK:
            return outcome
        return found if isinstance(found, list) else Outcome(Kind.TRANSIENT, detail="no list of updates")

    async def _administers(self, chat: str, person: str) -> bool | None:
        number = _chat(Destination(self._name, chat))
        if number is None or not person.isdecimal():
            return None
        outcome, member, _ = await self._ask("getChatMember", chat_id=number, user_id=int(person))
        if outcome.kind is not Kind.OK:
            return False if outcome.kind is Kind.REJECTED else None
        return isinstance(member, dict) and str(member.get("status")) in {"creator", "administrator"}

    async def _webhook(self) -> str:
        _, found, _ = await self._ask("getWebhookInfo")
        url = found.get("url") if isinstance(found, dict) else None
        return url if isinstance(url, str) else ""

    async def _take_down(self) -> None:
        """A webhook of our own from before; while one is set, a poll may stay silent without a word."""
        url = await self._webhook()
        if is_ours(url, self._name):
            outcome, _, _ = await self._ask("deleteWebhook")
            log.info("%s: the webhook that was set before is taken down (%s)", self._name, outcome.kind)
        elif url:
            log.error(
                "%s sends this bot's messages to a webhook that another program has set; nothing may be received here"
                " until that program, or a call of deleteWebhook with this token, removes it", self._name,
            )  # fmt: skip


def _chat(to: Destination) -> int | str | None:
    """A chat as it is named on the wire; None for what can be none."""
    if re.fullmatch(r"-?\d{1,19}", to.chat, re.ASCII):
        return int(to.chat)
    return to.chat if re.fullmatch(r"@\w{1,64}", to.chat, re.ASCII) else None


def _message(to: Destination, message_id: str) -> dict[str, Any] | None:
    chat = _chat(to)
    if chat is None or not re.fullmatch(r"\d{1,19}", message_id, re.ASCII):
        return None
    return {"chat_id": chat, "message_id": int(message_id)}


def _entities(portion: Portion) -> Iterator[dict[str, object]]:
    for mark in marks(portion.spans):
        place = {"offset": mark.start, "length": mark.length}
        if mark.style is Style.BOLD:
            yield {"type": "bold", **place}
        if mark.href:
            yield {"type": "text_link", **place, "url": mark.href}


def _plain(span: Span) -> Span:
    return replace(span, style=Style.PLAIN, href="")
