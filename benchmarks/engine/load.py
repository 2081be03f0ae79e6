"""The load: releases of five domestic and five foreign platforms, one command each, over many lanes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random

from sebghat.command import Observe
from sebghat.observation import Observation, Qualifier, Value
from sebghat.periods import AsOf, Calendar, Precision

DOMESTIC = ("bale", "eitaa", "gap", "igap", "soroush")
FOREIGN = ("imo", "line", "signal", "telegram", "whatsapp")
PLATFORMS = (*DOMESTIC, *FOREIGN)
START = datetime(2026, 10, 1, 8, tzinfo=UTC)
FIRST_DAY, WEEK = date(2024, 10, 1), timedelta(days=7)  # a hundred weekly releases and a few more
UNIT = 100_000


class Lane:
    """One source's series: figures that wander, so that platforms pass each other now and then."""

    def __init__(self, number: int) -> None:
        self.source = f"source{number:04}"
        self._random = Random(number)
        self._figures = {platform: self._random.randrange(200, 400) for platform in PLATFORMS}
        self.releases = 0

    def release(self, id_from: int, at: datetime) -> list[Observation]:
        """The figures of the next week."""
        day = FIRST_DAY + self.releases * WEEK
        asof = AsOf(Calendar.GREGORIAN, Precision.DAY, day.year, day.month, day.day)
        self.releases += 1
        made = []
        for n, platform in enumerate(PLATFORMS):
            lo = self._figures[platform] = max(100, self._figures[platform] + self._random.randrange(-6, 7))
            value = Value(Qualifier.EXACT, lo * UNIT, lo * UNIT, UNIT)
            name = str(id_from + n)
            release = f"{self.source} week {self.releases}"
            made.append(
                Observation(
                    name, platform, "mau", "ir", self.source, "panel", release, value, None, asof, at, "1", name
                )
            )
        return made


def lanes(observations: int, most: int = 1_000) -> list[Lane]:
    """As many lanes as these observations fill with one release each, at most `most`."""
    return [Lane(number) for number in range(min(most, max(1, observations // len(PLATFORMS))))]


def by_lane(observations: int) -> Iterator[list[Observe]]:
    """All releases of one lane after the other, silent as history is."""
    some, number, at = lanes(observations), 1, START
    for lane in some:
        commands = []
        for _ in range(observations // len(PLATFORMS) // len(some)):
            commands.append(Observe(observations=tuple(lane.release(number, at)), at=at, silent=True))
            number += len(PLATFORMS)
        yield commands


def one_more(lane: Lane, platform: str, number: int, at: datetime) -> Observe:
    """The next figure of one platform alone."""
    made = {o.platform: o for o in lane.release(number, at)}
    return Observe(observations=(replace(made[platform], id=str(number), root=str(number)),), at=at)


def write_log(file: Path, observations: int) -> int:
    """Writes the load as a log that `replay` reads, week by week over all lanes; its bytes."""
    some = lanes(observations)
    sides = dict.fromkeys(DOMESTIC, "domestic") | dict.fromkeys(FOREIGN, "foreign")
    with file.open("w", encoding="utf-8") as log:
        log.write(json.dumps({"op": "init", "platforms": sides, "rules": {}}) + "\n")
        for n in range(observations // len(PLATFORMS)):
            at = START + timedelta(seconds=n)
            made = some[n % len(some)].release(n * len(PLATFORMS) + 1, at)
            line = {"op": "observe", "at": at.strftime("%Y-%m-%dT%H:%M:%SZ"), "cmd": f"c{n}", "by": "1"}
            log.write(json.dumps(line | {"obs": [_plain(o) for o in made]}) + "\n")
    return file.stat().st_size


def _plain(o: Observation) -> dict[str, object]:
    value = {"q": o.value.q, "lo": o.value.lo, "hi": o.value.hi, "res": o.value.res}
    asof = {"cal": "gregorian", "prec": "day", "y": o.asof.year, "m": o.asof.month, "d": o.asof.day}
    said = {"id": o.id, "platform": o.platform, "metric": o.metric, "scope": o.scope, "source": o.source}
    return said | {"method": o.method, "release": o.release, "value": value, "asof": asof}
