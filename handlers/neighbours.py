"""Who of the other side can be compared with a figure: the one next above, and the rival to ask for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from handlers.desk import Desk
from sebghat.comparison import Comparison, Grade, Verdict, compare, slot, untold
from sebghat.conversation import NOTHING, Reply
from sebghat.observation import METRICS, Observation
from sebghat.pairing import pairings
from sebghat.platforms import Platform
from sebghat.voice import hull


@dataclass(frozen=True, slots=True)
class Near:
    """One figure of a platform, and those of the other side that it may be compared with: of each the newest."""

    mine: Observation
    others: tuple[tuple[list[Observation], Comparison], ...]


async def nearby(platform: Platform, figures: list[Observation], until: date | None, desk: Desk) -> list[Near]:
    """What of the other side may be compared with these figures, and was known by that day."""
    rules, found = await desk.store.ledger.rules(), []
    for mine in figures:
        near = [
            o for o in await desk.store.observations.near(mine, METRICS[mine.metric].window)
            if until is None or o.asof.last <= until
        ]  # fmt: skip
        ours = slot([o for o in near if o.platform == mine.platform and o.key == mine.key])
        newest: dict[str, tuple[list[Observation], Comparison]] = {}
        for group in sorted(slots(near), key=lambda group: group[0].key):
            other = desk.voice.platforms.get(group[0].platform)
            if other is not None and other.may_meet(platform):
                comparison = compare(ours, slot(group), rules)
                if comparison.grade is not Grade.N:
                    newest[other.key] = group, comparison
        found.append(Near(mine, tuple(newest.values())))
    return found


def neighbour(near: list[Near], desk: Desk) -> Reply:
    """Who of the other side stands next above, by figures that may be compared, and how far."""
    voice = desk.voice
    for each in near:
        mine = each.mine
        above = [
            (group, comparison) for group, comparison in each.others
            if comparison.verdict is not Verdict.AHEAD and hull(group).lo >= mine.value.lo
        ]  # fmt: skip
        if not above:
            continue
        theirs, comparison = min(above, key=lambda found: hull(found[0]).lo)
        values = {
            "platform": voice.platform(theirs[0].platform),
            "value": voice.value(hull(theirs), mine.metric),
            "metric": voice.metric_inside(mine.metric),
            "date": voice.short_date(theirs[0].asof),
        }
        if comparison.verdict is Verdict.LEVEL or comparison.margin is None:
            # The slots' ends decide whether anything can be said at all.
            level = not untold(slot([mine]), slot(theirs), comparison)
            return voice.say("stats.level_with" if level else "stats.untold_with", **values)
        return voice.say("stats.next_above", gap=voice.amount(comparison.margin, mine.metric), **values)
    return NOTHING


async def comparable(platform: Platform, near: list[Near], desk: Desk) -> list[str]:
    """The command that compares the platform with a rival, if there is one that it can be compared with."""
    known = desk.voice.platforms.rival(platform)
    for each in near:
        partners = {group[0].platform: hull(group).lo for group, _ in each.others}
        if partners:
            best = known.key if known and known.key in partners else max(partners, key=lambda key: partners[key])
            return [f"/compare {platform.key} {best}"]
    if known is None:
        return []
    store, rules = desk.store.observations, await desk.store.ledger.rules()
    found = await store.of_platforms([platform.key, known.key])
    reviewed = await store.reviews({o.lane for o in found})
    older = any(pairing.comparable for pairing in pairings(found, platform.key, known.key, rules, reviewed))
    return [f"/compare {platform.key} {known.key}"] if older else []


def slots(observations: Iterable[Observation]) -> list[list[Observation]]:
    groups: dict[tuple[object, ...], list[Observation]] = {}
    for o in observations:
        groups.setdefault((o.platform, o.lane, o.key), []).append(o)
    return list(groups.values())
