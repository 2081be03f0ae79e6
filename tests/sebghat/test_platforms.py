"""Platforms: under which names people know them, and which names come near."""

from __future__ import annotations

import csv
from importlib.resources import files

import pytest
from hypothesis import given, strategies

from sebghat import letters
from sebghat.platforms import EVERYDAY, OFFERED, Origin, Platform, Unknown, bundled

PLATFORMS = bundled()
ROWS = list(csv.DictReader(files("sebghat.data").joinpath("platforms.csv").read_text(encoding="utf-8").splitlines()))
NAMES = [
    (row["id"], name)
    for row in ROWS
    for name in (row["id"], row["name_fa"], row["name_en"], *row["aliases"].split("|"))
]


@pytest.mark.parametrize(("key", "name"), NAMES)
def test_every_name_of_the_table_finds_its_platform(key: str, name: str) -> None:
    for written in (
        name,
        name.upper(),
        f"  {name} ",
        name.replace("\u200c", " "),
        name.replace("ی", "ي").replace("ک", "ك"),
    ):
        found = PLATFORMS.find(written)
        assert isinstance(found, Platform)
        assert found.key == key


def test_no_name_is_anybody_elses() -> None:
    owners: dict[str, set[str]] = {}
    for key, name in NAMES:
        owners.setdefault(letters.key(name), set()).add(key)
    assert {name: keys for name, keys in owners.items() if len(keys) > 1} == {}


def test_everyday_words_are_names() -> None:
    assert all(isinstance(PLATFORMS.find(word), Platform) for word in EVERYDAY)


def test_there_are_both_sides_and_rivals() -> None:
    assert {platform.origin for platform in PLATFORMS.values()} == set(Origin)
    assert PLATFORMS["eitaa"].arena == PLATFORMS["telegram"].arena == "social"


@pytest.mark.parametrize(
    ("words", "key", "rest"),
    [
        ("eitaa mau 30m", "eitaa", "mau 30m"),
        ("سروش پلاس ماهانه", "soroush", "ماهانه"),
        ("soroush plus mau", "soroush", "mau"),
        ("تلگرام طلایی نصب", "talagram", "نصب"),
        ("تلگرام نصب", "telegram", "نصب"),
        ("facebook messenger mau", "messenger", "mau"),
        ("i gap", "igap", ""),
    ],
)
def test_the_longest_name_is_taken(words: str, key: str, rest: str) -> None:
    platform, left = PLATFORMS.take(words.split())
    assert isinstance(platform, Platform)
    assert (platform.key, " ".join(left)) == (key, rest)


@pytest.mark.parametrize(
    ("written", "nearest"),
    [
        ("eitae", "eitaa"),
        ("telegrem", "telegram"),
        ("روبیکاا", "rubika"),
        ("واتزاپ", "whatsapp"),
        ("sorosh", "soroush"),
    ],
)
def test_what_comes_near_is_offered_the_nearest_first(written: str, nearest: str) -> None:
    found = PLATFORMS.find(written)
    first = found.nearest[0] if isinstance(found, Unknown) else found
    assert first.key == nearest


@given(strategies.text(max_size=60))
def test_whatever_is_written_there_are_few_offers_and_no_fault(written: str) -> None:
    found = PLATFORMS.find(written)
    if isinstance(found, Unknown):
        assert len(found.nearest) <= OFFERED
        assert len({platform.key for platform in found.nearest}) == len(found.nearest)
    platform, rest = PLATFORMS.take(written.split())
    assert len(rest) <= max(0, len(written.split()) - 1)
    assert isinstance(platform, Platform | Unknown)
