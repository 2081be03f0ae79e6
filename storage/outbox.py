"""Messages on their way: from the hold to rows, one for each destination, and what became of each."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sebghat.conversation import Destination
from storage.database import Row, Verbs, moment
from storage.log import canonical

EXPIRY = timedelta(hours=24)  # overtaking.md §12
CHUNK = 5_000  # chats that become rows in one transaction
MOST_NOTES = 60  # of one message: their bits fit into an integer of the store

# A correction waits until it is known what became of the announcement there.
FREE = """(follows IS NULL OR EXISTS (SELECT 1 FROM outbox AS told
           WHERE told.id = outbox.follows AND told.state IN ('sent', 'uncertain')))"""

# Who has blocked the bot is left alone; what waits is there for the one who comes back in time.
THERE = """NOT EXISTS (SELECT 1 FROM chat WHERE chat.messenger = outbox.messenger AND chat.chat = outbox.chat
            AND chat.thread = outbox.thread AND paused_at IS NOT NULL)"""

Note = dict[str, Any]  # as JSON: kind, number, facts


@dataclass(frozen=True, slots=True)
class Parcel:
    """The notes of one group that leave together; `notes` as JSON objects, each with its announcement's number."""

    id: int
    group: str
    state: str
    due: datetime | None
    notes: list[Note]
    left_at: datetime | None
    spread_to: int | None  # the last chat that has become a row; None: all have
    spread_limit: int
    follow_to: int | None  # likewise the last row that a correction follows


@dataclass(frozen=True, slots=True)
class OutboxItem:
    id: int
    message: int
    to: Destination
    parts: int  # one bit for each note of the message that concerns this destination
    reply_to: str  # the messenger's id of what a correction answers
    private: bool
    language: str | None  # null: the setting's
    attempts: int
    doubts: int  # attempts that may have arrived


class Outbox:
    def __init__(self, verbs: Verbs) -> None:
        self._verbs = verbs

    async def hold(self, group: str, due: datetime | None, notes: list[Note]) -> None:
        """What of this group waits, until when; with no notes the message is cancelled."""
        waiting = await self._verbs.one(
            "SELECT id FROM message WHERE release_group = :group AND state = 'held'", group=group
        )
        if waiting is None and notes:
            await self._verbs.run(
                "INSERT INTO message (release_group, state, due, body) VALUES (:group, 'held', :due, :body)",
                group=group, due=due, body=canonical(notes),
            )  # fmt: skip
        elif waiting is not None and notes:
            await self._verbs.run(
                "UPDATE message SET due = :due, body = :body WHERE id = :id",
                due=due, body=canonical(notes), id=waiting["id"],
            )  # fmt: skip
        elif waiting is not None:
            await self._verbs.run("UPDATE message SET state = 'cancelled' WHERE id = :id", id=waiting["id"])

    async def held(self) -> list[Parcel]:
        rows = await self._verbs.all("SELECT * FROM message WHERE state = 'held' ORDER BY due, release_group")
        return [_parcel(row) for row in rows]

    async def overdue(self, now: datetime) -> list[Parcel]:
        """What must leave its hold by now, in the order in which it leaves."""
        rows = await self._verbs.all(
            "SELECT * FROM message WHERE state = 'held' AND due <= :now ORDER BY due, release_group", now=now
        )
        return [_parcel(row) for row in rows]

    async def next_departure(self) -> datetime | None:
        """When the next message leaves its hold."""
        row = await self._verbs.one("SELECT min(due) AS due FROM message WHERE state = 'held'")
        return moment(row["due"]) if row and row["due"] else None

    async def next_row(self, messenger: str) -> datetime | None:
        """When the next row of a messenger wants to be sent."""
        row = await self._verbs.one(
            "SELECT min(due) AS due FROM outbox"
            f" WHERE messenger = :messenger AND state = 'pending' AND {FREE} AND {THERE}",
            messenger=messenger,
        )
        return moment(row["due"]) if row and row["due"] else None

    async def leave(self, group: str, at: datetime) -> int | None:
        """The message of the group leaves its hold; from now on its recipients become rows."""
        row = await self._verbs.one(
            """UPDATE message SET state = 'left', left_at = :at, spread_to = 0, follow_to = 0,
                      spread_limit = (SELECT coalesce(max(id), 0) FROM chat)
               WHERE release_group = :group AND state = 'held' RETURNING *""",
            group=group, at=at,
        )  # fmt: skip
        if row is None:
            return None
        for part, note in _parts(json.loads(row["body"])):
            await self._verbs.run(
                "INSERT INTO told (number, message, part) VALUES (:number, :message, :part) ON CONFLICT DO NOTHING",
                number=note["number"], message=row["id"], part=part,
            )  # fmt: skip
        return int(row["id"])

    async def message(self, number: int) -> Parcel | None:
        row = await self._verbs.one("SELECT * FROM message WHERE id = :id", id=number)
        return _parcel(row) if row else None

    async def spreading(self) -> list[Parcel]:
        """Messages that have left, whose recipients are not all rows yet."""
        rows = await self._verbs.all(
            "SELECT * FROM message WHERE spread_to IS NOT NULL OR follow_to IS NOT NULL ORDER BY id"
        )
        return [_parcel(row) for row in rows]

    async def spread(self, message: Parcel, now: datetime) -> bool:
        """Makes rows for the next chunk of recipients; False when there are no more. News goes to the chats that
        hear of one of its platforms, a correction to those that the announcement went to."""
        if message.spread_to is not None:
            last = await self._chunk("chat", message.spread_to, "AND id <= :limit", limit=message.spread_limit)
            for part, note in _parts(message.notes):
                if last is not None and note["kind"] == "EVENT":
                    await self._subscribers(message, part, note, last, now)
            await self._reached(message, "spread_to", last)
            return True
        if message.follow_to is not None:
            last = await self._chunk("outbox", message.follow_to, "AND message < :limit", limit=message.id)
            for part, note in _parts(message.notes):
                if last is not None and note["kind"] != "EVENT":
                    await self._told(message, part, note, last, now)
            await self._reached(message, "follow_to", last)
            return True
        return False

    async def _chunk(self, table: str, after: int, among: str, limit: int) -> int | None:
        """The last id of the next chunk of a table's rows; None when there are no more."""
        row = await self._verbs.one(
            f"SELECT max(id) AS id FROM (SELECT id FROM {table} WHERE id > :after {among} ORDER BY id LIMIT {CHUNK})",
            after=after, limit=limit,
        )  # fmt: skip
        return row["id"] if row else None

    async def _reached(self, message: Parcel, cursor: str, last: int | None) -> None:
        await self._verbs.run(f"UPDATE message SET {cursor} = :last WHERE id = :id", last=last, id=message.id)

    async def _subscribers(self, message: Parcel, part: int, note: Note, last: int, now: datetime) -> None:
        await self._verbs.run(
            """INSERT INTO outbox (message, messenger, chat, thread, kind, language, rank, state, due, parts)
               SELECT :message, messenger, chat.chat, thread, kind, language,
                      CASE WHEN kind = 'channel' THEN 0 WHEN max(platform) <> '' THEN 1 ELSE 2 END, 'pending', :now,
                      :part
               FROM chat JOIN subscription ON subscription.chat = chat.id
               WHERE chat.id > :after AND chat.id <= :last AND paused_at IS NULL
                     AND platform IN ('', :domestic, :foreign)
               GROUP BY chat.id
               ON CONFLICT (message, messenger, chat, thread) DO UPDATE SET parts = outbox.parts | excluded.parts""",
            message=message.id, now=now, part=part, after=message.spread_to, last=last,
            domestic=note["facts"]["contest"][0], foreign=note["facts"]["contest"][1],
        )  # fmt: skip

    async def _told(self, message: Parcel, part: int, note: Note, last: int, now: datetime) -> None:
        await self._verbs.run(
            """INSERT INTO outbox (message, messenger, chat, thread, kind, language, rank, state, due, parts, follows)
               SELECT :message, messenger, chat, thread, kind, language, rank, 'pending', :now, :part, outbox.id
               FROM outbox JOIN told ON told.message = outbox.message
               WHERE told.number = :number AND outbox.parts & told.part <> 0 AND outbox.follows IS NULL
                     AND outbox.id > :after AND outbox.id <= :last AND outbox.message < :message
                     AND state IN ('pending', 'sending', 'sent', 'uncertain')
               ON CONFLICT (message, messenger, chat, thread)
               DO UPDATE SET parts = outbox.parts | excluded.parts, follows = excluded.follows""",
            message=message.id, now=now, part=part, number=note["number"], after=message.follow_to, last=last,
        )  # fmt: skip

    async def claim(self, messenger: str, now: datetime, limit: int) -> list[OutboxItem]:
        """Takes what is due. The attempt is on disk before the request, so that a crash leaves it 'sending'."""
        rows = await self._verbs.all(
            f"""UPDATE outbox SET state = 'sending', attempts = attempts + 1, tried_at = :now
                WHERE id IN (SELECT id FROM outbox
                             WHERE messenger = :messenger AND state = 'pending' AND due <= :now AND {FREE} AND {THERE}
                             ORDER BY due, rank, id LIMIT :limit {self._verbs.skip_locked})
                RETURNING *""",
            messenger=messenger, now=now, limit=limit,
        )  # fmt: skip
        rows.sort(key=lambda row: (row["due"], row["rank"], row["id"]))  # RETURNING promises no order
        return [_item(row, await self._sent_id(row["follows"])) for row in rows]

    async def _sent_id(self, followed: int | None) -> str:
        """The messenger's id of the announcement that a correction answers."""
        if followed is None:
            return ""
        row = await self._verbs.one("SELECT sent_id FROM outbox WHERE id = :id", id=followed)
        return (row["sent_id"] or "") if row else ""

    async def settle(
        self, item: OutboxItem, state: str, now: datetime, *, sent_id: str = "", detail: str = "",
        due: datetime | None = None, doubted: bool = False,
    ) -> None:  # fmt: skip
        """Writes down what became of a row that was being sent; `doubted`: it may have arrived."""
        await self._verbs.run(
            """UPDATE outbox SET state = :state, settled_at = :now, sent_id = :sent_id, detail = :detail,
                      due = coalesce(:due, due), doubts = doubts + :doubts
               WHERE id = :id AND state = 'sending'""",
            state=state, now=now, sent_id=sent_id, detail=detail, due=due, doubts=int(doubted), id=item.id,
        )  # fmt: skip

    async def expire(self, now: datetime) -> int:
        """Rows that could not leave within their shelf life are not sent any more, nor corrections of what never
        arrived."""
        await self._verbs.run(
            """UPDATE outbox SET state = 'cancelled', settled_at = :now WHERE state = 'pending'
               AND follows IN (SELECT id FROM outbox WHERE state IN ('failed', 'expired', 'cancelled'))""",
            now=now,
        )
        return await self._verbs.run(
            """UPDATE outbox SET state = 'expired', settled_at = :now WHERE state = 'pending'
               AND message IN (SELECT id FROM message WHERE state = 'left' AND left_at < :old)""",
            now=now, old=now - EXPIRY,
        )  # fmt: skip

    async def after_crash(self, now: datetime) -> int:
        """What was being sent when the program died is in doubt: once more in private, never by itself elsewhere."""
        return await self._verbs.run(
            """UPDATE outbox SET settled_at = :now, detail = 'interrupted while sending',
                      doubts = doubts + 1,
                      state = CASE WHEN kind = 'private' AND doubts = 0 THEN 'pending' ELSE 'uncertain' END
               WHERE state = 'sending'""",
            now=now,
        )  # fmt: skip

    async def counts(self) -> dict[str, int]:
        """Rows by state."""
        rows = await self._verbs.all("SELECT state, count(*) AS many FROM outbox GROUP BY state")
        return {row["state"]: row["many"] for row in rows}


def _parcel(row: Row) -> Parcel:
    return Parcel(
        row["id"],
        row["release_group"],
        row["state"],
        moment(row["due"]) if row["due"] else None,
        json.loads(row["body"]),
        moment(row["left_at"]) if row["left_at"] else None,
        row["spread_to"],
        row["spread_limit"] or 0,
        row["follow_to"],
    )


def _parts(notes: Iterable[Note]) -> list[tuple[int, Note]]:
    """The notes of a message, each with its bit."""
    return [(1 << place, note) for place, note in enumerate(notes)]


def _item(row: Row, reply_to: str) -> OutboxItem:
    return OutboxItem(
        row["id"],
        row["message"],
        Destination(row["messenger"], row["chat"], row["thread"]),
        row["parts"],
        reply_to,
        row["kind"] == "private",
        row["language"],
        row["attempts"],
        row["doubts"],
    )
