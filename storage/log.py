"""The log: accepted commands and departures in order, each sealed with all before it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sebghat.observation import Lane
from storage.database import Row, Verbs, moment, stamp

START = "0" * 64  # what the first entry is sealed with


def holds(entry: str) -> str:
    """The SQL that asks whether the entry of that number was not taken back."""
    return f"NOT EXISTS (SELECT 1 FROM log AS undo WHERE undo.target = {entry})"


HOLDS = holds("log.id")


@dataclass(frozen=True, slots=True)
class Entry:
    id: int
    kind: str
    at: datetime
    person: int | None
    target: int | None
    body: dict[str, object]

    @property
    def figures(self) -> list[str]:
        """The ids of those that it entered, put right, withdrew or paired."""
        entered = self.body.get("obs", [])
        assert isinstance(entered, list)
        body = self.body
        named = [body.get("new_id") or body.get("id"), body.get("domestic"), body.get("foreign")]
        return [str(o["id"]) for o in entered] or [str(number) for number in named if number]


class Log:
    def __init__(self, verbs: Verbs) -> None:
        self._verbs = verbs

    async def append(
        self,
        kind: str,
        at: datetime,
        person: int | None,
        body: object,
        *,
        target: int | None = None,
        lanes: Iterable[Lane] = (),
    ) -> int:
        """Writes the next entry, inside the caller's transaction; its number. `lanes`: those that it bears on."""
        last, before = await self._head()
        number, text = last + 1, canonical(body)
        sealed = seal(before, number, kind, at, person, target, text)
        await self._verbs.run(
            "INSERT INTO log (id, kind, at, person, target, body, hash)"
            " VALUES (:id, :kind, :at, :person, :target, :body, :hash)",
            id=number, kind=kind, at=at, person=person, target=target, body=text, hash=sealed,
        )  # fmt: skip
        for lane in lanes:
            await self._verbs.run(
                "INSERT INTO log_lane (metric, scope, lane, entry) VALUES (:metric, :scope, :lane, :entry)",
                metric=lane.metric, scope=lane.scope, lane=lane.name, entry=number,
            )  # fmt: skip
        return number

    async def _head(self) -> tuple[int, str]:
        """The last entry's number and seal."""
        row = await self._verbs.one("SELECT id, hash FROM log ORDER BY id DESC LIMIT 1")
        return (row["id"], row["hash"]) if row else (0, START)

    async def rows(
        self, kind: str, at: datetime, person: int | None, bodies: Iterable[tuple[object, Iterable[Lane]]]
    ) -> tuple[list[dict[str, object]], list[dict[str, object]]]:
        """Many entries of one kind to be laid ready, each a body and the lanes that it bears on: the rows of the tables
        log and log_lane, as they are if nothing else is logged before."""
        entries, lanes = [], []
        number, sealed = await self._head()
        for body, some in bodies:
            number, text = number + 1, canonical(body)
            sealed = seal(sealed, number, kind, at, person, None, text)
            entries.append(
                {"id": number, "kind": kind, "at": at, "person": person, "target": None, "body": text, "hash": sealed}
            )
            lanes += [{"metric": lane.metric, "scope": lane.scope, "lane": lane.name, "entry": number} for lane in some]
        return entries, lanes

    async def last(self) -> int:
        """The number of the last entry; 0 before the first."""
        row = await self._verbs.one("SELECT coalesce(max(id), 0) AS last FROM log")
        return row["last"] if row else 0

    async def last_time(self) -> datetime | None:
        row = await self._verbs.one("SELECT at FROM log ORDER BY id DESC LIMIT 1")
        return moment(row["at"]) if row else None

    async def entry(self, number: int) -> Entry | None:
        row = await self._verbs.one("SELECT * FROM log WHERE id = :id", id=number)
        return _entry(row) if row else None

    async def between(self, first: int, last: int, person: int, most: int) -> tuple[list[Entry], int]:
        """That person's entries from the first to the last, at most so many of them; and how many there are."""
        where = "id BETWEEN :first AND :last AND person = :person"
        rows = await self._verbs.all(
            f"""SELECT *, (SELECT count(*) FROM log WHERE {where}) AS many FROM log
                WHERE {where} ORDER BY id LIMIT :most""",
            first=first, last=last, person=person, most=most,
        )  # fmt: skip
        return [_entry(row) for row in rows], rows[0]["many"] if rows else 0

    async def rules_before(self, number: int) -> list[Entry]:
        """The changes of constants that held when an entry was written, newest first."""
        rows = await self._verbs.all(
            """SELECT * FROM log WHERE kind = 'rules' AND id < :number
               AND NOT EXISTS (SELECT 1 FROM log AS undo WHERE undo.target = log.id AND undo.id < :number)
               ORDER BY id DESC""",
            number=number,
        )
        return [_entry(row) for row in rows]

    async def newest_of(self, person: int, kinds: Iterable[str]) -> Entry | None:
        """That person's last command of these kinds that changed something and has not been taken back."""
        return next(iter(await self.recent_of(person, kinds, 50)), None)

    async def recent_of(self, person: int, kinds: Iterable[str], most: int) -> list[Entry]:
        """Of that person's last commands of these kinds those that changed something and hold, newest first; of what
        was recorded together the first."""
        rows = await self._verbs.all(
            f"""SELECT * FROM log WHERE person = :person AND kind IN ({_quoted(kinds)}) AND body NOT LIKE :joined
                AND {HOLDS}
                ORDER BY id DESC LIMIT :most""",
            person=person, most=most, joined='%"with":%',
        )  # fmt: skip
        return [e for e in map(_entry, rows) if not e.body.get("repeats")]

    async def verify(self) -> tuple[int, int | None]:
        """How many entries there are, and the number of the first that does not fit the chain, if one does not."""
        before, count = START, 0
        while rows := await self._verbs.all("SELECT * FROM log WHERE id > :after ORDER BY id LIMIT 1000", after=count):
            for row in rows:
                count += 1
                at, number = moment(row["at"]), row["id"]
                sealed = seal(before, number, row["kind"], at, row["person"], row["target"], row["body"])
                if number != count or sealed != row["hash"]:
                    return count, count
                before = sealed
        return count, None

    async def standing(self) -> list[Entry]:
        """Every entry that was not taken back, in order."""
        rows = await self._verbs.all(f"SELECT * FROM log WHERE kind <> 'undo' AND {HOLDS} ORDER BY id")
        return [_entry(row) for row in rows]

    async def recorded_with(self, number: int) -> list[int]:
        """What else was recorded in the same act and not taken back, in order."""
        rows = await self._verbs.all(
            f"SELECT id FROM log WHERE id > :id AND body LIKE :joined AND {HOLDS} ORDER BY id",
            id=number, joined=f'%"with":{number}}}',
        )  # fmt: skip
        return [row["id"] for row in rows]

    async def lanes(self, number: int) -> set[Lane]:
        """The lanes that an entry bears on."""
        rows = await self._verbs.all("SELECT metric, scope, lane FROM log_lane WHERE entry = :entry", entry=number)
        return {Lane(row["metric"], row["scope"], row["lane"]) for row in rows}

    async def departures(self, lanes: Iterable[Lane]) -> list[Entry]:
        """The messages about these lanes that have left, in order."""
        return _entries(await self._in(lanes, f"kind = 'depart' AND {HOLDS}"))

    async def changes(self, lanes: Iterable[Lane], after: int) -> list[Entry]:
        """What was entered, corrected or withdrawn in these lanes after an entry, and not taken back, in order."""
        wanted = f"log.id > :after AND kind IN ('observe', 'correct', 'retract') AND {HOLDS}"
        return _entries(await self._in(lanes, wanted, after=after))

    async def moves(self, lanes: Iterable[Lane], after: int) -> list[Entry]:
        """All that happened in these lanes after an entry and holds, in order: entered, put right, paired, taken
        back, left."""
        wanted = f"""log.id > :after AND kind IN ('observe', 'correct', 'retract', 'review', 'undo', 'depart')
                     AND (target IS NULL OR target <= :after) AND {HOLDS}"""
        return _entries(await self._in(lanes, wanted, after=after))

    async def touching(self, lanes: Iterable[Lane]) -> list[Entry]:
        """Every entry that bears on these lanes and was not taken back, in order; a change of rules always does."""
        found = await self._in(lanes, f"kind <> 'undo' AND {HOLDS}")
        rows = await self._verbs.all(f"SELECT * FROM log WHERE kind IN ('rules', 'release') AND {HOLDS}")
        return _entries(found | {row["id"]: row for row in rows})

    async def _in(self, lanes: Iterable[Lane], wanted: str, **values: object) -> dict[int, Row]:
        """The entries that bear on these lanes, of those that are wanted."""
        found: dict[int, Row] = {}
        for lane in lanes:
            rows = await self._verbs.all(
                f"""SELECT log.* FROM log_lane JOIN log ON log.id = entry
                    WHERE metric = :metric AND scope = :scope AND lane = :lane AND {wanted}""",
                metric=lane.metric, scope=lane.scope, lane=lane.name, **values,
            )  # fmt: skip
            found |= {row["id"]: row for row in rows}
        return found


def canonical(body: object) -> str:
    """JSON with one spelling, so that the same content has the same hash."""
    return json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def seal(before: str, number: int, kind: str, at: datetime, person: int | None, target: int | None, body: str) -> str:
    sealed = canonical([before, number, kind, stamp(at), person, target, body])
    return hashlib.sha256(sealed.encode()).hexdigest()


def _entry(row: Row) -> Entry:
    return Entry(row["id"], row["kind"], moment(row["at"]), row["person"], row["target"], json.loads(row["body"]))


def _entries(rows: Mapping[int, Row]) -> list[Entry]:
    """In order."""
    return [_entry(rows[number]) for number in sorted(rows)]


def _quoted(words: Iterable[str]) -> str:
    """Words of the program's own as an SQL list."""
    return ", ".join(f"'{word}'" for word in words)
