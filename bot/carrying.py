"""The way of one messenger's rows: claimed, sent, settled. Each messenger has its own, so that none delays another."""

from __future__ import annotations

import asyncio
import logging
import math
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from bot.circuit import Circuit
from bot.patience import PAUSE, Patience, wait
from bot.post import Post
from bot.texts import Texts
from bot.transports.transport import Kind, Outcome
from sebghat.conversation import Capability
from storage.store import OutboxItem, Settled, Store, StoreFault

log = logging.getLogger(__name__)

FEWEST, MOST = 4, 64  # rows of one messenger under way at a time
LONGEST_WAIT = 60.0  # seconds; each loop looks anew at least that often
LOOK_AGAIN = 1.0  # seconds, while rows are under way and more may have become due
FINISH = 3.0  # seconds that what is under way may take to end when the bot stops
AGAIN = (timedelta(seconds=2), timedelta(seconds=10), timedelta(minutes=1), timedelta(minutes=5))
# What such a question may show; where a messenger cannot be asked about a chat, only a row can show more.
UNREACHABLE = frozenset({Kind.TRANSIENT, Kind.AUTH})
LONGEST_RETRY = 3_600  # seconds; a messenger that asks for more is asked again then


class Carrying:
    """Owned by Delivery. `run` goes on until it is cancelled; then what is under way may end."""

    def __init__(
        self, capability: Capability, post: Post, store: Store, texts: Texts, patience: Patience,
        settled: Callable[[Settled], None], corrected: Callable[[], None] = lambda: None,
    ) -> None:  # fmt: skip
        self.messenger = capability.messenger
        self._capability = capability
        self._post = post
        self._store = store
        self._texts = texts
        self._patience = patience
        self._tell = settled
        self._corrected = corrected  # there are announcements to be marked
        self.circuit = Circuit(self.messenger, lambda: asyncio.get_running_loop().time())
        self._stirred = asyncio.Event()
        self._under_way: dict[int, tuple[OutboxItem, asyncio.Task[None]]] = {}
        self._begun: set[int] = set()  # those whose request may have left
        self._finished: list[Settled] = []  # what is not written down yet
        self._claiming: datetime | None = None  # the time of a claim of which it is not known whether it was kept
        self._latency = 0.0  # seconds from the claim of a row to its end, waits for a turn left out

    def wake(self) -> None:
        """Something may be due."""
        self._stirred.set()

    async def run(self) -> None:
        try:
            while True:
                self._stirred.clear()
                try:
                    await self._turn()
                    pause = await self._pause()
                    self._patience.worked(self.messenger)
                except StoreFault as fault:
                    self._patience.failed(self.messenger, fault)
                    await asyncio.sleep(PAUSE)
                    continue
                await wait(self._stirred, pause)
        finally:
            await self._end()

    async def once(self) -> None:
        """Sends all that is due now, and returns when that is done. Raises StoreFault."""
        try:
            await self._store.outbox.hasten(self.messenger, _now())
            while True:
                self._stirred.clear()
                await self._turn()
                if self._under_way and not self._finished:
                    await self._stirred.wait()
                elif not self._finished:
                    return
        finally:
            await self._end()

    async def _turn(self) -> None:
        """Writes down what has ended and claims as many as there are free workers, in one transaction. Raises
        StoreFault; what has ended is kept for the next turn then."""
        if self._claiming is not None:
            await self._store.outbox.put_back(self.messenger, self._claiming)
            self._claiming = None
        # What is claimed while the messenger wants nothing would only wait, and be in doubt after a crash.
        free = 0 if self._post.rest else self.circuit.allows(self._at_once()) - len(self._under_way)
        if free > 0 and self.circuit.is_open and not await self._is_within_reach():
            free = 0
        finished, self._finished = self._finished, []
        if not finished and free <= 0:
            return
        self._claiming = _now()
        begun = asyncio.get_running_loop().time()
        try:
            with self._patience.watching(self.messenger):
                items = await self._claim(self._claiming, max(0, free), finished)
        except BaseException:
            self._finished = finished + self._finished
            raise
        self._claiming = None
        probe = self.circuit.is_open
        for item in items:
            task = asyncio.create_task(self._send(item, begun, probe=probe), name=f"send to {self.messenger}")
            self._under_way[item.id] = item, task

    async def _claim(self, now: datetime, free: int, finished: list[Settled]) -> list[OutboxItem]:
        gone = [each.item.to for each in finished if each.reason == "gone"]
        # A correction that has arrived: what it answers is marked, where that can be.
        answers = [each.item.id for each in finished if each.state == "sent" and each.item.reply_to]
        answers = answers if self._capability.edits else []
        if not gone and not answers:
            return await self._store.outbox.claim(self.messenger, now, free, finished)
        async with self._store.transaction() as record:
            for place in gone:
                await record.chats.pause(place, now)
            items = await record.outbox.claim(self.messenger, now, free, finished)
            await record.marks.add(answers, now)
        if answers:
            self._corrected()
        return items

    async def _is_within_reach(self) -> bool:
        """Asks the messenger something that changes nothing, before a row is tried that might end in doubt."""
        to = await self._store.outbox.next_to(self.messenger, _now())
        if to is None:
            return False
        outcome = await self._post.rights(to.chat)
        if outcome.kind in UNREACHABLE:
            self.circuit.heard(outcome.kind, outcome.detail)
        return outcome.kind not in UNREACHABLE

    def _at_once(self) -> int:
        """As many as the rate and the time of one take: more would only wait for their turn, and be in doubt after a
        crash."""
        if self._post.rate is None:
            return MOST
        return min(MOST, max(FEWEST, math.ceil(1.5 * self._post.rate * self._latency)))

    async def _pause(self) -> float:
        """Seconds until there is something to do, if nothing comes before."""
        if self._finished:
            return 0
        if self._under_way:
            return LONGEST_WAIT if self.circuit.is_open else LOOK_AGAIN
        if (closed := max(self.circuit.wait(), self._post.rest)) > 0:
            return min(LONGEST_WAIT, closed)
        due = await self._store.outbox.next_row(self.messenger)
        if due is None:
            return LONGEST_WAIT
        if due > _now() and await self._store.outbox.hasten(self.messenger, _now()):
            self._patience.behind()
            return 0
        return min(LONGEST_WAIT, max(0.05, (due - _now()).total_seconds()))

    async def _send(self, item: OutboxItem, claimed: float, *, probe: bool) -> None:
        clock = asyncio.get_running_loop().time
        waited = 0.0

        def begin() -> bool:
            """Where sending was stopped while the row waited for its turn, it goes back."""
            nonlocal waited
            if self.circuit.is_open and not probe:
                return False
            self._begun.add(item.id)
            waited = clock() - asked
            return True

        try:
            reply = await self._texts.of(item, self._capability)
            asked = clock()
            outcome = await self._post.alert(item.to, reply, group=not item.private, begin=begin)
            if item.id not in self._begun:
                self._end_with(_back(item, timedelta(seconds=min(LONGEST_RETRY, outcome.retry_after))))
                return
            self._latency += (clock() - claimed - waited - self._latency) / 8
            self.circuit.heard(outcome.kind, outcome.detail)
            self._end_with(judged(item, outcome, _now()))
        except asyncio.CancelledError:
            stopped = Outcome(Kind.UNKNOWN, detail="stopped while sending")
            self._end_with(judged(item, stopped, _now()) if item.id in self._begun else _back(item))
        except StoreFault:
            self._end_with(_back(item, AGAIN[0]))  # neither a text nor a chat's new place without the store
        except Exception as fault:
            log.exception("an alert could not be sent")
            kind = Kind.UNKNOWN if item.id in self._begun else Kind.REJECTED
            self._end_with(judged(item, Outcome(kind, detail=type(fault).__name__), _now()))

    def _end_with(self, settled: Settled) -> None:
        self._finished.append(settled)
        self._begun.discard(settled.item.id)
        self._under_way.pop(settled.item.id, None)
        self._tell(settled)
        self._stirred.set()

    async def _end(self) -> None:
        """What is under way may end; what waits for its turn goes back. Then all of it is written down."""
        for number, (_, task) in self._under_way.items():
            if number not in self._begun:
                task.cancel()
        for seconds in (FINISH, 0.5):
            if tasks := [task for _, task in self._under_way.values()]:
                await asyncio.wait(tasks, timeout=seconds)
                for task in tasks:
                    task.cancel()
        # A task that was cancelled before its first step has said nothing.
        silent = [number for number, (_, task) in self._under_way.items() if task.done()]
        self._finished += [_back(self._under_way.pop(number)[0]) for number in silent]
        finished, self._finished = self._finished, []
        try:
            if finished:
                await self._claim(_now(), 0, finished)
            if self._claiming is not None:
                await self._store.outbox.put_back(self.messenger, self._claiming)
                self._claiming = None
        except BaseException as fault:
            self._finished = finished + self._finished  # for the loop that begins anew
            if not isinstance(fault, StoreFault):
                raise
            self._patience.failed(self.messenger, fault)


def judged(item: OutboxItem, outcome: Outcome, now: datetime) -> Settled:
    """What an outcome means for its row (overtaking.md §10)."""
    state, due, reason = "pending", None, ""
    match outcome.kind:
        case Kind.OK:
            state = "sent"
        case Kind.RETRY_AFTER:
            due = now + timedelta(seconds=min(LONGEST_RETRY, max(1, outcome.retry_after)))
        case Kind.TRANSIENT | Kind.AUTH:
            due = now + AGAIN[min(item.attempts, len(AGAIN)) - 1]
        case Kind.MIGRATED:
            due = now
        case Kind.UNKNOWN if item.private and not item.doubts:
            due = now + AGAIN[0]  # once more, then never
        case Kind.UNKNOWN:
            state = "uncertain"
        case Kind.PERMANENT:
            state, reason = "failed", "gone"
        case _:
            state, reason = "failed", "rejected"
    return Settled(
        item, state, now, sent_id=outcome.message_id, detail=outcome.detail, reason=reason, due=due,
        doubted=outcome.kind is Kind.UNKNOWN,
    )  # fmt: skip


def _back(item: OutboxItem, after: timedelta = timedelta()) -> Settled:
    """The row was surely not sent, and waits as if it had not been claimed."""
    now = _now()
    return Settled(item, "pending", now, due=now + after, unmade=True)


def _now() -> datetime:
    return datetime.now(UTC)
