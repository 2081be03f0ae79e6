"""Histories that nobody would think of: figures, and commands about them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st

from sebghat.command import Advance, Claim, Command, Correct, Hold, Observe, Release, Retract, Review, SetRules, Undo
from sebghat.observation import Observation, Qualifier, Value
from sebghat.periods import AsOf, Calendar, Precision
from sebghat.platforms import Origin, Platform

MILLION = 10**6
START = datetime(2026, 10, 1, 8, tzinfo=UTC)
SIDES = {
    key: Platform(key, key, key, origin, arena)
    for key, origin, arena in (
        ("bale", Origin.DOMESTIC, "messenger"),
        ("eitaa", Origin.DOMESTIC, "messenger"),
        ("telegram", Origin.FOREIGN, "messenger"),
        ("whatsapp", Origin.FOREIGN, "messenger"),
        ("maps", Origin.FOREIGN, "navigation"),  # another arena: no contest of anybody's
    )
}
DAYS = [date(2026, 6, 3) + timedelta(days=6 * n) for n in range(20)]
ASOFS = [AsOf(Calendar.GREGORIAN, Precision.DAY, d.year, d.month, d.day) for d in DAYS] + [
    AsOf(Calendar.GREGORIAN, Precision.MONTH, 2026, 7),
    AsOf(Calendar.JALALI, Precision.SEASON, 1405, 1),
    AsOf(Calendar.JALALI, Precision.DAY, 1405, 3, 31),
]


def examples(share: float) -> settings:
    """A share of the examples that the profile wants; histories are dear."""
    wanted = settings().max_examples
    return settings(max_examples=max(10, int(wanted * share)), deadline=None)


@st.composite
def values(draw: st.DrawFn) -> Value:
    lo = draw(st.integers(20, 30)) * MILLION
    q = draw(st.sampled_from([Qualifier.EXACT] * 6 + list(Qualifier)))
    res = draw(st.sampled_from([MILLION, MILLION, 100_000]))
    match q:
        case Qualifier.AT_LEAST:
            return Value(q, lo, None, res)
        case Qualifier.AT_MOST:
            return Value(q, 0, lo, res)
        case Qualifier.RANGE:
            return Value(q, lo, lo + draw(st.integers(0, 3)) * MILLION, res)
    return Value(q, lo, lo, res)


def observation(name: str, platform: str, asof: AsOf, value: Value, release: str | None, **more: Any) -> Observation:
    said = {"metric": "mau", "scope": "ir", "source": "ditaak", "method": "panel", "n": None} | more
    return Observation(
        name, platform, release=release, value=value, asof=asof, recorded_at=START, recorded_by="a", **said
    )


@st.composite
def observations(draw: st.DrawFn, name: str) -> Observation:
    return observation(
        name,
        draw(st.sampled_from(["eitaa", "telegram"] * 3 + list(SIDES))),
        draw(st.sampled_from(ASOFS)),
        draw(values()),
        draw(st.sampled_from([None, "r1", "r1", "r2"])),
        source=draw(st.sampled_from(["ditaak"] * 4 + ["mcit"])),
    )


@st.composite
def figures(draw: st.DrawFn, most: int = 16) -> list[Observation]:
    return [draw(observations(f"o{n}")) for n in range(draw(st.integers(1, most)))]


def written(seed: int, length: int) -> list[Command]:
    """Commands in order of time, most of them acceptable; a shorter one of the same seed is its beginning.

    Drawn by a generator of our own: Hypothesis alone seldom makes one command speak of another.
    """
    random, at = Random(seed), START
    made: list[Command] = []
    known: list[Observation] = []

    def some_asof(n: int) -> AsOf:
        """Mostly later than those before, so that there is news."""
        return ASOFS[min(n // 2 + random.randrange(3), 19)] if random.random() < 0.7 else random.choice(ASOFS)

    def some_value() -> Value:
        lo, res = random.choice([20, 20, 24, 25, 26, 30, 30]) * MILLION, random.choice([MILLION, 100_000])
        hedged = [Value(Qualifier.ABOUT, lo, lo, res), Value(Qualifier.AT_LEAST, lo, None, res),
                  Value(Qualifier.RANGE, lo, lo + 2 * MILLION, res)]  # fmt: skip
        return random.choice([Value(Qualifier.EXACT, lo, lo, res)] * 8 + hedged)

    def some_observation(name: str, platform: str, asof: AsOf, release: str | None, source: str) -> Observation:
        return observation(name, platform, asof, some_value(), release, source=source)

    for n in range(length):
        at += timedelta(seconds=random.choice([0, 60, 120, 240, 400, 700, 900]))
        said: dict[str, Any] = {"at": at, "cmd": f"c{n}", "by": "a"}
        recent = [o.id for o in known[-8:]] or ["nobody"]
        sides = [[o.id for o in known if SIDES[o.platform].origin is origin] or ["nobody"] for origin in Origin]
        kinds = ["pair"] * 7 + ["observe"] * 3 + ["correct"] * 3 + ["retract"] * 2 + ["review"] * 3
        match random.choice([*kinds, "rest", "rest", "undo", "undo", "undo", "hold", "flush"]):
            case "pair":
                asof, shared = some_asof(n), random.choice(["r1", "r2", "r3"])
                source = random.choice(["ditaak", "ditaak", "mcit"])
                names = random.choice([("eitaa", "telegram")] * 3 + [("eitaa", "bale", "telegram", "whatsapp")])
                some = [some_observation(f"o{n}.{k}", p, asof, shared, source) for k, p in enumerate(names)]
                known += some
                made.append(Observe(**said, observations=tuple(some), silent=random.random() < 0.1))
            case "observe":
                platform, asof = random.choice(["eitaa", "telegram", *SIDES]), some_asof(n)
                release, source = (
                    random.choice([None, "r1", "r2"]),
                    random.choice(["ditaak", "ditaak", "mcit"]),
                )
                known.append(some_observation(f"o{n}.0", platform, asof, release, source))
                made.append(Observe(**said, observations=(known[-1],)))
            case "correct":
                target = random.choice(recent)
                change: Any = random.choice([{"value": some_value()}, {"asof": some_asof(n)}, {"release": "r4"}])
                made.append(Correct(**said, id=target, new_id=f"o{n}.0", **change))
                known += [replace(o, id=f"o{n}.0") for o in known if o.id == target]
            case "retract":
                made.append(Retract(**said, id=random.choice(recent)))
            case "review":
                made.append(Review(**said, domestic=random.choice(sides[0]), foreign=random.choice(sides[1])))
            case "undo":
                made.append(Undo(at=at, target=f"c{n - random.choice([1, 1, 1, 2, 3, 4])}"))
            case "flush":  # all leaves; and then there is still time to undo
                made.append(SetRules(**said, values={"hold_seconds": 0}))
                made.append(SetRules(at=at, cmd=f"c{n}+", values={"hold_seconds": 900}))
            case "hold":
                order: Any = random.choice([Hold, Hold, Release])
                made.append(order(**said, group=random.choice(["r1", "r2", "r3"])))
            case _:
                changes = [{"noise_permille": 100}, {"noise_permille": 20, "cooldown": 30}]
                changes += [{"hold_seconds": seconds} for seconds in (0, 600, 900)]
                rules = random.choice(changes)
                rest = [Advance(at=at), Claim(**said, id=f"o{n}.0"), SetRules(**said, values=rules)]
                made.append(random.choice(rest))
    return made


def histories(most: int = 40) -> st.SearchStrategy[list[Command]]:
    return st.builds(written, st.integers(0, 2**32), st.integers(8, most))
