"""THE composition root: opens the store and wires the parts of the bot."""

from __future__ import annotations

import asyncio
import gc
import sys
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import partial

from bot import messengers, tables
from bot.delivery import Delivery
from bot.intake import House, Intake
from bot.picture import Pictures
from bot.post import Post
from bot.reception import Reception
from bot.settings import Settings
from bot.supervision import Supervision
from bot.transports import console
from bot.transports.console import Console
from bot.transports.transport import Kind, Transport, Unfetchable
from bot.workshop import Workshop
from handlers import commands
from handlers.desk import Desk, Machine, Rights, Role, Work, voice
from handlers.recording import batch, departure, transaction
from handlers.recording.batch import Batch
from sebghat import letters
from sebghat.conversation import ChatKind, Destination, Message, Reply
from sebghat.platforms import bundled
from sebghat.table import bundled_claims, bundled_readings
from sebghat.wording import words
from storage.store import Store, StoreFault, open_store


class App:
    """The parts of one running bot, wired."""

    def __init__(self, settings: Settings, store: Store, transports: Iterable[Transport]) -> None:
        self.settings = settings
        self.store = store
        self.transports = {transport.capability.messenger: transport for transport in transports}
        self.started = datetime.now(UTC)
        language, zone = settings.language, settings.timezone
        self.pictures = Pictures() if settings.pictures else None
        posts = {
            name: Post(transport, messengers.pacing(settings, name), self.moved, self.pictures)
            for name, transport in self.transports.items()
        }
        self.posts = posts
        carried = {name: (self.transports[name].capability, post) for name, post in posts.items()}
        pages = f"{settings.public_url}/overtakings" if settings.public_url else ""
        self.supervision = Supervision()
        self.delivery = Delivery(
            store, bundled(), carried, language, zone, partial(self.desks, Role.ADMIN), pages, self.supervision
        )
        owners = {(owner.messenger, owner.user) for owner in settings.admins}
        if console.NAME in self.transports:
            owners.add((console.NAME, console.OWNER))
        self.owners = owners
        self.refused: set[str] = set()  # messengers that do not let the bot in
        self.names: dict[str, str] = {}  # the bot's own, of each messenger that it has been received from
        machine = Machine(
            link=self.link,
            out_of_reach=self.delivery.out_of_reach,
            rights=self.rights,
            post=self.post,
            fetch=self.fetch,
            workshop=Workshop(settings.database.get_secret_value(), asyncio.Lock()),
            aside=self.aside,
            table=tables.in_memory,
        )
        house = House(bundled(), owners, language, zone, self.uptime, self.administers, machine)
        self.intake = Intake(store, house)
        self.reception = Reception(self.intake, self.delivery, posts)

    @property
    def terminal(self) -> Console | None:
        transport = self.transports.get(console.NAME)
        return transport if isinstance(transport, Console) else None

    def uptime(self) -> int:
        """Seconds since the start."""
        return int((datetime.now(UTC) - self.started).total_seconds())

    def link(self, messenger: str, word: str) -> str:
        """What opens the bot in that messenger with /start and a word; empty where there is no such thing."""
        name, form = self.names.get(messenger), messengers.LINKS.get(messenger, "")
        return form.format(name=name, word=word) if name else ""

    async def rights(self, where: Destination) -> Rights:
        """Whether the bot may post there; nothing is known of messengers that are not on."""
        post = self.posts.get(where.messenger)
        if post is None:
            return Rights(on=False)
        outcome = await post.rights(where.chat)
        known = {Kind.OK: True, Kind.PERMANENT: False, Kind.REJECTED: False}
        return Rights(known.get(outcome.kind), outcome.detail, outcome.new_chat)

    async def post(self, where: Destination, reply: Reply) -> tuple[str, str]:
        """Sends something that was asked for by hand."""
        if where.messenger not in self.posts:
            return Kind.UNSUPPORTED.value, ""  # it is not on
        outcome = await self.posts[where.messenger].answer(where, reply, group=True)
        return outcome.kind.value, outcome.detail

    async def name_channels(self, messenger: str) -> None:
        """A channel that was given by its @name gets its own id, so that nobody subscribes it a second time by that."""
        for channel in await self.store.chats.channels():
            where = channel.where
            if where.messenger == messenger and where.chat.startswith("@"):
                rights = await self.rights(where)
                if rights.chat and rights.chat != where.chat:
                    async with self.store.transaction() as record:
                        await record.chats.name(messenger, where.chat, rights.chat, datetime.now(UTC))

    def aside(self, message: Message, work: Work) -> None:
        self.reception.aside(message, work)

    async def fetch(self, message: Message, limit: int) -> bytes | str:
        """What came with a message; or why it cannot be had."""
        assert message.file is not None
        try:
            return await self.transports[message.messenger].fetch(message.file, limit)
        except Unfetchable as fault:
            return fault.why

    async def desks(self, role: Role) -> list[Destination]:
        """The private chats of all who have at least that role."""
        chats = {owner: console.CHAT.chat if owner[0] == console.NAME else owner[1] for owner in self.owners}
        found = await self.store.people.desks(role, chats)
        return [desk for desk in found if desk.messenger in self.transports]

    async def administers(self, messenger: str, chat: str, person: str) -> bool | None:
        return await self.transports[messenger].administers(chat, person)

    async def moved(self, was: Destination, new: str) -> None:
        """A messenger says that a chat goes on under another id."""
        async with self.store.transaction() as record:
            await record.chats.migrate(was.messenger, was.chat, new, datetime.now(UTC))

    async def unready(self) -> list[str]:
        """What does not work now, by name; nothing where all does."""
        try:
            async with asyncio.timeout(2):
                await self.store.observations.count()
        except (StoreFault, TimeoutError):
            return ["store", *self.supervision.failing]
        return [*self.supervision.failing]

    async def page(self, command: str, rest: str, language: str) -> Reply | None:
        """What a command that only shows says to anybody; None where an announcement of that number is none."""
        now = datetime.now(UTC).replace(microsecond=0)
        if command == "why" and await self.store.ledger.announcement(int(rest)) is None:
            return None
        spoken = await voice(self.store, bundled(), language, now, self.settings.timezone)
        desk = Desk(
            store=self.store, voice=spoken, now=now, role=Role.EVERYBODY, uptime=self.uptime,
            several_may_review=False, administers=self.administers,
        )  # fmt: skip
        message = Message("", "web", "", "", ChatKind.PRIVATE, "", rest, now)
        return await commands.COMMANDS[command].handler(message, rest, desk)

    async def prepare(self) -> None:
        """What must be on record before the first message: figures, the hold, the channels of the settings."""
        now, language = datetime.now(UTC), self.settings.language
        loaded = 0
        async with self.store.transaction() as record:
            await departure.set_hold(record, self.settings.hold, now)
            if await record.observations.next_id() == 1:
                readings = Batch(bundled_readings(now), bundled(), now, None, silent=True)
                entered = await batch.enter(readings, record)
                loaded = entered.figures
                for claim in bundled_claims():
                    await transaction.enter_claim(record, claim, now, None)
            await record.chats.follow_settings(self.settings.channels, now)
            if self.terminal is None:
                await record.chats.pause(console.CHAT, now)  # nobody sits there: nothing waits for them
            elif await record.chats.knows(console.CHAT):
                await record.chats.wake(console.CHAT)
            else:
                await record.chats.subscribe(console.CHAT, ChatKind.PRIVATE, [], now)
        if loaded:
            print(words(language, "loaded", count=letters.digits(str(loaded), language)), file=sys.stderr)


@asynccontextmanager
async def opened(settings: Settings, served: Iterable[Transport], *, delivers: bool = False) -> AsyncIterator[App]:
    """The bot with its store open and prepared. Raises StoreFault; also where another one `delivers` from there."""
    store = await open_store(settings.database.get_secret_value())
    try:
        if delivers and not await store.lease():
            raise StoreFault("store.taken", file=settings.database_shown)
        app = App(settings, store, served)
        await app.prepare()
        if delivers:
            spare_the_collector()
        yield app
    finally:
        await store.close()


def spare_the_collector() -> None:
    """What is loaded by now lives as long as the program, and a fan-out makes few cycles and many objects: looked
    through at the usual rate, they cost it a third of its speed (benchmarks/delivery)."""
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
