"""News texts: what is found in them, whose it is, and that nothing is given to a wrong platform."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from sebghat.news import News, Offered, read_news
from sebghat.observation import Qualifier, Unit
from sebghat.periods import AsOf, Calendar, Precision
from sebghat.platforms import bundled

TODAY = date(2026, 11, 25)  # a Wednesday
SIGNS = {Qualifier.EXACT: "", Qualifier.ABOUT: "~", Qualifier.AT_LEAST: ">", Qualifier.AT_MOST: "<"}


def texts(name: str) -> list[dict[str, Any]]:
    file = Path(__file__).parent / "news" / f"{name}.toml"
    found: list[dict[str, Any]] = tomllib.loads(file.read_text(encoding="utf-8"))["text"]
    return found


WRITTEN = texts("written")
TEXTS = WRITTEN


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


def test_nine_of_ten_figures_are_offered_with_platform_metric_date_and_source() -> None:
    count, missed = measure(WRITTEN)
    assert len(WRITTEN) >= 30
    assert len(missed) * 10 <= count, missed


@pytest.mark.parametrize("text", TEXTS, ids=[text["name"] for text in TEXTS])
def test_what_is_said_to_have_happened_without_figures_is_a_claim(text: dict[str, Any]) -> None:
    assert [f"{claim.winner} {claim.loser}" for claim in read(text).claims] == text.get("claims", [])
