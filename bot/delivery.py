"""The outbox loops: what is due leaves its hold, recipients become rows, rows are sent and settled."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta, tzinfo

from bot.post import Post
from bot.transports.transport import Kind, Outcome
from handlers import recording
from handlers.desk import voice
from sebghat.announcement import announce
from sebghat.conversation import Capability, Reply, fit
from sebghat.notes import Note, from_json
from sebghat.platforms import Platforms
from storage.store import OutboxItem, Store, StoreFault

log = logging.getLogger(__name__)

AT_ONCE = 16  # rows of one messenger under way at a time
LONGEST_WAIT = 60.0  # seconds; each loop looks anew at least that often
FINISH = 4.0  # seconds that what is under way may take to end when the bot stops
AGAIN = (timedelta(seconds=2), timedelta(seconds=10), timedelta(minutes=1), timedelta(minutes=5))


class Delivery:
    """Owned by the app: `run` is its one task. Each messenger has a loop of its own: one that is out of reach
    delays no other."""

    def __init__(
        self,
        store: Store,
        platforms: Platforms,
        posts: Mapping[str, tuple[Capability, Post]],
        language: str,
        zone: tzinfo,
    ) -> None:
        self._store = store
        self._platforms = platforms
        self._posts = posts
        self._language = language
        self._zone = zone
        self._turn = asyncio.Lock()
        self._due = asyncio.Event()
        self._rows = {messenger: asyncio.Event() for messenger in posts}
        self._refusing: set[str] = set()  # messengers that have said that the bot's token is not valid
        self._texts: dict[tuple[int, int, str, str], Reply] = {}

    def wake(self) -> None:
        """Something may be due."""
        self._due.set()

    async def after_crash(self) -> None:
        """Rows that were being sent when the program last ended."""
        doubtful = await self._store.outbox.after_crash(_now())
        if doubtful:
            log.warning("%d messages were being sent when the bot last stopped; see /status", doubtful)

    async def run(self) -> None:
        """Until cancelled; then what is under way may end."""
        async with asyncio.TaskGroup() as loops:
            loops.create_task(self._leaving(), name="leaving")
            for messenger in self._posts:
                loops.create_task(self._carrying(messenger), name=f"carrying to {messenger}")

    async def once(self) -> None:
        """Does all that is due now, and returns when it is done."""
        await self._leave()
        await asyncio.gather(*(self._carry(messenger) for messenger in self._posts))

    # Leaving: from the hold to rows

    async def _leaving(self) -> None:
        while True:
            self._due.clear()
            await _patiently(self._leave)
            for rows in self._rows.values():
                rows.set()
            await _wait(self._due, await self._soonest(self._store.outbox.next_departure))

    async def _leave(self) -> None:
        """Announcements that are due leave, and their recipients become rows, a chunk in each transaction."""
        async with self._turn:
            now = _now()
            due = await self._store.outbox.next_departure()
            if due is not None and due <= now:
                async with self._store.transaction() as record:
                    await recording.depart_due(record, now)
            while spreading := await self._store.outbox.spreading():
                for parcel in spreading:
                    async with self._store.transaction() as record:
                        await record.outbox.spread(parcel, now)
            await self._store.outbox.expire(now)

    # Carrying: rows of one messenger

    async def _carrying(self, messenger: str) -> None:
        rows = self._rows[messenger]
        while True:
            rows.clear()
            await _patiently(lambda: self._carry(messenger))
            await _wait(rows, await self._soonest(lambda: self._store.outbox.next_row(messenger)))

    async def _carry(self, messenger: str) -> None:
        """Sends all rows that are due. No more are claimed than can be sent at once: what a crash leaves claimed
        is in doubt."""
        under_way: set[asyncio.Task[None]] = set()
        try:
            while True:
                free = AT_ONCE - len(under_way)
                items = await self._store.outbox.claim(messenger, _now(), free) if free else []
                under_way |= {asyncio.create_task(self._send(messenger, item), name="send") for item in items}
                if not under_way:
                    return
                done, under_way = await asyncio.wait(under_way, return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    task.result()
        finally:
            if under_way:
                await asyncio.wait(under_way, timeout=FINISH)
                for task in under_way:
                    task.cancel()

    async def _send(self, messenger: str, item: OutboxItem) -> None:
        capability, post = self._posts[messenger]
        text = await self._text(item, capability)
        await self._settle(item, await post.alert(item.to, text, group=not item.private))

    async def _text(self, item: OutboxItem, capability: Capability) -> Reply:
        """Rendered once for each language, messenger and choice of notes."""
        language = item.language or self._language
        name = (item.message, item.parts, language, capability.messenger)
        if name not in self._texts:
            parcel = await self._store.outbox.message(item.message)
            spoken = await voice(self._store, self._platforms, language, _now(), self._zone)
            notes = [from_json(Note, note) for note in parcel.notes] if parcel else []
            concerned = [note for place, note in enumerate(notes) if item.parts >> place & 1]
            basis = await recording.basis(self._store, concerned, asked=capability.receives)
            if len(self._texts) >= AT_ONCE * len(self._posts) * 4:
                self._texts.clear()
            self._texts[name] = fit(announce(concerned, spoken, basis), capability)
        return replace(self._texts[name], reply_to=item.reply_to)

    async def _settle(self, item: OutboxItem, outcome: Outcome) -> None:
        """What the outcome means for the row (overtaking.md §10)."""
        now, due = _now(), None
        match outcome.kind:
            case Kind.OK:
                state = "sent"
            case Kind.RETRY_AFTER:
                state, due = "pending", now + timedelta(seconds=max(1, outcome.retry_after))
            case Kind.TRANSIENT | Kind.AUTH:
                state, due = "pending", now + AGAIN[min(item.attempts, len(AGAIN)) - 1]
            case Kind.MIGRATED:
                state, due = "pending", now
            case Kind.UNKNOWN:
                once_more = item.private and not item.doubts  # once more, then never
                state, due = ("pending", now + AGAIN[0]) if once_more else ("uncertain", None)
            case _:
                state = "failed"
        async with self._store.transaction() as record:
            await record.outbox.settle(
                item,
                state,
                now,
                sent_id=outcome.message_id,
                detail=outcome.detail,
                due=due,
                doubted=outcome.kind is Kind.UNKNOWN,
            )
            if outcome.kind is Kind.PERMANENT:
                await record.chats.pause(item.to, now)
        self._tell_of_token(item.to.messenger, outcome)
        if state in {"uncertain", "failed"}:
            log.warning("an alert on %s ended as %s: %s", item.to.messenger, state, outcome.detail)

    def _tell_of_token(self, messenger: str, outcome: Outcome) -> None:
        """Once, until it is valid again: a messenger that only sends learns it from nothing else."""
        if outcome.kind is Kind.OK:
            self._refusing.discard(messenger)
        elif outcome.kind is Kind.AUTH and messenger not in self._refusing:
            self._refusing.add(messenger)
            log.error(
                "%s does not accept this bot: its token was taken back. What waits for it goes out, or expires after"
                " a day, once SEBGHAT_%s_TOKEN is right", messenger, messenger.upper(),
            )  # fmt: skip

    async def _soonest(self, ask: Callable[[], Awaitable[datetime | None]]) -> float:
        """Seconds until there is something to do."""
        try:
            due = await ask()
        except StoreFault:
            return AGAIN[0].total_seconds()
        return LONGEST_WAIT if due is None else min(LONGEST_WAIT, max(0.05, (due - _now()).total_seconds()))


async def _patiently(work: Callable[[], Awaitable[None]]) -> None:
    """A store that fails now may work again: the loop must outlive it."""
    try:
        await work()
    except StoreFault as fault:
        log.error("the store failed: %s; trying again", fault.code)


async def _wait(event: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        pass


def _now() -> datetime:
    return datetime.now(UTC)
