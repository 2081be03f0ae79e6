"""A messenger of our own: it keeps what is delivered, and answers as it is told to."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from bot.transports.transport import Bare, Handle, Image, Kind, Outcome
from sebghat.conversation import Buttons, Capability, Cards, Destination, Markup, Reply
from tests.handlers.room import ISOLATES

OK = Outcome(Kind.OK, message_id="1")


class Mailbox(Bare):
    """`outcomes`: what becomes of the next deliveries to a chat; when there are no more, all is well."""

    def __init__(self, messenger: str = "telegram", *, buttons: bool = False) -> None:
        inline = (Buttons.INLINE, 64) if buttons else (Buttons.NONE, 0)
        self.capability = Capability(messenger, True, Markup.NONE, 4096, 1024, *inline)
        self.outcomes: dict[str, list[Outcome]] = {}
        self.delivered: list[tuple[str, str]] = []
        self.doors: dict[str, asyncio.Event] = {}  # a chat behind a closed one gets its message when it opens
        self.begun: asyncio.Queue[str] = asyncio.Queue()
        self.arrived: asyncio.Queue[str] = asyncio.Queue()
        self.acknowledged: list[str] = []
        self.offered: list[tuple[str, Cards]] = []
        self.before: Callable[[], None] = lambda: None

    async def start(self) -> str:
        return "mailbox"

    async def receive(self, handle: Handle) -> None:
        """Nothing comes in by itself."""

    async def deliver(self, to: Destination, reply: Reply, image: Image | None = None) -> Outcome:
        self.begun.put_nowait(to.chat)
        self.before()
        if to.chat in self.doors:
            await self.doors[to.chat].wait()
        waiting = self.outcomes.get(to.chat, [])
        outcome = waiting.pop(0) if waiting else OK
        if outcome.kind in {Kind.OK, Kind.UNKNOWN}:
            self.delivered.append((to.chat, reply.plain.translate(ISOLATES)))
            self.arrived.put_nowait(to.chat)
        return outcome

    async def acknowledge(self, pressed: str) -> None:
        self.acknowledged.append(pressed)

    async def offer(self, query: str, cards: Cards) -> None:
        self.offered.append((query, cards))

    async def rights(self, chat: str) -> Outcome:
        return OK

    async def close(self) -> None:
        """Nothing is open."""
