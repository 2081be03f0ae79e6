"""Tables are tried and recorded in a process of their own: the bot answers others meanwhile, whatever the size.

Here is what the bot calls, and below it the program that it starts: `python -m bot.workshop`. In: the order, pickled;
out: pickled lines of how far it is, and last what became of it. It ends when the bot does.
"""

from __future__ import annotations

import asyncio
import gc
import os
import pickle
import sys
import threading
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from bot import tables
from handlers.desk import registered
from handlers.recording import importing
from handlers.recording.batch import Tell
from handlers.recording.importing import Done, Order
from sebghat.platforms import bundled
from storage.store import Store, StoreFault, open_store

ROOT = str(Path(__file__).resolve().parent.parent)
LENGTH = 4  # bytes before each pickle
PATIENCE = 15 * 60.0  # seconds for one table
MEMORY = 3 * 2**30  # bytes; 200,000 rows take some 1.3 GB


class Failed(Exception):
    """The process ended without an answer; what it said is in the log."""


@dataclass(frozen=True, slots=True)
class Workshop:
    """One table at a time: the engine holds all of it in memory."""

    url: str  # of the store
    turn: asyncio.Lock

    async def __call__(self, order: Order, content: bytes, tell: Tell) -> Done:
        """Raises Failed, StoreFault."""
        async with self.turn, asyncio.timeout(PATIENCE):
            file = await asyncio.to_thread(_kept, content)
            try:
                return await self._carry_out(order, file, tell)
            finally:
                await asyncio.to_thread(os.unlink, file)

    async def _carry_out(self, order: Order, file: str, tell: Tell) -> Done:
        path = os.pathsep.join(filter(None, (ROOT, os.environ.get("PYTHONPATH"))))
        # -P: where the user stands is no place to import from.
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-P", "-m", "bot.workshop", stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": path},
        )  # fmt: skip
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            process.stdin.write(_framed((order, file, self.url)))
            await process.stdin.drain()
            while True:
                try:
                    length = int.from_bytes(await process.stdout.readexactly(LENGTH), "big")
                    said = pickle.loads(await process.stdout.readexactly(length))  # noqa: S301 - our own process
                except asyncio.IncompleteReadError:
                    raise Failed from None
                match said:
                    case Done():
                        return said
                    case {"fault": code, "details": details}:
                        raise StoreFault(code, **details)
                    case (stage, done, of):
                        await tell(stage, done, of)
        finally:
            if process.returncode is None:
                process.kill()
            await process.wait()


def _kept(content: bytes) -> str:
    with NamedTemporaryFile(prefix="sebghat-", suffix=".table", delete=False) as file:
        file.write(content)
        return file.name


def _framed(said: object) -> bytes:
    pickled = pickle.dumps(said)
    return len(pickled).to_bytes(LENGTH, "big") + pickled


async def carry_out(order: Order, content: bytes, store: Store, tell: Tell) -> Done:
    """The same in this process."""
    try:
        rows = await asyncio.to_thread(tables.rows, order.name, content)
    except tables.Unreadable as fault:
        return Done(unreadable=fault.code)
    return await importing.carry_out(order, rows, store, await registered(store, bundled()), tell)


# The program ------------------------------------------------------------------------------------------------


async def main(order: Order, file: str, url: str) -> Any:
    async def tell(stage: str, done: int, of: int) -> None:
        _say((stage, done, of))

    content = tables.read(Path(file))
    try:
        store = await open_store(url)
        try:
            return await carry_out(order, content, store, tell)
        finally:
            await store.close()
    except StoreFault as fault:
        return {"fault": fault.code, "details": fault.details}


def _say(said: object) -> None:
    sys.stdout.buffer.write(_framed(said))
    sys.stdout.buffer.flush()


def _bound_memory() -> None:
    """A file that is made to takes no more than this from everybody else."""
    if sys.platform != "win32":
        import resource  # noqa: PLC0415 - Windows has none

        with suppress(ValueError, OSError):  # less is allowed already, or the system knows no such bound
            resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def _end_with_the_bot() -> None:
    """The bot keeps our input open as long as it lives: nothing is recorded that nobody could be told of."""
    sys.stdin.buffer.read()
    os._exit(1)


if __name__ == "__main__":
    _bound_memory()
    gc.set_threshold(200_000, 1_000, 1_000)  # what is read is kept to the end
    length = int.from_bytes(sys.stdin.buffer.read(LENGTH), "big")
    asked = pickle.loads(sys.stdin.buffer.read(length))  # noqa: S301 - our own process
    threading.Thread(target=_end_with_the_bot, daemon=True).start()
    _say(asyncio.run(main(*asked)))
