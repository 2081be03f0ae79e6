"""THE composition root: opens the store, wires the parts of the bot, starts and stops what runs."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import signal
import sys
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from bot import messengers, tables
from bot.delivery import Delivery
from bot.intake import House, Intake
from bot.picture import Pictures
from bot.post import Post
from bot.reception import Reception
from bot.settings import Settings
from bot.transports import console
from bot.transports.console import Console
from bot.transports.transport import Kind, Refused, Transport, Unfetchable
from bot.workshop import Workshop
from handlers import commands
from handlers.desk import Desk, Machine, Rights, Role, Work, voice
from handlers.recording import batch, departure, transaction
from sebghat import letters
from sebghat.conversation import ChatKind, Destination, Message, Reply
from sebghat.platforms import bundled
from sebghat.table import bundled_claims, bundled_readings
from sebghat.wording import say, words
from storage.store import Store, StoreFault, open_store

if TYPE_CHECKING:
    from bot.transports.door import Door
    from bot.web.server import Server

log = logging.getLogger(__name__)

STOP_SECONDS = 8.0  # what is under way has that long to finish; the promise is 10


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
        self.delivery = Delivery(store, bundled(), carried, language, zone, partial(self.desks, Role.ADMIN), pages)
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

    async def ready(self) -> bool:
        try:
            async with asyncio.timeout(2):
                await self.store.observations.count()
        except (StoreFault, TimeoutError):
            return False
        return True

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
                entered = await batch.enter(bundled_readings(now), record, bundled(), now, None, silent=True)
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


async def run(settings: Settings) -> int:
    """Runs the bot until its input ends or it is told to stop; the exit status."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for sign in (signal.SIGTERM, signal.SIGINT):
        with suppress(NotImplementedError):  # Windows has no such handlers
            loop.add_signal_handler(sign, stop.set)
    calling = messengers.doors(settings)
    served = messengers.transports(settings, calling)
    async with opened(settings, served, delivers=True) as app:
        # Only who delivers: what another program is sending at this moment is no crash to one who asks.
        await app.delivery.after_crash()
        server = None
        try:
            server = await serve(app, calling)
            status = await work(app, stop)
        finally:
            if app.pictures is not None:
                await app.pictures.close()
            for transport in app.transports.values():
                await transport.close()
            if server is not None:
                await server.stop()
    if stop.is_set():
        # A look-up of a name cannot be cancelled, and the interpreter would wait for its thread beyond our time.
        logging.shutdown()
        with suppress(OSError):
            sys.stdout.flush()
        os._exit(status)
    return status


async def work(app: App, stop: asyncio.Event) -> int:
    """Receives and delivers until told to stop, until the terminal's input ends, or until a part gives up."""
    terminal = app.terminal
    tasks = [
        asyncio.create_task(receive(app, transport), name=f"receive {name}")
        for name, transport in app.transports.items()
    ]
    if terminal is None or terminal.interactive:
        tasks.append(asyncio.create_task(app.delivery.run(), name="deliver"))
    if terminal is not None and terminal.interactive:
        await terminal.greet(say(app.settings.language, "greeting").plain)
    stopping = asyncio.create_task(stop.wait(), name="stop")
    try:
        status = await first_end([stopping, *tasks], app.settings.language)
        with suppress(TimeoutError):
            async with asyncio.timeout(STOP_SECONDS / 2):
                await app.reception.finish()
        return status
    finally:
        await app.reception.drop()
        await finish([stopping, *tasks])


async def receive(app: App, transport: Transport) -> None:
    """One transport's incoming, until the terminal's input ends. A messenger that delivers nothing to bots, or
    that another program receives from, goes on being sent to; one that refuses the bot stops no other."""
    try:
        await receive_from(app, transport)
    except Refused:
        messenger = transport.capability.messenger
        app.refused.add(messenger)
        receiving = {name for name, each in app.transports.items() if each.capability.receives}
        if not receiving - app.refused:
            raise  # nobody is left who could say anything
        print(refusal(messenger, app.settings.language), file=sys.stderr)
        await asyncio.Event().wait()


async def receive_from(app: App, transport: Transport) -> None:
    """Raises Refused."""
    name = app.names[transport.capability.messenger] = await transport.start()
    await app.name_channels(transport.capability.messenger)
    if not isinstance(transport, Console):
        log.info("%s: this is %s", transport.capability.messenger, name)
        await transport.receive(app.reception.handle)
        await asyncio.Event().wait()
    elif transport.interactive:
        await transport.receive(app.reception.handle)
    else:
        await transport.receive(app.reception.handle_and_answer)
        await app.delivery.once()
        if waiting := await app.store.parcels.held():
            language = app.settings.language
            count = letters.digits(str(len(waiting)), language)
            print(words(language, "left_waiting", count=count), file=sys.stderr)


async def first_end(tasks: list[asyncio.Task[None] | asyncio.Task[bool]], language: str) -> int:
    """The exit status that the first task to end asks for."""
    done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in done:
        match task.exception():
            case None | BrokenPipeError():
                continue
            case ExceptionGroup() as faults if faults.split(BrokenPipeError)[1] is None:
                continue  # the terminal went away while alerts were on their way to it
            case Refused():
                print(refusal(task.get_name().removeprefix("receive "), language), file=sys.stderr)
                return 1
            case fault:
                raise fault
    return 0


def refusal(messenger: str, language: str) -> str:
    """That a messenger does not let the bot in, and which setting to mend."""
    return words(language, "refused", messenger=messenger, setting=f"SEBGHAT_{messenger.upper()}_TOKEN")


async def finish(tasks: Iterable[asyncio.Task[None] | asyncio.Task[bool]]) -> None:
    """Cancels what still runs, and waits for it within the time that stopping may take."""
    tasks = list(tasks)
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks, timeout=STOP_SECONDS / 2)


async def serve(app: App, calling: Mapping[str, Door]) -> Server | None:
    """The HTTP side, if an address is set; a port in use is one warning, since the terminal works without."""
    listen = app.settings.listen
    if listen is None:
        return None
    from bot.web.pages import Pages  # noqa: PLC0415
    from bot.web.server import Server  # noqa: PLC0415 - aiohttp is not needed to answer in a terminal
    from bot.web.webhooks import Webhooks  # noqa: PLC0415

    pages = Pages(app.page, app.settings.language)
    server = Server(app.ready, [*Webhooks(calling).routes, *pages.routes])
    try:
        port = await server.start(listen.host, listen.port)
    except OSError as fault:
        await server.stop()
        if app.terminal is None or calling:
            raise
        log.warning("nothing is served: %s:%s cannot be used (%s); SEBGHAT_LISTEN names another, or off",
                    listen.host, listen.port, fault.strerror)  # fmt: skip
        return None
    log.info("serving on http://%s:%d", listen.host, port)
    return server
