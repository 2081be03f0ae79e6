"""Announcements that leave: from the hold of their group to a row of the outbox for each recipient."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from storage.database import Row, Verbs, listed, moment
from storage.log import canonical
from storage.outbox import PAUSED
from storage.tally import OPEN, rows_since

CHUNK = 5_000  # chats that become rows in one transaction
NEWS = "EVENT"  # the kind of a note that goes to subscribers; others go to those who were told
MOST_NOTES = 60  # of one message: their bits fit into an integer of the store
REACHED = (*OPEN, "sent", "uncertain")  # rows that have arrived, or may yet

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
    report: int | None  # the report to the admins that it is; None: an alert


class Parcels:
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

    async def leave(self, group: str, at: datetime) -> int | None:
        """The message of the group leaves its hold; from now on its recipients become rows."""
        row = await self._verbs.one(
            """UPDATE message SET state = 'left', left_at = :at, spread_to = 0,
                      spread_limit = (SELECT coalesce(max(id), 0) FROM chat),
                      rows_after = (SELECT coalesce(max(id), 0) FROM outbox)
               WHERE release_group = :group AND state = 'held' RETURNING *""",
            group=group, at=at,
        )  # fmt: skip
        if row is None:
            return None
        notes = _parts(json.loads(row["body"]))
        for part, note in notes:
            await self._verbs.run(
                "INSERT INTO told (number, message, part) VALUES (:number, :message, :part) ON CONFLICT DO NOTHING",
                number=note["number"], message=row["id"], part=part,
            )  # fmt: skip
        if corrected := [(note["number"],) for _, note in notes if note["kind"] != NEWS]:
            # Rows older than what is corrected cannot have told of it.
            wanted, values = listed(corrected)
            await self._verbs.run(
                f"""UPDATE message SET follow_to =
                        (SELECT coalesce(min(before.rows_after), 0) FROM message AS before
                         JOIN told ON told.message = before.id WHERE number IN (SELECT column1 FROM ({wanted}) AS w))
                    WHERE id = :id""",
                id=row["id"], **values,
            )  # fmt: skip
        return int(row["id"])

    async def message(self, number: int) -> Parcel | None:
        row = await self._verbs.one("SELECT * FROM message WHERE id = :id", id=number)
        return _parcel(row) if row else None

    async def of_group(self, group: str) -> Parcel | None:
        """The newest message of a group, whatever became of it."""
        row = await self._verbs.one(
            "SELECT * FROM message WHERE release_group = :group ORDER BY id DESC LIMIT 1", group=group
        )
        return _parcel(row) if row else None

    async def spreading(self) -> list[Parcel]:
        """Messages that have left, whose recipients are not all rows yet."""
        rows = await self._verbs.all(
            "SELECT * FROM message WHERE spread_to IS NOT NULL OR follow_to IS NOT NULL ORDER BY id"
        )
        return [_parcel(row) for row in rows]

    async def spread(self, message: Parcel) -> bool:
        """Makes rows for the next chunk of recipients; False when there are no more. News goes to the chats that
        hear of one of its platforms, a correction to those that the announcement went to. In one transaction."""
        news = [(part, note) for part, note in _parts(message.notes) if note["kind"] == NEWS]
        others = [(part, note) for part, note in _parts(message.notes) if note["kind"] != NEWS]
        before = await self._verbs.one("SELECT coalesce(max(id), 0) AS id FROM outbox")
        if message.spread_to is not None:
            cursor, after = "spread_to", message.spread_to
            last = await self._chunk("chat", after, "AND id <= :limit", limit=message.spread_limit) if news else None
            for part, note in news if last else ():
                await self._subscribers(message, part, note, last, after)
            for part, note in others if last else ():
                # At once, with the news: a row that has left takes up nothing more.
                await self._told(message, part, note, last, after, chats=True)
        elif message.follow_to is not None:
            cursor, after = "follow_to", message.follow_to
            last = await self._chunk("outbox", after, "AND message < :limit", limit=message.id)
            for part, note in others if last else ():
                await self._told(message, part, note, last, after)
        else:
            return False
        await self._verbs.run(f"UPDATE message SET {cursor} = :last WHERE id = :id", last=last, id=message.id)
        await self._verbs.batch(rows_since(message.id, before["id"] if before else 0))
        return True

    async def _chunk(self, table: str, after: int, among: str, limit: int) -> int | None:
        """The last id of the next chunk of a table's rows; None when there are no more."""
        row = await self._verbs.one(
            f"SELECT max(id) AS id FROM (SELECT id FROM {table} WHERE id > :after {among} ORDER BY id LIMIT {CHUNK})",
            after=after, limit=limit,
        )  # fmt: skip
        return row["id"] if row else None

    async def _subscribers(self, message: Parcel, part: int, note: Note, last: int | None, after: int) -> None:
        await self._verbs.run(
            """INSERT INTO outbox (message, messenger, chat, thread, kind, language, rank, state, due, parts, sure)
               SELECT :message, messenger, chat.chat, thread, kind, language,
                      CASE WHEN kind = 'channel' THEN 0 WHEN max(platform) <> '' THEN 1 ELSE 2 END, 'pending', :due,
                      :part, :part
               FROM chat JOIN subscription ON subscription.chat = chat.id
               WHERE chat.id > :after AND chat.id <= :last AND paused_at IS NULL
                     AND platform IN ('', :domestic, :foreign)
               GROUP BY chat.id
               ON CONFLICT (message, messenger, chat, thread)
               DO UPDATE SET parts = outbox.parts | excluded.parts, sure = outbox.sure | excluded.sure""",
            message=message.id, due=message.left_at, part=part, after=after, last=last,
            domestic=note["facts"]["contest"][0], foreign=note["facts"]["contest"][1],
        )  # fmt: skip

    async def _told(
        self, message: Parcel, part: int, note: Note, last: int | None, after: int, *, chats: bool = False
    ) -> None:
        """Rows for those who were told: of a chunk of the outbox, or `chats`, of a chunk of chats. Where it is not
        known yet what became of the announcement, or the chat is set aside, the row is held."""
        of_chats = """JOIN chat ON chat.messenger = outbox.messenger AND chat.chat = outbox.chat
                      AND chat.thread = outbox.thread"""
        among = "chat.id > :after AND chat.id <= :last" if chats else "outbox.id > :after AND outbox.id <= :last"
        await self._verbs.run(
            f"""INSERT INTO outbox (message, messenger, chat, thread, kind, language, rank, state, due, parts, sure,
                                    follows)
                SELECT :message, outbox.messenger, outbox.chat, outbox.thread, outbox.kind, outbox.language, rank,
                       CASE WHEN state IN ('sent', 'uncertain') AND NOT {PAUSED} THEN 'pending' ELSE 'held' END,
                       :due, :part, CASE WHEN state IN ('sent', 'uncertain') THEN :part ELSE 0 END, outbox.id
                FROM told JOIN outbox ON told.message = outbox.message {of_chats if chats else ""}
                WHERE told.number = :number AND outbox.parts & told.part <> 0 AND outbox.follows IS NULL
                      AND {among} AND outbox.message < :message
                      AND state IN {REACHED}
                ON CONFLICT (message, messenger, chat, thread)
                DO UPDATE SET parts = outbox.parts | excluded.parts, sure = outbox.sure | excluded.sure,
                    follows = CASE WHEN excluded.sure = 0 THEN excluded.follows
                                   ELSE coalesce(outbox.follows, excluded.follows) END,
                    state = CASE WHEN outbox.state = 'pending' THEN excluded.state ELSE outbox.state END""",
            message=message.id, due=message.left_at, part=part, number=note["number"], after=after, last=last,
        )  # fmt: skip

    # Who was told

    async def reached_by(self, numbers: Iterable[int]) -> tuple[int, int]:
        """How many chats and how many channels got one of these announcements, or are about to: who hears of a
        correction."""
        wanted = set(numbers)
        rows, values = listed((number,) for number in wanted)
        told = await self._verbs.all(
            f"""SELECT DISTINCT message.id, message.body FROM ({rows}) AS wanted JOIN told ON told.number = column1
                JOIN message ON message.id = told.message""",
            **values,
        )
        notes = {row["id"]: json.loads(row["body"]) for row in told}
        first = [message for message, all_ in notes.items() if any(_is_news(note, wanted) for note in all_)]
        if len(first) == 1 and all(_is_news(note, wanted) for note in notes[first[0]]):
            return await self._counted(first[0])
        counts = await self._verbs.all(
            f"""SELECT channel, count(*) AS many FROM (
                    SELECT DISTINCT kind = 'channel' AS channel, messenger, chat, thread
                    FROM ({rows}) AS wanted JOIN told ON told.number = column1
                    JOIN outbox ON outbox.message = told.message
                    WHERE outbox.parts & told.part <> 0 AND follows IS NULL AND state IN {REACHED}) AS heard
                GROUP BY channel""",
            **values,
        )
        many = {bool(row["channel"]): int(row["many"]) for row in counts}
        return many.get(False, 0), many.get(True, 0)

    async def _counted(self, message: int) -> tuple[int, int]:
        """The same of one message of which every row counts: of a million rows none is looked at."""
        row = await self._verbs.one(
            f"""SELECT (SELECT coalesce(sum(many), 0) FROM tally
                        WHERE message = :message AND state IN ('open', 'sent', 'uncertain')) AS whole,
                       (SELECT count(*) FROM outbox
                        WHERE message = :message AND kind = 'channel' AND state IN {REACHED}) AS channels""",
            message=message,
        )
        assert row is not None
        return int(row["whole"]) - int(row["channels"]), int(row["channels"])


def _parcel(row: Row) -> Parcel:
    body = json.loads(row["body"])
    is_report = row["kind"] == "report"
    return Parcel(
        row["id"],
        row["release_group"],
        row["state"],
        moment(row["due"]) if row["due"] else None,
        [] if is_report else body,
        moment(row["left_at"]) if row["left_at"] else None,
        row["spread_to"],
        row["spread_limit"] or 0,
        row["follow_to"],
        body["report"] if is_report else None,
    )


def _parts(notes: Iterable[Note]) -> list[tuple[int, Note]]:
    """The notes of a message, each with its bit."""
    return [(1 << place, note) for place, note in enumerate(notes)]


def _is_news(note: Note, numbers: Collection[int]) -> bool:
    return note["kind"] == NEWS and note["number"] in numbers
