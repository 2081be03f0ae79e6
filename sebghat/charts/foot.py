"""What stands above and below every drawing: what it shows of whom, who says so, of when, and what it does not show."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from sebghat.charts import text
from sebghat.charts.lines import Line
from sebghat.charts.palette import Look
from sebghat.charts.sheet import BODY, LEFT, RIGHT, ROOM, SMALL, TITLE, Sheet
from sebghat.voice import Voice


def head(sheet: Sheet, title: str, below: str) -> None:
    """The title and the line under it."""
    sheet.block(title, TITLE, bold=True, most=2)
    sheet.y += 6
    sheet.block(below, BODY, tone=sheet.theme.muted, most=2)
    sheet.y += 26


def row(sheet: Sheet, look: Look, name: str, beside: str, value: str, dash: str | None = None) -> None:
    """Shape and stroke, whose figure, what is said beside it (who says so, of when), and the figure at the far side."""
    y = sheet.y + 34
    x = sheet.across(30)
    if dash is not None:
        sheet.line(x - 30, y - 11, x + 30, y - 11, look.tone, 6, dash)
    sheet.mark(look, x, y - 11)
    taken = text.width(value, BODY, bold=True) + 40
    named = text.cut(name, BODY, ROOM - 78 - taken, bold=True)
    sheet.write(named, 78, y, bold=True)
    along = 78 + text.width(named, BODY, bold=True) + 20
    if beside and ROOM - along - taken > 120:
        sheet.write(text.cut(beside, SMALL, ROOM - along - taken), along, y, SMALL, tone=sheet.theme.muted)
    sheet.write(value, ROOM, y, bold=True, tone=look.tone, end=True)
    sheet.y += 52


def foot(sheet: Sheet, voice: Voice, notes: Iterable[str], sources: Iterable[str], dated: str) -> None:
    """Notes, then a rule, then the sources and the time of the figures."""
    sheet.y += 14
    for note in filter(None, notes):
        sheet.block(note, SMALL, tone=sheet.theme.muted, most=2)
    sheet.y += 18
    sheet.line(LEFT, sheet.y, RIGHT, sheet.y, sheet.theme.rule)
    sheet.y += 6
    named = list(dict.fromkeys(sources))
    which = "chart.source" if len(named) == 1 else "chart.sources"
    sheet.block(voice.words(which, sources=voice.list(named)), SMALL, tone=sheet.theme.ink, most=2)
    made = voice.words("chart.made")
    for line in text.wrap(dated, SMALL, ROOM - text.width(made, SMALL, bold=True) - 30, 2):
        sheet.y += SMALL * 3 // 2
        sheet.write(line, 0, sheet.y - 12, SMALL, tone=sheet.theme.muted)
    sheet.write(made, ROOM, sheet.y - 12, SMALL, bold=True, tone=sheet.theme.muted, end=True)


def sources_of(drawn: Sequence[Line], voice: Voice) -> list[str]:
    return [voice.sources.name(line.last.source, voice.language) for line in drawn]


def dates_of(drawn: Sequence[Line], voice: Voice) -> str:
    """Of when the figures are: one date, or the first and the last."""
    points = [point for line in drawn for point in line.points]
    first, last = min(points, key=lambda p: p.asof.key), max(points, key=lambda p: p.asof.key)
    if first.asof.key == last.asof.key:
        return voice.words("chart.as_of", date=voice.date(last.asof))
    return voice.words("chart.between", first=voice.short_date(first.asof), last=voice.short_date(last.asof))


def ends_of(drawn: Sequence[Line]) -> tuple[date, date]:
    points = [point for line in drawn for point in line.points]
    return min(point.asof.first for point in points), max(point.asof.last for point in points)
