"""What is typed after /correct and /claim, read or refused; and what stands by name behind a command."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, strategies

from sebghat.claim import Said
from sebghat.observation import Qualifier, Value
from sebghat.options import read_options
from sebghat.platforms import bundled
from sebghat.reading import read_figures
from sebghat.refusal import CODES, Refusal
from sebghat.revision import Change, read_change, read_claim

TODAY = date(2026, 11, 24)
PLATFORMS = bundled()
OWN_CODES = {
    "unknown_option", "option_length", "bad_sample", "bad_scope", "n_on_count", "value_or_date", "unknown_platform",
    "change_missing", "not_to_correct", "claim_sides",
}  # fmt: skip


@pytest.mark.parametrize(
    ("text", "change"),
    [
        ("30.4m", Change(value=Value(Qualifier.EXACT, 30_400_000, 30_400_000, 100_000))),
        ("release=R", Change(release="R")),
    ],
)
def test_a_change_names_only_what_it_changes(text: str, change: Change) -> None:
    assert read_change(text, "mau", TODAY) == change


def test_a_change_may_be_of_the_date_alone() -> None:
    change = read_change("2026-10-01", "mau", TODAY)
    assert isinstance(change, Change)
    assert change.asof is not None
    assert change.value is None


@pytest.mark.parametrize(
    ("text", "code"),
    [("", "change_missing"), ("scope=world", "not_to_correct"), ("n=5", "n_on_count"), ("lots", "no_number")],
)
def test_a_change_that_cannot_be_is_refused(text: str, code: str) -> None:
    change = read_change(text, "mau", TODAY)
    assert isinstance(change, Refusal)
    assert change.code == code


def test_a_claim_names_two_and_keeps_the_words() -> None:
    said = read_claim("ایتا تلگرام 1403-03-12 source=ISNA quote=«عبور ایتا»", PLATFORMS, TODAY)
    assert isinstance(said, Said)
    assert (said.winner, said.loser, said.source, said.scope, said.quote) == (
        "eitaa",
        "telegram",
        "ISNA",
        "ir",
        "عبور ایتا",
    )


@pytest.mark.parametrize(
    ("text", "code"),
    [("", "claim_sides"), ("gap", "claim_sides"), ("gap gap", "claim_sides"), ("gap nobody", "unknown_platform")],
)
def test_a_claim_of_one_side_is_refused(text: str, code: str) -> None:
    said = read_claim(text, PLATFORMS, TODAY)
    assert isinstance(said, Refusal)
    assert said.code == code


@given(strategies.text(max_size=300) | strategies.text("gapeitmu 36.,۱۲٫%;=n\n«»\u202e\u200cمیلیوناد-/", max_size=120))
def test_whatever_is_typed_is_read_or_refused_with_a_code_that_has_words(text: str) -> None:
    for found in (read_change(text, "poll", TODAY), read_claim(f"gap wechat {text}", PLATFORMS, TODAY)):
        if isinstance(found, Refusal):
            assert found.code in CODES or found.code in OWN_CODES
            assert len(found.written) <= 80


@pytest.mark.parametrize(("text", "code"), [(f"source={'x' * 4097}", "too_long"), ("source=\u202eISNA", "override")])
def test_every_reader_says_the_same_of_what_is_not_read_at_all(text: str, code: str) -> None:
    for found in (
        read_figures(text, PLATFORMS, TODAY),
        read_options(text, TODAY),
        read_change(text, "mau", TODAY),
        read_claim(text, PLATFORMS, TODAY),
    ):
        assert isinstance(found, Refusal)
        assert found.code == code
