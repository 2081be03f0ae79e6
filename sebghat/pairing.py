"""Two platforms side by side: in which lanes they can be compared, and how they stand there."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from sebghat.comparison import Grade, Rules, Slot, compare, slot
from sebghat.contest import Fold, Pair, Snapshot, crossed, fold, snapshots
from sebghat.observation import Key, Lane, Observation


@dataclass(frozen=True, slots=True)
class Pairing:
    """How two platforms stand in one lane: `snapshot` is the newest in which they can be compared (None: there is
    none), `fold` what all of them come to, `latest` the newest figure of each."""

    lane: Lane
    snapshot: Snapshot | None
    fold: Fold
    latest: tuple[Slot, Slot]

    @property
    def comparable(self) -> bool:
        return self.snapshot is not None


def slots(observations: Iterable[Observation]) -> list[Slot]:
    """The slots of one platform in one lane, in order."""
    periods: dict[Key, list[Observation]] = {}
    for observation in observations:
        periods.setdefault(observation.key, []).append(observation)
    return [slot(periods[key]) for key in sorted(periods)]


def pairings(
    observations: Iterable[Observation], one: str, other: str, rules: Rules, reviewed: Collection[Pair] = ()
) -> list[Pairing]:
    """Every lane in which both have figures; those that can be compared first, the newest of them foremost."""
    observations = list(observations)
    lanes: dict[Lane, dict[str, list[Observation]]] = {}
    for observation in observations:
        lanes.setdefault(observation.lane, {}).setdefault(observation.platform, []).append(observation)
    found = []
    for lane, sides in lanes.items():
        if one in sides and other in sides:
            ours, theirs = slots(sides[one]), slots(sides[other])
            made = list(snapshots(ours, theirs, rules, reviewed))
            usable = [s for s in made if s.grade is not Grade.N]
            found.append(Pairing(lane, usable[-1] if usable else None, fold(made, rules), (ours[-1], theirs[-1])))
    found += _across(observations, {one, other}, rules, reviewed)
    return sorted(found, key=_usefulness, reverse=True)


def _across(
    observations: Iterable[Observation], platforms: set[str], rules: Rules, reviewed: Collection[Pair]
) -> Iterator[Pairing]:
    """The pairs of two lanes that somebody vouched for, by their lanes."""
    by_root = {o.root: o for o in observations}
    joined: dict[Lane, list[tuple[Slot, Slot]]] = {}
    for domestic, foreign in reviewed:
        ours, theirs = by_root.get(domestic), by_root.get(foreign)
        if ours and theirs and ours.lane != theirs.lane and {ours.platform, theirs.platform} == platforms:
            lane = ours.lane.across(theirs.lane)
            joined.setdefault(lane, []).append((slot([ours]), slot([theirs])))
    for lane, pairs in joined.items():
        made = crossed(pairs, rules)
        usable = [s for s in made if s.grade is not Grade.N]
        last = made[-1]
        yield Pairing(lane, usable[-1] if usable else None, fold(made, rules), (last.domestic, last.foreign))


def _usefulness(pairing: Pairing) -> tuple[bool, bool, Key, bool]:
    """Iran before elsewhere, then the newest; of equal age one release before two."""
    shown = pairing.snapshot
    key = shown.key if shown else pairing.latest[0].key
    return shown is not None, pairing.lane.scope == "ir", key, shown is not None and shown.grade is Grade.A


@dataclass(frozen=True, slots=True)
class Ranking:
    """The order of one lane's figures that may be compared with each other, greatest first. `newer`: the newest
    figures of the ranked that are newer than those; `apart`: the newest of all others. Neither may be compared."""

    lane: Lane
    ranked: tuple[Slot, ...]
    newer: tuple[Slot, ...]
    apart: tuple[Slot, ...]

    @property
    def key(self) -> Key:
        """Of when it is: no figure in it is newer."""
        return max(s.key for s in self.ranked)


FULLER = 180  # days that an order of three or more may be older than one of two


def ranking(observations: Iterable[Observation], origins: Mapping[str, str], rules: Rules) -> Ranking | None:
    """The order by the best comparable figures: of both origins if there are any, and then the newest; but one of
    three platforms or more rather than a pair that is little newer."""
    lanes: dict[Lane, dict[str, list[Observation]]] = {}
    for o in observations:
        lanes.setdefault(o.lane, {}).setdefault(o.platform, []).append(o)
    found: list[tuple[bool, Key, int, Lane, list[Slot]]] = []
    series = {lane: [slots(side) for side in sides.values()] for lane, sides in lanes.items()}
    for lane, all_sides in series.items():
        for anchor in {s.key for made in all_sides for s in made}:
            chosen = _together(all_sides, anchor, rules)
            if len(chosen) > 1:
                both = len({origins.get(s.platform) for s in chosen}) > 1
                found.append((both, max(s.key for s in chosen), len(chosen), lane, chosen))
    if not found:
        return None
    best = max(found, key=lambda each: each[:3])
    full = [each for each in found if each[0] is best[0] and each[2] > 2 and _days(each[1], best[1]) <= FULLER]
    _, _, _, lane, chosen = max(full, key=lambda each: each[1:3]) if full else best
    newest: dict[str, Slot] = {}
    for other, all_sides in series.items():
        for made in all_sides if other.metric == lane.metric else ():
            known = newest.setdefault(made[-1].platform, made[-1])
            newest[made[-1].platform] = max(known, made[-1], key=lambda s: s.key)
    own = {s.platform: s.key for s in chosen}
    # Within one time the greatest comes first.
    others = sorted(newest.values(), key=lambda s: (-s.last.toordinal(), -s.lo, s.platform))
    return Ranking(
        lane,
        tuple(sorted(chosen, key=lambda s: (-s.lo, s.platform))),
        tuple(s for s in others if s.platform in own and s.key > own[s.platform]),
        tuple(s for s in others if s.platform not in own),
    )


def _days(one: Key, other: Key) -> int:
    return (other[0] - one[0]).days


def _together(series: Iterable[list[Slot]], anchor: Key, rules: Rules) -> list[Slot]:
    """Of each platform the newest figure up to the anchor that can be compared with all chosen so far."""
    latest = [[s for s in made if s.key <= anchor] for made in series]
    newest = sorted((made[-1] for made in latest if made), key=lambda s: s.key, reverse=True)
    chosen: list[Slot] = []
    for s in newest:
        if all(compare(s, other, rules).grade is not Grade.N for other in chosen):
            chosen.append(s)
    return chosen
