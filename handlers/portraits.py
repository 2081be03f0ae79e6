"""The picture of a platform's figures, or of several platforms', for every command that shows one."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from handlers.desk import Desk
from sebghat.charts.card import card
from sebghat.charts.choice import Choice, choose, crossed
from sebghat.charts.lines import lines
from sebghat.charts.palette import LIGHT, Theme
from sebghat.charts.series import Crossed, series
from sebghat.conversation import Picture
from sebghat.notes import Note
from sebghat.observation import Lane, Observation
from sebghat.platforms import Platform
from sebghat.voice import Voice
from storage.store import Record

CROSSINGS = 50  # announcements that are looked through
BEFORE = timedelta(days=366)  # the least that a card shows of the time before


@dataclass(frozen=True, slots=True)
class Portrait:
    choice: Choice
    crossed: tuple[Crossed, ...]
    picture: Picture


async def portrait(
    observations: Sequence[Observation],
    platforms: Sequence[Platform],
    desk: Desk,
    *,
    metric: str | None = None,
    scope: str | None = None,
    since: date | None = None,
    theme: Theme = LIGHT,
) -> Portrait | None:
    """None where nothing is known of what is wanted."""
    voice = desk.voice
    # Of thousands of figures that takes a while, in which others are answered.
    choice = await asyncio.to_thread(choose, observations, platforms, metric, scope, since)
    if choice is None:
        return None
    items = [(each.contest, each.item) for each in await desk.store.ledger.crossings(None, CROSSINGS)]
    marked = tuple(each for each in crossed(items, choice, voice) if since is None or each.day >= since)
    absent = [platform.name(voice.language) for platform in choice.absent]
    picture = await asyncio.to_thread(series, choice.lines, marked, absent, voice, theme)
    return Portrait(choice, marked, picture)


async def announced(notes: Sequence[Note], record: Record, voice: Voice) -> Picture | None:
    """The card of an announcement: of its first note, with the time before it; the text beside it tells all."""
    if not notes:
        return None
    facts, history = notes[0].facts, list[Observation]()
    first, last = facts.between
    for side in (facts.domestic, facts.foreign):
        lane = Lane(facts.contest.metric, facts.contest.scope, side.lane)
        start = first - max(last - first, BEFORE)
        found = await record.observations.since(lane, {side.platform: (start, date.min)})
        history += [o for o in found if o.key <= (side.last, side.first)]
    drawn = await asyncio.to_thread(lines, history)
    return await asyncio.to_thread(card, notes[0], len(notes) - 1, drawn, voice, LIGHT)
