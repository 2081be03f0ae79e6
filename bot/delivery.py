"""The outbox at work: what is due leaves its hold, recipients become rows, rows are carried, admins are told."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta, tzinfo

from bot.carrying import LONGEST_WAIT, Carrying
from bot.marking import Marking
from bot.patience import PAUSE, Patience, wait
from bot.post import Post
from bot.supervision import Supervision
from bot.texts import Texts
from handlers.recording import departure
from sebghat.conversation import Capability, Destination
from sebghat.platforms import Platforms
from storage.store import Settled, Store, StoreFault

log = logging.getLogger(__name__)

GATHER = 2.0  # seconds in which doubts that come together are gathered into one question
BETWEEN_REPORTS = 30.0  # seconds at least from one to the next

Admins = Callable[[], Awaitable[Sequence[Destination]]]  # the private chats of all who may decide


async def nobody() -> Sequence[Destination]:
    return ()


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
        admins: Admins = nobody,
        pages: str = "",
        supervision: Supervision | None = None,
    ) -> None:
        self._store = store
        self._supervision = supervision or Supervision()
        self._admins = admins
        self._patience = Patience()
        texts = Texts(store, platforms, language, zone, pages)
        self._markings = [
            Marking(capability, post, store, texts) for capability, post in posts.values() if capability.edits
        ]
        self._carryings = [
            Carrying(capability, post, store, texts, self._patience, self._settled, self._wake_markings)
            for capability, post in posts.values()
        ]
        self._reached = {name for name, (capability, _) in posts.items() if capability.receives}
        self._turn = asyncio.Lock()
        self._due = asyncio.Event()
        self._news = asyncio.Event()  # something may have to be told to the admins
        self._behind: tuple[datetime, float] | None = None  # the log's last time, and since when the clock is behind it
        self._rejected = 0  # the last message that a messenger refused for what it says

    def wake(self) -> None:
        """Something may be due."""
        self._due.set()

    def out_of_reach(self) -> Mapping[str, tuple[datetime, str]]:
        """Messengers to which sending has stopped: since when, and why."""
        circuits = {carrying.messenger: carrying.circuit for carrying in self._carryings}
        return {name: (circuit.open_since, circuit.why) for name, circuit in circuits.items() if circuit.open_since}

    async def after_crash(self) -> None:
        """Rows that were being sent when the program last ended."""
        doubtful = await self._store.outbox.after_crash(_now())
        if doubtful:
            log.warning("%d messages were being sent when the bot last stopped; see /status", doubtful)
        self._news.set()

    async def run(self) -> None:
        """Until cancelled; then what is under way may end."""
        loops = {"leaving": self._leaving, "reporting": self._reporting}
        loops |= {f"carrying to {carrying.messenger}": carrying.run for carrying in self._carryings}
        loops |= {f"marking on {marking.messenger}": marking.run for marking in self._markings}
        async with asyncio.TaskGroup() as tasks:
            for name, loop in loops.items():
                tasks.create_task(self._supervision.keep(name, loop), name=name)

    async def once(self) -> None:
        """Does all that is due now, and returns when it is done."""
        await self._leave()
        await self._carry()
        if await self._report():
            await self._carry()

    async def _carry(self) -> None:
        await asyncio.gather(*(carrying.once() for carrying in self._carryings))

    # Leaving: from the hold to rows

    async def _leaving(self) -> None:
        while True:
            self._due.clear()
            try:
                await self._leave()
                due = await self._store.parcels.next_departure()
                now = await self._now()
                self._patience.worked("leaving")
            except StoreFault as fault:
                self._patience.failed("leaving", fault)
                await asyncio.sleep(PAUSE)
                continue
            seconds = LONGEST_WAIT if due is None else min(LONGEST_WAIT, max(0.05, (due - now).total_seconds()))
            await wait(self._due, seconds)

    async def _leave(self) -> None:
        """Announcements that are due leave, and their recipients become rows, a chunk in each transaction."""
        async with self._turn:
            now = await self._now()
            due = await self._store.parcels.next_departure()
            if due is not None and due <= now:
                async with self._store.transaction() as record:
                    await departure.depart_due(record, now)
            while spreading := await self._store.parcels.spreading():
                for parcel in spreading:
                    async with self._store.transaction() as record:
                        await record.parcels.spread(parcel)
                    self._wake_carryings()
            while await self._expire(now):
                pass
        self._wake_carryings()
        self._news.set()

    def _wake_carryings(self) -> None:
        for carrying in self._carryings:
            carrying.wake()

    def _wake_markings(self) -> None:
        for marking in self._markings:
            marking.wake()

    async def _expire(self, now: datetime) -> int:
        async with self._store.transaction() as record:
            return await record.outbox.expire(now)

    async def _now(self) -> datetime:
        """The time, and where the clock was set back behind the record, the record's time as it goes on."""
        now, last = _now(), await self._store.log.last_time()
        if last is None or last <= now:
            self._behind = None
            self._patience.on_time()
            return now
        self._patience.behind()
        elapsed = asyncio.get_running_loop().time()
        if self._behind is None or self._behind[0] != last:
            self._behind = last, elapsed
        return last + timedelta(seconds=elapsed - self._behind[1])

    # Reporting: what the admins must decide or know

    async def _reporting(self) -> None:
        while True:
            await wait(self._news, LONGEST_WAIT)
            await asyncio.sleep(GATHER)
            self._news.clear()
            try:
                written = await self._report()
                self._patience.worked("reporting")
            except StoreFault as fault:
                self._patience.failed("reporting", fault)
                written = 0
                self._news.set()
            if written:
                self._wake_carryings()
                await asyncio.sleep(BETWEEN_REPORTS)

    async def _report(self) -> int:
        """Writes down what the admins shall be told, each once; how much."""
        if not await self._store.reports.due():
            return 0
        admins = [place for place in await self._admins() if place.messenger in self._reached]
        async with self._store.transaction() as record:
            return await record.reports.write(admins, _now())

    def _settled(self, settled: Settled) -> None:
        """An attempt has ended."""
        messenger, detail = settled.item.to.messenger, settled.detail
        if settled.state == "uncertain":
            log.warning("an alert on %s may have arrived: %s", messenger, detail)
        elif settled.reason == "rejected" and self._rejected != settled.item.message:
            self._rejected = settled.item.message
            log.warning("%s refuses message %d for what it says: %s", messenger, settled.item.message, detail)
        self._news.set()


def _now() -> datetime:
    return datetime.now(UTC)
