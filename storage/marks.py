"""Announcements that are to be marked where they stand, since a correction of them has arrived below."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from storage.database import Verbs, moment
from storage.outbox import OutboxItem, item

MOST_CORRECTIONS = 20  # of one announcement in one chat


@dataclass(frozen=True, slots=True)
class Mark:
    """`sent_id`: the messenger's id of what is marked; `corrections`: messages and parts that arrived there since,
    in order."""

    correction: int
    told: OutboxItem
    sent_id: str
    corrections: tuple[tuple[int, int], ...]
    tries: int


class Marks:
    def __init__(self, verbs: Verbs) -> None:
        self._verbs = verbs

    async def add(self, corrections: Iterable[int], now: datetime) -> None:
        """These rows of corrections have arrived. In the transaction that settles them."""
        for number in corrections:
            await self._verbs.run(
                """INSERT INTO mark (correction, told, messenger, due)
                   SELECT id, follows, messenger, :now FROM outbox
                   WHERE id = :id AND state = 'sent' AND follows IS NOT NULL ON CONFLICT DO NOTHING""",
                id=number, now=now,
            )  # fmt: skip

    async def next(self, messenger: str) -> datetime | None:
        """When the next one wants to be made."""
        row = await self._verbs.one(
            "SELECT min(due) AS due FROM mark WHERE messenger = :messenger", messenger=messenger
        )
        return moment(row["due"]) if row and row["due"] else None

    async def due(self, messenger: str, now: datetime, most: int) -> list[Mark]:
        """Those to be made now. One whose announcement was forgotten is none any more."""
        await self._verbs.run(
            "DELETE FROM mark WHERE messenger = :messenger AND due <= :now"
            " AND NOT EXISTS (SELECT 1 FROM outbox WHERE outbox.id = told AND sent_id <> '')",
            messenger=messenger, now=now,
        )  # fmt: skip
        rows = await self._verbs.all(
            """SELECT correction, tries, outbox.* FROM mark JOIN outbox ON outbox.id = told
               WHERE mark.messenger = :messenger AND mark.due <= :now ORDER BY mark.due, correction LIMIT :most""",
            messenger=messenger, now=now, most=most,
        )  # fmt: skip
        found = []
        for row in rows:
            corrections = await self._verbs.all(
                """SELECT message, parts FROM outbox WHERE follows = :told AND state IN ('sent', 'uncertain')
                   ORDER BY id LIMIT :most""",
                told=row["id"], most=MOST_CORRECTIONS,
            )  # fmt: skip
            pairs = tuple((each["message"], each["parts"]) for each in corrections)
            found.append(Mark(row["correction"], item(row), row["sent_id"], pairs, row["tries"]))
        return found

    async def done(self, mark: Mark) -> None:
        """It is made, or never will be."""
        await self._verbs.run("DELETE FROM mark WHERE correction = :id", id=mark.correction)

    async def again(self, mark: Mark, due: datetime) -> None:
        await self._verbs.run(
            "UPDATE mark SET tries = tries + 1, due = :due WHERE correction = :id", id=mark.correction, due=due
        )
