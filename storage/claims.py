"""Claims as entered: who was said to have passed whom."""

from __future__ import annotations

from datetime import datetime

from sebghat.claim import Claim
from storage.database import Verbs
from storage.log import holds
from storage.observations import asof


class Claims:
    def __init__(self, verbs: Verbs) -> None:
        self._verbs = verbs

    async def add(self, command: int, claim: Claim, now: datetime) -> None:
        await self._verbs.run(
            """INSERT INTO claim (command, winner, loser, scope, source, method, calendar, precision_, year, month, day,
                                  speaker, via, quote_fa, quote_en, address, recorded_at, recorded_by)
               VALUES (:command, :winner, :loser, :scope, :source, :method, :calendar, :precision, :year, :month, :day,
                       :speaker, :via, :quote_fa, :quote_en, :address, :now, :by)""",
            command=command, winner=claim.winner, loser=claim.loser, scope=claim.scope, source=claim.source,
            method=claim.method, calendar=claim.asof.calendar, precision=claim.asof.precision, year=claim.asof.year,
            month=claim.asof.month, day=claim.asof.day, speaker=claim.speaker, via=claim.via,
            quote_fa=claim.quote_fa, quote_en=claim.quote_en, address=claim.address, now=now, by=claim.recorded_by,
        )  # fmt: skip

    async def of(self, platform: str | None = None) -> list[Claim]:
        """Claims in which the platform is named as winner or loser; without one, all."""
        rows = await self._verbs.all(
            f"""SELECT * FROM claim WHERE (CAST(:platform AS TEXT) IS NULL OR winner = :platform OR loser = :platform)
                     AND {holds("claim.command")}
               ORDER BY id""",
            platform=platform,
        )
        return [
            Claim(
                row["winner"],
                row["loser"],
                row["scope"],
                row["source"],
                row["method"],
                asof(row),
                row["speaker"],
                row["via"],
                row["quote_fa"],
                row["quote_en"],
                row["address"],
                row["recorded_by"],
            )
            for row in rows
        ]
