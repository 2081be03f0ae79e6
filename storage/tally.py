"""How many rows of the outbox stand how: counted along with every change, since there may be a million of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from storage.database import Statement

Place = tuple[int, str, str, str]  # message, messenger, state, reason

# A row that may still leave is `open`, whatever it waits for.
OPEN = ("held", "pending", "sending")
BUCKET = f"CASE WHEN state IN {OPEN} THEN 'open' ELSE state END"
ADD = "ON CONFLICT (message, messenger, state, reason) DO UPDATE SET many = tally.many + excluded.many"


def moves(where: str, state: str = "", reason: str = "") -> tuple[str, ...]:
    """The SQL that counts the rows `where` into another state; before they change. Without a state they go."""
    columns = "INSERT INTO tally (message, messenger, state, reason, many) SELECT message, messenger"
    away = f"{columns}, {BUCKET}, reason, -count(*) FROM outbox WHERE {where} GROUP BY 1, 2, 3, 4 {ADD}"
    there = f"{columns}, '{state}', '{reason}', count(*) FROM outbox WHERE {where} GROUP BY 1, 2 {ADD}"
    return (away, there) if state else (away,)


def counted(changes: Counter[Place]) -> Statement:
    """The statement that adds these changes."""
    return Statement(
        f"INSERT INTO tally (message, messenger, state, reason, many) VALUES (:message, :messenger, :state, :reason,"
        f" :many) {ADD}",
        [
            {"message": message, "messenger": messenger, "state": state, "reason": reason, "many": many}
            for (message, messenger, state, reason), many in changes.items()
            if many
        ],
    )


def recounted(message: int) -> list[Statement]:
    """The statements that count a message's rows anew: what they say is always right, and slow where there are many."""
    values: Mapping[str, object] = {"message": message}
    return [
        Statement("DELETE FROM tally WHERE message = :message", values),
        Statement(
            "INSERT INTO tally (message, messenger, state, reason, many)"
            f" SELECT message, messenger, {BUCKET}, reason, count(*) FROM outbox WHERE message = :message"
            " GROUP BY 1, 2, 3, 4",
            values,
        ),
    ]


def rows_since(message: int, row: int) -> Statement:
    """The statement that counts the rows of a message that came after a row of the outbox: all of them open."""
    return Statement(
        "INSERT INTO tally (message, messenger, state, reason, many)"
        " SELECT message, messenger, 'open', '', count(*) FROM outbox WHERE id > :row AND +message = :message"
        f" GROUP BY 1, 2 {ADD}",
        {"message": message, "row": row},
    )
