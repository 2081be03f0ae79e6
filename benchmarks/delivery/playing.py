"""The counting messenger as a process, and who delivers to it."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import venv
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp

from benchmarks.delivery.contestants import TOKEN
from tests.journeys.program import HERE, environment

CONTESTANTS = Path(__file__).with_name("contestants.py")
RIVALS = ("python-telegram-bot[rate-limiter]==22.8", "aiogram")


class Played:
    token = TOKEN

    def __init__(self, url: str, session: aiohttp.ClientSession) -> None:
        self.url = url
        self._session = session

    async def set(self, *, limit: int | None = None, latency: float = 0.0, penalty: float = 0.0) -> None:
        await self._control("set", limit=limit, latency=latency, penalty=penalty)

    async def ask(self, chat: int, text: str) -> None:
        await self._control("ask", chat=chat, text=text)

    async def count(self) -> dict[str, Any]:
        return await self._control("count")

    async def _control(self, what: str, **body: object) -> dict[str, Any]:
        async with self._session.post(f"{self.url}/control/{what}", json=body) as answer:
            found: dict[str, Any] = await answer.json()
            return found


@asynccontextmanager
async def playing() -> AsyncIterator[Played]:
    server = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "benchmarks.delivery.server", cwd=HERE, stdout=subprocess.PIPE
    )
    try:
        assert server.stdout is not None
        url = (await server.stdout.readline()).decode().strip()
        async with aiohttp.ClientSession() as session:
            yield Played(url, session)
    finally:
        server.terminate()
        await server.wait()


def rivals(folder: Path) -> Path:
    """A Python with the libraries that ours is compared with: they must not share an environment with ours."""
    venv.create(folder, with_pip=True)
    python = folder / "bin" / "python"
    subprocess.run([python, "-m", "pip", "install", "-q", *RIVALS], check=True, stderr=subprocess.DEVNULL)
    return python


async def deliver(
    played: Played, name: str, chats: int, *, python: Path | None = None, store: Path | None = None
) -> dict[str, Any]:
    """What it took: seconds, seconds of processor, MiB at most; and what the messenger counted."""
    program = [str(python or sys.executable), str(CONTESTANTS)]
    env = environment(
        store or "none", TRANSPORTS="telegram", TELEGRAM_TOKEN=TOKEN, TELEGRAM_API=played.url, PICTURES="off",
        **({} if (await played.count())["limited"] else {"TELEGRAM_RATE": "100000", "TELEGRAM_CHAT_RATE": "100000"}),
    )  # fmt: skip
    process = await asyncio.create_subprocess_exec(
        *program, name, played.url, str(chats), cwd=HERE, env=env | {"PYTHONPATH": str(HERE)}, stdout=subprocess.PIPE
    )
    out, _ = await process.communicate()
    assert process.returncode == 0, name
    found: dict[str, Any] = json.loads(out.splitlines()[-1])
    return found | await played.count()
