"""People, by numbers of our own: the log names them so, and forgetting somebody deletes one row here."""

from __future__ import annotations

from storage.database import Verbs


class People:
    def __init__(self, verbs: Verbs) -> None:
        self._verbs = verbs

    async def known(self, messenger: str, sender: str) -> int | None:
        row = await self._verbs.one(
            "SELECT number FROM person WHERE messenger = :messenger AND sender = :sender",
            messenger=messenger, sender=sender,
        )  # fmt: skip
        return row["number"] if row else None

    async def number(self, messenger: str, sender: str) -> int:
        """That person's number; a new one for somebody new, never one that the log has used."""
        if (number := await self.known(messenger, sender)) is not None:
            return number
        row = await self._verbs.one(
            """SELECT 1 + max(coalesce((SELECT max(number) FROM person), 0), coalesce((SELECT max(person) FROM log), 0))
               AS number"""
        )
        assert row is not None
        await self._verbs.run(
            "INSERT INTO person (number, messenger, sender) VALUES (:number, :messenger, :sender)",
            number=row["number"], messenger=messenger, sender=sender,
        )  # fmt: skip
        return int(row["number"])

    async def forget(self, messenger: str, sender: str) -> None:
        await self._verbs.run(
            "DELETE FROM draft WHERE person IN"
            " (SELECT number FROM person WHERE messenger = :messenger AND sender = :sender)",
            messenger=messenger, sender=sender,
        )  # fmt: skip
        await self._verbs.run(
            "DELETE FROM person WHERE messenger = :messenger AND sender = :sender",
            messenger=messenger, sender=sender,
        )  # fmt: skip
