"""What /chart is asked for, in whatever words."""

from __future__ import annotations

from datetime import date

import pytest

from sebghat.charts import wanted
from sebghat.platforms import bundled


@pytest.mark.parametrize(
    ("line", "months"),
    [
        ("eitaa 1y", 12),
        ("eitaa 6m", 6),
        ("eitaa 18 months", 18),
        ("eitaa 2 years", 24),
        ("eitaa two years", 24),
        ("ایتا یک سال", 12),
        ("ایتا ۲ سال گذشته", 24),
        ("ایتا شش ماه اخیر", 6),
        ("ایتا دوازده ماهه", 12),
        ("ایتا سال گذشته", 12),
        ("ایتا ۵ساله", 60),
        ("eitaa all", None),
        ("ایتا همه", None),
        ("eitaa", None),
        ("eitaa 0y", 1),
        ("eitaa 9999y", 1_200),
    ],
)
def test_a_period_is_read_in_both_languages(line: str, months: int | None) -> None:
    asked = wanted.read(line, bundled())
    assert asked.months == months
    assert [platform.key for platform in asked.platforms] == ["eitaa"]
    assert asked.unknown == ()


def test_a_period_begins_so_many_months_ago() -> None:
    assert wanted.read("eitaa 1y", bundled()).since(date(2026, 11, 25)) == date(2025, 11, 25)
    assert wanted.read("eitaa", bundled()).since(date(2026, 11, 25)) is None


def test_the_words_stand_in_any_order() -> None:
    asked = wanted.read("تیره ۱y mau telegram، ایتا ایتا فاصله", bundled())
    assert [platform.key for platform in asked.platforms] == ["telegram", "eitaa"]
    assert (asked.metric, asked.months, asked.gap, asked.theme.name) == ("mau", 12, True, "dark")


def test_what_is_not_understood_is_told() -> None:
    assert wanted.read("eitaa flurb 1y", bundled()).unknown == ("flurb",)
    assert wanted.read("eitaa 1403", bundled()).unknown == ("1403",)
