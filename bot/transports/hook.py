"""The outgoing webhook: each alert as signed JSON to a program of one's own. docs/adding-a-messenger.md shows how
to verify it."""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import time
import uuid
from collections.abc import Mapping
from typing import NamedTuple

from bot.transports.transport import Bare, Handle, Image, Kind, Outcome
from bot.transports.wire import USUAL, Answer, Timing, Wire, repeatable, waiting
from sebghat.capabilities import HOOK
from sebghat.conversation import Destination, Reply, fit

log = logging.getLogger(__name__)

NAME = "hook"
VERSION = 1  # of the JSON's form
KEPT = 1_000  # ids of what is tried again
WAIT = 30  # seconds after a refusal for load that names none


class Target(NamedTuple):
    url: str
    secret: str


class Hook(Bare):
    """All hooks of the settings, by their names."""

    capability = HOOK

    def __init__(self, targets: Mapping[str, Target], *, proxy: str | None = None, timing: Timing = USUAL) -> None:
        self._targets = targets
        self._wires = {
            # An address often has a key in it: it is no more told than a token.
            name: (Wire("", target.url, proxy, timing.connect), target)
            for name, target in targets.items()
        }
        self._timing = timing
        # What is tried again has the id that it had: a receiver that took it the first time knows it.
        self._tried: dict[tuple[str, str], str] = {}

    async def start(self) -> str:
        return ", ".join(sorted(self._targets))

    async def receive(self, handle: Handle) -> None:
        """Nothing: a hook only takes."""

    async def deliver(self, to: Destination, reply: Reply, image: Image | None = None) -> Outcome:
        if to.chat not in self._wires:
            return Outcome(Kind.PERMANENT, detail="no such hook in the settings")
        wire, target = self._wires[to.chat]
        tried = to.chat, reply.plain
        number, now = self._tried.pop(tried, "") or str(uuid.uuid4()), str(int(time.time()))
        body = json.dumps(content(number, now, fit(reply, HOOK)), ensure_ascii=False).encode("utf-8", "replace")
        headers = {
            "Content-Type": "application/json",
            "X-Sebghat-Id": number,
            "X-Sebghat-Time": now,
            "X-Sebghat-Signature": signature(target.secret, now, number, body),
        }
        answer = await wire.post_to(target.url, self._timing.answer, form=body, headers=headers)
        outcome = answer if isinstance(answer, Outcome) else classify(answer, number)
        if outcome.kind in {Kind.TRANSIENT, Kind.UNKNOWN, Kind.RETRY_AFTER}:
            self._tried[tried] = number
            if len(self._tried) > KEPT:
                del self._tried[next(iter(self._tried))]
        return repeatable(outcome)

    async def rights(self, chat: str) -> Outcome:
        if chat not in self._targets:
            return Outcome(Kind.PERMANENT, detail="no such hook in the settings")
        return Outcome(Kind.UNKNOWN, detail="shows only with an alert")

    async def close(self) -> None:
        for wire, _ in self._wires.values():
            await wire.close()


def content(number: str, now: str, reply: Reply) -> dict[str, object]:
    """What a hook gets: the text, and its parts with what is bold or a link."""
    spans = [{"text": span.text, "style": span.style.value, "href": span.href} for span in reply.spans]
    return {"version": VERSION, "id": number, "time": int(now), "text": reply.plain, "spans": spans}


def signature(secret: str, now: str, number: str, body: bytes) -> str:
    """Over the time and the id too: what is sent again at another time, or under another id, does not verify."""
    signed = f"{now}.{number}.".encode() + body
    return "sha256=" + hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()


def classify(answer: Answer, number: str) -> Outcome:
    """What became of it, by the status alone; what a hook answers is its own business."""
    detail = f"HTTP {answer.status}"
    match answer.status:
        case 200 | 201 | 202 | 204 | 409:  # the last: it has taken this before
            return Outcome(Kind.OK, message_id=number)
        case 429:
            return Outcome(Kind.RETRY_AFTER, retry_after=waiting(answer, WAIT), detail=detail)
        case 410:
            return Outcome(Kind.PERMANENT, detail=detail)
        case status:
            return Outcome(Kind.UNKNOWN if status >= 500 else Kind.REJECTED, detail=detail)
