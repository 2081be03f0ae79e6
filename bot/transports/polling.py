"""Asking a messenger for updates again and again: confirmed once they are handled, patient with its faults."""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import Protocol

from bot.transports.transport import Handle, Kind, Outcome
from bot.transports.updates import Unreadable, kinds
from bot.transports.wire import Timing
from sebghat.conversation import Incoming

log = logging.getLogger(__name__)

# The updates from that number on; an outcome where none came, `auth` if another program receives them.
Ask = Callable[[int], Awaitable[Sequence[object] | Outcome]]


class Readable(Protocol):
    """What reads updates in one messenger's shape."""

    @property
    def messenger(self) -> str: ...

    def read(self, update: object, now: datetime) -> Incoming | None:
        """None for what is not meant for us. Raises Unreadable."""
        ...


class Trouble:
    """One line when a messenger begins to fail, one when it works again, and a longer pause each time."""

    def __init__(self, messenger: str, timing: Timing) -> None:
        self._messenger = messenger
        self._timing = timing
        self._times = 0

    async def endure(self, outcome: Outcome) -> None:
        if not self._times:
            log.warning("%s does not answer as it should (%s); trying again", self._messenger, outcome.detail)
        asked = outcome.retry_after if outcome.kind is Kind.RETRY_AFTER else 0
        await asyncio.sleep(max(asked, self._pause()))

    def over(self) -> None:
        if self._times:
            log.info("%s answers again", self._messenger)
        self._times = 0

    def _pause(self) -> float:
        """Never the same twice: many bots meet at a messenger that comes back."""
        first, longest = self._timing.first_pause, self._timing.longest_pause
        pause = first * (1 << min(self._times, 16)) * random.uniform(1, 1.5)  # noqa: S311 - no secret hangs on it
        self._times += 1
        return min(longest, pause)


class Polling:
    """The loop of one bot."""

    def __init__(self, reader: Readable, timing: Timing, ask: Ask, unread: Counter[str]) -> None:
        self._reader = reader
        self._timing = timing
        self._ask = ask
        self._unread = unread  # counts the updates that cannot be read, by what they have
        self._trouble = Trouble(reader.messenger, timing)
        self._unhandled = Trouble(reader.messenger, timing)
        self._rivals: tuple[float, float] | None = None  # since when another program polls, seen last
        self._webhook = False

    async def run(self, handle: Handle) -> None:
        """Until cancelled, or until it is clear that another program polls for the same bot."""
        offset = 0
        while True:
            found = await self._ask(offset)
            if isinstance(found, Outcome):
                if not await self._endure(found):
                    return
                continue
            self._trouble.over()
            if self._webhook:
                log.info("%s: the webhook is gone, messages are received here", self._reader.messenger)
                self._webhook = False
            batch = read_all(self._reader, found, self._unread)
            if batch and not await self._handled(handle, batch):
                continue
            behind = _behind(found)
            if found and behind <= offset:
                # Nothing in it can be confirmed, so the same will come again.
                await self._unhandled.endure(Outcome(Kind.TRANSIENT, detail="updates without numbers"))
            offset = max(offset, behind)

    async def _handled(self, handle: Handle, batch: Sequence[Incoming]) -> bool:
        """Whether the batch may be confirmed; it comes again otherwise."""
        try:
            await handle(batch)
        except Exception:
            log.exception("%s: what came in could not be handled; it will be asked for again", self._reader.messenger)
            await self._unhandled.endure(Outcome(Kind.TRANSIENT, detail="not handled"))
            return False
        self._unhandled.over()
        return True

    async def _endure(self, outcome: Outcome) -> bool:
        """Waits; False where another program goes on polling."""
        if outcome.kind is not Kind.AUTH:
            await self._trouble.endure(outcome)
            return True
        if "webhook" in outcome.detail.lower():
            if not self._webhook:
                log.error(
                    "%s sends this bot's messages to a webhook that another program has set; nothing is received "
                    "here until that program, or a call of deleteWebhook with this token, removes it",
                    self._reader.messenger,
                )
            self._webhook = True
            # Asking does not disturb a webhook: the bot receives by itself as soon as it is gone.
            await asyncio.sleep(self._timing.longest_pause)
            return True
        return await self._outlast_rival()

    async def _outlast_rival(self) -> bool:
        """The poll of a process that was killed lives on for a while; two programs would cut each other off for
        ever, so the one that has waited long enough gives way."""
        now = time.monotonic()
        since, last = self._rivals or (now, now)
        since = since if now - last <= self._timing.conflict else now
        self._rivals = (since, now)
        if now - since >= self._timing.conflict:
            log.error(
                "%s: another program receives this bot's messages; it is left to it, and this one only sends. "
                "Stop the other and start this one again to receive here",
                self._reader.messenger,
            )
            return False
        if since == now:
            log.warning("%s: another poll of this bot is still open; trying again", self._reader.messenger)
        await asyncio.sleep(self._timing.first_pause)
        return True


def read_all(reader: Readable, updates: Sequence[object], unread: Counter[str]) -> list[Incoming]:
    """What several updates say. One that cannot be read is logged, counted by what it has, and skipped."""
    now, batch = datetime.now(UTC), []
    for update in updates:
        try:
            read = reader.read(update, now)
        except Exception as error:  # whatever it is: what else came in must be answered
            if not isinstance(error, Unreadable | RecursionError):
                log.exception("%s: a fault of the program's in reading an update", reader.messenger)
            which = kinds(update)
            unread[which if len(unread) < 100 else "others"] += 1
            log.warning("%s: an update was skipped that cannot be read (%s)", reader.messenger, which)
            continue
        if read is not None:
            batch.append(read)
    return batch


def _behind(updates: Sequence[object]) -> int:
    """The number after the last update."""
    numbers = [update.get("update_id") for update in updates if isinstance(update, dict)]
    whole = (number for number in numbers if isinstance(number, int) and abs(number) < 1 << 62)
    return max(whole, default=-1) + 1
