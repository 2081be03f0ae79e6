"""What may be meant by a date that is none yet: «هفته پیش» is one of seven days, «دوشنبه» one of the last Mondays."""

from __future__ import annotations

from datetime import date, timedelta

from sebghat.almanac import WEEKDAYS, day_of, write_date
from sebghat.periods import AsOf, Calendar, Precision, jalali
from sebghat.refusal import Candidate

SATURDAY = 5  # as date.weekday() counts; weeks in Iran begin with it
_MONTHS, _YEARS = 10, 20  # where the kinds of `meant` begin


def offered(asof: AsOf) -> Candidate:
    """The period as a line that is read, and in words."""
    line = asof.first.isoformat()
    if asof.precision is not Precision.DAY:
        line = f"{asof.year}-{asof.month:02}" if asof.month else str(asof.year)
    return Candidate(line, write_date(asof, "fa"), write_date(asof, "en"))


def meant(kind: int, today: date) -> tuple[Candidate, ...]:
    """Weeks ago (0, 1), months ago (10, 11), years ago (20, 21): the days, the month or the year."""
    year, month, _ = jalali(today)
    if kind >= _YEARS:
        return (offered(AsOf(Calendar.JALALI, Precision.YEAR, year - (kind - _YEARS))),)
    if kind >= _MONTHS:
        months = year * 12 + month - 1 - (kind - _MONTHS)
        return (offered(AsOf(Calendar.JALALI, Precision.MONTH, months // 12, months % 12 + 1)),)
    start = today - timedelta(days=(today.weekday() - SATURDAY) % 7 + 7 * kind)
    return _days([start + timedelta(days=n) for n in range(7)], today)


def of_weekday(weekday: int, today: date) -> tuple[Candidate, ...]:
    """The last two such days."""
    last = today - timedelta(days=(today.weekday() - weekday) % 7)
    return _days([last, last - timedelta(days=7)], today)


def _days(days: list[date], today: date) -> tuple[Candidate, ...]:
    return tuple(_named(day) for day in days if day <= today)


def _named(day: date) -> Candidate:
    found = offered(day_of(day, Calendar.JALALI))
    fa, en = (WEEKDAYS[language][day.weekday()] for language in ("fa", "en"))
    return Candidate(found.line, f"{fa} {found.fa}", f"{en}, {found.en}")
