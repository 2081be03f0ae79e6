"""From what comes in to what is said: done before? which command? allowed? then the handler's answer."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, tzinfo

from handlers import channels, commands, inline, misunderstood, news
from handlers.desk import Desk, Machine, Progress, Role, Work, voice, whence
from sebghat.conversation import Cards, ChatKind, Destination, Happening, Membership, Message, Migration, Query, Reply
from sebghat.platforms import Platforms
from sebghat.wording import say
from storage.store import AlreadyDone, NotAllowed, Once, Record, Store, StoreFault

log = logging.getLogger(__name__)

NOTE_PATIENCE = 0.05  # seconds that an answer waits for the note that it was given
LONGEST = 8_192  # characters of a message that are looked at

Replies = list[tuple[Destination, Reply]]


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class House:
    """What holds for every message: who owns the bot, its language and time, and whom it can ask."""

    platforms: Platforms
    owners: Collection[tuple[str, str]]  # messenger and the person's id there
    language: str
    zone: tzinfo
    uptime: Callable[[], int]  # seconds since the bot was started
    administers: Callable[[str, str, str], Awaitable[bool | None]]  # messenger, chat, person
    machine: Machine = field(default_factory=Machine)
    clock: Callable[[], datetime] = _now


class Intake:
    """Answers what comes in, whatever messenger brings it."""

    def __init__(self, store: Store, house: House) -> None:
        self._store = store
        self._house = house
        self._noting: set[tuple[str, str]] = set()  # keys of questions that are answered and not yet noted as seen
        self.late: set[asyncio.Task[None]] = set()  # their notes

    async def take(self, incoming: Happening) -> Replies:
        """What is to be said, and where; nothing for what was delivered before, or for a group's own talk."""
        now = self._house.clock().replace(microsecond=0)
        where = _where(incoming)
        try:
            key = (incoming.messenger, incoming.key)
            if key in self._noting or await self._store.chats.seen(*key):
                return []
            once = self._store.once(incoming.messenger, incoming.key, now)
            replies = await self._answer(incoming, once, now)
            await self._note(incoming, once)
            return replies
        except AlreadyDone:
            return []
        except StoreFault as fault:
            log.error("the store failed: %s", fault.code)
            return [(where, say(self._house.language, fault.code, **fault.details))]
        except Exception:
            # One poisonous message must not stop the bot; the log has the trace, the person a sentence.
            log.exception("%s %s of %s could not be answered", *_name(incoming))
            return [(where, say(self._house.language, "fault"))]

    async def _note(self, incoming: Happening, once: Once) -> None:
        """Notes it as seen. Where something long is being written, its answer does not wait: a question that caused
        nothing may, after a crash just then, be answered twice. Raises AlreadyDone."""
        key, task = (incoming.messenger, incoming.key), asyncio.create_task(once.note(), name="note")
        self._noting.add(key)
        self.late.add(task)
        task.add_done_callback(lambda _: self._noting.discard(key))
        task.add_done_callback(self.late.discard)
        done, _ = await asyncio.wait({task}, timeout=NOTE_PATIENCE)
        if done:
            await task
        else:
            task.add_done_callback(_told)

    async def finish(self, message: Message, work: Work, progress: Progress) -> Reply:
        """The answer of what took its time, or a sentence for what went wrong."""
        language = await self._store.chats.language(message.destination) or self._house.language
        try:
            return await work(progress)
        except NotAllowed:
            return say(language, "not_allowed")
        except StoreFault as fault:
            log.error("the store failed: %s", fault.code)
            return say(language, fault.code, **fault.details)
        except Exception:
            log.exception("%s %s of %s could not be finished", *_name(message))
            return say(language, "fault")

    async def cards(self, query: Query) -> Cards:
        """What may be sent in answer to a query. Writes nothing, so that one delivered again does no harm."""
        now = self._house.clock().replace(microsecond=0)
        query = replace(query, text=query.text[: inline.LONGEST])
        try:
            chosen = await self._store.chats.language(Destination(query.messenger, query.sender))
            language, personal = inline.language(query, chosen, self._house.language)
            desk = (await self._desk(query, self._store, now)).in_language(language)
            return await inline.cards(query, desk, personal=personal)
        except Exception:
            log.exception("a query %s of %s could not be answered", query.key, query.messenger)
            return Cards((), personal=True)

    async def _answer(self, incoming: Happening, once: Once, now: datetime) -> Replies:
        match incoming:
            case Migration():
                async with once.transaction() as record:
                    await record.chats.migrate(incoming.messenger, incoming.old, incoming.new, now)
                return []
            case Membership():
                return await channels.place_changed(incoming, await self._desk(incoming, once, now))
            case Message():
                reply = await self._reply(incoming, await self._desk(incoming, once, now), once)
                return [] if reply is None or not (reply.spans or reply.file) else [(incoming.destination, reply)]

    async def _reply(self, message: Message, desk: Desk, once: Once) -> Reply | None:
        message = replace(message, text=message.text[:LONGEST])
        if await desk.store.chats.is_paused(message.destination):
            async with desk.store.transaction() as record:
                await record.chats.wake(message.destination)
        if message.pressed and not message.text.startswith("/"):
            return desk.say("not_issued")
        if news.is_news(message, desk.role) and (found := await asyncio.to_thread(news.read, message, desk)):
            return await self._as_editor(
                "set", Role.ADMIN, message, desk, once, lambda: news.offer(found, message, desk)
            )
        command, rest = commands.find(message, desk.voice.platforms)
        if command is None:
            return misunderstood.answer(message, desk)
        if command.role > desk.role:
            return await _refuse(message, command.name, "role", desk)
        if command.writes and not message.trusted and not (command.anonymous and message.anonymous):
            return await _refuse(message, command.name, "trust", desk)
        if command.role is Role.EVERYBODY:
            return await command.handler(message, rest, desk)

        return await self._as_editor(
            command.name, command.role, message, desk, once, lambda: command.handler(message, rest, desk)
        )

    async def _as_editor(
        self, word: str, role: Role, message: Message, desk: Desk, once: Once, work: Callable[[], Awaitable[Reply]]
    ) -> Reply:
        """Does what only an editor may, as a deed of the audit."""

        async def may(record: Record) -> bool:
            return await self._role(message.messenger, message.sender, record) >= role

        once.for_editor(word, whence(message), may)
        await _note_chat(message, desk)
        try:
            return await work()
        except NotAllowed:
            return desk.say("not_allowed")

    async def _role(self, messenger: str, sender: str, record: Record) -> Role:
        if (messenger, sender) in self._house.owners:
            return Role.OWNER
        holder = (await record.people.holders()).get((messenger, sender))
        return Role(holder.role) if holder else Role.EVERYBODY

    async def _desk(self, incoming: Message | Membership | Query, store: Store, now: datetime) -> Desk:
        house = self._house
        where = _where(incoming)
        language = await self._store.chats.language(where) or house.language
        sender = incoming.by if isinstance(incoming, Membership) else incoming.sender
        return Desk(
            store=store,
            voice=await voice(self._store, house.platforms, language, now, house.zone),
            now=now,
            role=await self._role(incoming.messenger, sender, self._store),
            uptime=house.uptime,
            several_may_review=len({*house.owners, *await self._store.people.holders()}) > 1,
            administers=house.administers,
            owners=house.owners,
            machine=house.machine,
        )


def _told(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (fault := task.exception()) and not isinstance(fault, AlreadyDone):
        log.error("that a message was answered could not be noted", exc_info=fault)


async def _note_chat(message: Message, desk: Desk) -> None:
    """Where the private chat has another id than the person, it is kept: there an editor can be asked."""
    if message.chat_kind is ChatKind.PRIVATE and message.chat != message.sender and message.trusted:
        people = desk.store.people
        if await people.chat(message.messenger, message.sender) != message.chat:
            async with desk.store.transaction() as record:
                await record.people.wrote(message.messenger, message.sender, message.chat)


async def _refuse(message: Message, word: str, why: str, desk: Desk) -> Reply:
    """One polite line; the attempt is counted for the audit."""
    async with desk.store.transaction() as record:
        await record.audit.refuse(message.messenger, message.sender, word, why, desk.now)
    return desk.say("not_allowed" if why == "role" else "not_trusted")


def _where(incoming: Happening | Query) -> Destination:
    match incoming:
        case Message():
            return incoming.destination
        case Membership():
            return Destination(incoming.messenger, incoming.by)  # the person's own chat
        case Migration():
            return Destination(incoming.messenger, incoming.new)
        case Query():
            return Destination(incoming.messenger, incoming.sender)


def _name(incoming: Happening) -> tuple[str, str, str]:
    return type(incoming).__name__, incoming.key, incoming.messenger
