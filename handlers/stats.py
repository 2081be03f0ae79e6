"""/stats: the latest figures, of one platform or of all."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from handlers.desk import Desk
from handlers.neighbours import comparable, nearby, neighbour, slots
from handlers.standings import standings
from sebghat import asking, letters
from sebghat.askingwords import ALL
from sebghat.capabilities import takes_pictures
from sebghat.claim import Claim, by_words
from sebghat.conversation import Message, Reply, Span
from sebghat.dates import read_date
from sebghat.observation import Lane, Observation, Value
from sebghat.platforms import Platform
from sebghat.refusal import Refusal
from sebghat.voice import hull

LINES, MOST_LINES = 10, 60  # of a series, at once and when all are asked for
EACH_SIDE = 3  # lines of each origin that are shown before one asks for all
AT_ONCE = 4  # lines of figures of one platform that are shown before one asks for all


async def stats(message: Message, rest: str, desk: Desk) -> Reply:
    """The latest figure of each metric, or the nearest names."""
    words = rest.split()
    if not words or letters.key(words[0]) in ALL:
        return await standings(desk, EACH_SIDE if not words else len(desk.voice.platforms))
    everything = letters.key(words[-1]) in ALL
    asked = asking.read(words[:-1] if everything else words, desk.voice.platforms)
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
        name, where = platform.name(desk.voice.language), desk.voice.where(asked.scope)
        return desk.say("stats.no_scope", platform=name, where=where).above(
            desk.voice.commands(f"/stats {platform.key}")
        )
    if not wanted:
        return await nothing_known(platform, metric, until, desk)
    parts = [desk.say("stats.head", platform=platform.name(desk.voice.language))]
    groups, lines = _publications(wanted), list[Reply]()
    while groups and (not lines or everything or metric or len(lines) + len(groups[0]) <= AT_ONCE):
        lines += await _publication(groups.pop(0), desk)
    parts += lines
    if metric is None:  # a claim without figures names no metric
        claims = await desk.store.claims.of(platform.key)
        parts += [claim(c, desk) for c in by_words(c for c in claims if until is None or c.asof.last <= until)]
    near = await nearby(platform, [o for group in _publications(wanted) for o in group], until, desk)
    rest_of_it = [f"/stats {platform.key} all"] if groups and until is None else []
    asks = desk.voice.commands(*await comparable(platform, near, desk), *rest_of_it or [f"/subscribe {platform.key}"])
    above = neighbour(near, desk)
    last = above.and_(Reply((Span(" · "),))).and_(asks) if above.spans else asks
    reply = parts[0].above(*parts[1:], last)
    return reply if until or not takes_pictures(message.messenger) else await _drawn(reply, platform, asked, desk)


async def _drawn(reply: Reply, platform: Platform, asked: asking.Asked, desk: Desk) -> Reply:
    """With the series as a picture, where it is more than one figure."""
    from handlers.portraits import portrait  # noqa: PLC0415 - what draws is loaded with the first picture

    observations = await desk.store.observations.of_platforms([platform.key])
    drawn = await portrait(observations, [platform], desk, metric=asked.metric, scope=asked.scope)
    several = drawn is not None and sum(len(line.points) for line in drawn.choice.lines) > 1
    return replace(reply, picture=drawn.picture) if drawn is not None and several else reply


async def _publication(group: list[Observation], desk: Desk) -> list[Reply]:
    """The figures of one publication, and when and who said them: on one line where it is a single figure."""
    figures = [await figure(slot_of, desk) for slot_of in slots(group)]
    said = publication(group[0], desk)
    return [*figures, said] if len(figures) > 1 else [figures[0].and_(Reply((Span(" · "),))).and_(said)]


def _two(one: Platform, other: Platform, desk: Desk) -> Reply:
    """Figures are of one platform at a time; two are compared, where they are rivals."""
    rivals = one.shares_arena(other)
    lines = [f"/compare {one.key} {other.key}"] if rivals else [f"/stats {one.key}", f"/stats {other.key}"]
    return desk.say("stats.one_at_a_time").above(desk.voice.commands(*lines))


async def history(message: Message, rest: str, desk: Desk) -> Reply:
    """The series of a platform, newest first: figures of one source under each other, sources never mixed."""
    voice, words = desk.voice, rest.split()
    if not words:
        return voice.say("history.whom")
    most = LINES
    if letters.key(words[-1]) in ALL:
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
        head = desk.say("stats.no_metric", platform=name, metric=desk.voice.metric_inside(metric))
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
    losers = voice.list([voice.platform(c.loser) for c in claims])
    return voice.say(
        "stats.claim",
        claim=voice.claimed(claims),
        losers=losers,
        date=voice.short_date(first.asof),
        source=voice.sources.name(first.source, voice.language),
    )


def _publications(observations: Iterable[Observation]) -> list[list[Observation]]:
    """Figures that share period and speaker stand over one line of date and source; the newest first."""
    groups: dict[tuple[object, ...], list[Observation]] = {}
    for o in sorted(observations, key=lambda o: (o.key, o.metric == "mau"), reverse=True):
        groups.setdefault((o.key, o.source, o.method), []).append(o)
    return list(groups.values())
