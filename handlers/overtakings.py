"""/overtakings and /why: what was announced so far, and where each announcement comes from."""

from __future__ import annotations

from datetime import date, datetime

from handlers import retelling
from handlers.desk import Desk, numbered
from sebghat import letters
from sebghat.announcement import before, changed, doubt, headline, headline_of, sides, winner_first
from sebghat.askingwords import ALL
from sebghat.claim import Claim, by_words
from sebghat.conversation import Message, Reply
from sebghat.notes import Facts, Kind, Mode, Note
from sebghat.observation import Observation
from sebghat.platforms import Unknown
from storage.store import Crossing

SHOWN = 7
MOST = 50


async def overtakings(message: Message, rest: str, desk: Desk) -> Reply:
    """The announcements so far, newest first; what was kept without a word stands among them, marked."""
    words, key = rest.split(), None
    most = SHOWN
    if words and letters.key(words[-1]) in ALL:
        words, most = words[:-1], MOST
    if words:
        platform, _ = desk.voice.platforms.take(words)
        if isinstance(platform, Unknown):
            return desk.unknown(platform.written, "/overtakings")
        key = platform.key
    crossings = await desk.store.ledger.crossings(key, MOST + 1)
    lines = [await _line(crossing, desk) for crossing in crossings[:most]]
    claims = await desk.store.claims.of(key)
    head = desk.say("overtakings.head" if lines else "overtakings.none")
    if len(crossings) > most:
        lines.append(desk.say("overtakings.more"))
    said = [desk.say("overtakings.claims")] if claims else []
    return head.above(
        *lines, *said, *(_claim(group, desk) for group in by_words(claims)), desk.voice.commands("/subscribe")
    )


async def _line(crossing: Crossing, desk: Desk) -> Reply:
    voice, item = desk.voice, crossing.item
    if item.mode is Mode.SILENT:
        text = "silent"
    elif item.withdrawn:
        text = "withdrawn"
    elif item.told and item.number:
        told = await retelling.all_told(desk.store, crossing.contest, item.number)
        text = "told" if len(told) < 2 else "corrected"
    else:
        text = "waiting"
    return voice.say(
        f"overtakings.{text}",
        headline=headline(crossing.contest, item.side, voice).plain.rstrip("."),
        metric=voice.metric_inside(crossing.contest.metric),
        day=voice.short_day(item.place.at[0]),
        number=item.number,
    )


def _claim(claims: list[Claim], desk: Desk) -> Reply:
    first, voice = claims[0], desk.voice
    return voice.say(
        "overtakings.claim",
        claim=voice.claimed(claims),
        date=voice.short_date(first.asof),
        source=voice.sources.name(first.source, voice.language),
    )


async def why(message: Message, rest: str, desk: Desk) -> Reply:
    """Where an announcement comes from: each figure, the margin and the doubt, the grade, the state before. Without a
    number: the one that was told last, for who hears of it and asks «چرا؟»."""
    number = numbered(rest) if rest.strip() else await desk.store.ledger.told_last()
    if number is None:
        return desk.say("why.which").above(desk.voice.commands("/overtakings"))
    found = await desk.store.ledger.announcement(number)
    if found is None:
        return desk.say("why.unknown", number=desk.voice.number(number)).above(desk.voice.commands("/overtakings"))
    crossing, standing = found
    item, voice = crossing.item, desk.voice
    facts = item.told or (item.note.facts if item.note else None)
    if facts is None:
        return desk.say("why.unknown", number=voice.number(number))
    metric = facts.contest.metric
    if not standing:
        state = voice.say("why.taken_back")
    elif item.withdrawn:
        state = voice.say("why.withdrawn")
    elif item.told is None:
        state = voice.say("why.waiting")
    else:
        state = Reply()
    parts = [headline_of(facts, voice), state]
    for side in winner_first(facts):
        for observation in await desk.store.observations.find(side.ids):
            parts.append(_observation(observation, desk))
    parts += [
        doubt(facts, voice),
        voice.say(f"why.grade_{facts.grade.value.lower()}"),
        before(facts, voice),
    ]
    parts += await _later(facts, number, desk)
    return parts[0].above(
        *parts[1:], voice.commands(f"/compare {facts.contest.domestic} {facts.contest.foreign} {metric}")
    )


async def _later(facts: Facts, number: int, desk: Desk) -> list[Reply]:
    """What people were told first, and what became of it: which figures changed, when and by whom, what was told
    then."""
    voice = desk.voice
    told = await retelling.all_told(desk.store, facts.contest, number)
    if not told:
        return []
    parts = []
    if len(told) > 1:
        first = told[0]
        parts.append(
            voice.say("why.first_told", day=voice.day(_day(first.at, desk)), figures=sides(first.note.facts, voice))
        )
    events = [(each.at, 1, _told_later(each.note, voice.day(_day(each.at, desk)), desk)) for each in told[1:]]
    for made in await retelling.changed_since(desk.store, facts, told[0].entry):
        line = changed(made.change, voice, "why.later")
        new, old = made.change.new, made.change.old
        number_of_new = voice.words("why.now_number", id=voice.number(int(new.id))) if new and old else ""
        day = voice.day(_day(made.at, desk))
        by = (
            voice.say("why.by", new=number_of_new, person=voice.number(made.person), day=day)
            if made.person
            else voice.say("why.by_program", new=number_of_new, day=day)
        )
        events.append((made.at, 0, line.and_(by)))
    return parts + [line for _, _, line in sorted(events, key=lambda event: event[:2])]


def _told_later(note: Note, day: str, desk: Desk) -> Reply:
    if note.kind is Kind.CORRECTION:
        return desk.say("why.told_withdrawn", day=day)
    return desk.say("why.told_corrected", day=day, figures=sides(note.facts, desk.voice))


def _day(moment: datetime, desk: Desk) -> date:
    return moment.astimezone(desk.voice.zone).date()


def _observation(o: Observation, desk: Desk) -> Reply:
    """One figure with number, words as printed, source, day and who entered it when."""
    voice = desk.voice
    line = voice.say(
        "why.observation",
        **voice.figure(o),
        date=voice.date(o.asof),
        source=voice.source(o),
        method=voice.method(o.method),
    )
    by = "why.entered_bundled" if o.recorded_by in {"", "0"} else "why.entered"
    return line.above(
        voice.say(
            by,
            moment=voice.clock(o.recorded_at),
            day=voice.day(o.recorded_at.astimezone(voice.zone).date()),
            person=voice.number(int(o.recorded_by or 0)),
        )
    )
