"""Eitaa, outbound only, through Eitaayar: what was sent can be neither looked up nor taken back."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

import aiohttp

from bot.transports.polling import Trouble
from bot.transports.portions import Portion, Upload, carry, portions
from bot.transports.transport import Bare, Handle, Image, Kind, Outcome, Refused
from bot.transports.wire import USUAL, Answer, Timing, Wire, attach, form_of, refusal, sent_id
from sebghat.capabilities import EITAA
from sebghat.conversation import Destination, Reply, fit

log = logging.getLogger(__name__)

NAME = "eitaa"
API = "https://eitaayar.ir/api"
WAIT = 30  # seconds after a refusal for load, which names none
CLOSED_AFTER = 5  # refusals in a row, of whatever messages, after which a chat is taken to be closed


class Eitaa(Bare):
    """One token of Eitaayar's panel."""

    def __init__(
        self,
        token: str,
        *,
        api: str | None = None,
        proxy: str | None = None,
        text_limit: int = EITAA.text_limit,
        pin: bool = False,
        timing: Timing = USUAL,
    ) -> None:
        self._wire = Wire(f"{api or API}/{token}", token, proxy, timing.connect)
        self._timing = timing
        self._pin = pin
        self._refused: Counter[str] = Counter()
        self.capability = replace(EITAA, text_limit=text_limit, caption_limit=min(text_limit, EITAA.caption_limit))

    async def start(self) -> str:
        """The name that the token has. Where Eitaayar cannot be reached, tries until it can."""
        trouble = Trouble(NAME, self._timing)
        while (outcome := await self._identify()).kind is not Kind.OK:
            if outcome.kind is Kind.AUTH:
                raise Refused
            await trouble.endure(outcome)
        trouble.over()
        return outcome.detail

    async def receive(self, handle: Handle) -> None:
        """Nothing: Eitaa delivers nothing to bots."""

    async def deliver(self, to: Destination, reply: Reply, image: Image | None = None) -> Outcome:
        several = portions(fit(reply, self.capability), image, self.capability)

        async def send(portion: Portion) -> Outcome:
            form = {"chat_id": to.chat} | ({"pin": "1"} if self._pin and portion.first else {})
            if portion.upload:
                return await self._send("sendFile", to.chat, _multipart(form, portion.text, portion.upload))
            return await self._send("sendMessage", to.chat, form | {"text": portion.text})

        return await carry(several, send, self._timing)

    async def rights(self, chat: str) -> Outcome:
        """Unknown at best: Eitaayar says only by a post whether one may post."""
        outcome = await self._identify()
        if outcome.kind is Kind.OK:
            return Outcome(Kind.UNKNOWN, detail="Eitaa tells only by a test post")
        return outcome

    async def close(self) -> None:
        await self._wire.close()

    async def _send(self, method: str, chat: str, form: Mapping[str, str] | aiohttp.FormData) -> Outcome:
        seconds = self._timing.answer if method == "sendMessage" else self._timing.transfer
        answer = await self._wire.post(method, seconds, form=form)
        outcome = answer if isinstance(answer, Outcome) else classify(answer)
        outcome = replace(outcome, detail=self._wire.words(outcome.detail))
        if outcome.kind is Kind.AUTH:
            return await self._whose_fault(outcome)
        if outcome.kind is Kind.OK:
            self._refused.pop(chat, None)
        elif outcome.kind is Kind.REJECTED:
            self._refused[chat] += 1
            if self._refused[chat] >= CLOSED_AFTER:
                return replace(outcome, kind=Kind.PERMANENT)
        return outcome

    async def _whose_fault(self, outcome: Outcome) -> Outcome:
        """The same codes stand for a token that is not valid and for a chat that is not ours: the token can be
        asked about."""
        identified = (await self._identify()).kind
        if identified is Kind.OK:
            return replace(outcome, kind=Kind.PERMANENT)
        # Without an answer it stays open which; refused, and so not sent, it was in any case.
        return outcome if identified is Kind.AUTH else replace(outcome, kind=Kind.TRANSIENT)

    async def _identify(self) -> Outcome:
        """Whether the token is valid; `detail` is then its name, else why not."""
        answer = await self._wire.post("getMe", self._timing.answer, form={})
        if isinstance(answer, Outcome):
            return answer
        outcome = classify(answer)
        if outcome.kind is Kind.OK:
            found = (answer.fields or {}).get("result")
            named = found if isinstance(found, dict) else {}
            name = named.get("username") or named.get("first_name") or named.get("title") or ""
            return Outcome(Kind.OK, detail=self._wire.words(name))
        kind = Kind.AUTH if outcome.kind is Kind.REJECTED else outcome.kind
        return Outcome(kind, retry_after=outcome.retry_after, detail=self._wire.words(outcome.detail))


def classify(answer: Answer) -> Outcome:
    """What an answer of Eitaayar's means; `auth` here may yet be the chat's fault."""
    early, fields = refusal(answer, WAIT), answer.fields
    if early is not None:
        return early
    if fields is None or not isinstance(fields.get("ok"), bool):
        # A page of something in between; nothing tells what became of the post.
        return Outcome(Kind.UNKNOWN, detail=f"HTTP {answer.status}, not an answer of Eitaayar's")
    if fields["ok"]:
        result = fields.get("result")
        return Outcome(Kind.OK, message_id=sent_id(result.get("message_id") if isinstance(result, dict) else None))
    code = fields.get("error_code")
    code = code if isinstance(code, int) and not isinstance(code, bool) else answer.status
    words = str(fields.get("description", ""))
    if code == 429:
        return Outcome(Kind.RETRY_AFTER, retry_after=WAIT, detail=words)
    if code in {401, 403, 404}:
        return Outcome(Kind.AUTH, detail=words)
    return Outcome(Kind.UNKNOWN if code >= 500 else Kind.REJECTED, detail=words)


def _multipart(form: Mapping[str, str], caption: str, upload: Upload) -> aiohttp.FormData:
    data = form_of({**form, **({"caption": caption} if caption else {})})
    attach(data, "file", upload.name, upload.content, upload.media_type)
    return data
