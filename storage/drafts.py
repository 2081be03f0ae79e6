"""Previews that wait for a button: a draft is taken once."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from sebghat.conversation import Destination
from storage.database import Row, Verbs, moment
from storage.log import canonical


@dataclass(frozen=True, slots=True)
class Draft:
    id: int
    body: dict[str, object]
    at: datetime


class Drafts:
    def __init__(self, verbs: Verbs) -> None:
        self._verbs = verbs

    async def keep(self, person: int, where: Destination, body: object, now: datetime) -> int:
        row = await self._verbs.one("SELECT coalesce(max(id), 0) + 1 AS id FROM draft")
        assert row is not None
        await self._verbs.run(
            "INSERT INTO draft (id, person, messenger, chat, thread, body, at)"
            " VALUES (:id, :person, :messenger, :chat, :thread, :body, :now)",
            id=row["id"], person=person, messenger=where.messenger, chat=where.chat, thread=where.thread,
            body=canonical(body), now=now,
        )  # fmt: skip
        return int(row["id"])

    async def newest(self, person: int, where: Destination) -> Draft | None:
        """The last preview that this person saw in this chat, if it still waits. Older ones are reached by their
        number alone: nobody remembers them when they say yes."""
        row = await self._verbs.one(
            """SELECT * FROM draft WHERE person = :person AND messenger = :messenger AND chat = :chat
               AND thread = :thread ORDER BY id DESC LIMIT 1""",
            person=person, messenger=where.messenger, chat=where.chat, thread=where.thread,
        )  # fmt: skip
        return _draft(row) if row and row["taken_at"] is None else None

    async def set_aside(self, person: int, where: Destination, now: datetime) -> None:
        """What was tried last was refused: a yes must not mean what was shown before it."""
        if await self.newest(person, where):
            refused = await self.keep(person, where, {}, now)
            await self._verbs.run("UPDATE draft SET taken_at = :now WHERE id = :id", id=refused, now=now)

    async def waiting(self, person: int, number: int) -> Draft | None:
        row = await self._verbs.one(
            "SELECT * FROM draft WHERE id = :id AND person = :person AND taken_at IS NULL",
            id=number,
            person=person,
        )
        return _draft(row) if row else None

    async def take(self, draft: Draft, now: datetime) -> bool:
        """True for the one who takes it; whoever comes later gets False."""
        taken = await self._verbs.run(
            "UPDATE draft SET taken_at = :now WHERE id = :id AND taken_at IS NULL", id=draft.id, now=now
        )
        return taken == 1


def _draft(row: Row) -> Draft:
    return Draft(row["id"], json.loads(row["body"]), moment(row["at"]))
