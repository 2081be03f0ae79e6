"""THE composition root: opens the store, names the transports, starts and stops what runs."""

from __future__ import annotations

import asyncio
import logging
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from bot.delivery import Delivery
from bot.intake import Intake
from bot.settings import Settings
from bot.transports import console
from bot.transports.console import Console
from bot.transports.transport import Transport
from handlers import recording
from sebghat import letters
from sebghat.conversation import ChatKind, fit
from sebghat.platforms import bundled
from sebghat.table import bundled_claims, bundled_readings
from sebghat.wording import words
from storage.store import Store, StoreFault, open_store

if TYPE_CHECKING:
    from bot.web.server import Server

log = logging.getLogger(__name__)

STOP_SECONDS = 8.0  # what is under way has that long to finish; the promise is 10
FAULT = 1


class App:
    """The parts of one running bot, wired."""

    def __init__(self, settings: Settings, store: Store, terminal: Console) -> None:
        self.settings = settings
        self.store = store
        self.terminal = terminal
        self.transports: Mapping[str, Transport] = {console.NAME: terminal}
        self.started = datetime.now(UTC)
        language, zone = settings.language, settings.timezone
        self.delivery = Delivery(store, bundled(), self.transports, language, zone)
        owners = [(owner.messenger, owner.user) for owner in settings.admins]
        self.intake = Intake(
            store, bundled(), [*owners, (console.NAME, console.OWNER)], language, zone, self.status
        )

    async def status(self) -> dict[str, str]:
        """Health of the process in numbers, for /status."""
        running = datetime.now(UTC) - self.started
        return {"uptime": str(timedelta(seconds=int(running.total_seconds())))}

    async def ready(self) -> bool:
        try:
            async with asyncio.timeout(2):
                await self.store.observations.count()
        except (StoreFault, TimeoutError):
            return False
        return True

    async def prepare(self) -> None:
        """What must be on record before the first message: figures, the hold, the terminal's subscription."""
        now = datetime.now(UTC)
        loaded = 0
        async with self.store.transaction() as record:
            await recording.set_hold(record, self.settings.hold, now)
            if await record.observations.next_id() == 1:
                loaded = await recording.enter_history(record, bundled(), bundled_readings(now), now)
                await recording.enter_claims(record, bundled_claims(), now)
        if loaded:
            print(words(self.settings.language, "loaded", count=letters.digits(str(loaded), self.settings.language)), file=sys.stderr)
        if console.NAME in self.transports:
            async with self.store.transaction() as record:
                if not await record.chats.knows(console.CHAT):
                    await record.chats.subscribe(console.CHAT, ChatKind.PRIVATE, [], now)
        await self.delivery.after_crash()

    async def chat(self) -> None:
        """The conversation in the terminal, until its input ends."""
        async for message in self.terminal.messages():
            reply = await self.intake.answer(message)
            if reply is not None:
                await self.terminal.deliver(console.CHAT, fit(reply, self.terminal.capability))
            # Alerts come after the answer that caused them, and before the next line is read.
            await self.delivery.once()
        await self.delivery.once()


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[App]:
    """The bot with its store open and prepared. Raises StoreFault."""
    store = await open_store(settings.database.get_secret_value())
    try:
        app = App(settings, store, Console(sys.stdin.fileno(), sys.stdout))
        await app.prepare()
        yield app
    finally:
        await store.close()


async def run(settings: Settings) -> int:
    """Runs the bot until its input ends or it is told to stop."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        with suppress(NotImplementedError):  # Windows has no such handlers
            loop.add_signal_handler(name, stop.set)
    async with opened(settings) as app:
        server = await serve(app)
        work = [asyncio.create_task(app.chat(), name="chat")]
        if app.terminal.interactive:
            await app.terminal.greet(words(settings.language, "greeting"))
            work.append(asyncio.create_task(app.delivery.run(), name="delivery"))
        stopping = asyncio.create_task(stop.wait(), name="stop")
        done, _ = await asyncio.wait([stopping, *work], return_when=asyncio.FIRST_COMPLETED)
        await finish([stopping, *work])
        if server is not None:
            await server.stop()
        for task in done:
            if task is not stopping and (fault := task.exception()) and not isinstance(fault, BrokenPipeError):
                raise fault
    return 0


async def finish(tasks: list[asyncio.Task[None] | asyncio.Task[bool]]) -> None:
    """Cancels what still runs, and waits for it within the time that stopping may take."""
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks, timeout=STOP_SECONDS)


async def serve(app: App) -> Server | None:
    """The HTTP side, if an address is set; a port in use is one warning, since the terminal works without."""
    if app.settings.listen is None:
        return None
    from bot.web.server import Server  # noqa: PLC0415 - aiohttp is not needed to answer in a terminal

    server = Server(app.ready)
    try:
        port = await server.start(*app.settings.listen)
    except OSError as fault:
        await server.stop()
        log.warning("nothing is served: %s:%s cannot be used (%s); SEBGHAT_LISTEN names another, or off",
                    *app.settings.listen, fault.strerror)  # fmt: skip
        return None
    log.info("serving on http://%s:%d", app.settings.listen.host, port)
    return server


async def ask(settings: Settings, text: str) -> int:
    """Answers one message as the owner in the terminal; delivers nothing else."""
    async with opened(settings) as app:
        reply = await app.intake.answer(app.terminal.message(text))
        if reply is not None:
            await app.terminal.deliver(console.CHAT, fit(reply, app.terminal.capability))
    return 0
