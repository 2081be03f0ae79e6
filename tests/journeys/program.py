"""The real program as a process, with a store of its own and none of the settings of whoever runs the tests."""

from __future__ import annotations

import os
import pty
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parents[2]
BOT = [sys.executable, "-m", "bot"]
LOADED = "94 published figures with source and date were loaded; nothing is announced for them.\n"


@dataclass(frozen=True)
class Ended:
    """How a program that has ended did."""

    status: int
    out: str
    err: str

    @property
    def answers(self) -> list[str]:
        return [answer for answer in self.out.split("\n\n") if answer]


def environment(database: Path | str, **settings: str) -> dict[str, str]:
    own = {name: value for name, value in os.environ.items() if not name.startswith("SEBGHAT_")}
    given = {
        "DATABASE": f"sqlite:///{database}",
        "LISTEN": "off",
        "LANGUAGE": "en",
        "HOLD": "600",
        "TRANSPORTS": "console",
        "TIMEZONE": "Asia/Tehran",
        "LOG": "text",
    } | settings
    return own | {f"SEBGHAT_{name}": value for name, value in given.items()}


def run(database: Path | str, *lines: str | bytes, words: tuple[str, ...] = (), **settings: str) -> Ended:
    """Starts the program, gives it these lines, and waits for its end."""
    sent = b"".join((line if isinstance(line, bytes) else line.encode()) + b"\n" for line in lines)
    ended = subprocess.run(
        [*BOT, *words], cwd=HERE, env=environment(database, **settings), input=sent, capture_output=True, timeout=60
    )
    return Ended(ended.returncode, ended.stdout.decode(), ended.stderr.decode())


class Running:
    """A program that runs: `says` gives it a line, `until` reads what it prints."""

    def __init__(self, database: Path | str, **settings: str) -> None:
        self.process = subprocess.Popen(
            BOT,
            cwd=HERE,
            env=environment(database, **settings),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def says(self, line: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(line.encode() + b"\n")
        self.process.stdin.flush()

    def until(self, text: str) -> str:
        """What it prints up to the end of the line with this text."""
        assert self.process.stdout is not None
        printed = ""
        while text not in printed:
            line = self.process.stdout.readline()
            assert line, f"it ended without {text!r}:\n{printed}"
            printed += line.decode()
        return printed

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)

    def end(self) -> Ended:
        """Closes its input and waits for its end."""
        out, err = self.process.communicate(timeout=60)
        return Ended(self.process.returncode, out.decode(), err.decode())


@contextmanager
def running(database: Path | str, **settings: str) -> Iterator[Running]:
    program = Running(database, **settings)
    try:
        yield program
    finally:
        program.kill()
        program.process.communicate()


class Terminal:
    """A program that somebody talks to in a terminal."""

    def __init__(self, database: Path | str, **settings: str) -> None:
        self._master, slave = pty.openpty()
        self.process = subprocess.Popen(
            BOT, cwd=HERE, env=environment(database, **settings), stdin=slave, stdout=slave, stderr=slave
        )
        os.close(slave)

    def says(self, line: str) -> None:
        os.write(self._master, line.encode() + b"\n")

    def until(self, text: str, seconds: float = 30) -> str:
        """What it shows up to this text."""
        shown = b""
        while text.encode() not in shown:
            ready, _, _ = select.select([self._master], [], [], seconds)
            assert ready, f"nothing more for {seconds} s after:\n{shown.decode(errors='replace')}"
            shown += os.read(self._master, 65_536)
        return shown.decode(errors="replace")

    def goes_away(self) -> None:
        """The window is closed, or the line is cut."""
        os.close(self._master)
        self._master = -1

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        if self._master >= 0:
            self.goes_away()


@contextmanager
def terminal(database: Path | str, **settings: str) -> Iterator[Terminal]:
    opened = Terminal(database, **settings)
    try:
        yield opened
    finally:
        opened.close()
