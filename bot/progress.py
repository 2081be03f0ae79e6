"""How far a long piece of work is: one message, edited where the messenger can; else now and then a new one."""

from __future__ import annotations

import asyncio

from bot.post import Post
from bot.transports.transport import Kind
from sebghat.conversation import Destination, Reply

FIRST = 1.0  # seconds; of what is done before, nobody wants to hear how far it is
EDITS, EDITS_IN_GROUP = 2.0, 5.0  # seconds between two edits; groups take 20 messages a minute (Bot API)
PATIENCE = 1.0  # seconds that the end waits for the last word on its way
ANEW = 15.0  # seconds between two messages where nothing can be edited


class Progress:
    """Never keeps the work waiting: while one message is on its way, newer words take the place of older ones."""

    def __init__(self, post: Post, to: Destination, *, group: bool) -> None:
        self._post = post
        self._to = to
        self._group = group
        self._message = ""  # the messenger's id of what is edited
        self._edits = True
        self._next = asyncio.get_running_loop().time() + FIRST
        self._sending: asyncio.Task[None] | None = None

    async def __call__(self, reply: Reply) -> None:
        now = asyncio.get_running_loop().time()
        if now < self._next or (self._sending is not None and not self._sending.done()):
            return
        step = (EDITS_IN_GROUP if self._group else EDITS) if self._edits else ANEW
        self._next = now + step
        self._sending = asyncio.create_task(self._send(reply), name="progress")

    async def close(self) -> None:
        """What is on its way may arrive, since the answer comes after it; but nobody waits long for that."""
        if self._sending is not None:
            await asyncio.wait([self._sending], timeout=PATIENCE)
            self._sending.cancel()

    async def _send(self, reply: Reply) -> None:
        if self._message and self._edits:
            outcome = await self._post.edit(self._to, self._message, reply, group=self._group)
            self._edits = outcome.kind not in {Kind.UNSUPPORTED, Kind.REJECTED}
        else:
            outcome = await self._post.answer(self._to, reply, group=self._group)
            self._message = outcome.message_id
            self._edits = self._edits and bool(self._message) and self._post.edits
