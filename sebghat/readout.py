"""What a reading says, as fields of plain text for programs: a number, a date, figures, or a refusal and why."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from sebghat import letters, wording
from sebghat.almanac import day_of, write_date, write_span
from sebghat.conversation import Reply
from sebghat.dates import DateReading, names_a_date, read_date
from sebghat.figures import in_words
from sebghat.magnitudes import POINT
from sebghat.numerals import Reading, read_count, read_number, read_percent
from sebghat.observation import METRICS, Unit, Value
from sebghat.periods import AsOf, Calendar, Precision
from sebghat.reading import Figure
from sebghat.refusal import Candidate, Refusal
from sebghat.sources import EDITOR
from sebghat.wording import LANGUAGES

Fields = Mapping[str, object]

COUNT, PERCENT, DATE = "count", "percent", "date"
_YEAR = re.compile(f"[{letters.DIGIT}]{{4}}")
_POINT = re.compile("(?<=[۰-۹])[.](?=[۰-۹])")  # of a number in Persian digits
_AS_TYPED = frozenset({"platform", "metric", "line"})  # details that keep their own digits


def read(text: str, wanted: str | None, today: date) -> Reading | DateReading | Refusal:
    """The text as COUNT, PERCENT or DATE; where none is wanted, as what it says itself."""
    if wanted is None:
        wanted = DATE if names_a_date(text) else ""
    if not wanted and (year := _year(text.strip(), today)):
        return year
    readers = {COUNT: read_count, PERCENT: read_percent, "": read_number}
    return read_date(text, today) if wanted == DATE else readers[wanted](text)


def _year(text: str, today: date) -> Refusal | None:
    """«۱۴۰۳» alone is a year or a number: only a field can say which."""
    year, number = read_date(text, today), read_count(f"{text} نفر")
    if not _YEAR.fullmatch(text) or isinstance(year, Refusal) or isinstance(number, Refusal):
        return None
    ways = (
        Candidate(f"سال {text}", *(write_date(year.asof, language) for language in LANGUAGES)),
        Candidate(f"{text} نفر", *(in_words(number.value, number.unit, language) for language in LANGUAGES)),
    )
    return Refusal("number_or_year", text, ways, {"first": ways[0].line, "second": ways[1].line})


def number(reading: Reading) -> Fields:
    """`lo`, `hi` in people or in points, an open side null; `res` as the record keeps it (overtaking.md §3)."""
    kind = PERCENT if reading.unit is Unit.PERCENT else COUNT
    words = {f"words_{language}": in_words(reading.value, reading.unit, language) for language in LANGUAGES}
    return {"kind": kind, **value(reading.value, reading.unit), "metric": reading.metric or None, **words}


def when(reading: DateReading) -> Fields:
    asof = reading.asof
    days = asof.precision is Precision.DAY
    words = {
        f"words_{language}": write_span(reading.first, reading.last, language) if days else write_date(asof, language)
        for language in LANGUAGES
    }
    span = {"from": reading.first.isoformat(), "to": reading.last.isoformat()}
    return {"kind": DATE, **span, "precision": asof.precision.value, "calendar": asof.calendar.value, **words}


def figures(found: Sequence[Figure], today: date) -> Fields:
    """The first figure's fields, and each of several by itself."""
    each = [_figure(figure, today) for figure in found]
    return {**each[0], "platforms": list(dict.fromkeys(f.platform for f in found)), "figures": each}


def _figure(figure: Figure, today: date) -> Fields:
    unit = METRICS[figure.metric].unit
    return {
        "platform": figure.platform,
        "metric": figure.metric,
        **value(figure.value, unit),
        **period(figure.asof or day_of(today, Calendar.JALALI)),
        "source": figure.source or EDITOR,
        "scope": figure.scope,
        "method": figure.method,
        "n": figure.n,
        "release": figure.release,
        **{f"words_{language}": in_words(figure.value, unit, language) for language in LANGUAGES},
    }


def period(asof: AsOf) -> Fields:
    return {"from": asof.first.isoformat(), "to": asof.last.isoformat(), "precision": asof.precision.value}


def value(found: Value, unit: Unit) -> Fields:
    return {
        "lo": _amount(found.lo, unit),
        "hi": None if found.hi is None else _amount(found.hi, unit),
        "qualifier": found.q.value,
        "res": str(found.res),
        "unit": unit.value,
    }


def _amount(amount: int, unit: Unit) -> str:
    if unit is Unit.USERS:
        return str(amount)
    return f"{(Decimal(amount) / POINT).normalize():f}"


def refused(refusal: Refusal) -> Fields:
    """`candidates`: lines that are read, one for each thing that may have been meant."""
    messages = {f"message_{language}": said(refusal, language).plain for language in LANGUAGES}
    return {"refused": refusal.code, **messages, "candidates": [candidate.line for candidate in refusal.candidates]}


def said(refusal: Refusal, language: str) -> Reply:
    """A refusal in words: what could not be read, and why."""
    if refusal.code == "unknown_platform":
        near = "unknown" if refusal.candidates else "none_near"
        return wording.say(language, f"platform.{near}", name=refusal.written)
    details = {
        name: text if name in _AS_TYPED else _POINT.sub("٫", letters.digits(text, language))
        for name, text in refusal.details.items()
    }
    return wording.say(language, f"refusal.{refusal.code}", written=refusal.written, **details)
