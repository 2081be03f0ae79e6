"""Which figures make one picture: of one metric and scope, of two or more platforms those that can be compared."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sebghat.announcement import headline
from sebghat.charts.gap import tested
from sebghat.charts.lines import Line, lines
from sebghat.charts.series import Crossed
from sebghat.comparison import Grade, Rules
from sebghat.contest import Contest, Pair, Snapshot, snapshots
from sebghat.notes import Item
from sebghat.observation import METRICS, Lane, Observation
from sebghat.pairing import slots
from sebghat.platforms import Platform
from sebghat.voice import Voice

MOST_LINES = 4  # of one platform: more than that nobody tells apart


@dataclass(frozen=True, slots=True)
class Choice:
    """`absent` are those of the platforms that have no figure of this metric and scope."""

    metric: str
    scope: str
    lines: tuple[Line, ...]
    absent: tuple[Platform, ...]


def choose(
    observations: Iterable[Observation],
    platforms: Sequence[Platform],
    metric: str | None = None,
    scope: str | None = None,
    since: date | None = None,
) -> Choice | None:
    """What to draw of these platforms. None where they have nothing of it."""
    wanted = {platform.key: place for place, platform in enumerate(platforms)}
    there = [
        o for o in observations
        if o.platform in wanted and metric in (None, o.metric) and scope in (None, o.scope)
        and (since is None or o.asof.last >= since)
    ]  # fmt: skip
    if not there:
        return None
    metric, scope = max(_subjects(there))[-2:]
    drawn = [o for o in there if (o.metric, o.scope) == (metric, scope)]
    drawn.sort(key=lambda o: wanted[o.platform])
    made = lines(drawn)
    made = _together(made) if len(platforms) > 1 else made[:MOST_LINES]
    present = {line.platform for line in made}
    return Choice(metric, scope, tuple(made), tuple(p for p in platforms if p.key not in present))


def _subjects(there: Sequence[Observation]) -> list[tuple[int, bool, bool, int, date, str, str]]:
    """Metrics and scopes, by what makes a good picture: most platforms, Iran, then counts, of the most days."""
    found: dict[tuple[str, str], list[Observation]] = {}
    for o in there:
        found.setdefault((o.metric, o.scope), []).append(o)
    order = list(METRICS)
    return [
        (
            len({o.platform for o in some}),
            scope == "ir",
            metric == order[0],
            len({(o.platform, o.key) for o in some}),
            max(o.asof.last for o in some),
            metric,
            scope,
        )
        for (metric, scope), some in found.items()
    ]


def _together(made: Sequence[Line]) -> list[Line]:
    """Of each platform one line: in the lane that most of them share, or else its own newest."""
    shared: dict[Lane, list[Line]] = {}
    for line in made:
        shared.setdefault(line.lane, []).append(line)
    lane = max(shared, key=lambda lane: (len(shared[lane]), sum(len(line.points) for line in shared[lane])))
    chosen: dict[str, Line] = {}
    for line in made:
        if line.platform not in chosen or line.lane == lane:
            chosen[line.platform] = line
    return list(chosen.values())


def crossed(items: Iterable[tuple[Contest, Item]], choice: Choice, voice: Voice) -> list[Crossed]:
    """The announcements that this picture is about, oldest first: of its metric, and of two platforms that it shows,
    or of its only one."""
    shown = {line.platform for line in choice.lines}
    lanes = {line.lane for line in choice.lines}
    found = [
        Crossed(headline(contest, item.side, voice).plain.rstrip("."), item.place.at[0])
        for contest, item in items
        if not item.withdrawn
        and (contest.metric, contest.scope) == (choice.metric, choice.scope)
        and ({contest.domestic, contest.foreign} <= shown or len(shown) == 1)
        and not lanes.isdisjoint(contest.lanes)
    ]
    return sorted(found, key=lambda each: each.day)


def gaps(
    observations: Iterable[Observation],
    one: Platform,
    other: Platform,
    rules: Rules,
    reviewed: Collection[Pair] = (),
    metric: str | None = None,
    scope: str | None = None,
) -> list[Snapshot]:
    """The comparisons of two platforms in the lane that has the most of them; none where there is no test."""
    lanes: dict[Lane, dict[str, list[Observation]]] = {}
    for o in observations:
        if metric in (None, o.metric) and scope in (None, o.scope):
            lanes.setdefault(o.lane, {}).setdefault(o.platform, []).append(o)
    found: list[list[Snapshot]] = [[]]
    for sides in lanes.values():
        if one.key in sides and other.key in sides:
            made = snapshots(slots(sides[one.key]), slots(sides[other.key]), rules, reviewed)
            found.append([s for s in made if s.grade is not Grade.N and tested(s)])
    return max(found, key=len)
