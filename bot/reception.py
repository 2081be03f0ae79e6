"""Between transports and intake: chats side by side, the messages of one chat in order, answers on their way."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence

from bot.delivery import Delivery
from bot.intake import Intake
from bot.transports.transport import Kind, Transport
from sebghat.conversation import Destination, Incoming, Migration, Reply, fit

log = logging.getLogger(__name__)


class Reception:
    """Owns the tasks that carry answers out; `finish` waits for them."""

    def __init__(self, intake: Intake, delivery: Delivery, transports: Mapping[str, Transport]) -> None:
        self._intake = intake
        self._delivery = delivery
        self._transports = transports
        self._answering: dict[Destination, asyncio.Task[None]] = {}

    async def handle(self, batch: Sequence[Incoming]) -> None:
        """Returns when all that the batch caused is on disk; its answers may still be on their way."""
        chats: dict[tuple[str, str], list[Incoming]] = {}
        for incoming in batch:
            chat = incoming.old if isinstance(incoming, Migration) else incoming.chat
            chats.setdefault((incoming.messenger, chat), []).append(incoming)
        await asyncio.gather(*(self._in_order(incoming) for incoming in chats.values()))
        self._delivery.wake()

    async def handle_and_answer(self, batch: Sequence[Incoming]) -> None:
        """The same, and returns only when the answers and the alerts that they caused are out."""
        await self.handle(batch)
        await self.finish()
        await self._delivery.once()

    async def finish(self) -> None:
        """Waits for the answers that are on their way."""
        while self._answering:
            await asyncio.wait(self._answering.values())

    async def _in_order(self, several: Sequence[Incoming]) -> None:
        for incoming in several:
            replies = await self._intake.take(incoming)
            for where, reply in replies:
                self._answer(where, reply)

    def _answer(self, to: Destination, reply: Reply) -> None:
        """Sends behind what already goes to that chat: a slow chat delays nobody else."""
        before = self._answering.get(to)
        task = asyncio.create_task(self._send(to, reply, before), name=f"answer to {to.messenger}")
        self._answering[to] = task
        task.add_done_callback(lambda done: self._done(to, done))

    def _done(self, to: Destination, task: asyncio.Task[None]) -> None:
        if self._answering.get(to) is task:
            del self._answering[to]
        if not task.cancelled() and (fault := task.exception()) and not isinstance(fault, BrokenPipeError):
            log.error("an answer could not be sent", exc_info=fault)

    async def _send(self, to: Destination, reply: Reply, before: asyncio.Task[None] | None) -> None:
        if before is not None:
            await asyncio.wait([before])
        transport = self._transports[to.messenger]
        outcome = await transport.deliver(to, fit(reply, transport.capability))
        if outcome.kind is not Kind.OK:
            log.warning("an answer on %s ended as %s: %s", to.messenger, outcome.kind, outcome.detail)
