"""Two platforms side by side: in which lanes they can be compared, and how they stand there."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sebghat.comparison import Grade, Rules, Slot, slot
from sebghat.contest import Fold, Pair, Snapshot, fold, snapshots
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
    return sorted(found, key=_usefulness, reverse=True)


def _usefulness(pairing: Pairing) -> tuple[bool, bool, Key, bool]:
    """Iran before elsewhere, then the newest; of equal age one release before two."""
    shown = pairing.snapshot
    key = shown.key if shown else pairing.latest[0].key
    return shown is not None, pairing.lane.scope == "ir", key, shown is not None and shown.grade is Grade.A
