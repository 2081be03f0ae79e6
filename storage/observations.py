"""Figures as entered, which of them hold now, and the reviews of pairs: added to, never changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta

from sebghat.observation import Key, Lane, Observation, Qualifier, Value
from sebghat.periods import AsOf, Calendar, Precision
from storage.database import Row, Verbs, listed, moment
from storage.log import holds

ORDER = "last_day DESC, first_day DESC, root, id"
OF_EACH = 2_000  # figures of a platform that one answer looks at: more than anybody publishes in a century of months


class Observations:
    def __init__(self, verbs: Verbs) -> None:
        self._verbs = verbs

    async def next_id(self) -> int:
        row = await self._verbs.one("SELECT value FROM setting WHERE name = 'last observation'")
        return int(row["value"]) + 1 if row else 1

    async def use_ids(self, last: str) -> None:
        """Ids up to this one are never given again, whether their figures were kept or only repeated others."""
        await self._verbs.run(
            "INSERT INTO setting (name, value) VALUES ('last observation', :last)"
            " ON CONFLICT (name) DO UPDATE SET value = :last",
            last=last,
        )  # fmt: skip

    async def append(self, command: int, observation: Observation) -> None:
        """Writes a version down and makes it hold."""
        await self._verbs.run(
            """INSERT INTO observation VALUES (:id, :command, :root, :platform, :metric, :scope, :source, :method,
               :release, :q, :lo, :hi, :res, :n, :calendar, :precision, :year, :month, :day, :first, :last,
               :speaker, :via, :quote, :address, :note, :recorded_at, :recorded_by) ON CONFLICT DO NOTHING""",
            **cells(observation, command),
        )
        await self.revive([observation.id])

    @staticmethod
    def rows(entered: Iterable[tuple[int, Observation]]) -> list[dict[str, object]]:
        """Many versions to be laid ready, each with the number of its command."""
        return [cells(o, command) for command, o in entered]

    async def revive(self, ids: Iterable[str]) -> None:
        """These versions hold (again)."""
        for number in map(int, ids):
            await self._verbs.run(
                """INSERT INTO live (observation, platform, metric, scope, source, method, last_day, first_day)
                   SELECT id, platform, metric, scope, source, method, last_day, first_day
                   FROM observation WHERE id = :id ON CONFLICT DO NOTHING""",
                id=number,
            )  # fmt: skip

    async def bury(self, ids: Iterable[str]) -> None:
        """These versions hold no longer."""
        for number in map(int, ids):
            await self._verbs.run("DELETE FROM live WHERE observation = :id", id=number)

    async def find(self, ids: Iterable[str]) -> list[Observation]:
        """Any versions, live or not."""
        found = []
        for number in map(int, ids):
            if row := await self._verbs.one("SELECT * FROM observation WHERE id = :id", id=number):
                found.append(observation(row))
        return found

    async def known(self, ids: Iterable[str]) -> list[Observation]:
        """Those of the versions, live or not, whose command was not taken back."""
        wanted, values = listed((int(number),) for number in ids)
        rows = await self._verbs.all(
            f"""SELECT observation.* FROM ({wanted}) AS wanted JOIN observation ON observation.id = column1
                WHERE {holds("observation.command")}""",
            **values,
        )
        return [observation(row) for row in rows]

    async def of_lane(self, lane: Lane) -> list[Observation]:
        """All that holds in this lane, whatever the platform."""
        rows = await self._verbs.all(
            """SELECT observation.* FROM live JOIN observation ON observation.id = live.observation
               WHERE live.metric = :metric AND live.scope = :scope AND live.source = :source
                     AND live.method = :method""",
            metric=lane.metric, scope=lane.scope, source=lane.source, method=lane.method,
        )  # fmt: skip
        return [observation(row) for row in rows]

    async def since(self, lane: Lane, bounds: Mapping[str, Key]) -> list[Observation]:
        """All that holds in this lane of these platforms, each from a key on."""
        wanted, values = listed((platform, *bound) for platform, bound in bounds.items())
        rows = await self._verbs.all(
            f"""SELECT observation.* FROM ({wanted}) AS wanted
                JOIN live ON live.metric = :metric AND live.scope = :scope AND live.source = :source
                     AND live.method = :method AND live.platform = column1
                     AND (live.last_day, live.first_day) >= (column2, column3)
                JOIN observation ON observation.id = live.observation""",
            metric=lane.metric, scope=lane.scope, source=lane.source, method=lane.method, **values,
        )  # fmt: skip
        return [observation(row) for row in rows]

    async def present(self, lane: Lane, platforms: Iterable[str]) -> set[str]:
        """Those of the platforms that have a figure in this lane."""
        wanted, values = listed((platform,) for platform in platforms)
        rows = await self._verbs.all(
            f"""SELECT column1 AS platform FROM ({wanted}) AS wanted WHERE EXISTS (
                    SELECT 1 FROM live WHERE metric = :metric AND scope = :scope AND source = :source
                    AND method = :method AND live.platform = column1)""",
            metric=lane.metric, scope=lane.scope, source=lane.source, method=lane.method, **values,
        )  # fmt: skip
        return {row["platform"] for row in rows}

    async def standing(self, ids: Iterable[str]) -> set[str]:
        """Those of the versions that hold."""
        wanted, values = listed((int(number),) for number in ids)
        rows = await self._verbs.all(
            f"SELECT observation FROM ({wanted}) AS wanted JOIN live ON observation = column1", **values
        )
        return {str(row["observation"]) for row in rows}

    async def of_platforms(self, platforms: Iterable[str]) -> list[Observation]:
        """What holds of these platforms, newest first; of each no more than the newest OF_EACH."""
        named = {f"p{place}": platform for place, platform in enumerate(platforms)}
        rows = await self._verbs.all(
            f"""SELECT observation.* FROM (
                    SELECT observation, row_number() OVER (
                        PARTITION BY platform ORDER BY last_day DESC, first_day DESC, observation DESC) AS place
                    FROM live WHERE platform IN ({", ".join(f":{name}" for name in named)})
                ) AS newest JOIN observation ON observation.id = newest.observation
                WHERE place <= {OF_EACH} ORDER BY observation.{ORDER.replace(", ", ", observation.")}""",
            **named,
        )
        return [observation(row) for row in rows]

    async def page(self, after: int, most: int) -> list[Observation]:
        """What holds, by its numbers from one on, at most so many."""
        rows = await self._verbs.all(
            """SELECT observation.* FROM live JOIN observation ON observation.id = live.observation
               WHERE live.observation > :after ORDER BY live.observation LIMIT :most""",
            after=after, most=most,
        )  # fmt: skip
        return [observation(row) for row in rows]

    async def recent(self, metric: str | None, scope: str, most: int) -> list[Observation]:
        """The newest figures of a metric (or of all) and a scope, at most so many."""
        rows = await self._verbs.all(
            """SELECT observation.* FROM live JOIN observation ON observation.id = live.observation
               WHERE live.scope = :scope AND (CAST(:metric AS TEXT) IS NULL OR live.metric = :metric)
               ORDER BY live.last_day DESC, live.first_day DESC, observation.id LIMIT :most""",
            metric=metric, scope=scope, most=most,
        )  # fmt: skip
        return [observation(row) for row in rows]

    async def latest(self, platform: str | None, until: date | None) -> list[Observation]:
        """The newest figures of each platform (or of one), metric and scope, of periods that ended by a day;
        several where sources share the period."""
        rows = await self._verbs.all(
            """SELECT observation.* FROM live
               JOIN (SELECT platform, metric, scope, max(last_day || first_day) AS newest FROM live
                     WHERE (CAST(:platform AS TEXT) IS NULL OR platform = :platform) AND last_day <= :until
                     GROUP BY platform, metric, scope) AS top
                 ON top.platform = live.platform AND top.metric = live.metric AND top.scope = live.scope
                    AND live.last_day || live.first_day = top.newest
               JOIN observation ON observation.id = live.observation ORDER BY observation.id""",
            platform=platform, until=until or date.max,
        )  # fmt: skip
        return [observation(row) for row in rows]

    async def newest(self, platform: str, metric: str, scope: str, most: int = 8) -> list[Observation]:
        """The newest figures of a platform, whoever counted; several where sources share the period, at most so
        many."""
        rows = await self._verbs.all(
            """SELECT observation.* FROM
                   (SELECT last_day, first_day FROM live
                    WHERE platform = :platform AND metric = :metric AND scope = :scope
                    ORDER BY last_day DESC, first_day DESC LIMIT 1) AS top
               JOIN live ON live.platform = :platform AND live.metric = :metric AND live.scope = :scope
                    AND live.last_day = top.last_day AND live.first_day = top.first_day
               JOIN observation ON observation.id = live.observation ORDER BY live.observation LIMIT :most""",
            platform=platform, metric=metric, scope=scope, most=most,
        )  # fmt: skip
        return [observation(row) for row in rows]

    async def before(self, current: Observation) -> list[Observation]:
        """The figures of the period before, of the same platform in the same lane."""
        return await self._in_lane(
            current,
            """(live.last_day, live.first_day) IN (
                   SELECT last_day, first_day FROM live
                   WHERE platform = :platform AND metric = :metric AND scope = :scope AND source = :source
                         AND method = :method AND (last_day, first_day) < (:last, :first)
                   ORDER BY last_day DESC, first_day DESC LIMIT 1)""",
        )

    async def beside(self, current: Observation) -> list[Observation]:
        """The figures of the same period, of the same platform in the same lane."""
        return await self._in_lane(current, "live.last_day = :last AND live.first_day = :first")

    async def _in_lane(self, current: Observation, period: str) -> list[Observation]:
        rows = await self._verbs.all(
            f"""SELECT observation.* FROM live JOIN observation ON observation.id = live.observation
                WHERE live.platform = :platform AND live.metric = :metric AND live.scope = :scope
                      AND live.source = :source AND live.method = :method AND {period}
                ORDER BY observation.id""",
            platform=current.platform, metric=current.metric, scope=current.scope, source=current.source,
            method=current.method, last=current.asof.last, first=current.asof.first,
        )  # fmt: skip
        return [observation(row) for row in rows]

    async def near(self, current: Observation, days: int) -> list[Observation]:
        """All of the same lane whose period lies within so many days of this one's."""
        rows = await self._verbs.all(
            """SELECT observation.* FROM live JOIN observation ON observation.id = live.observation
               WHERE live.metric = :metric AND live.scope = :scope AND live.source = :source
                     AND live.method = :method AND live.last_day >= :low AND live.first_day <= :high
               ORDER BY observation.id""",
            metric=current.metric, scope=current.scope, source=current.source, method=current.method,
            low=current.asof.first - timedelta(days=days), high=current.asof.last + timedelta(days=days),
        )  # fmt: skip
        return [observation(row) for row in rows]

    async def last_method(self, source: str) -> str | None:
        """The method that was last used with this source."""
        row = await self._verbs.one(
            "SELECT method FROM observation WHERE source = :source ORDER BY id DESC LIMIT 1", source=source
        )
        return row["method"] if row else None

    async def lanes(self) -> set[Lane]:
        """Every lane that has a live figure."""
        rows = await self._verbs.all("SELECT DISTINCT metric, scope, source, method FROM live")
        return {Lane(row["metric"], row["scope"], f"{row['source']}/{row['method']}") for row in rows}

    async def live_ids(self) -> set[str]:
        return {str(row["observation"]) for row in await self._verbs.all("SELECT observation FROM live")}

    async def living(self, roots: Iterable[str]) -> list[Observation]:
        """The live versions of these chains."""
        found = []
        for root in map(int, roots):
            found += await self._verbs.all(
                """SELECT observation.* FROM observation JOIN live ON live.observation = observation.id
                   WHERE root = :root""",
                root=root,
            )
        return [observation(row) for row in found]

    async def count(self) -> int:
        row = await self._verbs.one("SELECT count(*) AS many FROM live")
        return row["many"] if row else 0

    async def review(self, command: int, domestic_root: str, foreign_root: str) -> None:
        await self._verbs.run(
            "INSERT INTO review VALUES (:domestic, :foreign, :command)",
            domestic=int(domestic_root), foreign=int(foreign_root), command=command,
        )  # fmt: skip

    async def withdraw_reviews(self, commands: Iterable[int]) -> None:
        for command in commands:
            await self._verbs.run("DELETE FROM review WHERE command = :command", command=command)

    async def reviews(self, lanes: Iterable[Lane]) -> set[tuple[str, str]]:
        """The reviewed pairs (domestic root, foreign root) with a side in one of these lanes."""
        found = set()
        for lane in lanes:
            rows = await self._verbs.all(
                """SELECT domestic_root, foreign_root FROM review
                   JOIN observation ON observation.id IN (domestic_root, foreign_root)
                   WHERE metric = :metric AND scope = :scope AND source = :source AND method = :method""",
                metric=lane.metric, scope=lane.scope, source=lane.source, method=lane.method,
            )  # fmt: skip
            found |= {(str(row["domestic_root"]), str(row["foreign_root"])) for row in rows}
        return found

    async def reviews_among(self, roots: Iterable[str]) -> set[tuple[str, str]]:
        """The reviewed pairs whose domestic side is one of these chains."""
        wanted, values = listed((int(root),) for root in roots)
        rows = await self._verbs.all(
            f"SELECT domestic_root, foreign_root FROM ({wanted}) AS wanted JOIN review ON domestic_root = column1",
            **values,
        )
        return {(str(row["domestic_root"]), str(row["foreign_root"])) for row in rows}


def cells(o: Observation, command: int) -> dict[str, object]:
    """A version as a row of the table, by its columns in order."""
    return {
        "id": int(o.id), "command": command, "root": int(o.root or o.id), "platform": o.platform, "metric": o.metric,
        "scope": o.scope, "source": o.source, "method": o.method, "release": o.release, "q": o.value.q,
        "lo": o.value.lo, "hi": o.value.hi, "res": o.value.res, "n": o.n, "calendar": o.asof.calendar,
        "precision": o.asof.precision, "year": o.asof.year, "month": o.asof.month, "day": o.asof.day,
        "first": o.asof.first, "last": o.asof.last, "speaker": o.speaker, "via": o.via, "quote": o.quote,
        "address": o.address, "note": o.note, "recorded_at": o.recorded_at, "recorded_by": o.recorded_by,
    }  # fmt: skip


def observation(row: Row) -> Observation:
    return Observation(
        id=str(row["id"]),
        root=str(row["root"]),
        platform=row["platform"],
        metric=row["metric"],
        scope=row["scope"],
        source=row["source"],
        method=row["method"],
        release=row["release_name"],
        value=Value(Qualifier(row["q"]), row["lo"], row["hi"], row["res"]),
        n=row["n"],
        asof=asof(row),
        recorded_at=moment(row["recorded_at"]),
        recorded_by=row["recorded_by"],
        speaker=row["speaker"],
        via=row["via"],
        quote=row["quote"],
        address=row["address"],
        note=row["note"],
    )


def asof(row: Row) -> AsOf:
    return AsOf(Calendar(row["calendar"]), Precision(row["precision_"]), row["year"], row["month"], row["day"])
