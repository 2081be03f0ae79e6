"""The reader of numbers: what the newspapers print, what hurried people type, what must be refused."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sebghat import figures
from sebghat.letters import LIMIT
from sebghat.numerals import Reading, read_count, read_number, read_percent
from sebghat.observation import Qualifier, Unit, Value
from sebghat.refusal import CODES, Refusal
from tests.sebghat.growth import grows_with_the_text

M = 10**6
K = 1000
PHRASES = list(csv.DictReader(Path(__file__).with_name("phrases.csv").read_text(encoding="utf-8").splitlines()))
NUMBERS = [row for row in PHRASES if row["field"] == "number"]


def said(reading: Reading | Refusal) -> tuple[str, int, int | None, int] | str:
    if isinstance(reading, Refusal):
        return reading.code
    return (reading.value.q.value, reading.value.lo, reading.value.hi, reading.value.res)


def exact(number: int, res: int) -> tuple[str, int, int, int]:
    return ("exact", number, number, res)


@pytest.mark.parametrize("row", NUMBERS, ids=[row["written"] for row in NUMBERS])
def test_each_phrase_of_the_list_is_read_as_it_says(row: dict[str, str]) -> None:
    reading = read_number(row["written"])
    if row["refused"]:
        assert said(reading) == row["refused"]
        return
    high = int(row["hi"]) if row["hi"] else None
    assert said(reading) == (row["qualifier"], int(row["lo"]), high, int(row["res"]))
    assert isinstance(reading, Reading)
    assert reading.unit == row["unit"]
    assert reading.written == row["written"]


READ: list[tuple[str, tuple[str, int, int | None, int]]] = [
    # attached, with half-spaces, misspelt, in other alphabets
    ("سیصدوپنج میلیون", exact(305 * M, M)),
    ("سی‌وشش میلیون", exact(36 * M, M)),
    ("چهارميليون‌نفر", exact(4 * M, M)),
    ("۱۲ونیم میلیون", exact(12_500_000, 100 * K)),
    ("۱۰۹کاربر", exact(109, 1)),
    ("ده‌میلیون", exact(10 * M, M)),
    ("دهمیلیون", exact(10 * M, M)),
    ("یک‌ونیم میلیون", exact(1_500_000, 100 * K)),
    ("یه میلیون", exact(M, M)),
    ("هفت صد هزار", exact(700 * K, K)),
    ("شونزده میلیون", exact(16 * M, M)),
    ("صد و پنجاه هزار کاربر", exact(150 * K, K)),
    ("۲ ﻣﯿﻠﯿﻮن", exact(2 * M, M)),
    ("３０．５M", exact(30_500_000, 100 * K)),
    ("٤٥میلیون", exact(45 * M, M)),
    ("\ufeff۳۰\u200f میلیون\u200b", exact(30 * M, M)),
    ("۲\u200e۲ میلیون", exact(22 * M, M)),
    ("«۲۰ میلیون»", exact(20 * M, M)),
    ("۲۰ میلیون نفر.", exact(20 * M, M)),
    # halves, decimals, parts
    ("نیم میلیون", exact(500 * K, 100 * K)),
    ("۰٫۵ میلیون", exact(500 * K, 100 * K)),
    ("۳۴٫۰ میلیون", exact(34 * M, 100 * K)),
    ("۱۶٫۴۵ میلیون", exact(16_450_000, 10 * K)),
    ("12.345 میلیون", exact(12_345_000, K)),
    ("۱۲/۵ میلیون", exact(12_500_000, 100 * K)),
    ("1,300 میلیون", exact(1_300 * M, M)),
    ("24'000'000", exact(24 * M, M)),
    ("۲۴،۰۰۰،۰۰۰", exact(24 * M, M)),
    ("24\u202f000\u202f000", exact(24 * M, M)),
    ("39,043,636", exact(39_043_636, 1)),
    ("30500000", exact(30_500_000, 100 * K)),
    ("40000000", exact(40 * M, M)),
    ("30 512 331", exact(30_512_331, 1)),
    ("1200", exact(1200, 100)),
    ("21 میلیون و 466 هزار و 109کاربر", exact(21_466_109, 1)),
    ("۱۱ میلیون و ۲۰۰ هزار نفر", exact(11_200_000, K)),
    ("۲۰ میلیون و ۳۰۰٬۰۰۰", exact(20_300_000, K)),
    ("یک میلیارد و دویست میلیون", exact(1_200 * M, M)),
    ("پنج هزار و سیصد", exact(5_300, 1)),
    ("هزار نفر", exact(K, K)),
    ("هشت و هفت دهم میلیون", exact(8_700_000, 100 * K)),
    ("سی میلیون و صفر هزار و سیصد", exact(30_000_300, 1)),
    ("صفر", exact(0, 1)),
    ("۱۰ میلیارد", exact(10_000 * M, 1_000 * M)),
    # English
    ("thirty million", exact(30 * M, M)),
    ("thirty-five million users", exact(35 * M, M)),
    ("three hundred and five million", exact(305 * M, M)),
    ("thirty million five hundred thousand", exact(30_500_000, K)),
    ("half a million", exact(500 * K, 100 * K)),
    ("one and a half million", exact(1_500_000, 100 * K)),
    ("35 million active monthly users", exact(35 * M, M)),
    ("500k", exact(500 * K, K)),
    ("1.3bn", exact(1_300 * M, 100 * M)),
    ("2M 500k", exact(2_500_000, K)),
    # hedges
    ("تقریباً ۵ میلیون", ("about", 5 * M, 5 * M, M)),
    ("نزدیک‌به ۷۴۰ هزار نفر", ("about", 740 * K, 740 * K, K)),
    ("در حدود یک میلیون و ۳۰۰ هزار نفر", ("about", 1_300 * K, 1_300 * K, K)),
    ("قریب به ده میلیون", ("about", 10 * M, 10 * M, M)),
    ("~30M", ("about", 30 * M, 30 * M, M)),
    ("nearly 89 million people", ("about", 89 * M, 89 * M, M)),
    ("بالغ بر ۱۰۱ میلیون و ۶۰۰ هزار کاربر", ("at_least", 101_600 * K, None, K)),
    ("دست‌کم ۴۰ میلیون", ("at_least", 40 * M, None, M)),
    ("متجاوز از ۴۰ میلیون", ("at_least", 40 * M, None, M)),
    ("30M+", ("at_least", 30 * M, None, M)),
    ("۳۰+ میلیون", ("at_least", 30 * M, None, M)),
    (">30M", ("at_least", 30 * M, None, M)),
    ("more than 100,000,000 monthly active users", ("at_least", 100 * M, None, M)),
    ("no less than 5 million", ("at_least", 5 * M, None, M)),
    ("زیر ۵ میلیون", ("at_most", 0, 5 * M, M)),
    ("حداکثر ۵ میلیون", ("at_most", 0, 5 * M, M)),
    ("no more than 5 million", ("at_most", 0, 5 * M, M)),
    # ranges
    ("۵۸–۶۱m", ("range", 58 * M, 61 * M, M)),
    ("58-61m", ("range", 58 * M, 61 * M, M)),
    ("58 - 61 میلیون", ("range", 58 * M, 61 * M, M)),
    ("۴ الی ۵ میلیون", ("range", 4 * M, 5 * M, M)),
    ("۴ میلیون تا ۵", ("range", 4 * M, 5 * M, M)),
    ("۴ تا ۴٫۵ میلیون", ("range", 4 * M, 4_500 * K, M)),
    ("بین ۴ و ۵ میلیون", ("range", 4 * M, 5 * M, M)),
    ("بین ۴ تا ۵ میلیون کاربر", ("range", 4 * M, 5 * M, M)),
    ("بین سی و پنج و چهل میلیون", ("range", 35 * M, 40 * M, M)),
    ("بین بیست و سی و پنج میلیون", ("range", 20 * M, 35 * M, M)),
    ("بین یک میلیون و دویست هزار و یک میلیون و پانصد هزار", ("range", 1_200 * K, 1_500 * K, K)),
    ("between 4 and 5 million", ("range", 4 * M, 5 * M, M)),
    ("4 to 5 million", ("range", 4 * M, 5 * M, M)),
    # shares
    ("صد درصد", exact(10_000, 100)),
    ("۲۵ در صد", exact(2_500, 100)),
    ("نیم درصد", exact(50, 10)),
    ("۲۲ درصد مردم", exact(2_200, 100)),
    ("۲۲ درصد از مردم", exact(2_200, 100)),
    ("سی و شش دهم درصد", exact(3_060, 10)),
    ("سی‌وچهار و شش‌دهم درصد", exact(3_460, 10)),
    ("هشت ممیز بیست و پنج صدم درصد", exact(825, 1)),
    ("thirty-four point six percent", exact(3_460, 10)),
    ("بيش از 65درصد", ("at_least", 6_500, None, 100)),
    ("٪۳۰ تا ٪۳۵", ("range", 3_000, 3_500, 100)),
    ("30-35%", ("range", 3_000, 3_500, 100)),
]

REFUSED = [
    ("7/3 درصد", "mirrored_slash"),
    ("۶/ ۱۶درصد", "mirrored_slash"),
    ("۴ الي 5/4 ميليون نفر", "mirrored_slash"),
    ("۱۲/۳۴", "unit_missing"),
    ("نیم", "unit_missing"),
    ("۱ تا ۲ میلیون و ۵۰۰ هزار", "unit_missing"),
    ("۱۲,۵ میلیون", "ill_formed"),
    ("1234,567", "ill_formed"),
    ("1.234,5", "ill_formed"),
    ("0,300", "ill_formed"),
    ("007", "ill_formed"),
    ("۴ -۵ میلیون", "ill_formed"),
    ("1401/10/03", "ill_formed"),
    ("12 3456", "two_figures"),
    ("1e6", "two_figures"),
    ("۳ میلیون و ۲ میلیون", "not_falling"),
    ("۲۰ هزار میلیون", "not_falling"),
    ("۱۵.۵ میلیون و ۲۰۰ هزار", "not_falling"),
    ("یک میلیون و ۱۵۰۰ هزار", "not_falling"),
    ("۲۰ میلیون و ۳۰۰ نفر", "ambiguous_number"),
    ("دو میلیون ۵۰۰", "ambiguous_number"),
    ("یک میلیارد و ۳۰۰", "ambiguous_number"),
    ("thirty million three hundred", "ambiguous_number"),
    ("بیست و یک صدم درصد", "ambiguous_number"),
    ("بین یک میلیون و دویست و سه میلیون", "ambiguous_number"),
    ("۵ هزار ۳۰۰", "missing_and"),
    ("منفی ۳ میلیون", "negative"),
    ("−3", "negative"),
    ("- ۳ میلیون", "negative"),
    ("رشد ۲۰ درصد", "growth"),
    ("8x", "factor"),
    ("۱۱ به ۴۱ میلیون", "change_not_range"),
    ("۲۸ → ۴۲ میلیون", "change_not_range"),
    ("from 11 to 41 million", "change_not_range"),
    ("۵ تا ۵ میلیون", "falling_range"),
    ("۹۰۰ تا ۱ میلیون", "falling_range"),
    ("بیش از ۴ تا ۵ میلیون", "two_qualifiers"),
    ("حدود بیش از ۴ میلیون", "two_qualifiers"),
    ("حدود 30M+", "two_qualifiers"),
    ("میلیون‌ها کاربر", "vague"),
    ("چند میلیون", "vague"),
    ("hundreds of thousands", "vague"),
    ("۳ میلیون تومان", "not_users"),
    ("۵ میلیون دانلود", "not_users"),
    ("۵ میلیون نصب روزانه", "not_users"),
    ("۳ میلیون لیتر", "unknown_word"),
    ("۲۰ میلیون؟", "unknown_word"),
    ("(۲۰ میلیون)", "unknown_word"),
    ("تا ۵ میلیون", "unknown_word"),
    ("30²", "unknown_word"),
    ("نه بیش از ۵ میلیون", "two_figures"),
    ("۲۲ میلیون و ۳۰ درصد", "two_figures"),
    ("۵۵.۹ و ۲۵.۱ درصد", "two_figures"),
    ("۲۰ میلیون\n۳۰۰ هزار", "two_figures"),
    ("۱۵ میلیون کاربر ماهانه روزانه", "two_figures"),
    ("1.2345678 million", "fraction_of_person"),
    ("12.345%", "too_fine"),
    ("100.1%", "above_hundred"),
    ("۳ تریلیون", "too_large"),
    ("9" * 400, "too_large"),
    ("میلیون نفر", "no_number"),
    ("سلام", "no_number"),
    ("hundred thousand", "no_number"),
    ("1.500 نفر", "ambiguous_number"),
    ("", "empty"),
    ("۳\u202e۰ میلیون", "override"),
    ("۲" * (LIMIT + 1), "too_long"),
]


@pytest.mark.parametrize(("written", "value"), READ, ids=[row[0] for row in READ])
def test_what_newspapers_print_and_people_type_is_read(written: str, value: tuple[str, int, int | None, int]) -> None:
    assert said(read_number(written)) == value


@pytest.mark.parametrize(("written", "code"), REFUSED, ids=[row[0][:30] for row in REFUSED])
def test_what_could_mean_two_things_is_refused(written: str, code: str) -> None:
    assert said(read_number(written)) == code


@pytest.mark.parametrize(
    ("written", "lines"),
    [
        ("9/ 11درصد", ("9.11 درصد", "11.9 درصد")),
        ("12.345", ("12345", "12.345m")),
        ("۲۰ میلیون و ۳۰۰", ("۲۰ میلیون و ۳۰۰ هزار", "۲۰ میلیون و صفر هزار و ۳۰۰")),
        ("۵ هزار ۳۰۰", ("۵ هزار و ۳۰۰",)),
        ("۳۹ میلیون ۴۳ هزار ۶۳۶", ("۳۹ میلیون و ۴۳ هزار و ۶۳۶",)),
        ("۱۵ برابر", ()),
    ],
)
def test_a_refusal_offers_what_may_have_been_meant(written: str, lines: tuple[str, ...]) -> None:
    refusal = read_number(written)
    assert isinstance(refusal, Refusal)
    assert tuple(candidate.line for candidate in refusal.candidates) == lines
    for candidate in refusal.candidates:
        reading, again = read_number(candidate.line), read_number(candidate.fa)
        assert isinstance(reading, Reading)
        assert isinstance(again, Reading)
        assert again.value.lo == reading.value.lo


@pytest.mark.parametrize(
    ("written", "metric"),
    [
        ("۳۰.۵ میلیون کاربر فعال ماهانه", "mau"),
        ("۱۹ میلیون کاربر روزانه", "dau"),
        ("30M MAU", "mau"),
        ("۵ میلیون نصب", "installs"),
        ("۵ میلیون کاربر ثبت‌نامی", "registered"),
        ("۵ میلیون کاربر", ""),
    ],
)
def test_the_noun_names_the_metric(written: str, metric: str) -> None:
    reading = read_number(written)
    assert isinstance(reading, Reading)
    assert reading.metric == metric


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("34.6", exact(3_460, 10)),
        ("۳۴/۶", exact(3_460, 10)),
        ("۱۹ و نیم", exact(1_950, 10)),
        ("۲۵ تا ۳۰", ("range", 2_500, 3_000, 100)),
        ("بیش از ۵۰", ("at_least", 5_000, None, 100)),
        ("۳۴ درصد مردم", exact(3_400, 100)),
        ("12.345", "too_fine"),
        ("101", "above_hundred"),
        ("9/ 11", "mirrored_slash"),
        ("34.6 میلیون", "count_not_percent"),
        ("۱۵ نفر", "count_not_percent"),
    ],
)
def test_a_field_for_shares_needs_no_sign(written: str, value: object) -> None:
    assert said(read_percent(written)) == value


def test_a_field_for_counts_takes_no_share() -> None:
    assert said(read_count("34.6 درصد")) == "percent_not_count"
    assert said(read_count("12345")) == exact(12_345, 1)


# Properties ------------------------------------------------------------------------------------------------

PIECES = st.sampled_from(
    [
        *"۰۱۲۳۴۵۶۷۸۹0123456789٣٤.,/٫٬%٪+-–~<> \u200c\u200b\u0640()و",
        *(
            " میلیون | هزار | و | نیم |تا|بین | از | به |درصد|حدود |بیش از |سی|بیست|صد|پنج|دهم|صدم|کاربر|نفر| m|k"
            "| million| thousand| and | half |between |some | or more|exactly |یا بیشتر| به بالا|تقریبا |کاربر: "
            "|روزانه |فقط |thirty|five|hundred| point |میلیارد|ممیز| تا |بیست و |دانلود"
        ).split("|"),
    ]
)
TEXTS = st.one_of(st.text(max_size=60), st.lists(PIECES, max_size=14).map("".join))


def _no_float(reading: Reading) -> bool:
    value = reading.value
    return all(type(number) is int for number in (value.lo, value.res, value.hi or 0))


@settings(max_examples=400, deadline=None)
@given(TEXTS)
def test_nothing_raises_and_every_answer_is_whole(text: str) -> None:
    for read in (read_number, read_count, read_percent):
        answer = read(text)
        if isinstance(answer, Refusal):
            assert set(answer.details) <= set(CODES[answer.code])
            assert all(isinstance(read(candidate.line), Reading) for candidate in answer.candidates)
        else:
            assert _no_float(answer)
            assert max(answer.value.lo, answer.value.hi or 0) <= (10**10 if answer.unit is Unit.USERS else 10**4)


@settings(max_examples=400, deadline=None)
@given(TEXTS)
def test_what_is_read_is_written_so_that_it_reads_the_same(text: str) -> None:
    reading = read_number(text)
    if isinstance(reading, Refusal):
        return
    for language in ("fa", "en"):
        again = read_number(figures.write_value(reading.value, reading.unit, language))
        assert said(again) == said(reading)


@settings(max_examples=200, deadline=None)
@given(
    st.integers(0, 10**10),
    st.sampled_from([" میلیون", " نفر", ""]),
    st.sampled_from(["٬", ",", " ", "'", ""]),
)
def test_separators_and_kinds_of_digits_make_no_difference(number: int, noun: str, separator: str) -> None:
    number = number // 1000 if noun == " میلیون" else number
    plain = f"{number}{noun}"
    typed = f"{number:,}".replace(",", separator) + noun
    persian = typed.translate(str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹"))
    assert said(read_number(typed)) == said(read_number(persian)) == said(read_number(plain))


@pytest.mark.parametrize(
    "piece",
    ["1", "۱ ", "1,", "1.", "9/ ", "و", "بین ", "بیست و ", "به ", "1 به ", "to ", "from 1 to ",
     "دو", "چهارمیلیون",
     "۱ میلیون و ", "- ", "\u200c", "a", "(", "ی", "\u0640۱", "hundred ",
     "ﷺ", "بین ۱ و ", "هشت و هفت دهم ", "/", "1 000 "],
)  # fmt: skip
def test_time_grows_with_the_text_and_no_faster(piece: str) -> None:
    assert grows_with_the_text(read_number, piece, LIMIT)


def test_a_value_of_any_kind_comes_back() -> None:
    value = Value(Qualifier.RANGE, 900 * K, 1_200 * K, 100 * K)
    assert figures.write_value(value, Unit.USERS, "fa") == "۰٫۹ تا ۱٫۲ میلیون"
