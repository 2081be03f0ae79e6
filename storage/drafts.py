"""Previews that wait for a button: a draft is taken once, and what became of it can be told."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from sebghat.conversation import Destination
from storage.database import Row, Verbs, moment
from storage.log import canonical


@dataclass(frozen=True, slots=True)
class Draft:
    """`effect`: a digest of what recording would have done when it was shown, after the log's entry `entry`.
    `became`: nothing yet while it waits; recorded, cancelled, refused, or replaced by the draft `successor`."""

    id: int
    person: int
    body: dict[str, object]
    at: datetime
    effect: str = ""
    entry: int = 0
    became: str = ""
    successor: int | None = None

    @property
    def waits(self) -> bool:
        return not self.became


class Drafts:
    def __init__(self, verbs: Verbs) -> None:
        self._verbs = verbs

    async def keep(
        self, person: int, where: Destination, body: object, now: datetime, *, effect: str = "", entry: int = 0
    ) -> int:
        """Its number, which no other preview has had or will have."""
        row = await self._verbs.one(
            "INSERT INTO draft (person, messenger, chat, thread, body, at, effect, entry)"
            " VALUES (:person, :messenger, :chat, :thread, :body, :now, :effect, :entry) RETURNING id",
            person=person, messenger=where.messenger, chat=where.chat, thread=where.thread, body=canonical(body),
            now=now, effect=effect, entry=entry,
        )  # fmt: skip
        assert row is not None
        return int(row["id"])

    async def newest(self, person: int, where: Destination) -> Draft | None:
        """The last preview that this person saw in this chat, whatever became of it. Older ones are reached by their
        number alone: nobody remembers them when they say yes."""
        row = await self._verbs.one(
            """SELECT * FROM draft WHERE person = :person AND messenger = :messenger AND chat = :chat
               AND thread = :thread ORDER BY id DESC LIMIT 1""",
            person=person, messenger=where.messenger, chat=where.chat, thread=where.thread,
        )  # fmt: skip
        return _draft(row) if row else None

    async def set_aside(self, person: int, where: Destination, now: datetime) -> None:
        """What was tried last was refused: a yes must not mean what was shown before it."""
        newest = await self.newest(person, where)
        if newest and newest.waits:
            refused = await self.keep(person, where, {}, now)
            await self._verbs.run(
                "UPDATE draft SET taken_at = :now, became = 'refused' WHERE id = :id", id=refused, now=now
            )

    async def find(self, number: int) -> Draft | None:
        """Anybody's, whatever became of it."""
        row = await self._verbs.one("SELECT * FROM draft WHERE id = :id", id=number)
        return _draft(row) if row else None

    async def take(self, draft: Draft, became: str, now: datetime, *, successor: int | None = None) -> bool:
        """True for the one who takes it; whoever comes later gets False."""
        taken = await self._verbs.run(
            """UPDATE draft SET taken_at = :now, became = :became, successor = :successor
               WHERE id = :id AND taken_at IS NULL""",
            id=draft.id, became=became, successor=successor, now=now,
        )  # fmt: skip
        return taken == 1


def _draft(row: Row) -> Draft:
    became = row["became"] or ("cancelled" if row["taken_at"] else "")  # of what was taken by an older version
    return Draft(
        row["id"], row["person"], json.loads(row["body"]), moment(row["at"]), row["effect"], row["entry"], became,
        row["successor"],
    )  # fmt: skip
