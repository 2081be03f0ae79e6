"""/stats: the latest figures, of one platform or of all."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from handlers.desk import Desk
from sebghat import asking, letters
from sebghat.claim import Claim, by_words
from sebghat.comparison import Comparison, Rules, Slot, Verdict, compare, slot
from sebghat.conversation import NOTHING, Message, Reply
from sebghat.dates import read_date
from sebghat.observation import METRICS, Lane, Observation, Value
from sebghat.platforms import Origin, Platform
from sebghat.refusal import Refusal
from sebghat.voice import hull

LINES, MOST_LINES = 10, 60  # of a series, at once and when all are asked for
EACH_SIDE = 5  # platforms of each origin that are shown before one asks for all
ALL = frozenset({"all", "همه"})


async def stats(message: Message, rest: str, desk: Desk) -> Reply:
    """The latest figure of each metric, or the nearest names."""
    words = rest.split()
    if not words or letters.fold(words[0]) in ALL:
        return await standings(desk, EACH_SIDE if not words else len(desk.voice.platforms))
    asked = asking.read(words, desk.voice.platforms)
    if not asked.platforms:
        return desk.unknown(asked.unknown[0], "/stats") if asked.unknown else desk.say("stats.whom")
    platform, metric, until = asked.platforms[0], asked.metric, None
    if other := next((each for each in asked.platforms if each.key != platform.key), None):
        return _two(platform, other, desk)
    if asked.when:
        outcome = read_date(asked.when, desk.voice.today)
        if isinstance(outcome, Refusal):
            return desk.refuse(outcome, f"/stats {platform.key}").above(desk.voice.commands(f"/stats {platform.key}"))
        until = outcome.asof.last
    latest = await desk.store.observations.latest(platform.key, until)
    there = [o for o in latest if asked.scope in (None, o.scope)]
    wanted = [o for o in there if metric in (None, o.metric)]
    if latest and asked.scope and not wanted:
        name, scope = platform.name(desk.voice.language), desk.voice.scope(asked.scope)
        return desk.say("stats.no_scope", platform=name, scope=scope).above(
            desk.voice.commands(f"/stats {platform.key}")
        )
    if not wanted:
        return await nothing_known(platform, metric, until, desk)
    parts = [desk.say("stats.head", platform=platform.name(desk.voice.language))]
    for group in _publications(wanted):
        parts += [await figure(slot_of, desk) for slot_of in _slots(group)]
        parts.append(publication(group[0], desk))
    parts += [claim(c, desk) for c in by_words(await desk.store.observations.claims(platform.key))]
    parts.append(await neighbour(platform, wanted, desk))
    rival = desk.voice.platforms.rival(platform)
    beside = [f"/compare {platform.key} {rival.key}"] if rival else []
    return parts[0].above(*parts[1:], desk.voice.commands(*beside, f"/subscribe {platform.key}"))


def _two(one: Platform, other: Platform, desk: Desk) -> Reply:
    """Figures are of one platform at a time; two are compared, where they are rivals."""
    rivals = one.arena == other.arena != ""
    lines = [f"/compare {one.key} {other.key}"] if rivals else [f"/stats {one.key}", f"/stats {other.key}"]
    return desk.say("stats.one_at_a_time").above(desk.voice.commands(*lines))


async def history(message: Message, rest: str, desk: Desk) -> Reply:
    """The series of a platform, newest first: figures of one source under each other, sources never mixed."""
    voice, words = desk.voice, rest.split()
    if not words:
        return voice.say("history.whom")
    most = LINES
    if letters.fold(words[-1]) in ALL:
        words, most = words[:-1], MOST_LINES
    asked = asking.read(words, voice.platforms)
    if not asked.platforms:
        return desk.unknown(asked.unknown[0], "/history") if asked.unknown else voice.say("history.whom")
    platform, metric = asked.platforms[0], asked.metric
    if other := next((each for each in asked.platforms if each.key != platform.key), None):
        return _two(platform, other, desk)
    if asked.unknown:
        return voice.say("history.metric_unknown", word=letters.visible(" ".join(asked.unknown), 40), key=platform.key)
    figures = [o for o in await desk.store.observations.of_platforms([platform.key]) if metric in (None, o.metric)]
    if not figures:
        return await nothing_known(platform, metric, None, desk)
    parts = [voice.say("history.head", platform=platform.name(voice.language))]
    lanes: dict[Lane, list[Observation]] = {}
    for o in figures[:most]:
        lanes.setdefault(o.lane, []).append(o)
    for lane, series in lanes.items():
        parts.append(
            voice.say(
                "history.lane",
                metric=voice.metric(lane.metric),
                scope=voice.scope(lane.scope),
                source=voice.sources.name(series[0].source, voice.language),
                method=voice.method(series[0].method),
            )
        )
        parts += [
            voice.say(
                "history.line",
                id=voice.number(int(o.id)),
                value=voice.value(o.value, o.metric),
                date=voice.date(o.asof),
            )
            for o in series
        ]
    if len(figures) > most:
        parts.append(voice.commands(f"/history {platform.key}{f' {metric}' if metric else ''} all"))
    return parts[0].above(*parts[1:])


async def nothing_known(platform: Platform, metric: str | None, until: date | None, desk: Desk) -> Reply:
    """Not known is said to be unknown; what is known of the platform is offered."""
    name = platform.name(desk.voice.language)
    if metric and until is None:
        head = desk.say("stats.no_metric", platform=name, metric=desk.voice.metric(metric))
    elif until is not None:
        head = desk.say("stats.none_until", platform=name, day=desk.voice.day(until))
    else:
        head = desk.say("stats.none", platform=name)
    known = await desk.store.observations.latest(platform.key, None)
    return head.above(desk.voice.commands(f"/stats {platform.key}" if known else "/stats"))


async def figure(observations: list[Observation], desk: Desk) -> Reply:
    """One figure with its hedge, and how it changed since the one before in its lane."""
    first, voice = observations[0], desk.voice
    value = hull(observations)
    text = "stats.figure" if first.scope == "ir" else "stats.figure_elsewhere"
    return voice.say(
        text,
        metric=voice.metric(first.metric),
        scope=voice.scope(first.scope),
        value=voice.value(value, first.metric),
        change=await _change(first, value, desk),
    )


async def _change(first: Observation, value: Value, desk: Desk) -> str:
    """«پیش‌تر ۱۶٫۴۵ میلیون در ۳ دی ۱۴۰۱», or nothing where there was none before."""
    before = await desk.store.observations.before(first)
    if not before:
        return ""
    was, voice = hull(before), desk.voice
    if (was.lo, was.hi, was.q) == (value.lo, value.hi, value.q):
        return voice.words("stats.unchanged", date=voice.short_date(before[0].asof))
    return voice.words("stats.change", value=voice.value(was, first.metric), date=voice.short_date(before[0].asof))


def publication(observation: Observation, desk: Desk) -> Reply:
    """When the figures above were taken, how old they are, and who says so."""
    voice = desk.voice
    return voice.say(
        "stats.publication",
        date=voice.date(observation.asof),
        age=voice.age(observation.asof),
        source=voice.source(observation),
    )


def claim(claims: list[Claim], desk: Desk) -> Reply:
    """What was claimed without figures of both: shown with its words, never counted."""
    first, voice = claims[0], desk.voice
    quote = first.quote_fa if voice.language == "fa" else first.quote_en
    losers = voice.list([voice.platform(c.loser) for c in claims])
    return voice.say(
        "stats.claim",
        quote=quote or first.quote_fa,
        losers=losers,
        date=voice.short_date(first.asof),
        source=voice.sources.name(first.source, voice.language),
    )


async def neighbour(platform: Platform, figures: list[Observation], desk: Desk) -> Reply:
    """Who of the other side stands next above, by figures that may be compared, and how far."""
    voice = desk.voice
    for mine in figures:
        near = await desk.store.observations.near(mine, METRICS[mine.metric].window)
        other = [
            o for o in near
            if voice.platforms[o.platform].origin is not platform.origin
            and voice.platforms[o.platform].arena == platform.arena != ""
        ]  # fmt: skip
        ours = slot([o for o in near if o.platform == mine.platform and o.key == mine.key])
        above = _next_above(ours, other)
        if above is None:
            continue
        theirs, comparison = above
        values = {
            "platform": voice.platform(theirs.platform),
            "value": voice.value(hull([o for o in other if o.id in theirs.ids]), mine.metric),
            "metric": voice.metric(mine.metric),
        }
        if comparison.verdict is Verdict.LEVEL or comparison.margin is None:
            return voice.say("stats.level_with", **values)
        return voice.say("stats.next_above", gap=voice.amount(comparison.margin, mine.metric), **values)
    return NOTHING


def _next_above(mine: Slot, others: list[Observation]) -> tuple[Slot, Comparison] | None:
    """The nearest of the others that is ahead, or level and not below; of each only its newest comparable figure."""
    rules = Rules()
    best: tuple[Slot, Comparison] | None = None
    for theirs in (slot(group) for group in _slots(others)):
        comparison = compare(mine, theirs, rules)
        if comparison.grade.value == "N" or comparison.verdict is Verdict.AHEAD or theirs.lo < mine.lo:
            continue
        if best is None or theirs.lo < best[0].lo:
            best = theirs, comparison
    return best


async def standings(desk: Desk, each: int) -> Reply:
    """The latest figure of each platform, domestic and foreign side by side."""
    voice = desk.voice
    parts = [voice.say("standings.head")]
    shown: dict[str, list[Observation]] = {}
    for observation in await desk.store.observations.latest(None, None):
        shown.setdefault(observation.platform, []).append(observation)
    best = {key: min(figures, key=_preference) for key, figures in shown.items() if key in voice.platforms}
    left = 0
    for origin in Origin:
        side = [o for o in best.values() if voice.platforms[o.platform].origin is origin]
        side.sort(key=lambda o: (o.asof.last, o.value.lo), reverse=True)
        parts.append(voice.say(f"standings.{origin.value}"))
        parts += [
            voice.say(
                "standings.line",
                platform=voice.platform(o.platform),
                value=voice.value(o.value, o.metric),
                counted=voice.counted(o.metric),
                scope="" if o.scope == "ir" else voice.words("standings.scope", scope=voice.scope(o.scope)),
                date=voice.short_date(o.asof),
                source=voice.sources.name(o.source, voice.language),
            )
            for o in side[:each]
        ]
        left += max(0, len(side) - each)
    if left:
        parts.append(voice.say("standings.more", count=voice.number(left)))
    return parts[0].above(*parts[1:], voice.say("standings.apart"), voice.commands("/stats eitaa", "/overtakings"))


def _preference(observation: Observation) -> tuple[bool, int, int]:
    """Iran first, then the newest, then the metric that says most."""
    return (
        observation.scope != "ir",
        -observation.asof.last.toordinal(),
        ("mau", "poll", "dau", "registered", "installs").index(observation.metric),
    )


def _publications(observations: Iterable[Observation]) -> list[list[Observation]]:
    """Figures that share period and speaker stand over one line of date and source; the newest first."""
    groups: dict[tuple[object, ...], list[Observation]] = {}
    for o in sorted(observations, key=lambda o: (o.key, o.metric == "mau"), reverse=True):
        groups.setdefault((o.key, o.source, o.method), []).append(o)
    return list(groups.values())


def _slots(observations: Iterable[Observation]) -> list[list[Observation]]:
    groups: dict[tuple[object, ...], list[Observation]] = {}
    for o in observations:
        groups.setdefault((o.platform, o.lane, o.key), []).append(o)
    return list(groups.values())
