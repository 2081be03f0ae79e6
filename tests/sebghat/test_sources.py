"""Names of sources and methods: matched whatever their letters, kept by a key, shown as first written."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, strategies

from sebghat import letters
from sebghat.sources import EDITOR, UNSPECIFIED, Name, bundled_methods, bundled_sources

SOURCES = bundled_sources()


@pytest.mark.parametrize("written", ["ispa", "ISPA", "ایسپا", "ايسپا", " ایسپا "])
def test_a_source_is_known_by_its_key_and_by_both_its_names(written: str) -> None:
    found = SOURCES.find(written)
    assert found is not None
    assert found.key == "ispa"


def test_the_editor_and_the_unspecified_are_there() -> None:
    assert SOURCES.name(EDITOR, "fa") == "گزارش گرداننده"
    assert bundled_methods().name(UNSPECIFIED, "en") == "not stated"


def test_a_key_that_nobody_knows_is_shown_as_it_is() -> None:
    assert SOURCES.name("gone", "fa") == "gone"


@pytest.mark.parametrize(
    ("written", "key"),
    [("Big News", "big-news"), ("ISNA", "isna"), ("نمونه", "source-1"), ("۱۴۰۴", "source-1"), ("ispa!", "ispa-1"),
     ("A/B x C", "a-b-x-c"), ("x" * 60, "x" * 32), ("---", "source-1")],
)  # fmt: skip
def test_a_new_name_gets_a_key_that_says_it(written: str, key: str) -> None:
    assert SOURCES.new(written, "source") == Name(key, written, written)


@given(strategies.lists(strategies.text(min_size=1, max_size=50), max_size=8))
def test_every_new_name_gets_a_key_of_its_own_that_fits_into_a_lane(written: list[str]) -> None:
    names = SOURCES
    keys = []
    for name in written:
        if letters.key(name) and names.find(name) is None:
            made = names.new(name, "source")
            assert re.fullmatch(r"[a-z0-9][a-z0-9._-]*", made.key)
            keys.append(made.key)
            names = names.with_([(made.key, made.fa)])
            assert names.find(name) == made
    assert len(keys) == len(set(keys))
