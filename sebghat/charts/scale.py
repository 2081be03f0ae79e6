"""Scales: values from zero, days to scale, and where their lines stand. All in whole pixels."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from persiantools.jdatetime import JalaliDate

from sebghat import almanac, letters
from sebghat.charts import text
from sebghat.periods import Calendar, jalali

LINES = 4  # intervals between the lines of a value scale, at most
YEAR = 366  # days


@dataclass(frozen=True, slots=True)
class Scale:
    """From `start` (where zero is, or `low` below it) to `end` (where `most` is) on the page."""

    low: int
    most: int
    start: int
    end: int

    def at(self, value: int) -> int:
        return self.start + round_div((value - self.low) * (self.end - self.start), self.most - self.low)

    def long(self, value: int) -> int:
        """How long a bar of that value is."""
        return abs(round_div(value * (self.end - self.start), self.most - self.low))


def round_div(number: int, by: int) -> int:
    """The nearest whole number."""
    return (2 * number + by) // (2 * by)


def step(span: int) -> int:
    """The distance of the lines of a scale that reaches so far: 1, 2, 2.5 or 5 of a power of ten."""
    power = 1
    while power * 10 * LINES < span:
        power *= 10
    for tenths in (10, 20, 25, 50, 100):
        distance = power * tenths // 10
        if distance * LINES >= span and (power * tenths) % 10 == 0:
            return max(1, distance)
    return power * 10


def reaching(most: int) -> tuple[int, int]:
    """The end of a scale from zero that holds this value, and the distance of its lines."""
    distance = step(max(most, 1))
    return -(-max(most, 1) // distance) * distance, distance


@dataclass(frozen=True, slots=True)
class Timeline:
    first: date
    last: date
    start: int
    end: int

    def at(self, day: date) -> int:
        days = max(1, (self.last - self.first).days)
        return self.start + round_div((day - self.first).days * (self.end - self.start), days)

    @property
    def days(self) -> int:
        return (self.last - self.first).days


@dataclass(frozen=True, slots=True)
class Tick:
    """A line at the beginning of a period. `until`: where the period ends, if its name stands in its middle."""

    day: date
    label: str
    until: date | None = None


SEASONAL = 1_000  # days that are told by months; longer ones by years
MONTHS = (1, 3, 6, 12)  # that one name stands for
BETWEEN = 24  # pixels between two names
EVERY = (1, 2, 5, 10, 20)  # years that one name stands for


def ticks(timeline: Timeline, language: str, size: int) -> list[Tick]:
    """Where years or months begin, by the calendar of the language: Persian years at Nowruz. `size`: of the names."""
    calendar = almanac.CALENDARS[language][0]
    if timeline.days > SEASONAL:
        return _years(timeline, language, calendar, text.width("۱۴۰۲", size) + BETWEEN)
    widest = max(text.width(_month(1400, month, language, calendar), size) for month in range(1, 13))
    wide = (timeline.end - timeline.start) * 30 // max(1, timeline.days)
    months = next((months for months in MONTHS if wide * months >= widest + BETWEEN), MONTHS[-1])
    found: list[Tick] = []
    year, month, _ = _fields(timeline.first, calendar)
    month = (month - 1) // months * months + 1
    while True:
        day = _day(calendar, year, month)
        if day > timeline.last:
            return found
        if day >= timeline.first:
            found.append(Tick(day, _month(year, month, language, calendar)))
        month += months
        year, month = year + (month - 1) // 12, (month - 1) % 12 + 1


def _month(year: int, month: int, language: str, calendar: Calendar) -> str:
    name = almanac.MONTHS[language, calendar][month - 1]
    if month == 1 and calendar is Calendar.JALALI:
        name = "نوروز" if language == "fa" else "Nowruz"
    return letters.digits(f"{name} {year}", language)


def _years(timeline: Timeline, language: str, calendar: Calendar, room: int) -> list[Tick]:
    begin, end = _fields(timeline.first, calendar)[0], _fields(timeline.last, calendar)[0]
    wide = (timeline.end - timeline.start) * YEAR // max(1, timeline.days)
    every = next((years for years in EVERY if wide * years >= room), EVERY[-1])
    found = []
    for year in range(begin, end + 1):
        day, after = _day(calendar, year, 1), _day(calendar, year + 1, 1)
        if year % every or (every > 1 and day < timeline.first):
            continue
        label = letters.digits(str(year), language)
        found.append(Tick(max(day, timeline.first), label, min(after, timeline.last) if every == 1 else None))
    return [tick for tick in found if timeline.first <= tick.day <= timeline.last]


def _fields(day: date, calendar: Calendar) -> tuple[int, int, int]:
    return jalali(day) if calendar is Calendar.JALALI else (day.year, day.month, day.day)


def _day(calendar: Calendar, year: int, month: int) -> date:
    if calendar is Calendar.GREGORIAN:
        return date(year, month, 1)
    day: date = JalaliDate(year, month, 1).to_gregorian()  # type: ignore[no-untyped-call]
    return day


def middle(first: date, last: date) -> date:
    return first + timedelta(days=(last - first).days // 2)
