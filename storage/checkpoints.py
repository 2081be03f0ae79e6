"""How far each contest was folded: what new figures go on from. A cache that replaying the log rebuilds."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping

from sebghat.codec import from_json, to_json
from sebghat.contest import Base, Contest
from storage.database import Row, Verbs, listed
from storage.ledger import contest_of
from storage.log import canonical


class Checkpoints:
    def __init__(self, verbs: Verbs) -> None:
        self._verbs = verbs

    async def of(self, contests: Collection[Contest]) -> dict[Contest, Base]:
        """The folds kept of these contests, each from before the newest snapshots; none of a contest that is young."""
        if not contests:
            return {}
        wanted, values = listed(contests)
        rows = await self._verbs.all(
            f"""SELECT checkpoint.* FROM ({wanted}) AS wanted JOIN checkpoint
                ON metric = column3 AND scope = column4 AND lane = column5
                   AND domestic_platform = column1 AND foreign_platform = column2""",
            **values,
        )
        return dict(map(_checkpoint, rows))

    async def save(self, bases: Mapping[Contest, Base | None]) -> None:
        """Keeps these folds; None: there is none to go on from."""
        for contest in [contest for contest, base in bases.items() if base is None]:
            await self._verbs.run(
                """DELETE FROM checkpoint WHERE metric = :metric AND scope = :scope AND lane = :lane
                   AND domestic_platform = :domestic AND foreign_platform = :foreign""",
                **contest._asdict(),
            )
        rows = [(*contest, canonical(to_json(base))) for contest, base in bases.items() if base is not None]
        if rows:
            given, values = listed(rows)
            await self._verbs.run(
                f"""INSERT INTO checkpoint (domestic_platform, foreign_platform, metric, scope, lane, body) {given}
                    ON CONFLICT (metric, scope, lane, domestic_platform, foreign_platform)
                    DO UPDATE SET body = excluded.body""",
                **values,
            )

    @staticmethod
    def rows(bases: Mapping[Contest, Base]) -> list[dict[str, object]]:
        """The same for many, to be laid ready."""
        return [{**contest._asdict(), "body": canonical(to_json(base))} for contest, base in bases.items()]

    async def all(self) -> dict[Contest, Base]:
        rows = await self._verbs.all("SELECT * FROM checkpoint")
        return dict(map(_checkpoint, rows))


def _checkpoint(row: Row) -> tuple[Contest, Base]:
    return contest_of(row), from_json(Base, json.loads(row["body"]))
