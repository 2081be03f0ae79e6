"""Platforms, sources and methods that editors added to the bundled ones, and the names that they gave them."""

from __future__ import annotations

from sebghat import letters
from sebghat.platforms import Origin, Platform
from storage.database import Verbs
from storage.log import holds


class Catalogue:
    def __init__(self, verbs: Verbs) -> None:
        self._verbs = verbs

    async def platforms(self) -> tuple[Platform, ...]:
        """Those that were added, in the order of their keys."""
        rows = await self._verbs.all("SELECT * FROM platform ORDER BY key")
        return tuple(
            Platform(row["key"], row["name_fa"], row["name_en"], Origin(row["origin"]), row["arena"]) for row in rows
        )

    async def aliases(self) -> tuple[tuple[str, str], ...]:
        """Platform and name of those that were added."""
        rows = await self._verbs.all("SELECT platform, name FROM alias ORDER BY folded")
        return tuple((row["platform"], row["name"]) for row in rows)

    async def add(self, platform: Platform) -> None:
        await self._verbs.run(
            "INSERT INTO platform (key, name_fa, name_en, origin, arena) VALUES (:key, :fa, :en, :origin, :arena)",
            key=platform.key, fa=platform.name_fa, en=platform.name_en, origin=platform.origin.value,
            arena=platform.arena,
        )  # fmt: skip

    async def in_use(self, key: str) -> bool:
        """Whether anything that holds speaks of this platform: figures, claims, subscriptions, other names."""
        row = await self._verbs.one(
            f"""SELECT 1 AS found WHERE
               EXISTS (SELECT 1 FROM observation WHERE platform = :key
                       AND {holds("observation.command")})
               OR EXISTS (SELECT 1 FROM claim WHERE (winner = :key OR loser = :key)
                          AND {holds("claim.command")})
               OR EXISTS (SELECT 1 FROM subscription WHERE platform = :key)
               OR EXISTS (SELECT 1 FROM alias WHERE platform = :key)""",
            key=key,
        )
        return row is not None

    async def remove(self, key: str) -> None:
        await self._verbs.run("DELETE FROM platform WHERE key = :key", key=key)

    async def remove_alias(self, name: str) -> None:
        await self._verbs.run("DELETE FROM alias WHERE folded = :folded", folded=letters.key(name))

    async def alias(self, platform: str, name: str) -> None:
        await self._verbs.run(
            "INSERT INTO alias (folded, platform, name) VALUES (:folded, :platform, :name)",
            folded=letters.key(name), platform=platform, name=name,
        )  # fmt: skip

    # Sources and methods

    async def names(self, kind: str) -> list[tuple[str, str]]:
        """Key and name of the sources or methods that editors named."""
        rows = await self._verbs.all("SELECT key, name FROM named WHERE kind = :kind ORDER BY key", kind=kind)
        return [(row["key"], row["name"]) for row in rows]

    async def name(self, kind: str, key: str, name: str) -> None:
        """Registers a source or a method under the name as it was first written."""
        await self._verbs.run(
            "INSERT INTO named (kind, key, name, folded) VALUES (:kind, :key, :name, :folded) ON CONFLICT DO NOTHING",
            kind=kind, key=key, name=name, folded=letters.key(name),
        )  # fmt: skip

    async def rename(self, kind: str, key: str, name: str) -> None:
        """What was registered is called otherwise from now on; figures stay with the key."""
        await self._verbs.run(
            "UPDATE named SET name = :name, folded = :folded WHERE kind = :kind AND key = :key",
            kind=kind, key=key, name=name, folded=letters.key(name),
        )  # fmt: skip
