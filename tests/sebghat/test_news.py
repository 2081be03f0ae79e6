"""News texts: what is found in them, whose it is, and that nothing is given to a wrong platform."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sebghat.news import LONGEST, News, Offered, read_news
from sebghat.newsmarks import sentences
from sebghat.observation import Qualifier, Unit
from sebghat.periods import AsOf, Calendar, Precision
from sebghat.platforms import bundled
from tests.sebghat.growth import grows_with_the_text

TODAY = date(2026, 11, 25)  # a Wednesday
SIGNS = {Qualifier.EXACT: "", Qualifier.ABOUT: "~", Qualifier.AT_LEAST: ">", Qualifier.AT_MOST: "<"}


def texts(name: str) -> list[dict[str, Any]]:
    file = Path(__file__).parent / "news" / f"{name}.toml"
    found: list[dict[str, Any]] = tomllib.loads(file.read_text(encoding="utf-8"))["text"]
    return found


WRITTEN = texts("written")
SETS = ("unseen", "later", "last", "fresh", "fifth")  # written after the reader
UNSEEN = [text for name in SETS for text in texts(name)]
TEXTS = [*WRITTEN, *UNSEEN]


def amount(number: int | None, unit: Unit) -> str:
    """«30.5M», "34.6%": the notation of the texts."""
    assert number is not None
    if unit is Unit.PERCENT:
        return f"{number / 100:g}%"
    for scale, name in ((10**9, "G"), (10**6, "M"), (10**3, "K")):
        if number >= scale and number % max(1000, scale // 100) == 0:
            return f"{number / scale:g}{name}"
    return str(number)


def when(asof: AsOf | None) -> str:
    if asof is None:
        return "?"
    if asof.precision is Precision.DAY:
        return asof.first.isoformat()
    return f"{asof.precision} {asof.first.isoformat()}"


def expected_when(text: str) -> str:
    if text == "?":
        return text
    kind, name = text.split(" ")
    calendar = Calendar.JALALI if name[0] == "j" else Calendar.GREGORIAN
    return when(AsOf(calendar, Precision(kind), *map(int, name[1:].split("-"))))


def value(found: Offered) -> str:
    if found.value.q is Qualifier.RANGE:
        return f"{amount(found.value.lo, found.unit)}..{amount(found.value.hi, found.unit)}"
    end = found.value.hi if found.value.q is Qualifier.AT_MOST else found.value.lo
    return SIGNS[found.value.q] + amount(end, found.unit)


def wanted(line: str) -> tuple[str, str, str, str, str]:
    figure, _, source = line.partition(" =")
    figure, _, dated = figure.partition(" @")
    platform, metric, number = figure.split(" ")
    return platform, number, metric, expected_when(dated), source


def read(text: dict[str, Any]) -> News:
    return read_news(text["text"], bundled(), TODAY)


def offered(news: News) -> dict[tuple[str, str, str], tuple[str, str]]:
    return {
        (found.platform, value(found), found.metric or "?"): (when(found.asof), found.source or "")
        for found in news.figures
        if found.platform is not None
    }


@pytest.mark.parametrize("text", TEXTS, ids=[text["name"] for text in TEXTS])
def test_nothing_is_given_to_a_platform_that_the_text_does_not_give_it_to(text: dict[str, Any]) -> None:
    right = {wanted(line)[:2] for line in text["figures"]}
    assert {each[:2] for each in offered(read(text))} <= right


def measure(all_of_them: list[dict[str, Any]]) -> tuple[int, list[tuple[str, str]]]:
    """How many figures there are, and those that are not offered just as they should be."""
    missed = []
    for text in all_of_them:
        found = offered(read(text))
        for line in text["figures"]:
            platform, number, metric, dated, source = wanted(line)
            if found.get((platform, number, metric)) != (dated, source):
                missed.append((text["name"], line))
    return sum(len(text["figures"]) for text in all_of_them), missed


@pytest.mark.parametrize("each", [WRITTEN, UNSEEN], ids=["written", "unseen"])
def test_nine_of_ten_figures_are_offered_with_platform_metric_date_and_source(each: list[dict[str, Any]]) -> None:
    count, missed = measure(each)
    assert len(missed) * 10 <= count, missed


@pytest.mark.parametrize("text", TEXTS, ids=[text["name"] for text in TEXTS])
def test_what_is_said_to_have_happened_without_figures_is_a_claim(text: dict[str, Any]) -> None:
    assert [f"{claim.winner} {claim.loser}" for claim in read(text).claims] == text.get("claims", [])


@pytest.mark.parametrize(
    "text",
    [
        "ایتا از واتس‌اپ با ۳۵ میلیون کاربر عقب‌تر است.",
        "از ۴۵ میلیون کاربر تلگرام، ۲۰ میلیون نفر به ایتا مهاجرت کرده‌اند.",
        "با فیلتر تلگرام، ۵ میلیون نفر به سروش پیوستند.",
        "کانال خبرفوری در ایتا ۲ میلیون عضو دارد.",
        "مدیرعامل روبیکا در گفت‌وگو با آپارات گفت ۴۴ میلیون کاربر ماهانه داریم.",
        "واتس‌اپ و تلگرام ۸۰ میلیون کاربر در ایران داشتند.",
        "ایتا ۱۰ میلیون کاربر بیشتر از بله دارد.",
        "Eitaa overtook Telegram's 33 million users with 34 million.",
        "نظرسنجی ایسپا: ۶۰ درصد مردم با فیلتر تلگرام مخالف‌اند.",
        "ایسپا: ۷۰ درصد کاربران ایتا مرد هستند.",
    ],
)
def test_what_two_could_claim_or_nobody_is_given_to_none(text: str) -> None:
    found = {(figure.platform, value(figure)) for figure in read_news(text, bundled(), TODAY).figures}
    assert {platform for platform, _ in found} <= {None, "rubika"}
    assert not found or "گفت‌وگو" in text


@pytest.mark.parametrize(
    ("text", "figures"),
    [
        ("برخلاف تلگرام، ایتا ۳۰ میلیون کاربر ماهانه دارد.", {("eitaa", "30M")}),
        ("سه پیام‌رسان روبیکا (۴۴ میلیون)، ایتا (۳۰ میلیون) و بله (۲۰ میلیون) بیشترین کاربر ماهانه را دارند.",
         {("rubika", "44M"), ("eitaa", "30M"), ("bale", "20M")}),
        ("ایتا با ۳۰ میلیون کاربر از بله با ۲۰ میلیون کاربر جلوتر است.", {("eitaa", "30M"), ("bale", "20M")}),
        ("ایتا دو برابر بله کاربر دارد: ۳۰ میلیون در برابر ۱۵ میلیون.", {("eitaa", "30M")}),
        ("Eitaa's 30 million users trail Telegram's 45 million.", {("eitaa", "30M"), ("telegram", "45M")}),
    ],
)  # fmt: skip
def test_sentences_of_two(text: str, figures: set[tuple[str, str]]) -> None:
    found = {(figure.platform, value(figure)) for figure in read_news(text, bundled(), TODAY).figures}
    assert {each for each in found if each[0]} == figures


def test_a_figure_with_two_readings_is_told_and_not_guessed() -> None:
    news = read_news("ایتا 45/ 16 میلیون کاربر ماهانه دارد.", bundled(), TODAY)
    assert news.figures == ()
    assert [unread.refusal.code for unread in news.unread] == ["mirrored_slash"]


def test_a_figure_says_what_it_lacks() -> None:
    found = read_news("ایتا پارسال ۲۰ میلیون کاربر داشت.", bundled(), TODAY).figures
    assert [each.missing for each in found] == [("metric", "asof")]


@given(st.text(max_size=300) | st.lists(st.sampled_from(WRITTEN), max_size=2).flatmap(
    lambda some: st.permutations(" ".join(text["text"] for text in some).split())).map(" ".join))  # fmt: skip
@settings(deadline=None)
def test_nothing_raises(text: str) -> None:
    for found in read_news(text, bundled(), TODAY).figures:
        assert found.platform is None or found.platform in bundled()
        assert len(found.quote) <= 300


@pytest.mark.parametrize(
    "piece", ["1 ", "ایتا ", "۱ میلیون و ", "دوشنبه ", "ایتا ۳۰ میلیون کاربر و ", "سال ", "ی", "، "]
)
def test_time_grows_with_the_text_and_no_faster(piece: str) -> None:
    assert grows_with_the_text(lambda text: read_news(text, bundled(), TODAY), piece, LONGEST)


@pytest.mark.parametrize("piece", [".", "؟!", "…\n"])
def test_full_stops_that_end_no_sentence_take_no_longer(piece: str) -> None:
    assert grows_with_the_text(lambda text: sentences(f"{text}x"), piece, LONGEST)
