"""Platforms and names that editors added to the bundled ones."""

from __future__ import annotations

from sebghat import letters
from sebghat.platforms import Origin, Platform
from storage.database import Verbs


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

    async def alias(self, platform: str, name: str) -> None:
        await self._verbs.run(
            "INSERT INTO alias (folded, platform, name) VALUES (:folded, :platform, :name)",
            folded=letters.key(name), platform=platform, name=name,
        )  # fmt: skip
