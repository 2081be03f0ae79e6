"""Messages on their way: from the hold to rows, one for each destination, and what became of each."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sebghat.conversation import Destination
from storage.database import Row, Verbs, moment
from storage.log import canonical

EXPIRY = timedelta(hours=24)  # overtaking.md §12
CHUNK = 5_000  # chats that become rows in one transaction


@dataclass(frozen=True, slots=True)
class Parcel:
    """The notes of one group that leave together; `notes` as JSON objects, each with its announcement's number."""

    id: int
    group: str
    state: str
    due: datetime | None
    notes: list[dict[str, object]]
    left_at: datetime | None


@dataclass(frozen=True, slots=True)
class OutboxItem:
    id: int
    message: int
    to: Destination
    private: bool
    language: str | None  # null: the setting's
    attempts: int


class Outbox:
    def __init__(self, verbs: Verbs) -> None:
        self._verbs = verbs

    async def hold(self, group: str, due: datetime | None, notes: list[dict[str, object]]) -> None:
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

    async def next_due(self) -> datetime | None:
        """When the next thing wants to be done: a message leaves, or a row is tried again."""
        row = await self._verbs.one(
            """SELECT min(due) AS due FROM (SELECT due FROM message WHERE state = 'held'
               UNION ALL SELECT due FROM outbox WHERE state = 'pending')"""
        )
        return moment(row["due"]) if row and row["due"] else None

    async def leave(self, group: str, at: datetime) -> int | None:
        """The message of the group leaves its hold; from now on its recipients become rows."""
        row = await self._verbs.one(
            """UPDATE message SET state = 'left', left_at = :at, spread_to = 0,
                      spread_limit = (SELECT coalesce(max(id), 0) FROM chat)
               WHERE release_group = :group AND state = 'held' RETURNING id""",
            group=group, at=at,
        )  # fmt: skip
        return row["id"] if row else None

    async def message(self, number: int) -> Parcel | None:
        row = await self._verbs.one("SELECT * FROM message WHERE id = :id", id=number)
        return _parcel(row) if row else None

    async def spreading(self) -> list[tuple[Parcel, int]]:
        """Messages that have left, whose recipients are not all rows yet, with the last chat that is."""
        rows = await self._verbs.all("SELECT * FROM message WHERE spread_to IS NOT NULL ORDER BY id")
        return [(_parcel(row), row["spread_to"]) for row in rows]

    async def spread(self, message: Parcel, after: int, platforms: Iterable[str], now: datetime) -> bool:
        """Makes rows for the next chunk of chats that hear of these platforms; False when there are no more."""
        named = {f"p{place}": platform for place, platform in enumerate(platforms)}
        wanted = ", ".join(f":{name}" for name in named)
        last = await self._verbs.one(
            f"""SELECT max(id) AS id FROM (SELECT id FROM chat WHERE id > :after AND id <=
                (SELECT spread_limit FROM message WHERE id = :message) ORDER BY id LIMIT {CHUNK})""",
            after=after, message=message.id,
        )  # fmt: skip
        if last is None or last["id"] is None:
            await self._verbs.run("UPDATE message SET spread_to = NULL WHERE id = :id", id=message.id)
            return False
        await self._verbs.run(
            f"""INSERT INTO outbox (message, messenger, chat, thread, kind, language, rank, state, due)
                SELECT :message, messenger, chat.chat, thread, kind, language,
                       CASE WHEN kind = 'channel' THEN 0 WHEN max(platform) <> '' THEN 1 ELSE 2 END, 'pending', :now
                FROM chat JOIN subscription ON subscription.chat = chat.id
                WHERE chat.id > :after AND chat.id <= :last AND paused_at IS NULL AND platform IN ('', {wanted})
                GROUP BY chat.id
                ON CONFLICT DO NOTHING""",
            message=message.id, now=now, after=after, last=last["id"], **named,
        )  # fmt: skip
        await self._verbs.run("UPDATE message SET spread_to = :last WHERE id = :id", last=last["id"], id=message.id)
        return True

    async def claim(self, messenger: str, now: datetime, limit: int) -> list[OutboxItem]:
        """Takes what is due. The attempt is on disk before the request, so that a crash leaves it 'sending'."""
        rows = await self._verbs.all(
            f"""UPDATE outbox SET state = 'sending', attempts = attempts + 1, tried_at = :now
                WHERE id IN (SELECT id FROM outbox
                             WHERE messenger = :messenger AND state = 'pending' AND due <= :now
                             ORDER BY due, rank, id LIMIT :limit {self._verbs.skip_locked})
                RETURNING *""",
            messenger=messenger, now=now, limit=limit,
        )  # fmt: skip
        rows.sort(key=lambda row: (row["due"], row["rank"], row["id"]))  # RETURNING promises no order
        return [_item(row) for row in rows]

    async def settle(
        self, item: OutboxItem, state: str, now: datetime, *, sent_id: str = "", detail: str = "",
        due: datetime | None = None,
    ) -> None:  # fmt: skip
        """Writes down what became of a row that was being sent."""
        await self._verbs.run(
            """UPDATE outbox SET state = :state, settled_at = :now, sent_id = :sent_id, detail = :detail,
                      due = coalesce(:due, due)
               WHERE id = :id AND state = 'sending'""",
            state=state, now=now, sent_id=sent_id, detail=detail, due=due, id=item.id,
        )  # fmt: skip

    async def expire(self, now: datetime) -> int:
        """Rows that could not leave within their shelf life are not sent any more."""
        return await self._verbs.run(
            """UPDATE outbox SET state = 'expired', settled_at = :now WHERE state = 'pending'
               AND message IN (SELECT id FROM message WHERE state = 'left' AND left_at < :old)""",
            now=now, old=now - EXPIRY,
        )  # fmt: skip

    async def after_crash(self, now: datetime) -> int:
        """What was being sent when the program died is in doubt: once more in private, never by itself elsewhere."""
        return await self._verbs.run(
            """UPDATE outbox SET settled_at = :now, detail = 'interrupted while sending',
                      state = CASE WHEN kind = 'private' AND attempts < 2 THEN 'pending' ELSE 'uncertain' END
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
    )


def _item(row: Row) -> OutboxItem:
    return OutboxItem(
        row["id"],
        row["message"],
        Destination(row["messenger"], row["chat"], row["thread"]),
        row["kind"] == "private",
        row["language"],
        row["attempts"],
    )
