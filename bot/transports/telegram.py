"""Telegram: python-telegram-bot's Bot over our own HTTP client.

Only this module imports the library; who does not use Telegram does not load it.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

import aiohttp
from telegram import (
    Bot,
    BotCommand,
    BotCommandScopeChat,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InlineQueryResultArticle,
    InputFile,
    InputTextMessageContent,
    LinkPreviewOptions,
    MessageEntity,
    ReplyParameters,
)
from telegram.error import TelegramError
from telegram.request import BaseRequest, RequestData

from bot.transports.administrators import Administrators
from bot.transports.answers import classify, file_address, why_not
from bot.transports.door import Door, is_ours, keep_registered
from bot.transports.parting import parted
from bot.transports.polling import Polling, Trouble
from bot.transports.portions import Known, Portion, Upload, carry, marks, portions
from bot.transports.transport import Handle, Image, Kind, Outcome, Refused, Unfetchable
from bot.transports.updates import CHAT_KINDS, KINDS, Reader, StandIns, may_post
from bot.transports.wire import USUAL, Answer, Timing, Wire, attach, form_of, repeatable
from sebghat import capabilities
from sebghat.conversation import (
    Attachment,
    Card,
    Cards,
    ChatKind,
    Destination,
    Incoming,
    Message,
    Reply,
    Span,
    Style,
    fit,
)

log = logging.getLogger(__name__)

NAME = "telegram"
API = "https://api.telegram.org"
NOTICE_LIMIT = 200  # characters of what is shown where a button was pressed
MOST_RESULTS = 50  # cards in one answer
SHOWN_AGAIN = 60  # seconds for which Telegram may show the same cards to the same query; a new figure shows after them
MENU_SECONDS = 15.0  # for all menus together: a bot without a menu is better than none
CAPABILITY = capabilities.TELEGRAM
# Users in whose name others write: anonymous administrators, channels, Telegram itself.
STAND_INS = StandIns(administrators=1087968824, others=frozenset({136817688, 777000}))

# What the library raises where it cannot read an answer.
UNREADABLE = (KeyError, TypeError, ValueError, AttributeError)
REMEMBERED_FORMS = 256  # texts of which it is known what is bold or a link in them
GRANTED = b'{"ok":true,"result":true}'

Menu = Sequence[tuple[str, str]]  # commands, each with its description


class Failed(TelegramError):
    """A request that Telegram did not grant."""

    def __init__(self, outcome: Outcome, status: int = 0) -> None:
        super().__init__(outcome.detail)
        self.outcome = outcome
        self.status = status


class Request(BaseRequest):
    """The library's requests over our client. The address that it names is the method alone: it knows no token,
    so it can tell none."""

    def __init__(self, wire: Wire, timing: Timing) -> None:
        self._wire = wire
        self._timing = timing

    @property
    def read_timeout(self) -> float:
        return self._timing.answer

    async def initialize(self) -> None: ...

    async def shutdown(self) -> None:
        await self._wire.close()

    async def do_request(
        self,
        url: str,
        method: str,  # everything is posted
        request_data: RequestData | None = None,
        read_timeout: Any = None,  # our own times hold
        write_timeout: Any = None,
        connect_timeout: Any = None,
        pool_timeout: Any = None,
    ) -> tuple[int, bytes]:
        parameters: Mapping[str, Any] = request_data.parameters if request_data else {}
        form, seconds = None, self._timing.answer
        if request_data and (files := request_data.multipart_data):
            form, seconds = form_of(request_data.json_parameters), self._timing.transfer
            for field, file in files.items():
                attach(form, field, *file)
        answer = await self.ask(url.lstrip("/"), parameters, seconds, form)
        return 200, answer.body if "result" in (answer.fields or {}) else GRANTED

    async def ask(
        self, method: str, parameters: Mapping[str, Any], seconds: float, form: aiohttp.FormData | None = None
    ) -> Answer:
        """The answer to what was granted. Raises Failed."""
        answer = await self._wire.post(method, seconds, json=None if form else parameters, form=form)
        outcome, status = (answer, 0) if isinstance(answer, Outcome) else classify(answer)
        if isinstance(answer, Outcome) or outcome.kind is not Kind.OK:
            raise Failed(replace(outcome, detail=self._wire.words(outcome.detail)), status)
        return answer


class Telegram:
    """One bot. `menus` are the commands that everybody sees, by language; `owner_menus` what owners see."""

    capability = CAPABILITY

    def __init__(
        self,
        token: str,
        *,
        api: str | None = None,
        proxy: str | None = None,
        language: str = "fa",
        menus: Mapping[str, Menu] | None = None,
        owner_menus: Mapping[str, Menu] | None = None,
        owners: Sequence[str] = (),
        door: Door | None = None,
        timing: Timing = USUAL,
    ) -> None:
        self._door = door
        self._wire = Wire(f"{api or API}/bot{token}", token, proxy, timing.connect)
        self._files = f"{api or API}/file/bot{token}"
        self._request = Request(self._wire, timing)
        self._known = Known()
        # The library would tell the token in its log and its errors.
        self._bot = Bot("hidden", base_url=lambda _: "", request=self._request, get_updates_request=self._request)
        self._timing = timing
        self._language = language
        self._menus = menus or {}
        self._owner_menus = owner_menus or {}
        self._owners = owners
        self._without_menu: set[str] = set()  # owners whose chat with the bot has yet to begin
        self._me = 0
        self._reader = Reader(NAME, "", stand_ins=STAND_INS)
        self.unread: Counter[str] = Counter()  # updates that could not be read, by what they had
        self._administrators = Administrators(self._administers, timing)

    async def start(self) -> str:
        """The bot's own name. Where Telegram cannot be reached, tries until it can."""
        trouble = Trouble(NAME, self._timing)
        while True:
            try:
                me = await self._ask("getMe")
                break
            except Failed as failed:
                # Whatever says so: at this address there is no Bot API for this token.
                if failed.status in {401, 404}:
                    raise Refused from None
                outcome = failed.outcome
            await trouble.endure(outcome)
        trouble.over()
        self._me, username = me.get("id", 0), str(me.get("username", ""))
        self._reader = Reader(NAME, username, stand_ins=STAND_INS)
        await self._set_menus((self._menus, [None]), (self._owner_menus, self._owners))
        return username

    async def receive(self, handle: Handle) -> None:
        """As the protocol says; returns where another program goes on receiving for the same bot."""

        async def handle_and_greet(batch: Sequence[Incoming]) -> None:
            await handle(batch)
            begun = self._without_menu.intersection(each.chat for each in batch if isinstance(each, Message))
            self._without_menu -= begun
            await self._set_menus((self._owner_menus, begun))

        if self._door is None:
            await self._take_down()
            await Polling(self._reader, self._timing, self._updates, self.unread).run(handle_and_greet)
        elif (await keep_registered(self._register, NAME, self._timing)).kind is Kind.AUTH:
            raise Refused
        else:
            await self._door.receive(self._reader, self.unread, handle_and_greet)

    async def deliver(self, to: Destination, reply: Reply, image: Image | None = None) -> Outcome:
        where = _address(to)
        several = portions(fit(reply, CAPABILITY), image, CAPABILITY)
        if where is None or not several:
            detail = "nothing to send" if where else "no such chat or topic can be"
            return Outcome(Kind.REJECTED, detail=detail)

        async def send(portion: Portion) -> Outcome:
            return await self._send(where, portion)

        return await carry(several, send, self._timing)

    async def edit(self, to: Destination, message_id: str, reply: Reply) -> Outcome:
        several = portions(fit(replace(reply, file=None), CAPABILITY), None, CAPABILITY)
        if (known := _known(to, message_id)) is None or len(several) != 1:
            return Outcome(Kind.REJECTED, detail="no such message can be")
        text, entities, keyboard = several[0].text, list(_entities(several[0].spans)), _keyboard(reply)
        try:
            await self._bot.edit_message_text(
                text,
                **known,
                entities=entities,
                reply_markup=keyboard,
                link_preview_options=LinkPreviewOptions(is_disabled=True),
            )
        except Failed as failed:
            if "no text in the message" not in failed.outcome.detail:
                return repeatable(failed.outcome)
        except UNREADABLE:
            pass
        else:
            return Outcome(Kind.OK, message_id=message_id)
        try:
            await self._bot.edit_message_caption(
                **known, caption=text, caption_entities=entities, reply_markup=keyboard
            )
        except Failed as failed:
            return repeatable(failed.outcome)
        except UNREADABLE:
            pass
        return Outcome(Kind.OK, message_id=message_id)

    async def delete(self, to: Destination, message_id: str) -> Outcome:
        if (known := _known(to, message_id)) is None:
            return Outcome(Kind.REJECTED, detail="no such message can be")
        try:
            await self._bot.delete_message(**known)
        except Failed as failed:
            return repeatable(failed.outcome)
        return Outcome(Kind.OK, message_id=message_id)

    async def fetch(self, attachment: Attachment, limit: int) -> bytes:
        if attachment.size is not None and attachment.size > limit:
            raise Unfetchable("large")
        try:
            about = await self._ask("getFile", file_id=attachment.id)
        except Failed as failed:
            raise Unfetchable(why_not(failed.outcome)) from None
        return await self._wire.fetch(file_address(self._files, about, limit), self._timing.transfer, limit)

    async def acknowledge(self, pressed: str, text: str = "") -> None:
        """Lets a pressed button rest, with a notice if there is a text. It is a courtesy: failing costs nothing."""
        try:
            await self._bot.answer_callback_query(pressed, text[:NOTICE_LIMIT] or None)
        except Failed as failed:
            log.debug("a button could not be acknowledged: %s", failed.outcome.detail)

    async def offer(self, query: str, cards: Cards) -> None:
        results = [_result(place, card) for place, card in enumerate(cards.cards[:MOST_RESULTS])]
        try:
            await self._bot.answer_inline_query(query, results, SHOWN_AGAIN, is_personal=cards.personal)
        except Failed as failed:
            log.debug("a query could not be answered: %s", failed.outcome.detail)

    async def administers(self, chat: str, person: str) -> bool | None:
        return await self._administrators.include(chat, person)

    async def _administers(self, chat: str, person: str) -> bool | None:
        if (to := _address(Destination(NAME, chat))) is None or not person.isdecimal():
            return None
        try:
            member = await self._ask("getChatMember", **to, user_id=int(person))
        except Failed as failed:
            return False if failed.outcome.kind is Kind.REJECTED else None
        return str(member.get("status")) in {"creator", "administrator"}

    async def rights(self, chat: str) -> Outcome:
        if (to := _address(Destination(NAME, chat))) is None:
            return Outcome(Kind.REJECTED, detail="no such chat can be")
        try:
            about = await self._ask("getChat", **to)
            kind = CHAT_KINDS.get(str(about.get("type")), ChatKind.GROUP)
            if kind is ChatKind.PRIVATE:
                return Outcome(Kind.OK, detail="private chat")
            member = await self._ask("getChatMember", **to, user_id=self._me)
        except Failed as failed:
            return failed.outcome
        status, may = str(member.get("status")), may_post(member, kind)
        permissions = about.get("permissions")
        if status == "member" and isinstance(permissions, dict) and permissions.get("can_send_messages") is False:
            may = False  # the group lets only administrators write
        detail = f"{kind}: {status}, {'may post' if may else 'may not post'}"
        return Outcome(Kind.OK if may else Kind.PERMANENT, detail=detail, new_chat=str(about.get("id", "")))

    async def obstacle(self) -> str:
        try:
            about = await self._ask("getWebhookInfo")
        except Failed:
            return ""
        url = about.get("url")
        if self._door is not None or not url or is_ours(url, NAME):
            return ""
        return "a webhook is set, so nothing is received here until deleteWebhook removes it"

    async def close(self) -> None:
        await self._request.shutdown()

    async def _send(self, where: Mapping[str, Any], portion: Portion) -> Outcome:
        try:
            outcome = await self._post(where, portion)
        except Failed as failed:
            outcome = failed.outcome
        if outcome.kind is Kind.REJECTED and self._known.id(portion.upload):
            self._known.forget(portion.upload)
            return await self._send(where, portion)
        if outcome.kind is Kind.REJECTED and "entit" in outcome.detail.lower() and any(marks(portion.spans)):
            log.warning("Telegram refused the form of a message (%s); it goes plain", outcome.detail)
            return await self._send(where, replace(portion, spans=(Span(portion.text),)))
        return outcome

    async def _post(self, where: Mapping[str, Any], portion: Portion) -> Outcome:
        if portion.upload is None:
            return await self._post_text(where, portion)
        upload, text, entities = portion.upload, portion.text or None, list(_entities(portion.spans)) or None
        answered = portion.reply_to
        more: dict[str, Any] = {
            **where,
            "reply_markup": _keyboard(portion),
            # What is answered may be gone by now; the message is wanted all the same.
            "reply_parameters": ReplyParameters(int(answered), allow_sending_without_reply=True)
            if answered.isdecimal()
            else None,
        }
        try:
            if upload.key:
                photo = self._known.id(upload) or _file(upload)
                sent = await self._bot.send_photo(photo=photo, caption=text, caption_entities=entities, **more)
                if sent.photo:
                    self._known.learn(upload, sent.photo[-1].file_id)
            else:
                sent = await self._bot.send_document(
                    document=_file(upload), caption=text, caption_entities=entities, **more
                )
        except UNREADABLE:
            # Granted, but the library cannot read the message that came back: it was sent all the same.
            return Outcome(Kind.OK)
        return Outcome(Kind.OK, message_id=str(getattr(sent, "message_id", "")))

    async def _post_text(self, where: Mapping[str, Any], portion: Portion) -> Outcome:
        """A text may go to very many, and the library would make objects of each and of each answer, which takes longer
        than to send it."""
        parameters = {**where, "text": portion.text, "link_preview_options": {"is_disabled": True}}
        if entities := _as_json(portion.spans):
            parameters["entities"] = entities
        if keyboard := _keyboard(portion):
            parameters["reply_markup"] = keyboard.to_dict()
        if portion.reply_to.isdecimal():
            answered = {"message_id": int(portion.reply_to), "allow_sending_without_reply": True}
            parameters["reply_parameters"] = answered
        sent = ((await self._request.ask("sendMessage", parameters, self._timing.answer)).fields or {}).get("result")
        return Outcome(Kind.OK, message_id=str(sent.get("message_id", "")) if isinstance(sent, dict) else "")

    async def _register(self) -> Outcome:
        assert self._door is not None
        try:
            await self._request.ask(
                "setWebhook",
                {"url": self._door.address, "secret_token": self._door.key, "allowed_updates": KINDS},
                self._timing.answer,
            )
        except Failed as failed:
            return failed.outcome
        return Outcome(Kind.OK)

    async def _take_down(self) -> None:
        """Removes a webhook of our own from before; another program's is left alone."""
        try:
            if is_ours((await self._ask("getWebhookInfo")).get("url"), NAME):
                await self._request.ask("deleteWebhook", {}, self._timing.answer)
                log.info("the webhook that was set before is taken down")
        except Failed as failed:
            log.debug("whether a webhook is set could not be asked: %s", failed.outcome.detail)

    async def _updates(self, offset: int) -> Sequence[object] | Outcome:
        parameters = {"offset": offset, "timeout": self._timing.poll, "allowed_updates": KINDS}
        try:
            answer = await self._request.ask("getUpdates", parameters, self._timing.poll + self._timing.answer)
        except Failed as failed:
            if failed.outcome.kind is Kind.AUTH and failed.status != 409:
                raise Refused from None
            return failed.outcome
        found = (answer.fields or {}).get("result")
        return found if isinstance(found, list) else Outcome(Kind.TRANSIENT, detail="no list of updates")

    async def _ask(self, method: str, **parameters: Any) -> Mapping[str, Any]:
        """The object that was asked for; the library's own types refuse one for each field that it lacks."""
        answer = await self._request.ask(method, parameters, self._timing.answer)
        found = (answer.fields or {}).get("result")
        if not isinstance(found, dict):
            raise Failed(Outcome(Kind.TRANSIENT, detail=f"{method} answers with no object"))
        return found

    async def _set_menus(self, *several: tuple[Mapping[str, Menu], Iterable[str | None]]) -> None:
        """What clients offer behind «/»; for a language of its own, and for everybody else in the bot's."""
        try:
            async with asyncio.timeout(MENU_SECONDS):
                for menus, owners in several:
                    for owner in owners:
                        await self._set_menu(menus, owner)
        except TimeoutError:
            log.warning("the command menu could not be set in time")

    async def _set_menu(self, menus: Mapping[str, Menu], owner: str | None) -> None:
        scope = BotCommandScopeChat(int(owner)) if owner else None
        for language in (None, *menus):
            menu = menus.get(language or self._language, ())
            try:
                await self._bot.set_my_commands(
                    [BotCommand(*command) for command in menu], scope=scope, language_code=language
                )
            except Failed as failed:
                # An owner who has never written to the bot has no chat yet that could have a menu.
                level = logging.INFO if owner else logging.WARNING
                log.log(level, "the command menu could not be set: %s", failed.outcome.detail)
                if owner and failed.outcome.kind is Kind.PERMANENT:
                    self._without_menu.add(owner)
                return


def _address(to: Destination) -> dict[str, Any] | None:
    """Chat and topic as Telegram takes them; None for what can be neither."""
    number = re.fullmatch(r"-?\d{1,19}", to.chat, re.ASCII)
    if not number and not re.fullmatch(r"@\w{1,64}", to.chat, re.ASCII):
        return None
    where: dict[str, Any] = {"chat_id": int(to.chat) if number else to.chat}
    if to.thread:
        if not re.fullmatch(r"\d{1,19}", to.thread, re.ASCII):
            return None
        where["message_thread_id"] = int(to.thread)
    return where


def _known(to: Destination, message_id: str) -> dict[str, Any] | None:
    """A message of ours as Telegram names it; None for what can be none."""
    if (where := _address(to)) is None or not re.fullmatch(r"\d{1,19}", message_id, re.ASCII):
        return None
    return {"chat_id": where["chat_id"], "message_id": int(message_id)}


def _file(upload: Upload) -> InputFile:
    return InputFile(upload.content, filename=upload.name)


def _result(place: int, card: Card) -> InlineQueryResultArticle:
    spans = parted(card.reply.spans, CAPABILITY.text_limit)[0]
    content = InputTextMessageContent(
        "".join(span.text for span in spans),
        entities=list(_entities(spans)) or None,
        link_preview_options=LinkPreviewOptions(is_disabled=True),
    )
    return InlineQueryResultArticle(str(place), card.title, content, description=card.description)


def _keyboard(reply: Reply | Portion) -> InlineKeyboardMarkup | None:
    rows = [
        [InlineKeyboardButton(button.label or button.command, callback_data=button.data) for button in row]
        for row in reply.buttons
    ]
    return InlineKeyboardMarkup(rows) if rows else None


@lru_cache(maxsize=REMEMBERED_FORMS)
def _as_json(spans: tuple[Span, ...]) -> list[dict[str, Any]]:
    return [entity.to_dict() for entity in _entities(spans)]


def _entities(spans: Sequence[Span]) -> Iterator[MessageEntity]:
    for mark in marks(spans):
        if mark.style is Style.BOLD:
            yield MessageEntity(MessageEntity.BOLD, mark.start, mark.length)
        if mark.href:
            yield MessageEntity(MessageEntity.TEXT_LINK, mark.start, mark.length, url=mark.href)
