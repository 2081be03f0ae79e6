"""/chart: figures as a picture, with the same facts in words beside it."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from handlers.desk import Desk
from handlers.portraits import portrait
from sebghat import letters
from sebghat.charts import choice, wanted
from sebghat.charts.gap import gap
from sebghat.charts.gap import told as told_gap
from sebghat.charts.series import told
from sebghat.charts.wanted import Wanted
from sebghat.conversation import Message, Reply, Span
from sebghat.observation import Observation
from sebghat.platforms import Origin, Platform, Unknown

MOST = 4  # platforms in one picture


async def chart(message: Message, rest: str, desk: Desk) -> Reply:
    """The series of one or several platforms, or the gap of two; a refusal names a line that works."""
    voice, asked = desk.voice, wanted.read(rest, desk.voice.platforms)
    if asked.unknown:
        found = voice.platforms.find(" ".join(asked.unknown))
        if not asked.platforms or (isinstance(found, Unknown) and found.nearest):
            return desk.unknown(" ".join(asked.unknown), "/chart")
        return desk.say("chart.unknown_word", word=letters.visible(" ".join(asked.unknown), 40))
    if not asked.platforms:
        return desk.say("chart.whom")
    if len(asked.platforms) > MOST:
        return desk.say("chart.too_many", most=voice.number(MOST))
    observations = await desk.store.observations.of_platforms([platform.key for platform in asked.platforms])
    return await (_gap if asked.gap else _series)(asked, observations, desk)


async def _series(asked: Wanted, observations: list[Observation], desk: Desk) -> Reply:
    voice = desk.voice
    drawn = await portrait(
        observations, asked.platforms, desk,
        metric=asked.metric, scope=asked.scope, since=asked.since(voice.today), theme=asked.theme,
    )  # fmt: skip
    if drawn is None:
        return _nothing(asked, observations, desk)
    chosen = drawn.choice
    notes = told(chosen.lines, voice)
    notes += [voice.words("chart.absent", platform=platform.name(voice.language)) for platform in chosen.absent]
    if len({line.lane for line in chosen.lines}) > 1:
        notes.append(voice.words("chart.apart"))
    notes += [
        voice.words("chart.crossed", headline=each.headline, day=voice.short_day(each.day)) for each in drawn.crossed
    ]
    head = desk.say("chart.told", metric=voice.metric(chosen.metric), scope=voice.scope(chosen.scope))
    reply = head.above(*map(_line, notes), voice.commands(*_next(asked.platforms)))
    return replace(reply, picture=drawn.picture)


async def _gap(asked: Wanted, observations: list[Observation], desk: Desk) -> Reply:
    voice = desk.voice
    if len(asked.platforms) != 2:
        return desk.say("chart.no_gap")
    one, other = asked.platforms
    if one.origin is Origin.FOREIGN and other.origin is Origin.DOMESTIC:
        one, other = other, one  # as contests are named
    names = {"one": one.name(voice.language), "other": other.name(voice.language)}
    reviewed = await desk.store.observations.reviews({o.lane for o in observations})
    rivals = one.shares_arena(other)
    rules, since = await desk.store.ledger.rules(), asked.since(voice.today)
    wanted_of_it = (rules, reviewed, asked.metric, asked.scope)
    made = await asyncio.to_thread(choice.gaps, observations, one, other, *wanted_of_it) if rivals else []
    made = [s for s in made if since is None or s.key[0] >= since]
    if not made:
        return desk.say("chart.no_pairs", **names).above(voice.commands(*_next((one, other))))
    head = desk.say("chart.gap_title", **names)
    said = [_line(line) for line in told_gap(made, one, other, voice)]
    reply = head.above(*said, _line(voice.words("chart.gap_noise_told")), voice.commands(*_next((one, other))))
    return replace(reply, picture=await asyncio.to_thread(gap, one, other, made, voice, asked.theme))


def _nothing(asked: Wanted, observations: list[Observation], desk: Desk) -> Reply:
    """What there is none of, and a line that draws something."""
    voice = desk.voice
    names = voice.list([platform.name(voice.language) for platform in asked.platforms])
    keys = " ".join(platform.key for platform in asked.platforms)
    older = choice.choose(observations, asked.platforms, asked.metric, asked.scope)
    if older is not None:
        newest = max((line.last for line in older.lines), key=lambda point: point.asof.key)
        said = desk.say("chart.none_since", date=voice.short_date(newest.asof))
        return said.above(voice.commands(f"/chart {keys} {older.metric}"))
    if asked.metric and observations:
        scope = voice.scope(asked.scope or "ir")
        said = desk.say("chart.none_metric", platforms=names, metric=voice.metric_inside(asked.metric), scope=scope)
        return said.above(voice.commands(f"/chart {keys}"))
    said = desk.say("chart.none", platforms=names)
    return said.above(voice.commands(f"/chart {keys}" if observations else "/chart eitaa"))


def _next(platforms: tuple[Platform, ...]) -> list[str]:
    one, *others = platforms
    if others and one.shares_arena(others[0]):
        return [f"/compare {one.key} {others[0].key}"]
    return [f"/stats {one.key}"]


def _line(said: str) -> Reply:
    return Reply((Span(said),))
