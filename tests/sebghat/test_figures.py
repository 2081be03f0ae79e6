"""Numbers written: no digit more or less than is known, and always so that they read the same."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sebghat.figures import in_words, write_amount, write_rounding, write_value
from sebghat.numerals import Reading, read_number
from sebghat.observation import Qualifier, Unit, Value

M = 10**6
K = 1000
LANGUAGES = ("fa", "en")


def value(lo: int, res: int, q: Qualifier = Qualifier.EXACT, hi: int | None = None) -> Value:
    ends = {Qualifier.AT_LEAST: (lo, None), Qualifier.AT_MOST: (0, lo), Qualifier.RANGE: (lo, hi)}
    return Value(q, *ends.get(q, (lo, lo)), res)


@pytest.mark.parametrize(
    ("number", "unit", "persian", "english"),
    [
        (value(30_500_000, 100 * K), Unit.USERS, "۳۰٫۵ میلیون", "30.5 million"),
        (value(35 * M, M), Unit.USERS, "۳۵ میلیون", "35 million"),
        (value(34 * M, 100 * K), Unit.USERS, "۳۴٫۰ میلیون", "34.0 million"),
        (value(39_043_636, 1), Unit.USERS, "۳۹٬۰۴۳٬۶۳۶", "39,043,636"),
        (value(15_972_690, 1), Unit.USERS, "۱۵ میلیون و ۹۷۲ هزار و ۶۹۰", "15 million 972 thousand and 690"),
        (value(11_200 * K, K), Unit.USERS, "۱۱ میلیون و ۲۰۰ هزار", "11 million 200 thousand"),
        (value(1_300 * M, 100 * M), Unit.USERS, "۱٫۳ میلیارد", "1.3 billion"),
        (value(300 * K, K), Unit.USERS, "۳۰۰ هزار", "300,000"),
        (value(500 * K, 100 * K), Unit.USERS, "۰٫۵ میلیون", "0.5 million"),
        (value(93, 1), Unit.USERS, "۹۳", "93"),
        (value(0, 1), Unit.USERS, "۰", "0"),
        (value(42 * M, M, Qualifier.AT_LEAST), Unit.USERS, "بیش از ۴۲ میلیون", "more than 42 million"),
        (value(8 * M, M, Qualifier.ABOUT), Unit.USERS, "حدود ۸ میلیون", "about 8 million"),
        (value(5 * M, M, Qualifier.AT_MOST), Unit.USERS, "کمتر از ۵ میلیون", "less than 5 million"),
        (value(58 * M, M, Qualifier.RANGE, 61 * M), Unit.USERS, "۵۸ تا ۶۱ میلیون", "58 to 61 million"),
        (value(4 * M, M, Qualifier.RANGE, 4_500 * K), Unit.USERS, "۴ تا ۴٫۵ میلیون", "4 to 4.5 million"),
        (value(3_460, 10), Unit.PERCENT, "۳۴٫۶ درصد", "34.6%"),
        (value(2_500, 100), Unit.PERCENT, "۲۵ درصد", "25%"),
        (value(2_500, 10), Unit.PERCENT, "۲۵٫۰ درصد", "25.0%"),
        (value(3_000, 100, Qualifier.RANGE, 3_500), Unit.PERCENT, "۳۰ تا ۳۵ درصد", "30 to 35%"),
        # a figure that is finer than its rounding, as from a table: nothing of it is dropped
        (value(30_512_331, M), Unit.USERS, "۳۰٬۵۱۲٬۳۳۱", "30,512,331"),
    ],
)
def test_digits_show_what_is_known(number: Value, unit: Unit, persian: str, english: str) -> None:
    assert write_value(number, unit, "fa") == persian
    assert write_value(number, unit, "en") == english


@pytest.mark.parametrize(
    ("number", "unit", "persian", "english"),
    [
        (value(36 * M, M), Unit.USERS, "سی‌وشش میلیون", "thirty-six million"),
        (value(305 * M, M), Unit.USERS, "سیصدوپنج میلیون", "three hundred five million"),
        (value(30_500 * K, K), Unit.USERS, "سی میلیون و پانصد هزار", "thirty million five hundred thousand"),
        (value(58 * M, M, Qualifier.RANGE, 61 * M), Unit.USERS, "پنجاه‌وهشت تا شصت‌ویک میلیون",
         "fifty-eight to sixty-one million"),
        (value(42 * M, M, Qualifier.AT_LEAST), Unit.USERS, "بیش از چهل‌ودو میلیون",
         "more than forty-two million"),
        (value(30_000_300, 1), Unit.USERS, "سی میلیون و صفر هزار و سیصد",
         "thirty million zero thousand three hundred"),
        (value(3_460, 10), Unit.PERCENT, "سی‌وچهار و شش‌دهم درصد", "thirty-four point six percent"),
        (value(3_462, 1), Unit.PERCENT, "سی‌وچهار ممیز شصت‌ودو صدم درصد", "thirty-four point six two percent"),
        (value(5, 1), Unit.PERCENT, "پنج صدم درصد", "zero point zero five percent"),
    ],
)  # fmt: skip
def test_words(number: Value, unit: Unit, persian: str, english: str) -> None:
    assert in_words(number, unit, "fa") == persian
    assert in_words(number, unit, "en") == english


@pytest.mark.parametrize(
    ("amount", "unit", "persian", "english"),
    [
        (3 * M, Unit.USERS, "۳ میلیون", "3 million"),
        (680 * K, Unit.USERS, "۶۸۰ هزار", "680 thousand"),
        (1_050_000, Unit.USERS, "۱٫۰۵ میلیون", "1.05 million"),
        (1_234_567, Unit.USERS, "۱٬۲۳۴٬۵۶۷", "1,234,567"),
        (10, Unit.USERS, "۱۰", "10"),
        (0, Unit.USERS, "۰", "0"),
        (400, Unit.PERCENT, "۴ واحد درصد", "4 points"),
        (1_000, Unit.PERCENT, "۱۰ واحد درصد", "10 points"),
        (120, Unit.PERCENT, "۱٫۲ واحد درصد", "1.2 points"),
        (0, Unit.PERCENT, "۰ واحد درصد", "0 points"),
        (-3 * M, Unit.USERS, "منفی ۳ میلیون", "minus 3 million"),
    ],
)
def test_amounts_are_as_short_as_they_are_exact(amount: int, unit: Unit, persian: str, english: str) -> None:
    assert write_amount(amount, unit, "fa") == persian
    assert write_amount(amount, unit, "en") == english


@pytest.mark.parametrize(
    ("res", "unit", "persian", "english"),
    [
        (M, Unit.USERS, "گردشده به میلیون", "rounded to the million"),
        (100 * K, Unit.USERS, "گردشده به صدهزار", "rounded to the hundred thousand"),
        (10 * K, Unit.USERS, "گردشده به ده‌هزار", "rounded to the ten thousand"),
        (100 * M, Unit.USERS, "گردشده به صدمیلیون", "rounded to the hundred million"),
        (1, Unit.USERS, "تا یک نفر", "to the person"),
        (10, Unit.PERCENT, "گردشده به دهم درصد", "rounded to the tenth of a percent"),
    ],
)
def test_the_rounding_in_words(res: int, unit: Unit, persian: str, english: str) -> None:
    assert write_rounding(res, unit, "fa") == persian
    assert write_rounding(res, unit, "en") == english


# Properties ------------------------------------------------------------------------------------------------


@st.composite
def numbers(draw: st.DrawFn) -> tuple[int, int]:
    """A count as it may have been written, with the unit of its last written digit."""
    scale = draw(st.sampled_from([10**9, 10**6, 10**3]))
    decimals = draw(st.integers(0, 4))
    res = max(1, scale // 10**decimals)
    return draw(st.integers(1, 10**10 // res)) * res, res


@st.composite
def values(draw: st.DrawFn) -> Value:
    number, res = draw(numbers())
    q = draw(st.sampled_from(list(Qualifier)))
    if q is Qualifier.RANGE:
        other = draw(st.integers(0, number - 1))
        other -= other % draw(st.sampled_from([1, 1000, res]))
        return Value(q, other, number, res)
    return value(number, res, q)


@settings(max_examples=400, deadline=None)
@given(values(), st.sampled_from(LANGUAGES))
def test_a_count_written_reads_the_same(number: Value, language: str) -> None:
    reading = read_number(write_value(number, Unit.USERS, language))
    assert isinstance(reading, Reading)
    assert reading.value == number


@settings(max_examples=400, deadline=None)
@given(values(), st.sampled_from(LANGUAGES))
def test_a_count_in_words_reads_the_same_but_for_its_rounding(number: Value, language: str) -> None:
    reading = read_number(in_words(number, Unit.USERS, language))
    assert isinstance(reading, Reading)
    assert (reading.value.q, reading.value.lo, reading.value.hi) == (number.q, number.lo, number.hi)


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from([1, 10, 100]), st.sampled_from(LANGUAGES))
def test_a_share_reads_the_same(points: int, res: int, language: str) -> None:
    points = max(1, points // res) * res
    number = value(points, res)
    reading = read_number(write_value(number, Unit.PERCENT, language))
    assert isinstance(reading, Reading)
    assert (reading.unit, reading.value) == (Unit.PERCENT, number)
    spoken = read_number(in_words(number, Unit.PERCENT, language))
    assert isinstance(spoken, Reading)
    assert (spoken.unit, spoken.value.lo) == (Unit.PERCENT, points)


@settings(max_examples=400, deadline=None)
@given(st.integers(0, 10**10), st.sampled_from([Unit.USERS, Unit.PERCENT]), st.sampled_from(list(Qualifier)),
       st.sampled_from(LANGUAGES))  # fmt: skip
def test_every_whole_number_of_people_and_every_share_comes_back_from_its_words(
    number: int, unit: Unit, q: Qualifier, language: str
) -> None:
    number = number if unit is Unit.USERS else number % 10_001
    spoken = value(number, 1, q, hi=number + 1)
    if spoken.hi is not None and spoken.hi > (10_000 if unit is Unit.PERCENT else 10**10):
        return
    reading = read_number(in_words(spoken, unit, language))
    assert isinstance(reading, Reading)
    assert (reading.unit, reading.value.q, reading.value.lo, reading.value.hi) == (unit, q, spoken.lo, spoken.hi)


@settings(max_examples=200, deadline=None)
@given(values(), st.sampled_from(["mau", "dau", "registered", "installs"]), st.sampled_from(LANGUAGES))
def test_the_echo_with_its_metric_reads_the_same(number: Value, metric: str, language: str) -> None:
    from sebghat.wording import words

    comma = "،" if language == "fa" else ","
    echo = f"{in_words(number, Unit.USERS, language)}{comma} {words(language, f'counted.{metric}')}"
    reading = read_number(echo)
    assert isinstance(reading, Reading), echo
    assert (reading.value.q, reading.value.lo, reading.value.hi) == (number.q, number.lo, number.hi)
    assert reading.metric == metric


@settings(max_examples=100, deadline=None)
@given(st.integers(1, 10**10), st.sampled_from(LANGUAGES))
def test_an_amount_is_exact(amount: int, language: str) -> None:
    reading = read_number(write_amount(amount, Unit.USERS, language))
    assert isinstance(reading, Reading)
    assert reading.value.lo == amount
