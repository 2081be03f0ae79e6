"""Rows on their way, one for each message and destination: claimed, sent, and what became of each.

`held` waits for its announcement or its chat, `pending` for its time and a free worker, `sending` is under way;
`sent`, `failed`, `expired` and `cancelled` are ends, `uncertain` is one until an admin decides (docs/delivery.md).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sebghat.conversation import Destination
from storage.database import Result, Row, Statement, Verbs, moment, stamp
from storage.tally import OPEN, Place, counted, moves, recounted

EXPIRY = timedelta(hours=24)  # overtaking.md §12
AT_ONCE = 2_000  # rows that expire in one transaction
REMEMBERED = timedelta(days=30)  # so long a chat is told what did not reach it
LONGEST_DETAIL = 300  # characters of what a messenger answered

# Which state may follow which; nothing else happens to a row, but that its chat is forgotten with all its rows.
NEXT = {
    "held": {"pending", "expired", "cancelled"},
    "pending": {"sending", "held", "expired", "cancelled"},
    "sending": {"sent", "pending", "uncertain", "failed", "cancelled"},
    "uncertain": {"sent", "pending"},
    "sent": set[str](),
    "failed": set[str](),
    "expired": set[str](),
    "cancelled": set[str](),
}

OF_CHAT = "message IN (SELECT id FROM message) AND messenger = :messenger AND chat = :chat"  # by the unique index
UNDER_WAY = "id = :id AND state = 'sending' AND attempts = :attempts"  # this very attempt
PAUSED = """EXISTS (SELECT 1 FROM chat WHERE chat.messenger = outbox.messenger AND chat.chat = outbox.chat
            AND chat.thread = outbox.thread AND paused_at IS NOT NULL)"""
TOLD = """(follows IS NULL OR EXISTS (SELECT 1 FROM outbox AS told
           WHERE told.id = outbox.follows AND told.state IN ('sent', 'uncertain')))"""

CLAIM = """UPDATE outbox SET state = 'sending', attempts = attempts + 1, tried_at = :now
           WHERE id IN (SELECT id FROM outbox WHERE messenger = :messenger AND state = 'pending' AND due <= :now
                        ORDER BY due, rank, id LIMIT :limit {skip_locked})
           RETURNING id, message, messenger, chat, thread, kind, language, parts, follows, attempts, doubts, due,
                     rank"""
# What was claimed in this very transaction: by the index of what is under way, which is never much.
CLAIMED = "state = 'sending' AND messenger = :messenger AND tried_at = :now"
ANSWERED = f"""SELECT outbox.id, told.sent_id FROM outbox JOIN outbox AS told ON told.id = outbox.follows
               WHERE {
    CLAIMED.replace("state", "outbox.state")
    .replace("messenger =", "outbox.messenger =")
    .replace("tried_at", "outbox.tried_at")
}"""
# Alerts that expired there since the last that arrived.
ALERTS = "SELECT id FROM message WHERE kind = 'alert' AND left_at IS NOT NULL"
MISSED = f"""SELECT id, (SELECT count(*) FROM outbox AS gone WHERE gone.message IN ({ALERTS})
                 AND gone.messenger = claimed.messenger AND gone.chat = claimed.chat AND gone.thread = claimed.thread
                 AND gone.state = 'expired' AND gone.id > coalesce((SELECT max(heard.id) FROM outbox AS heard
                     WHERE heard.message IN ({ALERTS}) AND heard.messenger = claimed.messenger
                     AND heard.chat = claimed.chat AND heard.thread = claimed.thread
                     AND heard.state IN ('sent', 'uncertain')), 0)) AS many
             FROM outbox AS claimed WHERE {CLAIMED} AND EXISTS
                 (SELECT 1 FROM tally JOIN message ON message.id = tally.message
                  WHERE tally.messenger = :messenger AND tally.state = 'expired' AND many > 0
                  AND kind = 'alert' AND left_at > :old)"""
SETTLE = f"""UPDATE outbox SET state = :state, settled_at = :at, sent_id = :sent_id, detail = :detail,
                    reason = :reason, due = coalesce(:due, due), doubts = doubts + :doubts,
                    attempts = attempts - :unmade
             WHERE {UNDER_WAY}"""
KEEP = """INSERT INTO trial (outbox, attempt, at, became, detail, sent_id)
          SELECT id, attempts, :at, :state, :detail, :sent_id FROM outbox
          WHERE id = :id AND state = :state AND attempts = :attempts AND settled_at = :at"""

NEXT_ROW = "SELECT due FROM outbox WHERE messenger = :messenger AND state = 'pending' ORDER BY due LIMIT 1"
HASTEN = """UPDATE outbox SET due = :now WHERE messenger = :messenger AND state = 'pending' AND due > :now
            AND (tried_at IS NULL OR tried_at > :now)"""
EXPIRE = """UPDATE outbox SET state = 'expired', settled_at = :now WHERE id IN
            (SELECT id FROM outbox WHERE state IN ('pending', 'held') AND message = :message LIMIT :many)
            RETURNING id, messenger"""

# The corrections that wait for a row's end: they go where it arrived or may have, and elsewhere only with what else
# they bring.
FOLLOW = f"UPDATE outbox SET state = 'pending' WHERE follows = :id AND state = 'held' AND NOT {PAUSED}"
FOLLOWERS = "follows = :id AND state = 'held' AND sure = 0"
DROP = (
    *moves(FOLLOWERS, "cancelled"),
    f"UPDATE outbox SET state = 'cancelled', settled_at = :at WHERE {FOLLOWERS}",
    f"""UPDATE outbox SET parts = sure, follows = NULL, state = CASE WHEN {PAUSED} THEN 'held' ELSE 'pending' END
        WHERE follows = :id AND state = 'held'""",
)


@dataclass(frozen=True, slots=True)
class OutboxItem:
    """A row that is being sent."""

    id: int
    message: int
    to: Destination
    parts: int  # one bit for each note of the message that concerns this destination
    reply_to: str  # the messenger's id of what a correction answers
    private: bool
    language: str | None  # null: the setting's
    attempts: int  # with this one
    doubts: int  # attempts that may have arrived
    missed: int = 0  # alerts that expired before they reached this chat, since the last that did


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of an attempt: `sent`, `pending` (again at `due`), `uncertain` or `failed`."""

    item: OutboxItem
    state: str
    at: datetime
    sent_id: str = ""
    detail: str = ""  # the messenger's own words, redacted
    reason: str = ""  # of failed: gone, rejected
    due: datetime | None = None
    doubted: bool = False  # it may have arrived
    unmade: bool = False  # the attempt was not made after all


class Outbox:
    def __init__(self, verbs: Verbs) -> None:
        self._verbs = verbs

    async def claim(
        self, messenger: str, now: datetime, limit: int, finished: Sequence[Settled] = ()
    ) -> list[OutboxItem]:
        """Writes down what became of earlier attempts and takes what is due, all in one transaction. An attempt is
        on disk before it is made, so that a crash leaves it `sending`: claim no more than can be sent at once."""
        statements = _settling(finished)
        if limit > 0:
            values = {"messenger": messenger, "now": now, "limit": limit, "old": now - REMEMBERED}
            claim = Statement(CLAIM.format(skip_locked=self._verbs.skip_locked), values)
            statements += [claim, Statement(ANSWERED, values), Statement(MISSED, values)]
        if not statements:
            return []
        results = await self._verbs.batch(*statements)
        await self._recount(finished, results)
        if limit <= 0:
            return []
        claimed, answered, missed = results[-3:]
        reply_to = {row["id"]: row["sent_id"] for row in answered.rows}
        many = {row["id"]: row["many"] for row in missed.rows}
        # RETURNING promises no order.
        rows = sorted(claimed.rows, key=lambda row: (row["due"], row["rank"], row["id"]))
        return [item(row, reply_to.get(row["id"]) or "", many.get(row["id"], 0)) for row in rows]

    async def put_back(self, messenger: str, claimed_at: datetime) -> int:
        """Rows of a claim whose answer was lost on its way, so that none of them was sent."""
        return await self._verbs.run(
            f"""UPDATE outbox SET state = 'pending', attempts = attempts - 1 WHERE {CLAIMED}""",
            messenger=messenger, now=claimed_at,
        )  # fmt: skip

    async def settle(self, *finished: Settled) -> None:
        """Writes down what became of attempts; of one that is no longer under way nothing."""
        if finished:
            await self._recount(finished, await self._verbs.batch(*_settling(finished)))

    async def next_row(self, messenger: str) -> datetime | None:
        """When the next row of a messenger wants to be sent."""
        row = await self._verbs.one(NEXT_ROW, messenger=messenger)
        return moment(row["due"]) if row else None

    async def next_to(self, messenger: str, now: datetime) -> Destination | None:
        """Where the next row of a messenger goes that is due."""
        row = await self._verbs.one(
            "SELECT chat, thread FROM outbox WHERE messenger = :messenger AND state = 'pending' AND due <= :now"
            " ORDER BY due, rank, id LIMIT 1",
            messenger=messenger, now=now,
        )  # fmt: skip
        return Destination(messenger, row["chat"], row["thread"]) if row else None

    async def hasten(self, messenger: str, now: datetime) -> int:
        """Where the clock was set back, rows seem to wait for a time that has been: they are due now."""
        return await self._verbs.run(HASTEN, messenger=messenger, now=now)

    async def expire(self, now: datetime) -> int:
        """Alerts that could not leave within their shelf life are not sent any more, so many at once; how many.
        In one transaction."""
        old = await self._verbs.one(
            """SELECT message FROM tally JOIN message ON message.id = tally.message
               WHERE tally.state = 'open' AND many > 0 AND kind = 'alert' AND left_at < :old
                     AND EXISTS (SELECT 1 FROM outbox
                                 WHERE outbox.message = tally.message AND outbox.state IN ('pending', 'held'))
               LIMIT 1""",
            old=now - EXPIRY,
        )
        if old is None:
            return 0
        (expired,) = await self._verbs.batch(
            Statement(EXPIRE, {"now": now, "message": old["message"], "many": AT_ONCE}),
        )
        changes: Counter[Place] = Counter()
        for row in expired.rows:
            changes[old["message"], row["messenger"], "open", ""] -= 1
            changes[old["message"], row["messenger"], "expired", ""] += 1
        ids = [{"id": row["id"], "at": now} for row in expired.rows]
        await self._verbs.batch(counted(changes), *(Statement(sql, ids) for sql in DROP))
        return len(expired.rows)

    async def after_crash(self, now: datetime) -> int:
        """What was being sent when the program died is in doubt: once more in private, never by itself elsewhere."""
        again, doubtful = "state = 'sending' AND kind = 'private' AND doubts = 0", "state = 'sending'"
        trial = "INSERT INTO trial (outbox, attempt, at, became, detail) SELECT id, attempts, :now, {0}, :detail"
        became = f"CASE WHEN {again} THEN 'pending' ELSE 'uncertain' END"
        values = {"now": now, "detail": "interrupted while sending"}
        doubted = "UPDATE outbox SET state = {0}, settled_at = :now, detail = :detail, doubts = doubts + 1 WHERE {1}"
        results = await self._verbs.batch(
            Statement(f"{trial.format(became)} FROM outbox WHERE state = 'sending'", values),
            Statement(doubted.format("'pending'", again), values),
            Statement(
                f"""UPDATE outbox SET state = 'pending' WHERE state = 'held' AND NOT {PAUSED} AND follows IN
                    (SELECT id FROM outbox WHERE {doubtful})""",
                {},
            ),
            *(Statement(sql, {}) for sql in moves(doubtful, "uncertain")),
            Statement(doubted.format("'uncertain'", doubtful), values),
        )
        return results[0].changed

    # What becomes of a chat

    async def set_aside(self, messenger: str, chat: str, thread: str | None = None) -> None:
        """Who has blocked the bot is left alone: what waits is there for the one who comes back in time."""
        await self._verbs.run(
            f"""UPDATE outbox SET state = 'held' WHERE {OF_CHAT} AND state = 'pending' AND {PAUSED}
                AND (CAST(:thread AS TEXT) IS NULL OR thread = :thread)""",
            messenger=messenger, chat=chat, thread=thread,
        )  # fmt: skip

    async def take_up(self, messenger: str, chat: str) -> None:
        """The chat is there again: what waited for it goes."""
        await self._verbs.run(
            f"UPDATE outbox SET state = 'pending' WHERE {OF_CHAT} AND state = 'held' AND {TOLD} AND NOT {PAUSED}",
            messenger=messenger, chat=chat,
        )  # fmt: skip

    async def move(self, messenger: str, old: str, new: str, now: datetime) -> None:
        """A chat goes on under another id. What the new one gets already is not sent twice."""
        left = f"{OF_CHAT} AND state IN {OPEN}"
        values = {"messenger": messenger, "chat": old, "new": new, "now": now}
        await self._verbs.batch(
            Statement(
                f"""UPDATE outbox SET chat = :new WHERE {OF_CHAT} AND NOT EXISTS
                    (SELECT 1 FROM outbox AS other WHERE other.message = outbox.message
                     AND other.messenger = outbox.messenger AND other.chat = :new AND other.thread = outbox.thread)""",
                values,
            ),
            *(Statement(sql, values) for sql in moves(left, "cancelled")),
            Statement(f"UPDATE outbox SET state = 'cancelled', settled_at = :now WHERE {left}", values),
        )

    async def forget(self, messenger: str, chat: str) -> None:
        """Deletes all that waits to be sent to a chat, and that anything ever was."""
        values = {"messenger": messenger, "chat": chat}
        await self._verbs.batch(
            *(Statement(sql, values) for sql in moves(OF_CHAT)),
            Statement(f"DELETE FROM trial WHERE outbox IN (SELECT id FROM outbox WHERE {OF_CHAT})", values),
            Statement(f"DELETE FROM outbox WHERE {OF_CHAT}", values),
        )

    async def _recount(self, finished: Sequence[Settled], results: Sequence[Result]) -> None:
        """Where a row went away while it was being sent, what was counted for it is not so."""
        if finished and results[0].changed != len(finished):
            messages = {each.item.message for each in finished}
            await self._verbs.batch(*(statement for message in messages for statement in recounted(message)))


def _settling(finished: Sequence[Settled]) -> list[Statement]:
    """The statements that write down what became of attempts; the first says of how many that is still so."""
    if not finished:
        return []
    outcomes = [_values(each) for each in finished]
    again = [values for values in outcomes if values["state"] in {"pending", "uncertain"} and not values["unmade"]]
    arrived = [values for values in outcomes if values["state"] in {"sent", "uncertain"}]
    failed = [values for values in outcomes if values["state"] == "failed"]
    changes: Counter[Place] = Counter()
    for each in finished:
        if each.state != "pending":
            changes[each.item.message, each.item.to.messenger, "open", ""] -= 1
            changes[each.item.message, each.item.to.messenger, each.state, each.reason] += 1
    statements = [Statement(SETTLE, outcomes), Statement(KEEP, again), counted(changes), Statement(FOLLOW, arrived)]
    statements += [Statement(sql, failed) for sql in DROP]
    return [statement for statement in statements if statement.values]


def _values(each: Settled) -> dict[str, object]:
    return {
        "id": each.item.id,
        "attempts": each.item.attempts,
        "state": each.state,
        "at": stamp(each.at),  # here, once: it is needed several times
        "sent_id": each.sent_id,
        "detail": each.detail[:LONGEST_DETAIL],
        "reason": each.reason,
        "due": each.due,
        "doubts": int(each.doubted),
        "unmade": int(each.unmade),
    }


def item(row: Row, reply_to: str = "", missed: int = 0) -> OutboxItem:
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
        missed,
    )
