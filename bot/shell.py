"""The words of the shell that need the record: ask, import, export, verify, check."""

from __future__ import annotations

import asyncio
import gc
import os
import sys
from datetime import UTC, datetime
from pathlib import Path

from bot import messengers, tables
from bot.app import opened
from bot.settings import Settings, home, named, read_dotenv
from bot.values import CONSOLE
from bot.workshop import carry_out
from handlers import exchange, verification
from handlers.recording.importing import Order
from sebghat import letters
from sebghat.conversation import Destination, fit
from sebghat.platforms import bundled
from sebghat.wording import words
from storage.store import Store, StoreFault, open_store

TOLD_EVERY = 2.0  # seconds between two words about how far it is


async def ask(settings: Settings, text: str) -> int:
    """Answers one message as the owner in the terminal; delivers nothing else."""
    terminal = messengers.terminal()
    async with opened(settings, [terminal]) as app:
        for to, reply in await app.intake.take(terminal.message(text)):
            await terminal.deliver(to, fit(reply, terminal.capability))
    return 0


async def import_file(settings: Settings, file: Path, *, history: bool) -> int:
    """Records a table as the owner in the terminal, all or nothing; 1 and a line for each faulty row otherwise."""
    gc.set_threshold(200_000, 1_000, 1_000)  # what is read is kept to the end
    now, shown = datetime.now(UTC).replace(microsecond=0), asyncio.get_running_loop().time() + TOLD_EVERY

    def tell(text: str, **values: object) -> None:
        print(letters.digits(words(settings.language, text, **values), settings.language), file=sys.stderr, flush=True)

    async def progress(stage: str, done: int, of: int) -> None:
        nonlocal shown
        if (elapsed := asyncio.get_running_loop().time()) >= shown or stage == "writing":
            shown = elapsed + TOLD_EVERY
            tell(f"import.stage_{stage}", done=done, of=of)

    try:
        content = await asyncio.to_thread(tables.read, file)
    except tables.Unreadable as fault:
        tell(fault.code, file=file.name)
        return 1
    async with opened(settings, [messengers.terminal()]) as app:
        async with app.store.transaction() as record:
            person = await record.people.number(*messengers.AT_TERMINAL)
        order = Order(file.name, now, person, record=True, silent=history, where=Destination(CONSOLE, ""))
        done = await carry_out(order, content, app.store, progress)
    if done.unreadable:
        tell(done.unreadable, file=file.name)
    for each in done.faults:
        said = words(settings.language, f"row.{each.code}", cell=letters.visible(each.cell, 60))
        tell("import.line", line=each.line, said=said)
    if done.faulty:
        tell("import.nothing", count=done.faulty)
    if done.declined:
        tell(f"engine.{done.declined}")
    if not done.recorded:
        return 1
    counts = {name: getattr(done, name) for name in ("figures", "repeated", "releases")}
    said = (
        words(settings.language, "import.done", notes=done.noted, **counts)
        if done.figures
        else words(settings.language, "import.nothing_new", repeated=done.repeated)
    )
    print(letters.digits(said, settings.language))
    return 0


async def export_file(settings: Settings, file: Path) -> int:
    """Writes all that holds into a file, whole or not at all; its ending says the form, and must be one of them."""
    if file.suffix.lower() not in tables.ENDINGS:
        print(words(settings.language, "export.ending", file=file.name), file=sys.stderr)
        return 1
    store = await open_store(settings.database.get_secret_value())
    try:
        count = await tables.save(file, exchange.pages(store))
    except OSError as fault:
        print(words(settings.language, "export.no_room", file=file.name, why=fault.strerror or ""), file=sys.stderr)
        return 1
    finally:
        await store.close()
    count_said = letters.digits(str(count), settings.language)
    print(words(settings.language, "export.written", count=count_said, file=file.name))
    return 0


async def verify(settings: Settings) -> int:
    """Whether the record is whole; 1 and the first broken entry if it is not."""
    store = await open_store(settings.database.get_secret_value())
    try:
        text, values = await verification.verify(store, bundled())
    finally:
        await store.close()
    print(letters.digits(words(settings.language, text, **values), settings.language))
    return 0 if text == "verify.whole" else 1


async def check(settings: Settings) -> int:
    """A table of what is set and whether it works; 1 if something does not."""
    from bot import check as examination  # noqa: PLC0415 - only for this word

    given = read_dotenv(home() / ".env")[0] | named(os.environ)
    try:
        store: Store | StoreFault = await open_store(settings.database.get_secret_value())
    except StoreFault as fault:
        store = fault
    try:
        served = messengers.transports(settings, messengers.doors(settings))
        return await examination.check(settings, given, store, served)
    finally:
        if isinstance(store, Store):
            await store.close()
