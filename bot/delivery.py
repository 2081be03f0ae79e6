"""The outbox loop: what is due leaves its hold, recipients become rows, rows are sent and settled."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta, tzinfo

from bot.transports.transport import Kind, Outcome, Transport
from handlers import recording
from handlers.desk import voice
from sebghat.announcement import announce
from sebghat.conversation import Reply, fit
from sebghat.notes import Note, from_json
from sebghat.platforms import Platforms
from storage.store import OutboxItem, Store, StoreFault

log = logging.getLogger(__name__)

AT_ONCE = 16  # rows of one messenger under way at a time
LONGEST_WAIT = 60.0  # seconds; the loop looks anew at least that often
SEND_LIMIT = 60.0  # seconds that a transport may take over one message
AGAIN = (timedelta(seconds=2), timedelta(seconds=10), timedelta(minutes=1), timedelta(minutes=5))


class Delivery:
    """Owned by the app: `run` is its one task; `once` may be awaited beside it."""

    def __init__(
        self,
        store: Store,
        platforms: Platforms,
        transports: Mapping[str, Transport],
        language: str,
        zone: tzinfo,
    ) -> None:
        self._store = store
        self._platforms = platforms
        self._transports = transports
        self._language = language
        self._zone = zone
        self._turn = asyncio.Lock()
        self._wake = asyncio.Event()
        self._texts: dict[tuple[int, int, str, str], Reply] = {}

    def wake(self) -> None:
        """Something may be due."""
        self._wake.set()

    async def after_crash(self) -> None:
        """Rows that were being sent when the program last ended."""
        doubtful = await self._store.outbox.after_crash(_now())
        if doubtful:
            log.warning("%d messages were being sent when the bot last stopped; see /status", doubtful)

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            self._wake.clear()
            try:
                await self.once()
                due = await self._store.outbox.next_due()
            except StoreFault as fault:
                log.error("the store failed: %s; trying again", fault.code)
                due = _now() + timedelta(seconds=5)
            wait = LONGEST_WAIT if due is None else min(LONGEST_WAIT, max(0.05, (due - _now()).total_seconds()))
            try:
                async with asyncio.timeout(wait):
                    await self._wake.wait()
            except TimeoutError:
                pass

    async def once(self) -> None:
        """Does all that is due now."""
        async with self._turn:
            now = _now()
            held = await self._store.outbox.held()
            if any(parcel.due is not None and parcel.due <= now for parcel in held):
                async with self._store.transaction() as record:
                    await recording.depart_due(record, now)
            await self._spread(now)
            await self._store.outbox.expire(now)
            for messenger, transport in self._transports.items():
                while items := await self._store.outbox.claim(messenger, now, AT_ONCE):
                    await asyncio.gather(*(self._send(transport, item) for item in items))
            self._texts.clear()

    async def _spread(self, now: datetime) -> None:
        """Recipients of what has left become rows, a chunk in each transaction."""
        while spreading := await self._store.outbox.spreading():
            for parcel in spreading:
                async with self._store.transaction() as record:
                    await record.outbox.spread(parcel, now)

    async def _send(self, transport: Transport, item: OutboxItem) -> None:
        text = await self._text(item, transport)
        try:
            async with asyncio.timeout(SEND_LIMIT):
                outcome = await transport.deliver(item.to, text)
        except TimeoutError:
            outcome = Outcome(Kind.UNKNOWN, detail="no answer in time")
        await self._settle(item, outcome)

    async def _text(self, item: OutboxItem, transport: Transport) -> Reply:
        """Rendered once for each language, messenger and choice of notes."""
        language = item.language or self._language
        name = (item.message, item.parts, language, transport.capability.messenger)
        if name not in self._texts:
            parcel = await self._store.outbox.message(item.message)
            spoken = await voice(self._store, self._platforms, language, _now(), self._zone)
            notes = [from_json(Note, note) for note in parcel.notes] if parcel else []
            concerned = [note for place, note in enumerate(notes) if item.parts >> place & 1]
            successors = await recording.successors(self._store, concerned)
            self._texts[name] = fit(announce(concerned, spoken, successors), transport.capability)
        return replace(self._texts[name], reply_to=item.reply_to)

    async def _settle(self, item: OutboxItem, outcome: Outcome) -> None:
        """What the outcome means for the row (overtaking.md §10)."""
        now, due = _now(), None
        match outcome.kind:
            case Kind.OK:
                state = "sent"
            case Kind.RETRY_AFTER:
                state, due = "pending", now + timedelta(seconds=max(1, outcome.retry_after))
            case Kind.TRANSIENT | Kind.AUTH | Kind.MIGRATED:
                state, due = "pending", now + AGAIN[min(item.attempts, len(AGAIN)) - 1]
            case Kind.UNKNOWN:
                state = "pending" if item.private and item.attempts < 2 else "uncertain"
                due = now + AGAIN[0]
            case _:
                state = "failed"
        async with self._store.transaction() as record:
            await record.outbox.settle(item, state, now, sent_id=outcome.message_id, detail=outcome.detail, due=due)
            if outcome.kind is Kind.PERMANENT:
                await record.chats.pause(item.to, now)


def _now() -> datetime:
    return datetime.now(UTC)
