"""Names of months, seasons and weekdays in both languages; days and periods written in both calendars."""

from __future__ import annotations

from datetime import date

from sebghat import letters
from sebghat.periods import AsOf, Calendar, Precision, jalali
from sebghat.spelling import spell

MONTHS = {
    ("fa", Calendar.JALALI): "فروردین اردیبهشت خرداد تیر مرداد شهریور مهر آبان آذر دی بهمن اسفند".split(),
    (
        "fa",
        Calendar.GREGORIAN,
    ): "ژانویه فوریه مارس آوریل مه ژوئن ژوئیه اوت سپتامبر اکتبر نوامبر دسامبر".split(),
    (
        "en",
        Calendar.JALALI,
    ): "Farvardin Ordibehesht Khordad Tir Mordad Shahrivar Mehr Aban Azar Dey Bahman Esfand".split(),
    ("en", Calendar.GREGORIAN): "January February March April May June July August September October November"
    " December".split(),
}
SEASONS = {"fa": "بهار تابستان پاییز زمستان".split(), "en": "spring summer autumn winter".split()}
QUARTERS = {"fa": "نخست دوم سوم چهارم".split(), "en": "Q1 Q2 Q3 Q4".split()}
WEEKDAYS = {  # Monday first, as date.weekday() counts
    "fa": "دوشنبه سه‌شنبه چهارشنبه پنجشنبه جمعه شنبه یکشنبه".split(),
    "en": "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split(),
}
CALENDARS = {"fa": (Calendar.JALALI, Calendar.GREGORIAN), "en": (Calendar.GREGORIAN, Calendar.JALALI)}


def write_date(asof: AsOf, language: str) -> str:
    """«۱۲ خرداد ۱۴۰۳ (۱ ژوئن ۲۰۲۴)», "1 June 2024 (12 Khordad 1403)": the reader's own calendar first."""
    first, second = CALENDARS[language]
    return f"{_in_calendar(asof, first, language)} ({_in_calendar(asof, second, language)})"


def write_day(day: date, language: str) -> str:
    return write_date(day_of(day, Calendar.GREGORIAN), language)


def short_date(asof: AsOf, language: str) -> str:
    """In the reader's own calendar; a longer period that is named in the other one has its name beside that."""
    own = CALENDARS[language][0]
    if asof.precision is Precision.DAY or asof.calendar is own:
        return _in_calendar(asof, own, language)
    return write_date(asof, language)


def write_span(first: date, last: date, language: str) -> str:
    """Field days: «۲۵ تا ۲۸ دی ۱۴۰۲ (۱۵ تا ۱۸ ژانویه ۲۰۲۴)»."""
    if first == last:
        return write_day(first, language)
    to = " تا " if language == "fa" else " to "
    texts = []
    for calendar in CALENDARS[language]:
        start, end = (_day_in(day, calendar, language).split(" ") for day in (first, last))
        shared = next(n for n in (2, 1, 0) if n == 0 or start[-n:] == end[-n:])
        texts.append(" ".join(start[: 3 - shared]) + to + " ".join(end))
    return f"{texts[0]} ({texts[1]})"


def age(last: date, today: date, language: str) -> str:
    """How long ago a period ended: «دو سال و پنج ماه پیش», "2 years and 5 months ago", «امروز»."""
    fa = language == "fa"
    days = (today - last).days
    if days < 0:
        return "هنوز به پایان نرسیده" if fa else "not over yet"
    if days < 2:
        return (("امروز", "دیروز") if fa else ("today", "yesterday"))[days]
    months = (today.year - last.year) * 12 + today.month - last.month - (today.day < last.day)
    years, rest = divmod(months, 12)
    counted = [(years, "سال", "year"), (rest, "ماه", "month")] if months else [(days, "روز", "day")]
    if fa:
        words = " و ".join(f"{spell(n, 'fa')} {name}" for n, name, _ in counted if n)
        return f"{words} پیش"
    return " and ".join(f"{n} {name}{'s' if n > 1 else ''}" for n, _, name in counted if n) + " ago"


def day_of(day: date, calendar: Calendar) -> AsOf:
    """A Gregorian day as an as-of of that calendar."""
    if calendar is Calendar.GREGORIAN:
        return AsOf(calendar, Precision.DAY, day.year, day.month, day.day)
    return AsOf(calendar, Precision.DAY, *jalali(day))


def _in_calendar(asof: AsOf, calendar: Calendar, language: str) -> str:
    if asof.precision is Precision.DAY:
        return _day_in(asof.first, calendar, language)
    if asof.calendar is not calendar:
        return _months_between(asof.first, asof.last, calendar, language)
    year = letters.digits(str(asof.year), language)
    if asof.precision is Precision.YEAR:
        return f"سال {year}" if language == "fa" else f"Jalali year {year}" if calendar is Calendar.JALALI else year
    place = (asof.month or 1) - 1
    if asof.precision is Precision.MONTH:
        return f"{MONTHS[language, calendar][place]} {year}"
    if calendar is Calendar.JALALI:
        return f"{SEASONS[language][place]} {year}"
    quarter = QUARTERS[language][place]
    return f"سه‌ماهه {quarter} {year}" if language == "fa" else f"{quarter} {year}"


def _fields(day: date, calendar: Calendar) -> tuple[int, int, int]:
    """Year, month, day. Without AsOf: the last days of its years have no counterpart within its limits."""
    if calendar is Calendar.GREGORIAN:
        return day.year, day.month, day.day
    return jalali(day)


def _day_in(day: date, calendar: Calendar, language: str) -> str:
    year, month, number = _fields(day, calendar)
    return letters.digits(f"{number} {MONTHS[language, calendar][month - 1]} {year}", language)


def _months_between(first: date, last: date, calendar: Calendar, language: str) -> str:
    """«مه–ژوئن ۲۰۲۴», «دسامبر ۲۰۲۳–ژانویه ۲۰۲۴»: the months that a foreign period reaches into."""
    (year, month, _), (end_year, end_month, _) = _fields(first, calendar), _fields(last, calendar)
    names = MONTHS[language, calendar]
    start = names[month - 1] if year == end_year else f"{names[month - 1]} {year}"
    return letters.digits(f"{start}–{names[end_month - 1]} {end_year}", language)
