"""The way out to one messenger: in its turn, again where it was surely refused for load, to where a chat has moved."""

from __future__ import annotations

import asyncio
import logging
import math
from collections.abc import Awaitable, Callable
from dataclasses import replace

from bot.pacing import Pacing, Turn
from bot.picture import Pictures
from bot.transports.portions import portions
from bot.transports.transport import Kind, Outcome, Transport
from sebghat.conversation import Cards, Destination, Reply, fit

log = logging.getLogger(__name__)

ANSWER_TRIES = 3  # of an answer; an alert's further tries are the outbox's business
SEND_LIMIT = 120.0  # seconds that a transport may take over one message, in however many parts
PATIENCE = 60  # seconds that a message waits for its turn: an answer later than that nobody waits for

Moved = Callable[[Destination, str], Awaitable[None]]  # where a chat was, and its new id
PUT_OFF = Outcome(Kind.TRANSIENT, detail="put off")  # of what was not wanted any more when its turn came


def at_once() -> bool:
    """An answer goes when its turn has come, whatever else."""
    return True


class Post:
    def __init__(
        self, transport: Transport, pacing: Pacing | None, moved: Moved, pictures: Pictures | None = None
    ) -> None:
        """Without `pictures` every text goes alone."""
        self._transport = transport
        self._pacing = pacing
        self._moved = moved
        self._pictures = pictures

    async def answer(self, to: Destination, reply: Reply, *, group: bool) -> Outcome:
        """Sends an answer, ahead of alerts."""
        reply = fit(reply, self._transport.capability)
        outcome = await self._send(to, reply, group=group, alert=False)
        for _ in range(ANSWER_TRIES - 1):
            if outcome.kind is Kind.MIGRATED:
                to = Destination(to.messenger, outcome.new_chat, to.thread)
            elif outcome.kind is not Kind.RETRY_AFTER or outcome.retry_after > PATIENCE:
                break
            outcome = await self._send(to, reply, group=group, alert=False)
        return outcome

    @property
    def edits(self) -> bool:
        """Whether what was sent can be changed."""
        return self._transport.capability.edits

    @property
    def rate(self) -> float | None:
        """Messages a second that may be sent; None: as many as there are."""
        return self._pacing.rate if self._pacing is not None else None

    @property
    def rest(self) -> float:
        """Seconds for which the messenger wants nothing from this bot."""
        return self._pacing.rest() if self._pacing is not None else 0.0

    async def alert(self, to: Destination, reply: Reply, *, group: bool, begin: Callable[[], bool]) -> Outcome:
        """Sends what the outbox holds, once. `begin` is asked when its turn has come, just before it leaves: where it
        says no, nothing is sent. It is not asked where the turn does not come in time: `retry_after` says when."""
        return await self._send(to, reply, group=group, alert=True, begin=begin)

    async def rights(self, chat: str) -> Outcome:
        """Whether the bot may post there, without posting."""
        try:
            async with asyncio.timeout(SEND_LIMIT):
                return await self._transport.rights(chat)
        except TimeoutError:
            return Outcome(Kind.TRANSIENT, detail="no answer in time")

    async def acknowledge(self, pressed: str) -> None:
        """Lets a pressed button rest."""
        await self._transport.acknowledge(pressed)

    async def offer(self, query: str, cards: Cards) -> None:
        """Shows the answers to a query; no messenger counts that among what is sent."""
        capability = self._transport.capability
        if capability.inline:
            fitted = tuple(replace(card, reply=fit(card.reply, capability)) for card in cards.cards)
            await self._transport.offer(query, replace(cards, cards=fitted))

    async def _send(
        self, to: Destination, reply: Reply, *, group: bool, alert: bool, begin: Callable[[], bool] = at_once
    ) -> Outcome:
        image = None
        if reply.picture is not None and self._pictures is not None:
            image = await self._pictures.image(reply.picture, alert=alert)
        size = max(1, len(portions(reply, image, self._transport.capability)))
        return await self._in_turn(
            to, lambda: self._transport.deliver(to, reply, image), group=group, alert=alert, begin=begin, size=size
        )

    async def edit(self, to: Destination, message_id: str, reply: Reply, *, group: bool) -> Outcome:
        """Puts a text in the place of one that was sent; it takes its turn like an alert, and may be repeated."""
        return await self._in_turn(
            to, lambda: self._transport.edit(to, message_id, reply), group=group, alert=True, begin=at_once
        )

    async def _in_turn(
        self, to: Destination, work: Callable[[], Awaitable[Outcome]], *, group: bool, alert: bool,
        begin: Callable[[], bool], size: int = 1,
    ) -> Outcome:  # fmt: skip
        if self._pacing is None:
            outcome = await self._timed(work) if begin() else PUT_OFF
        elif (rest := self._pacing.rest(to.chat)) > PATIENCE:
            outcome = _too_late(rest)
        else:
            try:
                async with (
                    asyncio.timeout(PATIENCE) as waiting,
                    self._pacing.turn(to.chat, group=group, alert=alert, size=size) as turn,
                ):
                    waiting.reschedule(None)
                    outcome = await self._timed(work) if begin() else PUT_OFF
                    self._heard(outcome, to, turn, self._pacing)
            except TimeoutError:
                outcome = _too_late(self._pacing.rest(to.chat))
        if outcome.kind is Kind.MIGRATED and outcome.new_chat:
            await self._moved(to, outcome.new_chat)
        return outcome

    def _heard(self, outcome: Outcome, to: Destination, turn: Turn, pacing: Pacing) -> None:
        if outcome.kind is Kind.OK:
            pacing.accepted(turn)
        elif outcome.kind is Kind.RETRY_AFTER and (rest := pacing.refused(turn, to.chat, outcome.retry_after)):
            log.warning("%s takes no more for now: it gets nothing for %.0f s, then less at a time", to.messenger, rest)

    async def _timed(self, work: Callable[[], Awaitable[Outcome]]) -> Outcome:
        try:
            async with asyncio.timeout(SEND_LIMIT):
                return await work()
        except TimeoutError:
            return Outcome(Kind.UNKNOWN, detail="no answer in time")


def _too_late(rest: float) -> Outcome:
    return Outcome(Kind.RETRY_AFTER, retry_after=max(1, math.ceil(rest)), detail="its turn did not come in time")
