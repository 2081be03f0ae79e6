"""Chats: which we know, in which language, what they subscribed to, and which messages were answered."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sebghat.conversation import ChatKind, Destination
from storage.database import Verbs
from storage.outbox import Outbox

REMEMBERED = timedelta(days=3)  # no messenger redelivers after longer than that (Telegram keeps updates for a day)
EVERYTHING = ""  # the subscription to all platforms


@dataclass(frozen=True, slots=True)
class Channel:
    """A channel that alerts go to."""

    where: Destination
    platforms: tuple[str, ...]  # none: all of them
    language: str | None
    paused: bool


class Chats:
    def __init__(self, verbs: Verbs) -> None:
        self._verbs = verbs

    async def seen(self, messenger: str, key: str) -> bool:
        """Whether this message was noted before."""
        row = await self._verbs.one(
            "SELECT 1 AS there FROM seen WHERE messenger = :messenger AND key = :key",
            messenger=messenger,
            key=key,
        )
        return row is not None

    async def note(self, messenger: str, key: str, now: datetime) -> bool:
        """Notes a message as seen; False for one that was noted before."""
        await self._verbs.run("DELETE FROM seen WHERE at < :old", old=now - REMEMBERED)
        return await self._verbs.run(
            "INSERT INTO seen (messenger, key, at) VALUES (:messenger, :key, :now) ON CONFLICT DO NOTHING",
            messenger=messenger, key=key, now=now,
        ) == 1  # fmt: skip

    async def wake(self, where: Destination) -> None:
        """A chat that had been set aside has written: it is there again."""
        await self._verbs.run(
            "UPDATE chat SET paused_at = NULL WHERE messenger = :messenger AND chat = :chat AND paused_at IS NOT NULL",
            messenger=where.messenger, chat=where.chat,
        )  # fmt: skip
        await self._count_all(where.messenger, where.chat)
        await Outbox(self._verbs).take_up(where.messenger, where.chat)

    async def is_paused(self, where: Destination) -> bool:
        row = await self._verbs.one(
            "SELECT 1 AS there FROM chat WHERE messenger = :messenger AND chat = :chat AND paused_at IS NOT NULL",
            messenger=where.messenger, chat=where.chat,
        )  # fmt: skip
        return row is not None

    async def migrate(self, messenger: str, old: str, new: str, now: datetime) -> None:
        """The chat goes on under another id: what it subscribed to and what waits for it go along."""
        for row in await self._verbs.all(
            "SELECT id, thread FROM chat WHERE messenger = :messenger AND chat = :old", messenger=messenger, old=old
        ):
            there = await self._verbs.one(
                "SELECT id FROM chat WHERE messenger = :messenger AND chat = :new AND thread = :thread",
                messenger=messenger, new=new, thread=row["thread"],
            )  # fmt: skip
            if there is None:
                await self._verbs.run("UPDATE chat SET chat = :new WHERE id = :id", new=new, id=row["id"])
            else:
                await self._merge(row["id"], there["id"])
        await Outbox(self._verbs).move(messenger, old, new, now)

    async def _merge(self, old: int, new: int) -> None:
        """What one chat had comes to the other; all of the platforms takes the place of single ones."""
        for sql in (
            "INSERT INTO subscription (chat, platform, at) SELECT :new, platform, at FROM subscription"
            " WHERE chat = :old ON CONFLICT DO NOTHING",
            "DELETE FROM subscription WHERE chat = :new AND platform <> ''"
            " AND EXISTS (SELECT 1 FROM subscription AS every WHERE every.chat = :new AND every.platform = '')",
            "UPDATE chat SET language = coalesce(language, (SELECT language FROM chat AS other WHERE other.id = :old))"
            " WHERE id = :new",
        ):
            await self._verbs.run(sql, **({"old": old, "new": new} if ":old" in sql else {"new": new}))
        await self._verbs.run("DELETE FROM subscription WHERE chat = :old", old=old)
        for number in (old, new):
            await self._count(number)
        await self._verbs.run("DELETE FROM chat WHERE id = :old", old=old)

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
        """Adds platforms (none: all of them, which takes the place of single ones). A chat set aside is there again."""
        number = await self._number(where, kind, now)
        await self.wake(where)
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
        await self._count(number)

    async def named(self, where: Destination) -> Destination:
        """The channel under its own id, where it was called by a name whose id is known."""
        row = await self._verbs.one(
            "SELECT chat FROM channel_name WHERE messenger = :messenger AND name = :name",
            messenger=where.messenger, name=where.chat.casefold(),
        )  # fmt: skip
        return Destination(where.messenger, row["chat"], where.thread) if row else where

    async def name(self, messenger: str, name: str, chat: str, now: datetime) -> None:
        """A name is that of this chat: what went to the name goes to the chat, and never twice."""
        await self._verbs.run(
            "INSERT INTO channel_name (messenger, name, chat) VALUES (:messenger, :name, :chat)"
            " ON CONFLICT (messenger, name) DO UPDATE SET chat = :chat",
            messenger=messenger, name=name.casefold(), chat=chat,
        )  # fmt: skip
        await self.migrate(messenger, name, chat, now)

    async def follow_settings(self, channels: Iterable[Destination], now: datetime) -> None:
        """The channels that the settings name receive everything; those that they named before, and no longer
        do, receive nothing. Others are left alone."""
        wanted = list(channels)
        row = await self._verbs.one("SELECT value FROM setting WHERE name = 'channels'")
        before = [Destination(*place) for place in json.loads(row["value"])] if row else []
        meant = {await self.named(place) for place in wanted}
        for gone in before:
            if gone not in wanted and await self.named(gone) not in meant:
                await self.unsubscribe(await self.named(gone), [])
        for new in wanted:
            if new not in before:
                await self.subscribe(await self.named(new), ChatKind.CHANNEL, [], now)
        if before != wanted:
            await self._verbs.run(
                "INSERT INTO setting (name, value) VALUES ('channels', :value)"
                " ON CONFLICT (name) DO UPDATE SET value = :value",
                value=json.dumps([[place.messenger, place.chat, place.thread] for place in wanted]),
            )  # fmt: skip

    async def unsubscribe(self, where: Destination, platforms: Iterable[str]) -> bool:
        """Takes away these platforms (none: all of them); False where there was nothing to take away."""
        gone = 0
        wanted: list[str | None] = [*platforms]
        for platform in wanted or [None]:
            gone += await self._verbs.run(
                """DELETE FROM subscription WHERE (CAST(:platform AS TEXT) IS NULL OR platform = :platform)
                   AND chat IN (SELECT id FROM chat
                                WHERE messenger = :messenger AND chat = :chat AND thread = :thread)""",
                platform=platform, messenger=where.messenger, chat=where.chat, thread=where.thread,
            )  # fmt: skip
        await self._count_all(where.messenger, where.chat)
        return gone > 0

    async def subscriptions(self, where: Destination) -> list[str]:
        rows = await self._verbs.all(
            """SELECT platform FROM subscription JOIN chat ON chat.id = subscription.chat
               WHERE messenger = :messenger AND chat.chat = :chat AND thread = :thread ORDER BY platform""",
            messenger=where.messenger, chat=where.chat, thread=where.thread,
        )  # fmt: skip
        return [row["platform"] for row in rows]

    async def forget(self, messenger: str, chat: str) -> None:
        """Deletes the chat with its subscriptions, what waits to be sent to it, and that anything ever was."""
        await Outbox(self._verbs).forget(messenger, chat)
        await self._verbs.run(
            "DELETE FROM subscription WHERE chat IN"
            " (SELECT id FROM chat WHERE messenger = :messenger AND chat = :chat)",
            messenger=messenger, chat=chat,
        )  # fmt: skip
        await self._count_all(messenger, chat)
        await self._verbs.run(
            "DELETE FROM chat WHERE messenger = :messenger AND chat = :chat", messenger=messenger, chat=chat
        )

    async def pause(self, where: Destination, now: datetime) -> None:
        """Blocked or gone: nothing more is sent there until it writes again."""
        await self._verbs.run(
            "UPDATE chat SET paused_at = :now WHERE messenger = :messenger AND chat = :chat AND thread = :thread",
            messenger=where.messenger, chat=where.chat, thread=where.thread, now=now,
        )  # fmt: skip
        await self._count_all(where.messenger, where.chat)
        await Outbox(self._verbs).set_aside(where.messenger, where.chat, where.thread)

    async def pause_all(self, messenger: str, chat: str, now: datetime) -> None:
        """The same for a chat with all its topics: the bot is no longer in it."""
        await self._verbs.run(
            "UPDATE chat SET paused_at = :now WHERE messenger = :messenger AND chat = :chat AND paused_at IS NULL",
            messenger=messenger, chat=chat, now=now,
        )  # fmt: skip
        await self._count_all(messenger, chat)
        await Outbox(self._verbs).set_aside(messenger, chat)

    async def reached_by(self, platforms: Iterable[str]) -> tuple[int, int]:
        """How many chats and how many channels hear of one of these platforms."""
        wanted = {EVERYTHING, *platforms}
        counts = {True: 0, False: 0}
        for row in await self._verbs.all("SELECT kind, wish, many FROM audience"):
            if not wanted.isdisjoint(row["wish"].split(" ")):
                counts[row["kind"] == ChatKind.CHANNEL] += row["many"]
        return counts[False], counts[True]

    async def channels_reached_by(self, platforms: Iterable[str], most: int) -> list[Destination]:
        """The first of the channels among them."""
        named = {f"p{place}": platform for place, platform in enumerate(platforms)}
        rows = await self._verbs.all(
            f"""SELECT messenger, chat, thread FROM chat WHERE kind = 'channel' AND paused_at IS NULL AND EXISTS (
                    SELECT 1 FROM subscription WHERE subscription.chat = chat.id
                    AND platform IN ('', {", ".join(f":{name}" for name in named)}))
                ORDER BY id LIMIT :most""",
            most=most, **named,
        )  # fmt: skip
        return [Destination(row["messenger"], row["chat"], row["thread"]) for row in rows]

    async def _count_all(self, messenger: str, chat: str) -> None:
        """A chat with its topics has changed."""
        for row in await self._verbs.all(
            "SELECT id FROM chat WHERE messenger = :messenger AND chat = :chat", messenger=messenger, chat=chat
        ):
            await self._count(row["id"])

    async def _count(self, number: int) -> None:
        """What this chat wishes for now is counted in the place of what was counted of it before."""
        chat = await self._verbs.one("SELECT kind, wish, paused_at FROM chat WHERE id = :id", id=number)
        assert chat is not None
        rows = await self._verbs.all("SELECT platform FROM subscription WHERE chat = :id", id=number)
        wish = None if chat["paused_at"] or not rows else " ".join(sorted(row["platform"] for row in rows))
        if wish == chat["wish"]:
            return
        await self._verbs.run("UPDATE chat SET wish = :wish WHERE id = :id", wish=wish, id=number)
        for counted, change in ((chat["wish"], -1), (wish, 1)):
            if counted is not None:
                await self._verbs.run(
                    """INSERT INTO audience (kind, wish, many) VALUES (:kind, :wish, :change)
                       ON CONFLICT (kind, wish) DO UPDATE SET many = audience.many + :change""",
                    kind=chat["kind"], wish=counted, change=change,
                )  # fmt: skip
        # Nobody's wish any more is not kept: one chat could leave a row for every set of platforms there is.
        await self._verbs.run(
            "DELETE FROM audience WHERE kind = :kind AND wish = :wish AND many <= 0",
            kind=chat["kind"], wish=chat["wish"] or "",
        )  # fmt: skip

    async def channels(self) -> list[Channel]:
        """Every channel with a subscription, in the order in which they came."""
        rows = await self._verbs.all(
            """SELECT id, messenger, chat.chat, thread, language, paused_at, platform
               FROM chat JOIN subscription ON subscription.chat = chat.id
               WHERE kind = 'channel' ORDER BY id, platform"""
        )
        found: dict[int, Channel] = {}
        for row in rows:
            known = found.get(row["id"])
            platforms = (*(known.platforms if known else ()), *([row["platform"]] if row["platform"] else []))
            found[row["id"]] = Channel(
                Destination(row["messenger"], row["chat"], row["thread"]), platforms, row["language"],
                row["paused_at"] is not None,
            )  # fmt: skip
        return list(found.values())

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
