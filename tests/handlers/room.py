"""A bot with a store of its own, and the people who write to it: a message in, the answer as text."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bot import tables, workshop
from bot.intake import House, Intake, Replies
from handlers.desk import Machine, Work
from handlers.recording import departure
from handlers.recording.batch import Tell
from handlers.recording.importing import Done, Order
from sebghat.capabilities import CONSOLE
from sebghat.conversation import ChatKind, Markup, Message, Reply, fit
from sebghat.platforms import bundled
from storage.store import Store

OWNER, STRANGER, OTHER_OWNER = "1", "2", "9"
PLAIN = replace(CONSOLE, markup=Markup.NONE)
ISOLATES = dict.fromkeys(map(ord, "\u2066\u2067\u2068\u2069"))
UNWATCHED = frozenset({"seen", "refused"})  # that a message was answered or refused is noted, whatever it asked


class Room:
    """It speaks English until told otherwise. `administrators`: who administers its groups, by the messenger's
    word; None: it cannot say."""

    def __init__(self, store: Store, file: Path, language: str = "en", **more: Any) -> None:
        self.store = store
        self.file = file
        self.administrators: set[str] | None = set()
        self.keys = count(1)
        self.owners = {("telegram", OWNER)}
        self.files: dict[str, bytes] = {}  # by the ids of attachments
        self.stages: list[str] = []  # what was said about how far it is
        self._aside: list[tuple[Message, Work]] = []
        self.machine = Machine(
            fetch=self._fetch,
            workshop=self._workshop,
            aside=lambda message, work: self._aside.append((message, work)),
            table=tables.in_memory,
        )
        more = {"machine": self.machine} | more
        house = House(
            platforms=bundled(),
            owners=self.owners,
            language=language,
            zone=ZoneInfo("Asia/Tehran"),
            uptime=lambda: 5,
            administers=self._administers,
            **more,
        )
        self.intake = Intake(store, house)

    async def _administers(self, messenger: str, chat: str, person: str) -> bool | None:
        return None if self.administrators is None else person in self.administrators

    async def _fetch(self, message: Message, limit: int) -> bytes | str:
        content = self.files.get(message.file.id) if message.file else None
        return "gone" if content is None else content if len(content) <= limit else "large"

    async def _workshop(self, order: Order, content: bytes, tell: Tell) -> Done:
        """The one of the bot, in this process."""
        return await workshop.carry_out(order, content, self.store, tell)

    async def _progress(self, reply: Reply) -> None:
        self.stages.append(reply.plain)

    def message(self, text: str, sender: str = OWNER, **said: Any) -> Message:
        """A private message of the owner's, if nothing else is said."""
        fields: dict[str, Any] = {
            "key": f"m{next(self.keys)}",
            "messenger": "telegram",
            "chat": sender,
            "thread": "",
            "chat_kind": ChatKind.PRIVATE,
            "sent_at": datetime.now(UTC),
        }
        return Message(text=text, sender=sender, **(fields | said))

    async def replies(self, text: str, sender: str = OWNER, **said: Any) -> Replies:
        found = await self.intake.take(self.message(text, sender, **said))
        while self._aside:
            message, work = self._aside.pop(0)
            found.append((message.destination, await self.intake.finish(message, work, self._progress)))
        return found

    async def __call__(self, text: str, sender: str = OWNER, **said: Any) -> str:
        """The answer as a messenger without buttons shows it, the marks of direction left out."""
        return "\n\n".join(
            fit(reply, PLAIN).plain.translate(ISOLATES) for _, reply in await self.replies(text, sender, **said)
        )

    async def in_group(self, text: str, sender: str, **said: Any) -> str:
        return await self(text, sender, chat="-100", chat_kind=ChatKind.GROUP, **said)

    async def without_hold(self) -> None:
        async with self.store.transaction() as record:
            await departure.set_hold(record, 0, datetime.now(UTC))

    async def when_the_hold_is_over(self) -> None:
        """All that waits leaves, each at its time."""
        async with self.store.transaction() as record:
            await departure.depart_due(record, datetime.now(UTC) + timedelta(days=1))

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(self.file)) as connection:
            return connection.execute(sql).fetchall()

    def dump(self, *tables: str) -> dict[str, list[tuple[Any, ...]]]:
        """What stands in these tables (none: in all that are watched)."""
        there = [name for (name,) in self.rows("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
        return {name: self.rows(f"SELECT * FROM {name} ") for name in tables or set(there) - UNWATCHED}
