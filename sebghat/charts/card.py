"""The card of an announcement: who passed whom, both figures, the doubt between them, and the crossing in time."""

from __future__ import annotations

from collections.abc import Sequence

from sebghat.announcement import headline_of, of_old, shown, winner_first
from sebghat.charts import bars, plot, text
from sebghat.charts.foot import ends_of, foot
from sebghat.charts.lines import Line
from sebghat.charts.palette import Look, Theme, looks
from sebghat.charts.sheet import BODY, FIGURE, LEAD, ROOM, SMALL, Sheet
from sebghat.comparison import Grade, Verdict
from sebghat.conversation import Picture
from sebghat.notes import Facts, Kind, Note, Side
from sebghat.voice import Voice, is_share

THICK = 60  # pixels of a bar
HIGH = 400  # pixels of the crossing
HEADLINE = 76
LONG_FIGURE = 52  # of a figure that is long in words


def card(note: Note, more: int, history: Sequence[Line], voice: Voice, theme: Theme) -> Picture:
    """`history`: the lines of both platforms in the contest's lane, up to the figures told; none: without the
    crossing. `more`: how many other notes the text beside it tells."""
    facts, sheet = note.facts, Sheet(theme, voice.language)
    taken_back = note.kind is Kind.CORRECTION
    metric = facts.contest.metric
    look = looks([voice.platforms[side.platform] for side in winner_first(facts)], theme)
    about = voice.words("chart.about", metric=voice.metric(metric), scope=voice.scope(facts.contest.scope))
    if taken_back:
        _stamp(sheet, voice.words("chart.card_withdrawn"))
    sheet.block(about, BODY, tone=theme.muted, most=1)
    sheet.y += 4
    title = headline_of(facts, voice).plain.rstrip(".")
    top = sheet.y
    sheet.block(title, HEADLINE, bold=True, most=2, tone=theme.muted if taken_back else "")
    if taken_back:
        _strike(sheet, title, top)
        sheet.y += 8
        sheet.block(voice.words("chart.card_not_so"), BODY, most=2)
    sheet.y += 34
    _sides(sheet, facts, look, voice)
    amounts = {"margin": voice.amount(facts.margin, metric), "band": voice.amount(facts.band, metric)}
    sheet.block(voice.words("chart.card_gap", **amounts), BODY)
    if taken_back:
        sheet.y += 20
        sheet.block(_now(note, voice), LEAD, bold=True)
    elif history:
        _crossing(sheet, facts, history, look, voice)
    notes = [
        voice.words("chart.card_reviewed") if facts.grade is Grade.C else "",
        voice.words("chart.card_more", count=voice.number(more)) if more else "",
    ]
    sources = [voice.sources.name(side.source, voice.language) for side in winner_first(facts)]
    foot(sheet, voice, notes, sources, _dated(facts, voice))
    return sheet.finish("card", title, "\n".join([about, *(_told(side, facts, voice) for side in winner_first(facts))]))


def _stamp(sheet: Sheet, said: str) -> None:
    wide = text.width(said, LEAD, bold=True) + 48
    x = min(sheet.across(0), sheet.across(wide))
    sheet.rect(x, sheet.y, wide, 72, sheet.theme.alarm, radius=10)
    sheet.put(said, x + wide // 2, sheet.y + 50, LEAD, bold=True, tone=sheet.theme.paper)
    sheet.y += 92


def _strike(sheet: Sheet, title: str, top: int) -> None:
    lines = text.wrap(title, HEADLINE, ROOM, 2, bold=True)
    for number, line in enumerate(lines, 1):
        y = top + (sheet.y - top) * number // len(lines) - HEADLINE * 44 // 100
        wide = text.width(line, HEADLINE, bold=True)
        sheet.line(sheet.across(0), y, sheet.across(wide), y, sheet.theme.alarm, 6)


def _sides(sheet: Sheet, facts: Facts, look: dict[str, Look], voice: Voice) -> None:
    """Both bars to one scale; behind the loser's the stretch in which the winner would not yet be ahead."""
    metric = facts.contest.metric
    ahead, behind = winner_first(facts)
    tops = [side.lo if side.hi is None else side.hi for side in (ahead, behind)]
    ends = bars.scale(max(*tops, (behind.hi or 0) + facts.band))
    several = (ahead.first, ahead.last) != (behind.first, behind.last)
    for side in (ahead, behind):
        mine = look[side.platform]
        sheet.y += 62
        sheet.mark(mine, sheet.across(22), sheet.y - 15, 20)
        name = voice.platform(side.platform)
        value = voice.value(shown(side, share=is_share(metric)), metric)
        size = FIGURE if text.width(value, FIGURE, bold=True) < ROOM * 6 // 10 else LONG_FIGURE
        room = ROOM - 70 - text.width(value, size, bold=True) - 30
        sheet.write(text.cut(name, LEAD + 8, room, bold=True), 66, sheet.y, LEAD + 8, bold=True)
        sheet.write(value, ROOM, sheet.y + 4, size, bold=True, tone=mine.tone, end=True)
        sheet.y += 40
        bars.bar(sheet, mine, ends, side.lo, side.hi, 0, THICK)
        if side is behind and side.hi is not None:
            bars.hatched(sheet, ends.long(side.hi), ends.long(side.hi + facts.band), THICK)
        sheet.y += THICK
        if several:
            dated = voice.span(side.first, side.last) + of_old(side, voice)
            sheet.block(dated, SMALL, tone=sheet.theme.muted, most=1)
        sheet.y += 34


def _crossing(sheet: Sheet, facts: Facts, history: Sequence[Line], look: dict[str, Look], voice: Voice) -> None:
    """Both lines, and the days between which the crossing lies."""
    first, last = facts.between
    sheet.y += 18
    said = voice.words("chart.card_crossing", first=voice.short_day(first), last=voice.short_day(last))
    sheet.block(said, BODY, bold=True, most=2)
    sheet.y += 6
    ends = ends_of(history)
    most = max(point.top for line in history for point in line.points)
    place = len(sheet.parts)
    space = plot.frame(sheet, voice, facts.contest.metric, min(ends[0], first), max(ends[1], last), most, HIGH)
    behind, sheet.parts = sheet.parts[place:], sheet.parts[:place]
    x1, x2 = space.time.at(first), space.time.at(last)
    sheet.rect(x1, space.scale.end, max(4, x2 - x1), space.scale.start - space.scale.end, sheet.theme.shade)
    sheet.parts += behind
    plot.draw(space, history, look)


def _now(note: Note, voice: Voice) -> str:
    """How the two stand now, by the words of the text."""
    facts, now = note.facts, note.now or Verdict.UNKNOWN
    state = ("ahead" if now is facts.side else "behind") if now.decisive else now.value.lower()
    names = {"winner": voice.platform(facts.winner), "loser": voice.platform(facts.loser)}
    return voice.say(f"announcement.now_{state}", **names).plain


def _told(side: Side, facts: Facts, voice: Voice) -> str:
    return voice.words(
        "chart.line",
        platform=voice.platform(side.platform),
        value=voice.value(shown(side, share=is_share(facts.contest.metric)), facts.contest.metric),
        date=voice.span(side.first, side.last),
        source=voice.sources.name(side.source, voice.language),
    )


def _dated(facts: Facts, voice: Voice) -> str:
    one, other = sorted(winner_first(facts), key=lambda side: (side.last, side.first))
    if (one.first, one.last) == (other.first, other.last):
        return voice.words("chart.as_of", date=voice.span(one.first, one.last) + of_old(one, voice))
    return voice.words("chart.between", first=voice.short_day(one.first), last=voice.short_day(other.last))
