"""The bot at work: started, receiving and delivering until it is told to stop, and stopped in time."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
from collections.abc import Iterable, Mapping
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from bot import messengers
from bot.app import App, opened
from bot.settings import Settings
from bot.transports.transport import Refused, Transport
from sebghat import letters
from sebghat.wording import say, words

if TYPE_CHECKING:
    from bot.web.server import Server
    from bot.web.webhooks import Door

log = logging.getLogger(__name__)

STOP_SECONDS = 8.0  # what is under way has that long to finish; the promise is 10


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
    messenger = transport.capability.messenger
    try:
        if transport is app.terminal:
            await receive_lines(app)
        else:
            await app.supervision.keep(f"receiving from {messenger}", partial(receive_from, app, transport))
    except Refused:
        app.refused.add(messenger)
        receiving = {name for name, each in app.transports.items() if each.capability.receives}
        if not receiving - app.refused:
            raise  # nobody is left who could say anything
        print(refusal(messenger, app.settings.language), file=sys.stderr)
        await asyncio.Event().wait()


async def receive_from(app: App, transport: Transport) -> None:
    """Until cancelled. Raises Refused."""
    messenger = transport.capability.messenger
    name = app.names[messenger] = await transport.start()
    await app.name_channels(messenger)
    log.info("%s: this is %s", messenger, name)
    await transport.receive(app.reception.handle)
    await asyncio.Event().wait()


async def receive_lines(app: App) -> None:
    """Until the terminal's input ends; where nobody sits there, all answers and alerts are out by then."""
    terminal = app.terminal
    assert terminal is not None
    if terminal.interactive:
        await terminal.receive(app.reception.handle)
        return
    await terminal.receive(app.reception.handle_and_answer)
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

    pages = Pages(app.page, app.store.log.last, app.settings.language)
    server = Server(app.unready, [*Webhooks(calling).routes, *pages.routes])
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
