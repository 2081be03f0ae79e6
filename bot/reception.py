"""Between transports and intake: chats side by side, the messages of one chat in order, answers on their way."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Coroutine, Mapping, Sequence

from bot.delivery import Delivery
from bot.intake import Intake
from bot.post import Post
from bot.progress import Progress
from bot.transports.transport import Kind
from handlers.desk import Work
from sebghat.conversation import ChatKind, Destination, Incoming, Message, Migration, Query, Reply

log = logging.getLogger(__name__)

MOST_ANSWERS = 100  # on their way to one chat: at a message a second nobody waits for the next one
DROPPED = 2.0  # seconds that what is given up has to end
MOST_ASIDE = 2  # pieces of work at a time: each may hold a file of 20 MB


class Reception:
    """Owns the tasks that carry answers out; `finish` waits for them, `drop` gives them up."""

    def __init__(self, intake: Intake, delivery: Delivery, posts: Mapping[str, Post]) -> None:
        self._intake = intake
        self._delivery = delivery
        self._posts = posts
        self._tasks: set[asyncio.Task[None]] = set()
        self._answering: dict[Destination, asyncio.Task[None]] = {}  # the last to each chat
        self._waiting: Counter[Destination] = Counter()
        self._flooded: set[Destination] = set()  # chats that get no more answers until they have those that wait
        self._turn_aside = asyncio.Semaphore(MOST_ASIDE)

    async def handle(self, batch: Sequence[Incoming]) -> None:
        """Returns when all that the batch caused is on disk; its answers may still be on their way."""
        chats: dict[tuple[str, str], list[Incoming]] = {}
        for incoming in batch:
            chats.setdefault((incoming.messenger, _whose(incoming)), []).append(incoming)
        await asyncio.gather(*(self._in_order(incoming) for incoming in chats.values()))
        self._delivery.wake()

    async def handle_and_answer(self, batch: Sequence[Incoming]) -> None:
        """The same, and returns only when the answers and the alerts that they caused are out."""
        await self.handle(batch)
        await self.finish()
        await self._delivery.once()

    async def finish(self) -> None:
        """Waits for the answers that are on their way."""
        while under_way := self._tasks | self._intake.late:
            await asyncio.wait(under_way)

    def aside(self, message: Message, work: Work) -> None:
        """Does what takes its time while others are answered; its own answer comes when it is done."""
        self._begin(self._carry_out(message, work), f"work for {message.messenger}")

    async def drop(self) -> None:
        """Gives up what is on its way still. Of what is done aside nothing is on record before all of it is."""
        if under_way := self._tasks | self._intake.late:
            for task in under_way:
                task.cancel()
            await asyncio.wait(under_way, timeout=DROPPED)

    async def _carry_out(self, message: Message, work: Work) -> None:
        group = message.chat_kind is not ChatKind.PRIVATE
        async with self._turn_aside:
            progress = Progress(self._posts[message.messenger], message.destination, group=group)
            try:
                reply = await self._intake.finish(message, work, progress)
            finally:
                await progress.close()
        self._answer(message.destination, reply, group=group)
        self._delivery.wake()

    async def _in_order(self, several: Sequence[Incoming]) -> None:
        for incoming in several:
            if isinstance(incoming, Query):
                cards = await self._intake.cards(incoming)
                self._begin(self._posts[incoming.messenger].offer(incoming.id, cards), "cards")
                continue
            replies = await self._intake.take(incoming)
            group = isinstance(incoming, Message) and incoming.chat_kind is not ChatKind.PRIVATE
            for where, reply in replies:
                self._answer(where, reply, group=group)
            if isinstance(incoming, Message) and incoming.pressed:
                self._begin(self._posts[incoming.messenger].acknowledge(incoming.pressed), "rest for a button")

    def _answer(self, to: Destination, reply: Reply, *, group: bool) -> None:
        """Sends behind what already goes to that chat: a slow chat delays nobody else. Of a flood the first are
        answered: what would come minutes late is not kept."""
        if self._waiting[to] >= MOST_ANSWERS:
            if to not in self._flooded:
                log.warning("a chat on %s asks faster than it can be answered; what is too much is not", to.messenger)
            self._flooded.add(to)
            return
        self._waiting[to] += 1
        before = self._answering.get(to)
        task = self._begin(self._send(to, reply, before, group=group), f"answer to {to.messenger}")
        self._answering[to] = task
        task.add_done_callback(lambda done: self._answered(to, done))

    def _answered(self, to: Destination, task: asyncio.Task[None]) -> None:
        self._waiting[to] -= 1
        if self._answering.get(to) is task:
            del self._answering[to], self._waiting[to]
            self._flooded.discard(to)

    def _begin(self, work: Coroutine[None, None, None], name: str) -> asyncio.Task[None]:
        task = asyncio.create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (fault := task.exception()) and not isinstance(fault, BrokenPipeError):
            log.error("a fault ended: %s", task.get_name(), exc_info=fault)

    async def _send(self, to: Destination, reply: Reply, before: asyncio.Task[None] | None, *, group: bool) -> None:
        if before is not None:
            await asyncio.wait([before])
        outcome = await self._posts[to.messenger].answer(to, reply, group=group)
        if outcome.kind is not Kind.OK:
            log.warning("an answer on %s ended as %s: %s", to.messenger, outcome.kind, outcome.detail)


def _whose(incoming: Incoming) -> str:
    """The chat in whose order it is answered."""
    match incoming:
        case Migration():
            return incoming.old
        case Query():
            return incoming.sender
        case _:
            return incoming.chat
