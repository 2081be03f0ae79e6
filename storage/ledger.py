"""The ledger: what the readers were told of each crossing of each contest, and under which number."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from sebghat.codec import from_json, to_json
from sebghat.comparison import Rules
from sebghat.contest import Contest
from sebghat.notes import Item, Mode
from sebghat.observation import Key, Lane
from storage.database import Row, Statement, Verbs, listed
from storage.log import canonical

Laid = dict[str, list[dict[str, object]]]  # rows by table
CLEAR = """DELETE FROM item WHERE domestic_platform = :domestic AND foreign_platform = :foreign
           AND metric = :metric AND scope = :scope AND lane = :lane AND (last_day, first_day) > (:last, :first)"""


@dataclass(frozen=True, slots=True)
class Crossing:
    """One crossing as the ledger has it: an item in its contest, with the number of its announcement."""

    contest: Contest
    item: Item
    waiting: bool = False


class Ledger:
    def __init__(self, verbs: Verbs) -> None:
        self._verbs = verbs

    async def items(self, lane: Lane) -> dict[Contest, list[Item]]:
        """All items of the contests of a lane."""
        rows = await self._verbs.all(
            "SELECT * FROM item WHERE metric = :metric AND scope = :scope AND lane = :lane ORDER BY id",
            metric=lane.metric, scope=lane.scope, lane=lane.name,
        )  # fmt: skip
        return _by_contest(rows)

    async def tails(self, bounds: Mapping[Contest, Key]) -> dict[Contest, list[Item]]:
        """The items of these contests that later snapshots can still change: whose reach lies past a key."""
        if not bounds:
            return {}
        wanted, values = listed((*contest, *bound) for contest, bound in bounds.items())
        rows = await self._verbs.all(
            f"""SELECT item.* FROM ({wanted}) AS wanted JOIN item
                ON metric = column3 AND scope = column4 AND lane = column5
                   AND domestic_platform = column1 AND foreign_platform = column2
                   AND (last_day, first_day) > (column6, column7)
                ORDER BY item.id""",
            **values,
        )
        return _by_contest(rows)

    async def all_items(self) -> dict[Contest, list[Item]]:
        return _by_contest(await self._verbs.all("SELECT * FROM item ORDER BY id"))

    async def waiting(self, group: str) -> dict[Contest, list[Item]]:
        """All items of the contests in which a note of this group waits."""
        rows = await self._verbs.all(
            """SELECT item.* FROM item JOIN (
                   SELECT DISTINCT domestic_platform, foreign_platform, metric, scope, lane FROM item
                   WHERE release_group = :group) AS held
               ON held.domestic_platform = item.domestic_platform AND held.foreign_platform = item.foreign_platform
                  AND held.metric = item.metric AND held.scope = item.scope AND held.lane = item.lane
               ORDER BY item.id""",
            group=group,
        )
        return _by_contest(rows)

    async def save(self, contest: Contest, items: Iterable[Item], past: Key | None = None) -> tuple[Item, ...]:
        """Puts these in the place of the contest's items, or of those whose reach lies past a key; what became
        loud gets its number here."""
        numbered = []
        await self.clear({contest: past})
        for item in items:
            if _wants_number(item):
                item = _numbered(item, await self.next_number())  # noqa: PLW2901
            await self._verbs.run(
                """INSERT INTO item (domestic_platform, foreign_platform, metric, scope, lane, number, body,
                                     last_day, first_day, release_group, since)
                   VALUES (:domestic, :foreign, :metric, :scope, :lane, :number, :body, :last, :first,
                           :group, :since)""",
                **_cells(contest, item),
            )
            if item.number is not None:
                await self._verbs.run(
                    """INSERT INTO announcement (number, domestic_platform, foreign_platform, body)
                       VALUES (:number, :domestic, :foreign, :body)
                       ON CONFLICT (number) DO UPDATE SET body = :body""",
                    **_announced(contest, item),
                )
            numbered.append(item)
        return tuple(numbered)

    async def rows(self, changed: Mapping[Contest, Sequence[Item]]) -> tuple[dict[Contest, tuple[Item, ...]], Laid]:
        """The same for many contests, to be laid ready: the items with the numbers that they will have if nothing
        else is announced before, and the rows of the tables item and announcement."""
        number = await self.next_number()
        numbered: dict[Contest, tuple[Item, ...]] = {}
        items, announcements = [], []
        for contest, some in changed.items():
            given = []
            for item in some:
                if _wants_number(item):
                    item, number = _numbered(item, number), number + 1  # noqa: PLW2901
                items.append(_cells(contest, item))
                if item.number is not None:
                    announcements.append(_announced(contest, item))
                given.append(item)
            numbered[contest] = tuple(given)
        return numbered, {"item": items, "announcement": announcements}

    async def clear(self, pasts: Mapping[Contest, Key | None]) -> None:
        """Takes away the items of these contests, or those whose reach lies past a key: others take their place."""
        rows = [
            {**contest._asdict(), "last": past[0] if past else "", "first": past[1] if past else ""}
            for contest, past in pasts.items()
        ]
        await self._verbs.batch(Statement(CLEAR, rows))

    async def next_number(self) -> int:
        """The number that the next announcement gets."""
        row = await self._verbs.one("SELECT coalesce(max(number), 0) + 1 AS number FROM announcement")
        assert row is not None
        return int(row["number"])

    async def crossings(self, platform: str | None = None, limit: int = 20) -> list[Crossing]:
        """What was announced, waits to be, or was kept without a word; the newest as-of first."""
        rows = await self._verbs.all(
            """SELECT * FROM item WHERE CAST(:platform AS TEXT) IS NULL
               OR domestic_platform = :platform OR foreign_platform = :platform""",
            platform=platform,
        )
        found = [Crossing(contest_of(row), _item(row), row["release_group"] is not None) for row in rows]
        found = [crossing for crossing in found if crossing.item.mode is not None]
        found.sort(key=lambda c: (c.item.place.at, c.item.number or 0), reverse=True)
        return found[:limit]

    async def announcement(self, number: int) -> tuple[Crossing, bool] | None:
        """What goes by this number, and whether it still stands in the ledger (False: it was taken back)."""
        row = await self._verbs.one(
            """SELECT announcement.body, item.release_group, item.id AS standing FROM announcement
               LEFT JOIN item ON item.number = announcement.number WHERE announcement.number = :number""",
            number=number,
        )
        if row is None:
            return None
        body = json.loads(row["body"])
        crossing = Crossing(Contest(*body["contest"]), from_json(Item, body["item"]), row["release_group"] is not None)
        return crossing, row["standing"] is not None

    async def told_last(self) -> int | None:
        """The announcement that readers heard of last, or of whose correction."""
        row = await self._verbs.one(
            "SELECT number FROM told WHERE message = (SELECT max(message) FROM told) ORDER BY part LIMIT 1"
        )
        return row["number"] if row else None

    async def keep_back(self, group: str, kept: bool) -> None:
        """Whether the group's message waits until somebody releases it."""
        sql = "INSERT INTO kept_back VALUES (:group) ON CONFLICT DO NOTHING"
        await self._verbs.run(sql if kept else "DELETE FROM kept_back WHERE release_group = :group", group=group)

    async def kept_back(self) -> set[str]:
        """The groups whose message waits until somebody releases it."""
        return {row["release_group"] for row in await self._verbs.all("SELECT release_group FROM kept_back")}

    async def is_kept_back(self, group: str) -> bool:
        row = await self._verbs.one("SELECT 1 AS there FROM kept_back WHERE release_group = :group", group=group)
        return row is not None

    async def rules(self) -> Rules:
        row = await self._verbs.one("SELECT value FROM setting WHERE name = 'rules'")
        return Rules(**json.loads(row["value"])) if row else Rules()

    async def set_rules(self, values: Mapping[str, int]) -> None:
        merged = canonical({**_fields(await self.rules()), **values})
        await self._verbs.run(
            "INSERT INTO setting (name, value) VALUES ('rules', :value)"
            " ON CONFLICT (name) DO UPDATE SET value = :value",
            value=merged,
        )  # fmt: skip


def _wants_number(item: Item) -> bool:
    return item.mode is Mode.LOUD and item.number is None


def _numbered(item: Item, number: int) -> Item:
    return replace(item, number=number, note=None if item.note is None else replace(item.note, number=number))


def _cells(contest: Contest, item: Item) -> dict[str, object]:
    last, first = item.reach
    return {
        **contest._asdict(), "number": item.number, "body": canonical(to_json(item)), "last": last, "first": first,
        "group": item.note.group if item.note else None, "since": item.note.since if item.note else None,
    }  # fmt: skip


def _announced(contest: Contest, item: Item) -> dict[str, object]:
    body = canonical({"contest": list(contest), "item": to_json(item)})
    return {"number": item.number, "domestic": contest.domestic, "foreign": contest.foreign, "body": body}


def _fields(rules: Rules) -> dict[str, int]:
    return {name: getattr(rules, name) for name in Rules.__dataclass_fields__}


def contest_of(row: Row) -> Contest:
    return Contest(row["domestic_platform"], row["foreign_platform"], row["metric"], row["scope"], row["lane"])


def _item(row: Row) -> Item:
    return from_json(Item, json.loads(row["body"]))


def _by_contest(rows: Iterable[Row]) -> dict[Contest, list[Item]]:
    found: dict[Contest, list[Item]] = {}
    for row in rows:
        found.setdefault(contest_of(row), []).append(_item(row))
    return found
