"""The reader and the writer of dates."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sebghat.almanac import age, day_of, short_date, write_date, write_day, write_span
from sebghat.dates import DateReading, names_a_date, read_date
from sebghat.letters import LIMIT
from sebghat.periods import AsOf, Calendar, Precision
from sebghat.refusal import CODES, Refusal
from tests.sebghat.growth import grows_with_the_text

TODAY = date(2026, 11, 24)
ROWS = csv.DictReader(Path(__file__).with_name("phrases.csv").read_text(encoding="utf-8").splitlines())
DATES = [row for row in ROWS if row["field"] == "date"]


def said(reading: DateReading | Refusal) -> tuple[str, str, str] | str:
    if isinstance(reading, Refusal):
        return reading.code
    return reading.first.isoformat(), reading.last.isoformat(), reading.asof.precision.value


@pytest.mark.parametrize("row", DATES, ids=[row["written"] for row in DATES])
def test_each_phrase_of_the_list_is_read_as_it_says(row: dict[str, str]) -> None:
    reading = read_date(row["written"], TODAY)
    assert said(reading) == (row["refused"] or (row["from"], row["to"], row["precision"]))
    if isinstance(reading, DateReading):
        assert reading.asof.last == reading.last
        assert reading.written == row["written"]


@pytest.mark.parametrize(
    ("written", "first", "last", "precision"),
    [
        ("۱۴۰۳/۳/۱۲", "2024-06-01", "2024-06-01", "day"),
        ("۱۴۰۳/۰۳/۱۲ ۱۲:۳۰", "2024-06-01", "2024-06-01", "day"),
        ("۱۲ خرداد ماه سال ۱۴۰۳", "2024-06-01", "2024-06-01", "day"),
        ("روز شنبه، ۱۲ خردادماه ۱۴۰۳", "2024-06-01", "2024-06-01", "day"),
        ("دوازدهم خرداد ۱۴۰۳", "2024-06-01", "2024-06-01", "day"),
        ("پنجم مهر ۹۸", "2019-09-27", "2019-09-27", "day"),
        ("بیست‌ویکم مهر ۱۴۰۲", "2023-10-13", "2023-10-13", "day"),
        ("سی‌ام آذر ۱۴۰۲", "2023-12-21", "2023-12-21", "day"),
        ("اول مهر ۱۴۰۲", "2023-09-23", "2023-09-23", "day"),
        ("۹ اذر ۱۴۰۱ (چهارشنبه)", "2022-11-30", "2022-11-30", "day"),
        ("۱۳:۱۰ - ۹ آذر ۱۴۰۱", "2022-11-30", "2022-11-30", "day"),
        ("سه شنبه ۱ اسفند ۱۴۰۲", "2024-02-20", "2024-02-20", "day"),
        ("چهارشنبه - ۹ آذر ۱۴۰۱ - ۱۳:۱۰", "2022-11-30", "2022-11-30", "day"),
        ("۲۴ حوت ۱۴۰۲", "2024-03-14", "2024-03-14", "day"),
        ("۱۴۰۱ دی ۳", "2022-12-24", "2022-12-24", "day"),
        ("٢٠ مه ٢٠٢٤", "2024-05-20", "2024-05-20", "day"),
        ("۱۰ آگوست ۲۰۲۱", "2021-08-10", "2021-08-10", "day"),
        ("20/5/2024", "2024-05-20", "2024-05-20", "day"),
        ("5/20/2024", "2024-05-20", "2024-05-20", "day"),
        ("20.05.2024", "2024-05-20", "2024-05-20", "day"),
        ("Monday, May 20th, 2024", "2024-05-20", "2024-05-20", "day"),
        ("20 May 2024 at 10:15 pm", "2024-05-20", "2024-05-20", "day"),
        ("2024-05-20T23:30:00+03:30", "2024-05-20", "2024-05-20", "day"),
        ("end of May 2024", "2024-05-31", "2024-05-31", "day"),
        ("پایان سال ۱۴۰۲", "2024-03-19", "2024-03-19", "day"),
        ("امروز", "2026-11-24", "2026-11-24", "day"),
        ("دیروز", "2026-11-23", "2026-11-23", "day"),
        ("پریروز", "2026-11-22", "2026-11-22", "day"),
        ("yesterday", "2026-11-23", "2026-11-23", "day"),
        ("از ۲۵ تا ۲۸ دی ۱۴۰۲", "2024-01-15", "2024-01-18", "day"),
        ("۲۵-۲۸ دی ۱۴۰۲", "2024-01-15", "2024-01-18", "day"),
        ("۲۸ آذر تا ۲ دی ۱۴۰۲", "2023-12-19", "2023-12-23", "day"),
        ("January 15-18, 2024", "2024-01-15", "2024-01-18", "day"),
        ("15–18 January 2024", "2024-01-15", "2024-01-18", "day"),
        ("۱۴۰۲/۱۰/۲۵ تا ۱۴۰۲/۱۰/۲۸", "2024-01-15", "2024-01-18", "day"),
        ("خرداد ۱۴۰۳", "2024-05-21", "2024-06-20", "month"),
        ("۱۴۰۲/۱۰", "2023-12-22", "2024-01-20", "month"),
        ("10/1402", "2023-12-22", "2024-01-20", "month"),
        ("آذر ۱۴۰۵", "2026-11-22", "2026-12-21", "month"),
        ("پائیز ۱۴۰۲", "2023-09-23", "2023-12-21", "season"),
        ("فصل بهار سال ۱۴۰۲", "2023-03-21", "2023-06-21", "season"),
        ("spring 1402", "2023-03-21", "2023-06-21", "season"),
        ("Q1 2024", "2024-01-01", "2024-03-31", "season"),
        ("first quarter of 2024", "2024-01-01", "2024-03-31", "season"),
        ("۱۴۰۲", "2023-03-21", "2024-03-19", "year"),
        ("2023", "2023-01-01", "2023-12-31", "year"),
    ],
)
def test_what_newspapers_print_and_people_type_is_read(written: str, first: str, last: str, precision: str) -> None:
    assert said(read_date(written, TODAY)) == (first, last, precision)


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("هفته پیش", "which_day"),
        ("اواخر دی ۱۴۰۲", "no_date"),
        ("حدود دی ۱۴۰۲", "no_date"),
        ("فردا", "no_date"),
        ("از ۳ دی ۱۴۰۱", "not_a_date"),
        ("شنبه", "no_date"),
        ("", "no_date"),
        ("۲۲ میلیون", "not_a_date"),
        ("۳ دی ۱۴۰۱ ساعت ۷۷:۱۰", "not_a_date"),
        ("شنبه دی ۱۴۰۲", "not_a_date"),
        ("۳ دی", "year_missing"),
        ("20 May", "year_missing"),
        ("زمستان", "year_missing"),
        ("98/10/03", "short_year"),
        ("9 May 24", "short_year"),
        ("۳ دی ۳۵", "short_year"),
        ("۳ دی ۲۰۲۲", "calendar_mismatch"),
        ("20 May 1402", "calendar_mismatch"),
        ("زمستان ۲۰۲۴", "calendar_mismatch"),
        ("۱۲ خرداد ۱۴۰۳ (۲ ژوئن ۲۰۲۴)", "calendars_disagree"),
        ("خرداد ۱۴۰۳ (ژوئن ۲۰۲۴)", "calendars_disagree"),
        ("4/4/2024", "ambiguous_date"),
        ("0/4/2024", "impossible_day"),
        ("2023-02-29", "impossible_day"),
        ("۳۲ خرداد ۱۴۰۲", "impossible_day"),
        ("۱۴۰۲/۱۳/۰۱", "impossible_month"),
        ("2024-00-10", "impossible_month"),
        ("03/25/1401", "impossible_month"),
        ("۲ و ۵ آذر ۱۴۰۱", "two_dates"),
        ("۳ دی ۱۴۰۱ و ۴ بهمن ۱۴۰۱", "two_dates"),
        ("دی تا اسفند ۱۴۰۲", "two_dates"),
        ("۲۸ تا ۲۵ دی ۱۴۰۲", "falling_range"),
        ("۳ رمضان ۱۴۴۵", "lunar_month"),
        ("2026-11-25", "future_date"),
        ("۲ تا ۴ آذر ۱۴۰۵", "future_date"),
        ("Wednesday 20 May 2024", "weekday_mismatch"),
        ("۳ دی\u202e ۱۴۰۱", "override"),
        ("۱" * (LIMIT + 1), "too_long"),
        ("۱" * 50, "not_a_date"),
    ],
)
def test_what_could_mean_two_dates_is_refused(written: str, code: str) -> None:
    assert said(read_date(written, TODAY)) == code


def test_both_readings_of_an_ambiguous_date_are_offered() -> None:
    refusal = read_date("3/4/2024", TODAY)
    assert isinstance(refusal, Refusal)
    assert [candidate.line for candidate in refusal.candidates] == ["2024-04-03", "2024-03-04"]


@pytest.mark.parametrize(
    ("text", "is_date"),
    [
        ("۳ دی ۱۴۰۱", True),
        ("1401/10/03", True),
        ("2024-05", True),
        ("سال ۱۴۰۱", True),
        ("پارسال", True),
        ("امروز", True),
        ("۳۰ میلیون", False),
        ("حدود ۸ میلیون", False),
        ("24.000.000", False),
        ("۱۴۰۲", False),
        ("صفر", False),
        ("3/4", False),
        ("۳۴/۶ درصد", False),
        ("58-61m", False),
    ],
)
def test_a_text_shows_whether_it_is_a_date(text: str, is_date: bool) -> None:
    assert names_a_date(text) is is_date


JALALI, GREGORIAN = Calendar.JALALI, Calendar.GREGORIAN


@pytest.mark.parametrize(
    ("asof", "persian", "english"),
    [
        (AsOf(JALALI, Precision.DAY, 1403, 3, 12), "۱۲ خرداد ۱۴۰۳ (۱ ژوئن ۲۰۲۴)",
         "1 June 2024 (12 Khordad 1403)"),
        (AsOf(GREGORIAN, Precision.DAY, 2024, 6, 1), "۱۲ خرداد ۱۴۰۳ (۱ ژوئن ۲۰۲۴)",
         "1 June 2024 (12 Khordad 1403)"),
        (AsOf(JALALI, Precision.MONTH, 1403, 3), "خرداد ۱۴۰۳ (مه–ژوئن ۲۰۲۴)", "May–June 2024 (Khordad 1403)"),
        (AsOf(JALALI, Precision.MONTH, 1402, 10), "دی ۱۴۰۲ (دسامبر ۲۰۲۳–ژانویه ۲۰۲۴)",
         "December 2023–January 2024 (Dey 1402)"),
        (AsOf(GREGORIAN, Precision.MONTH, 2024, 5), "اردیبهشت–خرداد ۱۴۰۳ (مه ۲۰۲۴)",
         "May 2024 (Ordibehesht–Khordad 1403)"),
        (AsOf(JALALI, Precision.SEASON, 1402, 4), "زمستان ۱۴۰۲ (دسامبر ۲۰۲۳–مارس ۲۰۲۴)",
         "December 2023–March 2024 (winter 1402)"),
        (AsOf(GREGORIAN, Precision.SEASON, 2024, 1), "دی ۱۴۰۲–فروردین ۱۴۰۳ (سه‌ماهه نخست ۲۰۲۴)",
         "Q1 2024 (Dey 1402–Farvardin 1403)"),
        (AsOf(JALALI, Precision.YEAR, 1401), "سال ۱۴۰۱ (مارس ۲۰۲۲–مارس ۲۰۲۳)",
         "March 2022–March 2023 (Jalali year 1401)"),
        (AsOf(GREGORIAN, Precision.YEAR, 2022), "دی ۱۴۰۰–دی ۱۴۰۱ (سال ۲۰۲۲)", "2022 (Dey 1400–Dey 1401)"),
    ],
)  # fmt: skip
def test_dates_are_written_in_both_calendars(asof: AsOf, persian: str, english: str) -> None:
    assert write_date(asof, "fa") == persian
    assert write_date(asof, "en") == english


def test_days_spans_and_short_dates() -> None:
    assert write_day(date(2024, 6, 1), "fa") == "۱۲ خرداد ۱۴۰۳ (۱ ژوئن ۲۰۲۴)"
    first, last = date(2024, 1, 15), date(2024, 1, 18)
    assert write_span(first, last, "fa") == "۲۵ تا ۲۸ دی ۱۴۰۲ (۱۵ تا ۱۸ ژانویه ۲۰۲۴)"
    assert write_span(date(2023, 12, 30), last, "en") == ("30 December 2023 to 18 January 2024 (9 to 28 Dey 1402)")
    assert short_date(AsOf(JALALI, Precision.MONTH, 1403, 3), "fa") == "خرداد ۱۴۰۳"
    assert short_date(AsOf(GREGORIAN, Precision.DAY, 2024, 6, 1), "fa") == "۱۲ خرداد ۱۴۰۳"


def test_a_period_named_in_the_other_calendar_stands_in_the_readers_own_too() -> None:
    assert short_date(AsOf(JALALI, Precision.MONTH, 1402, 10), "en") == "December 2023–January 2024 (Dey 1402)"
    assert short_date(AsOf(GREGORIAN, Precision.MONTH, 2024, 7), "fa") == "تیر–مرداد ۱۴۰۳ (ژوئیه ۲۰۲۴)"
    assert short_date(AsOf(GREGORIAN, Precision.MONTH, 2024, 7), "en") == "July 2024"


@pytest.mark.parametrize(
    ("last", "persian", "english"),
    [
        ("2024-06-01", "دو سال و پنج ماه پیش", "2 years and 5 months ago"),
        ("2026-11-24", "امروز", "today"),
        ("2026-11-23", "دیروز", "yesterday"),
        ("2026-11-21", "سه روز پیش", "3 days ago"),
        ("2026-10-25", "سی روز پیش", "30 days ago"),
        ("2026-10-24", "یک ماه پیش", "1 month ago"),
        ("2025-11-24", "یک سال پیش", "1 year ago"),
        ("2026-11-25", "هنوز به پایان نرسیده", "not over yet"),
    ],
)
def test_how_long_ago(last: str, persian: str, english: str) -> None:
    assert age(date.fromisoformat(last), TODAY, "fa") == persian
    assert age(date.fromisoformat(last), TODAY, "en") == english


@pytest.mark.parametrize(
    ("written", "lines"),
    [
        ("هفته پیش", [f"2026-11-{day}" for day in range(14, 21)]),
        ("last week", [f"2026-11-{day}" for day in range(14, 21)]),
        ("این هفته", [f"2026-11-{day}" for day in range(21, 25)]),
        ("دوشنبه", ["2026-11-23", "2026-11-16"]),
        ("سه‌شنبه گذشته", ["2026-11-24", "2026-11-17"]),
        ("ماه گذشته", ["1405-08"]),
        ("پارسال", ["1404"]),
        ("چندی پیش", []),
    ],
)
def test_what_is_no_date_yet_is_offered_as_the_days_it_may_be(written: str, lines: list[str]) -> None:
    """Today is Tuesday, 3 Azar 1405; weeks begin on Saturday."""
    refusal = read_date(written, TODAY)
    assert isinstance(refusal, Refusal)
    assert [candidate.line for candidate in refusal.candidates] == lines
    assert all(isinstance(read_date(line, TODAY), DateReading) for line in lines)


# Properties ------------------------------------------------------------------------------------------------

PIECES = st.sampled_from(
    (
        "۱|۳|۲۵|۳۱|۱۴۰۲|۹۸|2024|05|13|/|-|.|:| |(|)|،|T|Z|Q| روز |پیش|هفته گذشته|بین | برابر با |امروز|صبح "
        "| تا | و | دی | مه | May |بهار |سال |ماه |شنبه |سوم |پایان |صفر |ساعت "
    ).split("|")
)
TEXTS = st.one_of(st.text(max_size=40), st.lists(PIECES, max_size=12).map("".join))


@settings(max_examples=500, deadline=None)
@given(TEXTS)
def test_nothing_raises_and_a_reading_is_a_period(text: str) -> None:
    names_a_date(text)
    reading = read_date(text, TODAY)
    if isinstance(reading, Refusal):
        assert set(reading.details) <= set(CODES[reading.code])
    else:
        assert reading.first <= reading.last == reading.asof.last
        assert reading.asof.first <= TODAY


@st.composite
def asofs(draw: st.DrawFn) -> AsOf:
    day = draw(st.dates(date(1922, 1, 1), TODAY))
    exact = day_of(day, draw(st.sampled_from(list(Calendar))))
    precision = draw(st.sampled_from(list(Precision)))
    month = {Precision.DAY: exact.month, Precision.MONTH: exact.month, Precision.YEAR: None}.get(
        precision, ((exact.month or 1) + 2) // 3
    )
    return AsOf(exact.calendar, precision, exact.year, month, exact.day if precision is Precision.DAY else None)


@settings(max_examples=500, deadline=None)
@given(asofs(), st.sampled_from(["fa", "en"]))
def test_a_date_written_reads_the_same(asof: AsOf, language: str) -> None:
    reading = read_date(write_date(asof, language), TODAY)
    assert isinstance(reading, DateReading)
    assert (reading.first, reading.last) == (asof.first, asof.last)
    short = read_date(short_date(asof, language), TODAY)
    assert isinstance(short, DateReading)
    assert (short.first, short.last) == (asof.first, asof.last)


@settings(max_examples=200, deadline=None)
@given(st.dates(date(1922, 1, 1), TODAY - timedelta(days=60)), st.integers(1, 60), st.sampled_from(["fa", "en"]))
def test_both_ends_of_field_days_read_the_same(first: date, days: int, language: str) -> None:
    last = first + timedelta(days=days)
    own = write_span(first, last, language).partition(" (")[0]
    reading = read_date(own, TODAY)
    assert isinstance(reading, DateReading)
    assert (reading.first, reading.last, reading.asof.last) == (first, last, last)


@pytest.mark.parametrize(
    "piece", ["1", "1/", "دی ", "سه ", "۱ تا ", "13:10 ", "شنبه ", "(", "a", "- ", "ی", "و", "ساعت ۱ "]
)
def test_time_grows_with_the_text_and_no_faster(piece: str) -> None:
    assert grows_with_the_text(lambda text: read_date(text, TODAY), piece, LIMIT)
