"""The series of one or several platforms over time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sebghat.charts import plot
from sebghat.charts.foot import dates_of, ends_of, foot, head, row, sources_of
from sebghat.charts.lines import Line, is_cut
from sebghat.charts.palette import Theme, looks
from sebghat.charts.sheet import SMALL, Sheet
from sebghat.conversation import Picture
from sebghat.observation import Qualifier
from sebghat.voice import Voice

HIGH = 600  # pixels of the plot
LISTED = 6  # rows of the legend
MARKED = 4  # announcements that are named


@dataclass(frozen=True, slots=True)
class Crossed:
    """An announcement: its headline, and the day from which the winner was ahead."""

    headline: str
    day: date


def series(
    drawn: Sequence[Line], crossed: Sequence[Crossed], absent: Sequence[str], voice: Voice, theme: Theme
) -> Picture:
    """All lines are of one metric and scope, at least one; `absent` are names of platforms that were asked for and
    have no such figure."""
    sheet = Sheet(theme, voice.language)
    metric, scope = drawn[0].lane.metric, drawn[0].lane.scope
    platforms = [voice.platforms[line.platform] for line in drawn]
    look = looks(platforms, theme)
    names = list(dict.fromkeys(platform.name(voice.language) for platform in platforms))
    about = voice.words("chart.about", metric=voice.metric(metric), scope=voice.scope(scope))
    newest = max(drawn, key=lambda line: line.last.asof.key)
    title = voice.list(names)
    if len(names) == 1:
        value = voice.value(newest.last.value, metric)
        title = voice.words("chart.title_one", platform=names[0], value=value)
        about = voice.words(
            "chart.about_until",
            metric=voice.metric(metric),
            scope=voice.scope(scope),
            date=voice.short_date(newest.last.asof),
        )
    head(sheet, title, about)
    dashes = plot.dashes_of(drawn)
    one_source = len({line.last.source for line in drawn}) == 1
    for line in drawn[:LISTED] if len(drawn) > 1 else ():
        source = voice.sources.name(line.last.source, voice.language)
        date = voice.short_date(line.last.asof)
        beside = date if one_source else voice.words("chart.beside", date=date, source=source)
        value = voice.value(line.last.value, metric)
        row(sheet, look[line.platform], voice.platform(line.platform), beside, value, dashes[line])
    sheet.y += 12
    ends = ends_of(drawn)
    marked = [each for each in crossed if ends[0] <= each.day <= ends[1]][-MARKED:]
    most = max(point.top for line in drawn for point in line.points)
    space = plot.frame(sheet, voice, metric, *ends, most, HIGH)
    notes = [_flag(space, each, number) for number, each in enumerate(marked, 1)]
    plot.draw(space, drawn, look)
    foot(sheet, voice, [*notes, *_notes(drawn, absent, voice)], sources_of(drawn, voice), dates_of(drawn, voice))
    return sheet.finish("series", title, "\n".join([about, *told(drawn, voice)]))


def told(drawn: Sequence[Line], voice: Voice) -> list[str]:
    """The same facts in words: of each line the newest figure, and the first where there are more."""
    said = []
    for line in drawn[:LISTED]:
        first, last = line.points[0], line.last
        values = {
            "platform": voice.platform(line.platform),
            "value": voice.value(last.value, line.lane.metric),
            "date": voice.short_date(last.asof),
            "source": voice.sources.name(last.source, voice.language),
        }
        if first is last:
            said.append(voice.words("chart.line", **values))
        else:
            before, when = voice.value(first.value, line.lane.metric), voice.short_date(first.asof)
            said.append(voice.words("chart.line_before", before=before, when=when, **values))
    return said


def _flag(space: plot.Plot, crossed: Crossed, number: int) -> str:
    """Marks the day, and returns the note that tells what its number stands for."""
    sheet, voice = space.sheet, space.voice
    x, top = space.time.at(crossed.day), space.scale.end - 22
    sheet.line(x, top, x, space.scale.start, sheet.theme.ink, 3, "4 8")
    space.take_along((x, top), (x, space.scale.start))
    sheet.parts.append(f'<circle cx="{x}" cy="{top}" r="22" fill="{sheet.theme.ink}"/>')
    sheet.put(voice.number(number), x, top + 11, SMALL, bold=True, tone=sheet.theme.paper)
    space.taken.append((x - 24, top - 24, x + 24, top + 24))
    return voice.words(
        "chart.mark", number=voice.number(number), headline=crossed.headline, day=voice.short_day(crossed.day)
    )


def _notes(drawn: Sequence[Line], absent: Sequence[str], voice: Voice) -> list[str]:
    said = [voice.words("chart.absent", platform=name) for name in absent]
    if len({line.lane for line in drawn}) > 1:
        said.append(voice.words("chart.apart"))
    if any(map(is_cut, drawn)):
        said.append(voice.words("chart.cut"))
    return [*said, key(drawn, voice)]


def key(drawn: Sequence[Line], voice: Voice) -> str:
    """What the signs in the picture mean, of those that are in it, on one line."""
    points = [point for line in drawn for point in line.points]
    signs = {
        "kinds": len({voice.platforms[line.platform].origin for line in drawn}) > 1,
        "arrow": any(not point.bounded for point in points),
        "band": any(point.value.q in (Qualifier.RANGE, Qualifier.ABOUT) for point in points),
    }
    return " · ".join(voice.words(f"chart.{sign}") for sign, there in signs.items() if there)
