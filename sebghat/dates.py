"""Dates as people and newspapers write them, read into as-ofs; what has two readings is refused."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sebghat import letters
from sebghat.almanac import MONTHS, WEEKDAYS, age, day_of, short_date, write_date, write_day, write_span
from sebghat.datewords import Stop, Token, tokens
from sebghat.periods import AsOf, Calendar, Precision, jalali
from sebghat.refusal import Refusal
from sebghat.vaguedates import meant, of_weekday, offered

__all__ = [
    "AsOf",
    "Calendar",
    "DateReading",
    "Precision",
    "age",
    "names_a_date",
    "read_date",
    "short_date",
    "write_date",
    "write_day",
    "write_span",
]

JALALI_YEARS = range(1300, 1471)
GREGORIAN_YEARS = range(1900, 2101)
_NUMERIC = re.compile(r"N([-/])N(\1N)?|N\.N\.N")


@dataclass(frozen=True, slots=True)
class DateReading:
    """`first`..`last` as written; of field days («۲۵ تا ۲۸ دی») the as-of is the last one."""

    asof: AsOf
    first: date
    last: date
    written: str


def read_date(text: str, today: date) -> DateReading | Refusal:
    """A day, month, season or year, or a range of field days; not after `today`."""
    clean = letters.plain(text)
    if isinstance(clean, Refusal):
        return clean
    try:
        found = _read(clean, today)
        if found.first > today or found.asof.first > today:
            future = found.first if found.first > today else found.asof.first
            raise Stop("future_date", date_fa=write_day(future, "fa"), date_en=write_day(future, "en"))
        return replace(found, written=text)
    except Stop as stop:
        return Refusal(stop.code, letters.visible(text, 60), stop.candidates, stop.details)


def names_a_date(text: str) -> bool:
    """Whether a text without a field of its own is meant as a date rather than as a number."""
    clean = letters.plain(text)
    if isinstance(clean, Refusal):
        return False
    try:
        found = tokens(clean)
    except Stop:
        return False
    shapes = "".join(token.shape for token in found)
    years = any(token.width == 4 and token.value in (*JALALI_YEARS, *GREGORIAN_YEARS) for token in found)
    if set(shapes) & set("MSQWD"):
        return True
    if "N" not in shapes:
        return "V" in shapes or "v" in shapes  # «پارسال»: no date, but no number either
    return years and ("Y" in shapes or "L" in shapes or bool(_NUMERIC.fullmatch(shapes)))


# Shapes ----------------------------------------------------------------------------------------------------

# N number, M month, S season, Q quarter, W weekday, R to, A and, D today, E end of; F words that add nothing, O from,
# B between, I is (in the other calendar), P part of a day, Y «سال», V «چندی پیش», v «هفته پیش», H about, L lunar month.
# What is not in the table is no date.
Handler = Callable[[list[Token], date], DateReading]


def _read(clean: str, today: date) -> DateReading:
    opened = clean.find("(")
    if opened > 0 and clean.endswith(")"):
        return _in_two_calendars(clean[:opened].strip(), clean[opened + 1 : -1].strip(), today)
    found = tokens(clean)
    same = [token.text for token in found if token.shape == "I"]
    if len(same) == 1 and clean.count(same[0]) == 1:
        outer, _, inner = clean.partition(same[0])
        return _in_two_calendars(outer.strip(), inner.strip(), today)
    _refuse_at_sight(found, today)
    weekdays = [token for token in found if token.shape == "W"]
    plain = _without_noise(found)
    shape = "".join(token.shape for token in plain)
    at_end = shape.startswith("E")
    handler = SHAPES.get(shape[at_end:])
    if handler is None:
        raise _unreadable(plain, shape)
    reading = handler(plain[at_end:], today)
    if at_end:
        if reading.asof.precision is Precision.DAY:
            raise Stop("not_a_date", word=plain[0].text)
        last = day_of(reading.last, reading.asof.calendar)
        reading = replace(reading, asof=last, first=last.first)
    _check_weekdays(weekdays, reading)
    return reading


def _refuse_at_sight(found: list[Token], today: date) -> None:
    weekdays = [token.value for token in found if token.shape == "W"]
    for token in found:
        if token.shape == "v" and not weekdays:
            raise Stop("which_day" if token.value < 10 else "no_date", meant(token.value, today))
        if token.shape in "VvH":
            raise Stop("no_date", of_weekday(weekdays[0], today) if len(weekdays) == 1 else ())
        if token.shape == "L":
            raise Stop("lunar_month", month=token.text)
    if not any(token.shape in "NMSQD" for token in found):
        raise Stop("no_date", of_weekday(weekdays[0], today) if len(weekdays) == 1 else ())


def _without_noise(found: list[Token]) -> list[Token]:
    """Without weekdays, fillers and the signs that only part them from the date."""
    kept: list[Token] = []
    loose = True  # a sign here parts nothing that matters
    ranged = any(token.shape in "R-" for token in found)
    between = any(token.shape == "B" for token in found) and any(token.shape in "RA" for token in found)
    for token in found:
        if (token.shape == "O" and ranged) or (token.shape == "B" and between):
            continue  # «از … تا …»; alone it would mean "since"
        if token.shape == "A" and between:
            kept.append(replace(token, shape="R"))
        elif token.shape in "WFYP":
            loose = loose or token.shape == "W"
            while token.shape == "W" and kept and kept[-1].shape in "-/.|":
                kept.pop()
        elif not (
            token.shape in ",|:"
            or (token.shape in "-/." and loose)
            or (token.shape == "." and kept and kept[-1].shape == "M")  # Sept.
        ):
            kept.append(token)
            loose = False
    while kept and kept[-1].shape in "-/.|":
        kept.pop()
    return kept


def _unreadable(plain: list[Token], shape: str) -> Stop:
    for token in plain:
        if token.shape not in "NMSQDRAE-/.":
            return Stop("not_a_date", word=letters.visible(token.text, 20))
    years = sum(token.width == 4 for token in plain)
    if years == 0 and set(shape) & set("MSQ"):
        return Stop("year_missing")
    return Stop("two_dates" if years > 1 or "R" in shape or "A" in shape else "no_date")


def _check_weekdays(weekdays: list[Token], reading: DateReading) -> None:
    if not weekdays:
        return
    if reading.asof.precision is not Precision.DAY or len(weekdays) > 2:
        raise Stop("not_a_date", word=weekdays[0].text)
    days = [reading.first, reading.last] if len(weekdays) == 2 else [reading.first]
    for token, day in zip(weekdays, days, strict=True):
        fits = day.weekday() == token.value or (len(weekdays) == 1 and reading.last.weekday() == token.value)
        if not fits:
            names = {language: WEEKDAYS[language][day.weekday()] for language in ("fa", "en")}
            raise Stop("weekday_mismatch", weekday=token.text, right_fa=names["fa"], right_en=names["en"])


def _in_two_calendars(outer: str, inner: str, today: date) -> DateReading:
    """«۱۲ خرداد ۱۴۰۳ (۱ ژوئن ۲۰۲۴)», as `write_date` writes it; or a weekday in brackets."""
    readings: list[DateReading] = []
    stops: list[Stop] = []
    if all(token.shape == "W" for token in tokens(inner)):
        return _read(f"{outer} {inner}", today)
    if all(token.shape in "W," for token in tokens(outer)):
        return _read(f"{outer} {inner}", today)
    if "(" in inner or ")" in outer:
        raise Stop("not_a_date", word="(")
    for part in (outer, inner):
        try:
            readings.append(_read(part, today))
        except Stop as stop:
            stops.append(stop)
    if not readings:
        raise stops[0]
    reading = readings[0]
    if stops:  # one side names no period, as in «خرداد ۱۴۰۳ (مه–ژوئن ۲۰۲۴)»
        whole = letters.fold(f"{outer} ({inner})")
        if whole not in [letters.fold(write_date(reading.asof, language)) for language in ("fa", "en")]:
            raise stops[0]
    elif (readings[1].first, readings[1].last) != (reading.first, reading.last):
        first, second = (letters.visible(part, 30) for part in (outer, inner))
        raise Stop("calendars_disagree", first=first, second=second)
    return reading


# Periods ---------------------------------------------------------------------------------------------------


def _one(asof: AsOf) -> DateReading:
    return DateReading(asof, asof.first, asof.last, "")


def _year(token: Token, beside: Token | None = None) -> tuple[int, Calendar]:
    """The year and its calendar; `beside` is the month or season that it stands with."""
    year, length = token.value, token.width
    named = beside.calendar if beside else None
    if length == 2 and named is Calendar.JALALI and (year >= 50 or year <= 20):
        return (1300 if year >= 50 else 1400) + year, Calendar.JALALI
    if length != 4:
        if beside and length < 2:
            raise Stop("year_missing")
        if beside and length == 2:
            raise Stop("short_year", year=token.text)
        raise Stop("year_out_of_range", year=token.text)
    if year in JALALI_YEARS:
        calendar = Calendar.JALALI
    elif year in GREGORIAN_YEARS:
        calendar = Calendar.GREGORIAN
    else:
        raise Stop("year_out_of_range", year=token.text)
    if beside and named and named is not calendar:
        raise Stop("calendar_mismatch", month=beside.text, year=token.text)
    return year, calendar


def _period(calendar: Calendar, precision: Precision, year: int, month: int | None = None) -> AsOf:
    if precision is Precision.MONTH and (month is None or not 1 <= month <= 12):
        raise Stop("impossible_month", month=str(month))
    return AsOf(calendar, precision, year, month)


def _day(calendar: Calendar, year: int, month: int, day: int) -> AsOf:
    last = _period(calendar, Precision.MONTH, year, month).last
    days = jalali(last)[2] if calendar is Calendar.JALALI else last.day
    if not 1 <= day <= days:
        fa, en = (f"{MONTHS[language, calendar][month - 1]} {year}" for language in ("fa", "en"))
        raise Stop("impossible_day", days=str(days), month_fa=fa, month_en=en)
    return AsOf(calendar, Precision.DAY, year, month, day)


def _field_days(first: AsOf, last: AsOf) -> DateReading:
    if first.first >= last.first:
        raise Stop("falling_range")
    return DateReading(last, first.first, last.last, "")


def _day_named(day: Token, month: Token, year: Token) -> AsOf:
    if year.width != 4 and day.width == 4:
        day, year = year, day
    number, calendar = _year(year, month)
    return _day(calendar, number, month.value, day.value)


def _day_month_year(t: list[Token], _: date) -> DateReading:
    return _one(_day_named(t[0], t[1], t[2]))


def _month_day_year(t: list[Token], _: date) -> DateReading:
    return _one(_day_named(t[1], t[0], t[2]))


def _year_month_day(t: list[Token], _: date) -> DateReading:
    """«۱۴۰۱ دی ۳»: only behind a year of four digits."""
    return _one(_day_named(t[2], t[1], t[0]))


def _month_year(t: list[Token], _: date) -> DateReading:
    month, year = (t[0], t[1]) if t[0].shape == "M" else (t[1], t[0])
    if t[0].shape == "N" and year.width != 4:
        raise Stop("year_missing")  # «۳ دی»
    number, calendar = _year(year, month)
    return _one(_period(calendar, Precision.MONTH, number, month.value))


def _season_year(t: list[Token], _: date) -> DateReading:
    season, year = (t[0], t[1]) if t[1].shape == "N" else (t[1], t[0])
    number, calendar = _year(year, season)
    return _one(_period(calendar, Precision.SEASON, number, season.value))


def _year_alone(t: list[Token], _: date) -> DateReading:
    if t[0].width < 3:
        raise Stop("no_date")
    number, calendar = _year(t[0])
    return _one(_period(calendar, Precision.YEAR, number))


def _numeric(t: list[Token], _: date) -> DateReading:
    """1401/10/03, ۰۳-۱۰-۱۴۰۱, 2024-05-20; 3/4/2024 is refused."""
    return _one(_numeric_day(t[0], t[2], t[4]))


def _numeric_day(a: Token, b: Token, c: Token) -> AsOf:
    lengths = [token.width for token in (a, b, c)]
    if lengths[0] == 4 and max(lengths[1:]) <= 2:
        year, calendar = _year(a)
        return _day(calendar, year, b.value, c.value)
    if lengths[2] != 4 or max(lengths[:2]) > 2:
        raise Stop("short_year", year=c.text if lengths[2] <= lengths[0] else a.text)
    year, calendar = _year(c)
    if calendar is Calendar.JALALI or a.value > 12 or 0 in (a.value, b.value):
        return _day(calendar, year, b.value, a.value)
    if b.value > 12:
        return _day(calendar, year, a.value, b.value)
    ways = (_day(calendar, year, b.value, a.value), _day(calendar, year, a.value, b.value))
    first, second = candidates = tuple(map(offered, ways))
    raise Stop("ambiguous_date", candidates, first=first.line, second=second.line)


def _numeric_month(t: list[Token], _: date) -> DateReading:
    """2024-05, ۱۴۰۲/۱۰, 05/2024."""
    year, month = (t[0], t[2]) if t[0].width == 4 else (t[2], t[0])
    if year.width != 4 or month.width > 2:
        raise Stop("no_date")
    number, calendar = _year(year)
    return _one(_period(calendar, Precision.MONTH, number, month.value))


def _days_of_month(t: list[Token], _: date) -> DateReading:
    """«۲۵ تا ۲۸ دی ۱۴۰۲»; «۲ و ۳ آذر» only where they follow each other."""
    first, last = _day_named(t[0], t[3], t[4]), _day_named(t[2], t[3], t[4])
    if t[1].shape == "A" and last.first - first.first != timedelta(days=1):
        raise Stop("two_dates")
    return _field_days(first, last)


def _month_of_days(t: list[Token], _: date) -> DateReading:
    """January 15-18, 2024."""
    return _days_of_month([t[1], t[2], t[3], t[0], t[4]], _)


def _over_months(t: list[Token], _: date) -> DateReading:
    """«۲۸ آذر تا ۲ دی ۱۴۰۲»."""
    return _field_days(_day_named(t[0], t[1], t[5]), _day_named(t[3], t[4], t[5]))


def _over_years(t: list[Token], _: date) -> DateReading:
    return _field_days(_day_named(t[0], t[1], t[2]), _day_named(t[4], t[5], t[6]))


def _numeric_span(t: list[Token], _: date) -> DateReading:
    return _field_days(_numeric_day(t[0], t[2], t[4]), _numeric_day(t[6], t[8], t[10]))


def _relative(t: list[Token], today: date) -> DateReading:
    persian = not t[0].text.isascii()
    day = today - timedelta(days=t[0].value)
    return _one(day_of(day, Calendar.JALALI if persian else Calendar.GREGORIAN))


def _relative_and_named(t: list[Token], today: date) -> DateReading:
    """«امروز ۴ آذر ۱۴۰۵»."""
    said, named = _relative(t, today), _day_month_year(t[1:], today)
    if said.first != named.first:
        raise Stop("calendars_disagree", first=t[0].text, second=" ".join(token.text for token in t[1:]))
    return named


SHAPES: dict[str, Handler] = {
    "D": _relative,
    "DNMN": _relative_and_named,
    "N": _year_alone,
    "NMN": _day_month_year,
    "MNN": _month_day_year,
    "MN": _month_year,
    "NM": _month_year,
    "SN": _season_year,
    "NS": _season_year,
    "QN": _season_year,
    "NQ": _season_year,
    "N-Q": lambda t, today: _season_year([t[0], t[2]], today),
    "N-N": _numeric_month,
    "N/N": _numeric_month,
    "N-M-N": lambda t, today: _day_month_year([t[0], t[2], t[4]], today),
    "N/M/N": lambda t, today: _day_month_year([t[0], t[2], t[4]], today),
    "N-N-N": _numeric,
    "N/N/N": _numeric,
    "N.N.N": _numeric,
    "NRNMN": _days_of_month,
    "N-NMN": _days_of_month,
    "NANMN": _days_of_month,
    "MNRNN": _month_of_days,
    "MN-NN": _month_of_days,
    "NMRNMN": _over_months,
    "NM-NMN": _over_months,
    "NMNRNMN": _over_years,
    "NMN-NMN": _over_years,
    "N-N-NRN-N-N": _numeric_span,
    "N/N/NRN/N/N": _numeric_span,
}
