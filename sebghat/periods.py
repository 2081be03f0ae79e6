"""As-ofs: the period a figure speaks about, a day to a year, in the Jalali or the Gregorian calendar."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cached_property

from persiantools.jdatetime import JalaliDate


class Calendar(StrEnum):
    JALALI = "jalali"
    GREGORIAN = "gregorian"


class Precision(StrEnum):
    DAY = "day"
    MONTH = "month"
    SEASON = "season"
    YEAR = "year"


@dataclass(frozen=True)
class AsOf:
    """A named period. `month` of a season is 1–4; `month` and `day` are None where the precision has none.

    Raises ValueError for a day, month or year that does not exist or lies outside 1300–1470 and 1900–2100.
    """

    calendar: Calendar
    precision: Precision
    year: int
    month: int | None = None
    day: int | None = None

    def __post_init__(self) -> None:
        self.interval  # noqa: B018 - an impossible period is refused where it is made

    @cached_property
    def interval(self) -> tuple[date, date]:
        """First and last day, Gregorian, both included."""
        first_month, months = self._months()
        low, high = (1300, 1470) if self.calendar is Calendar.JALALI else (1900, 2100)
        if not low <= self.year <= high:
            raise ValueError(f"the year {self.year} is outside {low} to {high}")
        if self.precision is Precision.DAY:
            if self.day is None:
                raise ValueError("a day without its number")
            only = self._day(self.year, first_month, self.day)
            return only, only
        if self.day is not None:
            raise ValueError(f"a {self.precision} has no day of its own")
        after = first_month + months
        following = self._day(self.year + 1, 1, 1) if after > 12 else self._day(self.year, after, 1)
        return self._day(self.year, first_month, 1), following - timedelta(days=1)

    @cached_property
    def key(self) -> tuple[date, date]:
        """Last day, then first: by this periods are ordered (overtaking.md §5)."""
        first, last = self.interval
        return last, first

    def _months(self) -> tuple[int, int]:
        """The first month, and how many there are."""
        limit = {Precision.SEASON: 4, Precision.YEAR: 0}.get(self.precision, 12)
        if limit == 0:
            if self.month is not None:
                raise ValueError("a year has no month of its own")
            return 1, 12
        if self.month is None or not 1 <= self.month <= limit:
            raise ValueError(f"{self.month} is no {self.precision}")
        return (3 * self.month - 2, 3) if self.precision is Precision.SEASON else (self.month, 1)

    def _day(self, year: int, month: int, day: int) -> date:
        if self.calendar is Calendar.GREGORIAN:
            return date(year, month, day)
        gregorian: date = JalaliDate(year, month, day).to_gregorian()  # type: ignore[no-untyped-call]
        return gregorian

    @property
    def first(self) -> date:
        return self.interval[0]

    @property
    def last(self) -> date:
        return self.interval[1]


def jalali(day: date) -> tuple[int, int, int]:
    """Year, month and day in the Jalali calendar."""
    converted = JalaliDate(day)  # type: ignore[no-untyped-call]
    return converted.year, converted.month, converted.day
