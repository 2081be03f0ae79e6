"""Who did what, when, from which chat: deeds, only ever added to, and what was refused."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sebghat.conversation import Destination
from storage.database import Verbs, moment
from storage.log import canonical

FORGOTTEN = "forgotten"  # why, of attempts that count on although who made them was forgotten
COUNTS_ON = timedelta(hours=1)  # what was tried with wrong invitations counts so long
MOST_REFUSED = 1_000  # lines of refusals; a flood of strangers pushes the oldest out


@dataclass(frozen=True, slots=True)
class Deed:
    """`where`: of a private chat only the messenger. `entries`: the first and the last that the log has of it; `body`:
    what the log does not have."""

    at: datetime
    person: int | None
    where: Destination
    word: str
    body: Mapping[str, object] = field(default_factory=dict)
    entries: tuple[int, int] | None = None
    id: int = 0


@dataclass(frozen=True, slots=True)
class Refused:
    """`why`: role, trust, or a word of the command's own."""

    messenger: str
    sender: str
    word: str
    why: str
    first: datetime
    at: datetime
    times: int


class Audit:
    def __init__(self, verbs: Verbs) -> None:
        self._verbs = verbs

    async def add(self, deed: Deed) -> None:
        first, last = deed.entries or (None, None)
        await self._verbs.run(
            """INSERT INTO deed (at, person, messenger, chat, thread, word, body, first_entry, last_entry)
               VALUES (:at, :person, :messenger, :chat, :thread, :word, :body, :first, :last)""",
            at=deed.at, person=deed.person, messenger=deed.where.messenger, chat=deed.where.chat,
            thread=deed.where.thread, word=deed.word, body=canonical(deed.body), first=first, last=last,
        )  # fmt: skip

    async def logged(self, after: int, where: Destination, word: str) -> None:
        """What a person wrote into the log after an entry was one deed; the program's own entries are none."""
        rows = await self._verbs.all(
            """SELECT person, min(at) AS at, min(id) AS first, max(id) AS last FROM log
               WHERE id > :after AND person IS NOT NULL GROUP BY person ORDER BY first""",
            after=after,
        )
        for row in rows:
            entries = (row["first"], row["last"])
            await self.add(Deed(moment(row["at"]), row["person"], where, word, entries=entries))

    async def newest(self, most: int) -> list[Deed]:
        """The last deeds, newest first."""
        rows = await self._verbs.all("SELECT * FROM deed ORDER BY id DESC LIMIT :most", most=most)
        return [
            Deed(
                moment(row["at"]),
                row["person"],
                Destination(row["messenger"], row["chat"], row["thread"]),
                row["word"],
                json.loads(row["body"]),
                (row["first_entry"], row["last_entry"]) if row["first_entry"] else None,
                row["id"],
            )
            for row in rows
        ]

    async def refuse(self, messenger: str, sender: str, word: str, why: str, now: datetime) -> None:
        """Counts one more attempt. However many come, the table stays small."""
        await self._verbs.run(
            "DELETE FROM refused WHERE why = :why AND last_at < :old", why=FORGOTTEN, old=now - COUNTS_ON
        )
        times = await self._verbs.run(
            """UPDATE refused SET last_at = :now, times = times + 1
               WHERE messenger = :messenger AND sender = :sender AND word = :word AND why = :why""",
            messenger=messenger, sender=sender, word=word, why=why, now=now,
        )  # fmt: skip
        if times:
            return
        await self._verbs.run(
            """INSERT INTO refused (messenger, sender, word, why, first_at, last_at, times)
               VALUES (:messenger, :sender, :word, :why, :now, :now, 1)""",
            messenger=messenger, sender=sender, word=word, why=why, now=now,
        )  # fmt: skip
        await self._verbs.run(
            """DELETE FROM refused WHERE (SELECT count(*) FROM refused) > :most AND (messenger, sender, word, why) IN
               (SELECT messenger, sender, word, why FROM refused ORDER BY last_at, first_at LIMIT 1)""",
            most=MOST_REFUSED,
        )

    async def forget(self, messenger: str, sender: str, now: datetime) -> None:
        """What that person was refused. Invitations that were tried within the hour count on until it is over: being
        forgotten would else give anybody as many tries as they like."""
        await self._verbs.run(
            """INSERT INTO refused (messenger, sender, word, why, first_at, last_at, times)
               SELECT messenger, sender, word, :forgotten, first_at, last_at, times FROM refused
               WHERE messenger = :messenger AND sender = :sender AND why = 'invitation' AND last_at >= :since
               ON CONFLICT (messenger, sender, word, why)
               DO UPDATE SET last_at = excluded.last_at, times = refused.times + excluded.times""",
            messenger=messenger, sender=sender, forgotten=FORGOTTEN, since=now - COUNTS_ON,
        )  # fmt: skip
        await self._verbs.run(
            "DELETE FROM refused WHERE messenger = :messenger AND sender = :sender AND why <> :forgotten",
            messenger=messenger, sender=sender, forgotten=FORGOTTEN,
        )  # fmt: skip

    async def refused(self, most: int) -> list[Refused]:
        """What was refused last, newest first."""
        rows = await self._verbs.all(
            "SELECT * FROM refused WHERE why <> :forgotten ORDER BY last_at DESC LIMIT :most",
            forgotten=FORGOTTEN, most=most,
        )  # fmt: skip
        return [
            Refused(
                row["messenger"],
                row["sender"],
                row["word"],
                row["why"],
                moment(row["first_at"]),
                moment(row["last_at"]),
                row["times"],
            )
            for row in rows
        ]

    async def misses(self, messenger: str, sender: str, word: str, since: datetime) -> int:
        """How often somebody was refused a word, if they tried it since then."""
        row = await self._verbs.one(
            """SELECT coalesce(sum(times), 0) AS many FROM refused
               WHERE messenger = :messenger AND sender = :sender AND word = :word AND last_at >= :since""",
            messenger=messenger, sender=sender, word=word, since=since,
        )  # fmt: skip
        return row["many"] if row else 0
