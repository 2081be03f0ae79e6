"""Announcements that were corrected are marked where they stand: the correction tells, this is a courtesy."""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime, timedelta

from bot.patience import PAUSE, wait
from bot.post import Post
from bot.texts import Texts
from bot.transports.transport import Kind, Outcome
from sebghat.conversation import Capability
from storage.store import Mark, Store, StoreFault

log = logging.getLogger(__name__)

AT_ONCE = 4  # edits under way at a time: alerts and answers go first
AGAIN = (timedelta(seconds=10), timedelta(minutes=2), timedelta(minutes=30))  # then never
LONGEST_WAIT = 60.0  # seconds; the loop looks anew at least that often
PASSING = {Kind.RETRY_AFTER, Kind.TRANSIENT, Kind.UNKNOWN, Kind.AUTH}  # an edit may be repeated, whatever became of it


class Marking:
    """Of one messenger that can edit. Owned by Delivery: `run` is its task."""

    def __init__(self, capability: Capability, post: Post, store: Store, texts: Texts) -> None:
        self.messenger = capability.messenger
        self._capability = capability
        self._post = post
        self._store = store
        self._texts = texts
        self._stirred = asyncio.Event()

    def wake(self) -> None:
        """Something may be due."""
        self._stirred.set()

    async def run(self) -> None:
        """Until cancelled; an edit that is under way then is made again."""
        while True:
            self._stirred.clear()
            try:
                while await self._turn():
                    pass
                pause = await self._pause()
            except StoreFault as fault:
                log.warning("announcements are not marked for now: %s", fault.code)
                pause = PAUSE
            await wait(self._stirred, pause)

    async def _turn(self) -> int:
        """Makes the next few; how many."""
        async with self._store.transaction() as record:
            marks = await record.marks.due(self.messenger, _now(), AT_ONCE)
        outcomes = await asyncio.gather(*(self._mark(mark) for mark in marks))
        if marks:
            async with self._store.transaction() as record:
                for mark, outcome in zip(marks, outcomes, strict=True):
                    if outcome.kind in PASSING and mark.tries < len(AGAIN):
                        pause = timedelta(seconds=outcome.retry_after) or AGAIN[mark.tries]
                        await record.marks.again(mark, _now() + min(pause, AGAIN[-1]))
                    else:
                        await record.marks.done(mark)
        return len(marks)

    async def _mark(self, mark: Mark) -> Outcome:
        try:
            text = await self._texts.marked(mark, self._capability)
            return await self._post.edit(mark.told.to, mark.sent_id, text, group=not mark.told.private)
        except StoreFault:
            raise
        except Exception as fault:
            log.exception("an announcement could not be marked")
            return Outcome(Kind.REJECTED, detail=type(fault).__name__)

    async def _pause(self) -> float:
        due = await self._store.marks.next(self.messenger)
        return LONGEST_WAIT if due is None else min(LONGEST_WAIT, max(0.05, (due - _now()).total_seconds()))


def _now() -> datetime:
    return datetime.now(UTC)
