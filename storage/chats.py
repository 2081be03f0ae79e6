"""Chats: which we know, in which language, what they subscribed to, and which messages were answered."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from sebghat.conversation import ChatKind, Destination
from storage.database import Verbs

REMEMBERED = timedelta(days=3)  # no messenger redelivers after longer than that (Telegram keeps updates for a day)
EVERYTHING = ""  # the subscription to all platforms


class Chats:
    def __init__(self, verbs: Verbs) -> None:
        self._verbs = verbs

    async def first_seen(self, messenger: str, key: str, now: datetime) -> bool:
        """False for a message that was there before."""
        await self._verbs.run("DELETE FROM seen WHERE at < :old", old=now - REMEMBERED)
        return 1 == await self._verbs.run(
            "INSERT INTO seen (messenger, key, at) VALUES (:messenger, :key, :now) ON CONFLICT DO NOTHING",
            messenger=messenger, key=key, now=now,
        )  # fmt: skip

    async def knows(self, where: Destination) -> bool:
        row = await self._verbs.one(
            "SELECT id FROM chat WHERE messenger = :messenger AND chat = :chat AND thread = :thread",
            messenger=where.messenger, chat=where.chat, thread=where.thread,
        )  # fmt: skip
        return row is not None

    async def language(self, where: Destination) -> str | None:
        row = await self._verbs.one(
            "SELECT language FROM chat WHERE messenger = :messenger AND chat = :chat AND thread = :thread",
            messenger=where.messenger, chat=where.chat, thread=where.thread,
        )  # fmt: skip
        return row["language"] if row else None

    async def set_language(self, where: Destination, kind: ChatKind, language: str, now: datetime) -> None:
        number = await self._number(where, kind, now)
        await self._verbs.run("UPDATE chat SET language = :language WHERE id = :id", language=language, id=number)

    async def subscribe(self, where: Destination, kind: ChatKind, platforms: Iterable[str], now: datetime) -> None:
        """Adds platforms (none: all of them, which takes the place of single ones)."""
        number = await self._number(where, kind, now)
        wanted = list(platforms) or [EVERYTHING]
        if EVERYTHING in wanted:
            await self._verbs.run("DELETE FROM subscription WHERE chat = :id AND platform <> ''", id=number)
        else:
            await self._verbs.run("DELETE FROM subscription WHERE chat = :id AND platform = ''", id=number)
        for platform in wanted:
            await self._verbs.run(
                "INSERT INTO subscription (chat, platform, at) VALUES (:id, :platform, :now) ON CONFLICT DO NOTHING",
                id=number, platform=platform, now=now,
            )  # fmt: skip

    async def unsubscribe(self, where: Destination, platforms: Iterable[str]) -> bool:
        """Takes away these platforms (none: all of them); False where there was nothing to take away."""
        gone = 0
        for platform in list(platforms) or [None]:
            gone += await self._verbs.run(
                """DELETE FROM subscription WHERE (CAST(:platform AS TEXT) IS NULL OR platform = :platform)
                   AND chat IN (SELECT id FROM chat
                                WHERE messenger = :messenger AND chat = :chat AND thread = :thread)""",
                platform=platform, messenger=where.messenger, chat=where.chat, thread=where.thread,
            )  # fmt: skip
        return gone > 0

    async def subscriptions(self, where: Destination) -> list[str]:
        rows = await self._verbs.all(
            """SELECT platform FROM subscription JOIN chat ON chat.id = subscription.chat
               WHERE messenger = :messenger AND chat.chat = :chat AND thread = :thread ORDER BY platform""",
            messenger=where.messenger, chat=where.chat, thread=where.thread,
        )  # fmt: skip
        return [row["platform"] for row in rows]

    async def forget(self, messenger: str, chat: str) -> None:
        """Deletes the chat with its subscriptions, and what waits to be sent to it."""
        await self._verbs.run(
            "UPDATE outbox SET state = 'cancelled' WHERE messenger = :messenger AND chat = :chat AND state = 'pending'",
            messenger=messenger, chat=chat,
        )  # fmt: skip
        await self._verbs.run(
            "DELETE FROM subscription WHERE chat IN"
            " (SELECT id FROM chat WHERE messenger = :messenger AND chat = :chat)",
            messenger=messenger, chat=chat,
        )  # fmt: skip
        await self._verbs.run(
            "DELETE FROM chat WHERE messenger = :messenger AND chat = :chat", messenger=messenger, chat=chat
        )

    async def pause(self, where: Destination, now: datetime) -> None:
        """Blocked or gone: nothing more is sent there until it writes again."""
        await self._verbs.run(
            "UPDATE chat SET paused_at = :now WHERE messenger = :messenger AND chat = :chat AND thread = :thread",
            messenger=where.messenger, chat=where.chat, thread=where.thread, now=now,
        )  # fmt: skip

    async def reached_by(self, platforms: Iterable[str]) -> tuple[int, int]:
        """How many chats and how many channels hear of one of these platforms."""
        named = {f"p{place}": platform for place, platform in enumerate(platforms)}
        rows = await self._verbs.all(
            f"""SELECT kind = 'channel' AS channel, count(DISTINCT chat.id) AS many
                FROM chat JOIN subscription ON subscription.chat = chat.id
                WHERE paused_at IS NULL AND platform IN ('', {", ".join(f":{name}" for name in named)})
                GROUP BY 1""",
            **named,
        )
        counts = {bool(row["channel"]): int(row["many"]) for row in rows}
        return counts.get(False, 0), counts.get(True, 0)

    async def subscribers(self) -> int:
        row = await self._verbs.one("SELECT count(DISTINCT chat) AS many FROM subscription")
        return row["many"] if row else 0

    async def _number(self, where: Destination, kind: ChatKind, now: datetime) -> int:
        await self._verbs.run(
            "INSERT INTO chat (messenger, chat, thread, kind, first_seen)"
            " VALUES (:messenger, :chat, :thread, :kind, :now) ON CONFLICT DO NOTHING",
            messenger=where.messenger, chat=where.chat, thread=where.thread, kind=kind, now=now,
        )  # fmt: skip
        row = await self._verbs.one(
            "SELECT id FROM chat WHERE messenger = :messenger AND chat = :chat AND thread = :thread",
            messenger=where.messenger, chat=where.chat, thread=where.thread,
        )  # fmt: skip
        assert row is not None
        return int(row["id"])
