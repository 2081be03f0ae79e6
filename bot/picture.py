"""Drawings as pictures: rendered in a process of its own, kept by name, and never waited for long.

A picture that fails, is late or finds too many before it is None: its text goes out alone.
"""

from __future__ import annotations

import asyncio
import logging
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections import OrderedDict
from contextlib import suppress
from importlib.resources import files
from pathlib import Path

from bot.transports.transport import Image
from sebghat.conversation import Picture

log = logging.getLogger(__name__)

LIMIT = 3.0  # seconds that a message waits for its picture, at most
KEPT = 64  # pictures of at most 60 kB
WAITING = 8  # pictures of answers that may wait: under a second; alerts are drawn once for all who receive them
AGAIN = 60.0  # seconds in which a picture that failed is not tried again, so that not every recipient waits for it
IDLE = 300.0  # seconds without work after which the process is let go
LARGEST = 4_000_000  # bytes of a picture
WORKER = Path(__file__).with_name("darkroom.py")
LENGTH = 4  # bytes, as the worker reads it


class Pictures:
    """Owned by the app. The worker starts with the first picture."""

    def __init__(self, limit: float = LIMIT, worker: Path = WORKER) -> None:
        """`worker` is the program that draws."""
        self._limit = limit
        self._program = worker
        self._kept: OrderedDict[str, bytes] = OrderedDict()
        self._failed: dict[str, float] = {}  # until when it is not tried again
        self._under_way: dict[str, asyncio.Task[bytes | None]] = {}
        self._worker: Process | None = None
        self._at_work = asyncio.Lock()
        # Answers queue here first: of them only one stands in the worker's queue, so alerts are never far behind.
        self._answers = asyncio.Lock()
        self._asked: set[str] = set()  # names of answers' pictures that are under way
        self._idle: asyncio.TimerHandle | None = None

    async def image(self, picture: Picture, *, alert: bool) -> Image | None:
        """The picture in pixels, within the limit of time; None: go without."""
        if png := self._kept.get(picture.name):
            self._kept.move_to_end(picture.name)
            return Image(picture.name, png)
        if self._failed.get(picture.name, 0) > _clock():
            return None
        task = self._under_way.get(picture.name)
        if task is None:
            if not alert and len(self._asked) >= WAITING:
                return None
            task = asyncio.create_task(self._develop(picture, alert=alert), name=f"draw {picture.name}")
            self._under_way[picture.name] = task
            if not alert:
                self._asked.add(picture.name)
            task.add_done_callback(lambda done: self._done(picture.name, done))
        done, _ = await asyncio.wait([task], timeout=self._limit)
        png = task.result() if done and not task.cancelled() and not task.exception() else None
        return Image(picture.name, png) if png else None

    async def close(self) -> None:
        """Ends the worker and what it was asked for."""
        under_way = list(self._under_way.values())
        for task in under_way:
            task.cancel()
        if under_way:
            await asyncio.wait(under_way)
        await self._let_go()

    async def _develop(self, picture: Picture, *, alert: bool) -> bytes | None:
        if alert:
            async with self._at_work:
                png = await self._ask(picture)
        else:
            async with self._answers, self._at_work:
                png = await self._ask(picture)
        self._keep(picture.name, png)
        return png

    def _done(self, name: str, task: asyncio.Task[bytes | None]) -> None:
        del self._under_way[name]
        self._asked.discard(name)
        if not task.cancelled() and (fault := task.exception()):
            log.error("a picture could not be drawn; its text goes alone", exc_info=fault)
            self._keep(name, None)

    def _keep(self, name: str, png: bytes | None) -> None:
        if png is None:
            now = _clock()
            self._failed = {other: until for other, until in self._failed.items() if until > now}
            self._failed[name] = now + AGAIN
            return
        self._failed.pop(name, None)
        self._kept[name] = png
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)

    async def _ask(self, picture: Picture) -> bytes | None:
        """What the worker makes of it. One that does not answer is ended; one that had ended is started anew."""
        if self._idle is not None:
            self._idle.cancel()
        svg = picture.svg.encode()
        for _ in range(2):
            try:
                async with asyncio.timeout(self._limit):
                    made = await self._talk(svg)
            except TimeoutError:
                log.warning("a picture took more than %.0f s; its text goes alone", self._limit)
                await self._let_go()
                return None
            except asyncio.CancelledError:
                await self._let_go()
                raise
            except (OSError, asyncio.IncompleteReadError, ValueError) as fault:
                log.warning("the process that draws ended: %s", type(fault).__name__)
                await self._let_go()
                continue
            self._idle = asyncio.get_running_loop().call_later(IDLE, self._rest)
            if made.startswith(b"\x89PNG"):
                return made
            log.warning("a picture failed: %s", made.decode(errors="replace"))
            return None
        return None

    async def _talk(self, svg: bytes) -> bytes:
        if self._worker is None or self._worker.returncode is not None:
            fonts = files("sebghat.charts.fonts")
            faces = [str(fonts.joinpath(f"Vazirmatn-{weight}.ttf")) for weight in ("Regular", "Bold")]
            # -P: the folder of the program is no place to import from.
            self._worker = await asyncio.create_subprocess_exec(
                sys.executable, "-P", str(self._program), *faces, stdin=PIPE, stdout=PIPE, stderr=DEVNULL
            )
        inlet, outlet = self._worker.stdin, self._worker.stdout
        assert inlet is not None
        assert outlet is not None
        inlet.write(len(svg).to_bytes(LENGTH, "big") + svg)
        await inlet.drain()
        size = int.from_bytes(await outlet.readexactly(LENGTH), "big")
        if size > LARGEST:
            raise ValueError("no picture is as large")
        return await outlet.readexactly(size)

    def _rest(self) -> None:
        """Nobody asked for a picture for long: an end of its input ends the worker."""
        if self._worker is not None and self._worker.stdin is not None and not self._at_work.locked():
            self._worker.stdin.close()
            self._worker = None

    async def _let_go(self) -> None:
        if self._idle is not None:
            self._idle.cancel()
        worker, self._worker = self._worker, None
        if worker is not None:
            with suppress(ProcessLookupError):
                worker.kill()
            with suppress(TimeoutError):
                async with asyncio.timeout(1):
                    await worker.wait()


def _clock() -> float:
    return asyncio.get_running_loop().time()
