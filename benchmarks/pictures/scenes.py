"""One picture of each kind from the bundled readings, in both languages and themes: for the gallery, the snapshots and
the measurements. Only the domestic crossing is made up, since the readings have none; its source says so."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache
from zoneinfo import ZoneInfo

from sebghat.announcement import headline_of
from sebghat.charts.card import card
from sebghat.charts.choice import Choice, choose, gaps
from sebghat.charts.gap import gap
from sebghat.charts.lines import lines
from sebghat.charts.palette import THEMES, Theme
from sebghat.charts.ranking import ranked
from sebghat.charts.series import Crossed, series
from sebghat.comparison import Rules, Verdict
from sebghat.contest import Contest, fold, snapshots
from sebghat.conversation import Picture
from sebghat.notes import Kind, Note, Place, facts
from sebghat.observation import LATEST, Observation, Qualifier, Value
from sebghat.pairing import ranking, slots
from sebghat.periods import AsOf, Calendar, Precision
from sebghat.platforms import bundled
from sebghat.sources import Name, bundled_methods, bundled_sources
from sebghat.table import bundled_readings
from sebghat.voice import Voice
from sebghat.wording import LANGUAGES

NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)
RULES = Rules()
P = bundled()
EXAMPLE = "example"


@cache
def readings() -> tuple[Observation, ...]:
    """The bundled ones, with numbers."""
    every = [o for publication in bundled_readings(NOW) for o in publication]
    return tuple(replace(o, id=str(n), root=str(n)) for n, o in enumerate(every, 1))


def voice(language: str) -> Voice:
    sources = bundled_sources().with_([])
    named = [Name(EXAMPLE, "نمونه‌ی ساختگی", "a made-up example")]
    for name in named:
        sources = sources.with_([(name.key, name.in_(language))])
    return Voice(language, P, sources, bundled_methods(), NOW.date(), ZoneInfo("Asia/Tehran"))


def made_up(number: int, platform: str, millions: int, day: date, q: Qualifier = Qualifier.EXACT) -> Observation:
    asof = AsOf(Calendar.GREGORIAN, Precision.DAY, day.year, day.month, day.day)
    value = Value(q, millions * 10**6, None if q is Qualifier.AT_LEAST else millions * 10**6, 10**6)
    release = f"{EXAMPLE}-{day}"
    return Observation(
        str(number), platform, "mau", "ir", EXAMPLE, "panel", release, value, None, asof, NOW, "", str(number)
    )


@cache
def example() -> tuple[Observation, ...]:
    """Gap and WeChat, who never were as large."""
    figures = [(date(2025, 12, 21), 22, 31), (date(2026, 4, 20), 27, 33), (date(2026, 11, 11), 36, 33)]
    return tuple(
        made_up(2 * n + side, name, value, day)
        for n, (day, *both) in enumerate(figures)
        for side, (name, value) in enumerate(zip(("gap", "wechat"), both, strict=True))
    )


def note(observations: tuple[Observation, ...], contest: Contest, place: int = -1, kind: Kind = Kind.EVENT) -> Note:
    """The announcement of one of a contest's crossings."""
    sides = [
        slots(o for o in observations if (o.platform, o.lane.name, o.metric) == (side, contest.lane, contest.metric))
        for side in (contest.domestic, contest.foreign)
    ]
    folded = fold(list(snapshots(sides[0], sides[1], RULES)), RULES)
    told = facts(contest, folded, folded.flips[place], RULES)
    where = Place(LATEST, LATEST, LATEST)
    now = Verdict.BEHIND if kind is Kind.CORRECTION else None
    return Note(kind, told, where, LATEST, "", NOW, now=now, number=17)


def history(observations: tuple[Observation, ...], told: Note, since: date) -> list[Observation]:
    """What the card of a note shows of both sides."""
    lane = told.facts.contest.lane
    return [
        o for o in observations
        if o.platform in told.facts.contest[:2] and o.lane.name == lane and o.metric == told.contest.metric
        and since <= o.asof.last <= max(told.facts.domestic.last, told.facts.foreign.last)
    ]  # fmt: skip


def pictures(language: str, theme: Theme) -> Iterator[tuple[str, Picture]]:
    """Each kind by its name."""
    spoken, every = voice(language), readings()
    crossing = note(example(), Contest("gap", "wechat", "mau", "ir", f"{EXAMPLE}/panel"))
    yield "card", card(crossing, 0, lines(history(example(), crossing, date(2025, 1, 1))), spoken, theme)
    real = note(every, Contest("whatsapp", "telegram", "poll", "ir", "ispa/poll"))
    yield "card-poll", card(real, 1, lines(history(every, real, date(2021, 1, 1))), spoken, theme)
    yield "withdrawn", card(replace(crossing, kind=Kind.CORRECTION, now=Verdict.BEHIND), 0, [], spoken, theme)
    yield "series", _series(["eitaa"], "mau", spoken, theme)
    yield "several", _series(["rubika", "eitaa", "bale", "telegram"], "mau", spoken, theme)
    yield "polls", _series(["telegram", "whatsapp", "eitaa"], "poll", spoken, theme, real)
    yield "world", _series(["telegram", "whatsapp"], "mau", spoken, theme)
    contestants = [o for o in every if P[o.platform].arena == "social" and o.scope == "ir"]
    by_id = {o.id: o for o in every}
    for metric in ("mau", "poll"):
        found = ranking(
            [o for o in contestants if o.metric == metric], {k: p.origin.value for k, p in P.items()}, RULES
        )
        assert found is not None
        yield f"ranking-{metric}", ranked(found, by_id, RULES, spoken, theme)
    yield "gap", gap(P["whatsapp"], P["telegram"], gaps(every, P["whatsapp"], P["telegram"], RULES), spoken, theme)


def _series(keys: list[str], metric: str, spoken: Voice, theme: Theme, marked: Note | None = None) -> Picture:
    platforms = [P[key] for key in keys]
    chosen: Choice | None = choose(readings(), platforms, metric)
    assert chosen is not None
    crossed = []
    if marked is not None:
        crossed = [Crossed(headline_of(marked.facts, spoken).plain.rstrip("."), marked.facts.between[1])]
    absent = [platform.name(spoken.language) for platform in chosen.absent]
    return series(chosen.lines, crossed, absent, spoken, theme)


def everything() -> Iterator[tuple[str, str, str, Picture]]:
    """Kind, language, theme and picture."""
    for language in LANGUAGES:
        for theme in THEMES.values():
            for kind, picture in pictures(language, theme):
                yield kind, language, theme.name, picture
