"""A plot of figures over time: values from zero, time to scale, nothing smoothed, nothing joined that does not belong
together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sebghat.charts import text
from sebghat.charts.lines import Line, Point, joins
from sebghat.charts.palette import Look
from sebghat.charts.scale import Scale, Timeline, reaching, round_div, ticks
from sebghat.charts.sheet import LEFT, RIGHT, SMALL, Sheet
from sebghat.observation import Qualifier, Value
from sebghat.voice import Voice, is_share

DASHES = ("", "16 10", "3 9", "24 8 4 8")  # of a platform's first source, its second …
NEAR = 60  # pixels, at which the labels of two points would be taken for each other's
BELOW = 52  # pixels under the plot for the names of periods
SIDE = 34  # pixels at the end of the timeline
Box = tuple[int, int, int, int]  # left, top, right, bottom


@dataclass(slots=True)
class Plot:
    """Where days and values lie on the sheet, and what is taken already by labels."""

    sheet: Sheet
    voice: Voice
    time: Timeline
    scale: Scale
    taken: list[Box]

    def at(self, day: date, value: int) -> tuple[int, int]:
        return self.time.at(day), self.scale.at(value)

    def label(self, said: str, x: int, y: int, tone: str, size: int = SMALL, *, below: bool = False) -> None:
        """Written beside a point where there is room, rather above it (or below); left out where there is none, since
        texts name it too."""
        wide = text.width(said, size, bold=True)
        high = size
        over, under = [(0, -26), (0, -60)], [(0, high + 14), (0, high + 48)]
        beside = [(-wide // 2 - 26, 10), (wide // 2 + 26, 10)]
        places = [under[0], *beside, under[1]] if below else [over[0], under[0], *beside, over[1], under[1]]
        for dx, dy in places:
            middle = min(max(x + dx, LEFT + wide // 2), RIGHT - wide // 2)
            box = (middle - wide // 2, y + dy - high, middle + wide // 2, y + dy + 8)
            if self.scale.end - 40 < box[1] and box[3] < self.scale.start and not any(map(_meets(box), self.taken)):
                self.taken.append(box)
                self.sheet.put(said, middle, y + dy, size, bold=True, tone=tone)
                return

    def take(self, x: int, y: int, r: int = 16) -> None:
        self.taken.append((x - r, y - r, x + r, y + r))

    def take_along(self, one: tuple[int, int], other: tuple[int, int]) -> None:
        """No label on this line."""
        (x1, y1), (x2, y2) = one, other
        steps = max(abs(x2 - x1), abs(y2 - y1)) // 20
        for n in range(1, steps):
            self.take(x1 + (x2 - x1) * n // steps, y1 + (y2 - y1) * n // steps, 8)


def _meets(box: Box) -> Callable[[Box], bool]:
    return lambda other: box[0] < other[2] and other[0] < box[2] and box[1] < other[3] and other[1] < box[3]


def frame(sheet: Sheet, voice: Voice, metric: str, first: date, last: date, most: int, high: int, low: int = 0) -> Plot:
    """An empty plot of that height, with the lines of both scales behind it."""
    pad = timedelta(days=max(3, (last - first).days // 40))
    top, distance = reaching(most)
    bottom = 0
    if low < 0:
        top, distance, bottom = _about_zero(max(most, 1), -low)
    ground = sheet.y + high - BELOW
    write = amount if low == 0 else margin
    said = {value: write(abs(value), metric, voice) for value in range(bottom, top + 1, distance) if value}
    gutter = max(text.width(each, SMALL) for each in said.values()) + 12
    time = Timeline(first - pad, last + pad, LEFT + gutter, RIGHT - SIDE)
    plot = Plot(sheet, voice, time, Scale(bottom, top, ground, sheet.y + 44), [])
    _periods(plot, ground)
    for value in range(bottom, top + 1, distance):
        y = plot.scale.at(value)
        sheet.line(LEFT, y, RIGHT, y, sheet.theme.muted if value == 0 else sheet.theme.rule, 3 if value == 0 else 2)
        if value:
            sheet.put(said[value], LEFT, y - 9, SMALL, tone=sheet.theme.muted, anchor="start")
            plot.taken.append((LEFT, y - 9 - SMALL, LEFT + text.width(said[value], SMALL), y))
        else:
            plot.taken.append((LEFT, y - 3, RIGHT, y + 3))
    sheet.y += high
    return plot


def _about_zero(up: int, down: int) -> tuple[int, int, int]:
    """Top, distance of the lines, and bottom of a scale on both sides of zero."""
    _, distance = reaching(up + down)
    return -(-up // distance) * distance, distance, down // -distance * distance


def amount(value: int, metric: str, voice: Voice) -> str:
    """A number beside a line of the scale."""
    return (
        voice.value(Value(Qualifier.EXACT, value, value, 100), metric)
        if is_share(metric)
        else voice.amount(value, metric)
    )


def margin(value: int, metric: str, voice: Voice) -> str:
    """A gap: points without their name, which stands above the plot."""
    said = voice.amount(value, metric)
    return said.partition(" ")[0] if is_share(metric) else said


def brief(value: Value, metric: str, voice: Voice) -> str:
    """A figure beside its point, to three digits: the list above the plot has all of them."""
    ends = [end for end in (value.lo, value.hi) if end is not None]
    if is_share(metric):
        return voice.value(value, metric)
    res = max(value.res, 10 ** max(0, len(str(max(ends))) - 3))
    low, high = (None if end is None else round_div(end, res) * res for end in (value.lo, value.hi))
    return voice.value(Value(value.q, low or 0, high, res), metric)


def _periods(plot: Plot, ground: int) -> None:
    sheet, time = plot.sheet, plot.time
    named = ticks(time, plot.voice.language, SMALL)
    free = LEFT
    for tick in named:
        x = time.at(tick.day)
        if tick.day > time.first:
            sheet.line(x, plot.scale.end, x, ground + 12, sheet.theme.rule)
        wide = text.width(tick.label, SMALL)
        at = (x + time.at(tick.until)) // 2 if tick.until else x
        if tick.until and time.at(tick.until) - x < wide + 8:
            continue  # a year of which the plot shows too little to stand over its name
        at = min(max(at, LEFT + wide // 2), RIGHT - wide // 2)
        if at - wide // 2 >= free:
            sheet.put(tick.label, at, ground + 44, SMALL, tone=sheet.theme.muted)
            free = at + wide // 2 + 20


def draw(plot: Plot, drawn: Sequence[Line], looks: Mapping[str, Look]) -> None:
    """The lines with their points; the newest figure of each is written beside it, older ones where there is room."""
    dashes = dashes_of(drawn)
    for line in drawn:
        for before, after in joins(line.points):
            _join(plot, before, after, looks[line.platform], dashes[line])
    for line in drawn:
        for point in line.points:
            _point(plot, point, looks[line.platform])
    metric = drawn[0].lane.metric
    named = [(line, line.last) for line in drawn]
    named += [(line, max(line.points, key=lambda p: p.high)) for line in drawn]
    named += [(line, point) for line in drawn for point in (line.points[0], *reversed(line.points[1:-1]))]
    every = [plot.at(point.day, point.high) for line in drawn for point in line.points]
    said: set[tuple[Line, str]] = set()
    for line, point in dict.fromkeys(named):
        x, y = plot.at(point.day, point.high)
        lower = any(abs(x - other_x) < NEAR and other_y < y < other_y + 2 * NEAR for other_x, other_y in every)
        figure = brief(point.value, metric, plot.voice)
        if (line, figure) not in said:
            plot.label(figure, x, y, looks[line.platform].tone, below=lower)
        said.add((line, figure))


def dashes_of(drawn: Iterable[Line]) -> dict[Line, str]:
    """A platform's sources are told apart by their strokes."""
    count: dict[str, int] = {}
    found = {}
    for line in drawn:
        place = count[line.platform] = count.get(line.platform, -1) + 1
        found[line] = DASHES[place % len(DASHES)]
    return found


def _join(plot: Plot, before: Point, after: Point, look: Look, dash: str) -> None:
    ends = [[plot.at(p.day, p.value.lo) for p in (before, after)], [plot.at(p.day, p.high) for p in (before, after)]]
    for edge in ends:
        plot.take_along(*edge)
    if Qualifier.RANGE in (before.value.q, after.value.q):
        plot.sheet.area([*ends[0], *reversed(ends[1])], look.tone, 22)
        for edge in ends:
            plot.sheet.path(edge, look.tone, 3, dash)
    else:
        plot.sheet.path(ends[0], look.tone, 6, dash)


def _point(plot: Plot, point: Point, look: Look) -> None:
    sheet, value = plot.sheet, point.value
    x, y = plot.at(point.day, point.high)
    left, right = plot.time.at(point.asof.first), plot.time.at(point.asof.last)
    plot.take(x, y)
    if right - left > 30:  # a long period is no moment
        sheet.line(left, y, right, y, look.tone, 5)
    if value.q is Qualifier.RANGE:
        bottom = plot.scale.at(value.lo)
        sheet.rect(x - 11, y, 22, max(4, bottom - y), look.tone, opacity=45)
        sheet.mark(look, x, bottom, 9)
        sheet.mark(look, x, y, 9)
        plot.taken.append((x - 14, y, x + 14, bottom))
        return
    if value.q is Qualifier.ABOUT:
        doubt = plot.scale.long(value.res)
        top, bottom = max(y - doubt, plot.scale.end), min(y + doubt, plot.scale.start)
        sheet.rect(x - 11, top, 22, bottom - top, look.tone, opacity=30)
    if value.q is Qualifier.AT_LEAST:
        sheet.arrow(x, y, look.tone, (0, -1))
        plot.taken.append((x - 16, y - 60, x + 16, y))
    if value.q is Qualifier.AT_MOST:
        sheet.arrow(x, y, look.tone, (0, 1), min(54, max(20, plot.scale.start - y - 6)))
    sheet.mark(look, x, y)
