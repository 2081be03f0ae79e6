"""People, by numbers of our own: the log names them so, and forgetting somebody deletes one row here. Their roles,
and the invitations to one."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sebghat.conversation import Destination
from storage.database import Verbs

Person = tuple[str, str]  # messenger, and the id there


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody with a role of the record; `chat` is the private one."""

    number: int
    role: int
    chat: str


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
        """That person's number; a new one for somebody new, never one that the record has used."""
        if (number := await self.known(messenger, sender)) is not None:
            return number
        row = await self._verbs.one(
            """SELECT 1 + max(coalesce((SELECT max(number) FROM person), 0), coalesce((SELECT max(person) FROM log), 0),
                              coalesce((SELECT max(person) FROM deed), 0)) AS number"""
        )
        assert row is not None
        await self._verbs.run(
            "INSERT INTO person (number, messenger, sender) VALUES (:number, :messenger, :sender)",
            number=row["number"], messenger=messenger, sender=sender,
        )  # fmt: skip
        return int(row["number"])

    async def names(self) -> dict[int, Person]:
        """Who stands behind the numbers, as far as they are not forgotten."""
        rows = await self._verbs.all("SELECT number, messenger, sender FROM person")
        return {row["number"]: (row["messenger"], row["sender"]) for row in rows}

    async def forget(self, messenger: str, sender: str) -> None:
        if (number := await self.known(messenger, sender)) is not None:
            await self.withdraw(number)
        await self._verbs.run(
            "DELETE FROM draft WHERE person IN"
            " (SELECT number FROM person WHERE messenger = :messenger AND sender = :sender)",
            messenger=messenger, sender=sender,
        )  # fmt: skip
        await self._verbs.run(
            "DELETE FROM role WHERE person IN"
            " (SELECT number FROM person WHERE messenger = :messenger AND sender = :sender)",
            messenger=messenger, sender=sender,
        )  # fmt: skip
        await self._verbs.run(
            "DELETE FROM person WHERE messenger = :messenger AND sender = :sender", messenger=messenger, sender=sender
        )

    # Roles

    async def holders(self) -> dict[Person, Holder]:
        """All who have a role of the record, in the order in which they came."""
        rows = await self._verbs.all(
            """SELECT messenger, sender, number, role, coalesce(chat, sender) AS chat
               FROM role JOIN person ON person.number = role.person ORDER BY number"""
        )
        return {(row["messenger"], row["sender"]): Holder(row["number"], row["role"], row["chat"]) for row in rows}

    async def give(self, number: int, role: int) -> None:
        """That person has this role from now on; 0 for none."""
        if not role:
            await self._verbs.run("DELETE FROM role WHERE person = :number", number=number)
            return
        await self._verbs.run(
            "INSERT INTO role (person, role) VALUES (:number, :role) ON CONFLICT (person) DO UPDATE SET role = :role",
            number=number, role=role,
        )  # fmt: skip

    async def wrote(self, messenger: str, sender: str, chat: str) -> None:
        """Somebody with a role wrote in private: there they can be asked."""
        number = await self.number(messenger, sender)
        await self._verbs.run("UPDATE person SET chat = :chat WHERE number = :number", chat=chat, number=number)

    async def chat(self, messenger: str, sender: str) -> str | None:
        """The private chat of that person, where its id is known to be another than the person's."""
        row = await self._verbs.one(
            "SELECT chat FROM person WHERE messenger = :messenger AND sender = :sender",
            messenger=messenger, sender=sender,
        )  # fmt: skip
        return row["chat"] if row else None

    async def desks(self, role: int, owners: Mapping[Person, str]) -> list[Destination]:
        """The private chats of all who have at least that role. `owners`: those of the settings, each with the chat
        to try where none is known."""
        found = {}
        for (messenger, sender), chat in owners.items():
            found[messenger, sender] = await self.chat(messenger, sender) or chat
        for (messenger, sender), holder in (await self.holders()).items():
            if holder.role >= role:
                found[messenger, sender] = holder.chat
        return [Destination(messenger, chat) for (messenger, _), chat in found.items()]

    # Invitations

    async def invite(self, token: str, role: int, by: int, expires: datetime, now: datetime) -> None:
        """Whoever brings this token first, before it expires, gets the role. Those that nobody used are forgotten."""
        await self._verbs.run("DELETE FROM invitation WHERE expires < :now", now=now)
        await self._verbs.run(
            "INSERT INTO invitation (hash, role, invited_by, expires) VALUES (:hash, :role, :by, :expires)",
            hash=_hash(token), role=role, by=by, expires=expires,
        )  # fmt: skip

    async def invited(self, token: str, now: datetime) -> int:
        """The role that this token still opens; 0 for none."""
        row = await self._verbs.one(
            "SELECT role FROM invitation WHERE hash = :hash AND used_by IS NULL AND expires > :now",
            hash=_hash(token), now=now,
        )  # fmt: skip
        return row["role"] if row else 0

    async def inviter(self, token: str) -> Person | None:
        """Who gave this token, if they are not forgotten."""
        row = await self._verbs.one(
            """SELECT messenger, sender FROM invitation JOIN person ON person.number = invited_by
               WHERE hash = :hash""",
            hash=_hash(token),
        )
        return (row["messenger"], row["sender"]) if row else None

    async def withdraw(self, by: int) -> None:
        """What that person's invitations open is not opened any more."""
        await self._verbs.run("DELETE FROM invitation WHERE invited_by = :by AND used_by IS NULL", by=by)

    async def use(self, token: str, person: int) -> bool:
        """True for the one who uses it; whoever comes later gets False."""
        used = await self._verbs.run(
            "UPDATE invitation SET used_by = :person WHERE hash = :hash AND used_by IS NULL",
            person=person, hash=_hash(token),
        )  # fmt: skip
        return used == 1


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
