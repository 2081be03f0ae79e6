"""The terminal as a messenger: lines come in, answers and alerts go out as plain text."""

from __future__ import annotations

import asyncio
import os
import re
import threading
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import TextIO

from bot.transports.transport import Bare, Handle, Image, Kind, Outcome
from sebghat.capabilities import CONSOLE
from sebghat.conversation import ChatKind, Destination, File, Markup, Message, Reply, Style

NAME = "console"
CHAT = Destination(NAME, "terminal")
OWNER = "owner"  # the person at the terminal
LONGEST_LINE = 65_536  # bytes of a line that are kept; what no command needs is dropped
BOLD, NORMAL = "\x1b[1m", "\x1b[22m"
CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]")  # all but the end of a line; \x9b alone opens a sequence too
PROMPT = "› "


class Console(Bare):
    """Reads lines from a file descriptor and writes to a stream, both in threads of their own: neither can block
    the loop, and a daemon thread that waits for a line cannot hold up the end."""

    def __init__(self, descriptor: int, output: TextIO, folder: Path | None = None) -> None:
        """Files that go with an answer are written into `folder`, beside what lies there; without it only named."""
        self._descriptor = descriptor
        self._output = output
        self._folder = folder
        self._keys = count(1)
        self._writing = asyncio.Lock()
        self._start = f"{os.getpid()}-{datetime.now(UTC).isoformat()}"
        self.interactive = os.isatty(descriptor) and output.isatty()
        self.capability = replace(CONSOLE, markup=Markup.ANSI if output.isatty() else Markup.NONE)

    def message(self, text: str) -> Message:
        """A line as a message of the owner's."""
        return Message(
            key=f"{self._start}-{next(self._keys)}",
            messenger=NAME,
            chat=CHAT.chat,
            thread=CHAT.thread,
            chat_kind=ChatKind.PRIVATE,
            sender=OWNER,
            text=text,
            sent_at=datetime.now(UTC),
        )

    async def messages(self) -> AsyncIterator[Message]:
        """Each line is a message; one that ends in a backslash goes on in the next. Empty ones are none."""
        lines: asyncio.Queue[str | None] = asyncio.Queue(maxsize=16)
        loop = asyncio.get_running_loop()

        def put(line: str | None) -> None:
            # Waits for room, so that a long file does not end up in memory.
            asyncio.run_coroutine_threadsafe(lines.put(line), loop).result()

        threading.Thread(target=_read_lines, args=(self._descriptor, put), daemon=True).start()
        started: list[str] = []
        while True:
            await self._prompt()
            line = await lines.get()
            if line is not None and line.endswith("\\"):
                started.append(line[:-1])
                continue
            text = "\n".join([*started, line or ""]).strip()
            started = []
            if text:
                yield self.message(text)
            if line is None:
                return

    async def deliver(self, to: Destination, reply: Reply, image: Image | None = None) -> Outcome:
        """Prints; there is one terminal, whatever the destination."""
        if to != CHAT:
            return Outcome(Kind.PERMANENT, detail="there is no such chat in a terminal")
        text = "".join(self._styled(span.text, span.style) for span in reply.spans)
        if reply.file is not None:
            text = "\n".join(filter(None, [text, await asyncio.to_thread(self._put_down, reply.file)]))
        # A terminal is told nothing by us but text: what users named may hold escape sequences.
        start = "\r" if self.interactive else ""
        await self._write(f"{start}{text}\n\n")
        return Outcome(Kind.OK)

    async def start(self) -> str:
        return NAME

    async def receive(self, handle: Handle) -> None:
        """Until the input ends. The next line is read when the one before was answered."""
        async for message in self.messages():
            await handle([message])

    async def administers(self, chat: str, person: str) -> bool | None:
        return True

    async def rights(self, chat: str) -> Outcome:
        return Outcome(Kind.OK if chat == CHAT.chat else Kind.PERMANENT)

    async def close(self) -> None:
        """Its threads are daemons: nothing is left open."""

    async def greet(self, text: str) -> None:
        await self._write(f"{text}\n\n")

    async def _prompt(self) -> None:
        if self.interactive:
            await self._write(PROMPT)

    def _put_down(self, file: File) -> str:
        """Writes a file, never over another; its place, and its size in bytes."""
        name = Path(CONTROL.sub("", file.name)).name or "file"
        size = f"{len(file.content)} B"
        if self._folder is None:
            return f"{name} ({size})"
        for number in range(1, 1000):
            place = self._folder / (name if number == 1 else f"{Path(name).stem}-{number}{Path(name).suffix}")
            try:
                with place.open("xb") as kept:
                    kept.write(file.content)
            except FileExistsError:
                continue
            except OSError:
                break
            return f"{place} ({size})"
        return f"{name} ({size})"

    def _styled(self, text: str, style: Style) -> str:
        safe = CONTROL.sub("", text)
        return f"{BOLD}{safe}{NORMAL}" if style is Style.BOLD and self.capability.markup is Markup.ANSI else safe

    async def _write(self, text: str) -> None:
        async with self._writing:
            await _in_daemon(lambda: self._print(text))

    def _print(self, text: str) -> None:
        self._output.write(text)
        self._output.flush()


def _read_lines(descriptor: int, put: Callable[[str | None], None]) -> None:
    """Hands on each line, cut at LONGEST_LINE, and at the end None."""
    line, end = bytearray(), False
    try:
        while not end:
            chunk = _read(descriptor)
            end = not chunk
            first, *others = chunk.split(b"\n")
            line += first[: max(0, LONGEST_LINE - len(line))]
            for other in others:
                put(_text(line))
                line = bytearray(other[:LONGEST_LINE])
        if line:
            put(_text(line))
        put(None)
    except RuntimeError:
        pass  # the loop has ended: nobody is left to read for


def _read(descriptor: int) -> bytes:
    """What there is, nothing at the end; a terminal that is gone is an end too. Unbuffered: a thread that waits in a
    buffered read would stop the interpreter from ending."""
    try:
        return os.read(descriptor, 65_536)
    except OSError:
        return b""


def _text(line: bytearray) -> str:
    return line.decode("utf-8", errors="replace").rstrip("\r")


async def _in_daemon(call: Callable[[], None]) -> None:
    """Runs a call that may wait for ever in a thread that cannot keep the program from ending."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[None] = loop.create_future()

    def settle(fault: BaseException | None) -> None:
        if not done.done():
            done.set_exception(fault) if fault else done.set_result(None)

    def run() -> None:
        fault: BaseException | None = None
        try:
            call()
        except (OSError, ValueError) as error:  # the pipe is broken or closed
            fault = BrokenPipeError(str(error))
        loop.call_soon_threadsafe(settle, fault)

    threading.Thread(target=run, daemon=True).start()
    await done
