"""The shapes that a date may have, and the period that each names."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from sebghat.almanac import MONTHS, day_of
from sebghat.dates.vague import offered
from sebghat.dates.words import Stop, Token
from sebghat.periods import AsOf, Calendar, Precision, jalali

JALALI_YEARS = range(1300, 1471)
GREGORIAN_YEARS = range(1900, 2101)


@dataclass(frozen=True, slots=True)
class DateReading:
    """`first`..`last` as written; of field days («۲۵ تا ۲۸ دی») the as-of is the last one."""

    asof: AsOf
    first: date
    last: date
    written: str


# N number, M month, S season, Q quarter, W weekday, R to, A and, D today, E end of; F words that add nothing, O from,
# B between, I is (in the other calendar), P part of a day, Y «سال», V «چندی پیش», v «هفته پیش», H about, L lunar month.
# What is not in the table is no date.
Handler = Callable[[list[Token], date], DateReading]


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
