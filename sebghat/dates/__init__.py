"""Dates as people and newspapers write them, read into as-ofs; what has two readings is refused."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

from sebghat import letters
from sebghat.almanac import WEEKDAYS, day_of, write_date, write_day
from sebghat.dates.shapes import GREGORIAN_YEARS, JALALI_YEARS, SHAPES, DateReading
from sebghat.dates.vague import meant, of_weekday
from sebghat.dates.words import Stop, Token, tokens
from sebghat.periods import Precision
from sebghat.refusal import Refusal

__all__ = ["DateReading", "names_a_date", "read_date"]

_NUMERIC = re.compile(r"N([-/])N(\1N)?|N\.N\.N")


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


# Shapes ---------------------------------------------------------------------------------------------------

# The letters of the shapes are told in shapes.py; what is not in its table is no date.


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
