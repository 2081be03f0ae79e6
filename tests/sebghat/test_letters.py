"""One alphabet, and marks that keep runs of the other direction in their places."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sebghat.letters import DIRECTION, LRI, PDI, RLI, digits, fold, has_override, isolate, isolate_value, key, visible

MIXED = st.lists(
    st.sampled_from([*"aZ09 .,:/()«»\n·@۳٤آیگ\u200c\u200e\u202e\u2066\u2067\u2068\u2069", "گپ", "30.5M"]),
    max_size=30,
).map("".join)  # fmt: skip


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("ميليون  كاربر", "میلیون کاربر"),
        ("ﻣﯿﻠﯿﻮن", "میلیون"),
        ("Ｅｉｔａａ ١٢۳４", "eitaa 1234"),
        ("پیام‌رسان\u200f ايتا", "پیام رسان ایتا"),
        ("خانهٔ ما", "خانه ما"),
        ("سلــام", "سلام"),
        ("تقریباً", "تقریبا"),
        ("30²", "30²"),
        ("\ufeff /Stats\u00a0EITAA ", "/stats eitaa"),
    ],
)
def test_words_are_matched_in_one_alphabet(written: str, folded: str) -> None:
    assert fold(written) == folded


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("پیام‌رسان ایتا", "پيام رسان ايتا"),
        ("آی‌گپ", "ایگپ"),
        ("آي گپ", "آی-گپ"),
        ("ئیتا", "ییتا"),
        ("iGap", "igap"),
        ("WhatsApp", "whats app"),
        ("بلە", "بله"),
    ],
)
def test_names_are_matched_without_spaces_and_hyphens(one: str, other: str) -> None:
    assert key(one) == key(other)


def test_different_names_keep_different_keys() -> None:
    assert len({key(name) for name in ("ایتا", "بله", "گپ", "آی‌گپ", "روبیکا", "روبینو")}) == 6


def test_digits_of_a_language() -> None:
    assert digits("30.5 ٣۴", "fa") == "۳۰.۵ ۳۴"
    assert digits("۱٬۰۳۰٫۵ ٣4", "en") == "1,030.5 34"


def test_overrides_are_noticed() -> None:
    assert has_override("ab\u202ecd")
    assert not has_override("ab\u200ecd\u2066e\u2069")


@pytest.mark.parametrize(
    ("text", "language", "marked"),
    [
        ("متن", "fa", "متن"),
        ("plain text, 30.5", "en", "plain text, 30.5"),
        ("۳۰٫۵ میلیون", "fa", "۳۰٫۵ میلیون"),
        ("«eitta» را نمی‌شناسم", "fa", "«[eitta]» را نمی‌شناسم"),
        ("/history eitaa · /compare eitaa telegram", "fa", "[/history eitaa] · [/compare eitaa telegram]"),
        ("منبع: ISPA (2024)، ایران", "fa", "منبع: [ISPA] (2024)، ایران"),
        ("ایتا 30.5M users، خوب", "fa", "ایتا [30.5M users]، خوب"),
        ("Source: وزارت ارتباطات, 2024", "en", "Source: {وزارت ارتباطات}, 2024"),
        ("/set eitaa mau 30.5m\nبعد", "fa", "[/set eitaa mau 30.5m]\nبعد"),
        ("ایتا\u202egap", "fa", "ایتا[gap]"),
        ("گپ \u2066Gap\u2069 است", "fa", "گپ [Gap] است"),
        ("گپ \u2069\u2067Gap است", "fa", "گپ [Gap] است"),
    ],
)
def test_runs_of_the_other_direction_are_isolated(text: str, language: str, marked: str) -> None:
    expected = marked.translate({ord("["): LRI, ord("{"): RLI, ord("]"): PDI, ord("}"): PDI})
    assert isolate(text, language) == expected


@settings(max_examples=500, deadline=None)
@given(MIXED, st.sampled_from(["fa", "en"]))
def test_isolates_are_closed_flat_and_stay(text: str, language: str) -> None:
    marked = isolate(text, language)
    assert isolate(marked, language) == marked
    depth = 0
    for char in marked:
        depth += (char in (LRI, RLI, "\u2068")) - (char == PDI)
        assert depth in (0, 1)
        assert char != "\n" or depth == 0
    assert depth == 0
    assert "\u202e" not in marked

    def bare(value: str) -> str:
        return "".join(char for char in value if char not in DIRECTION)

    assert bare(marked) == bare(text)


@pytest.mark.parametrize(
    ("text", "limit", "shown"),
    [
        ("کوتاه", 20, "کوتاه"),
        ("می‌شود", 20, "می‌شود"),
        ("a\u200cb\u200d\u202e\u2067c\x00\x1b[31m", 20, "abc[31m"),
        ("یک\n\n\tدو", 20, "یک دو"),
        ("abcdef", 4, "abc…"),
        ("abcdef", 6, "abcdef"),
        ("ae\u0301e\u0301e\u0301", 5, "ae\u0301…"),
        ("e" + "\u0301" * 50, 20, "e" + "\u0301" * 4),
        ("\ud800x", 5, "x"),
        ("👨\u200d👩", 9, "👨👩"),
    ],
)
def test_hostile_text_is_safe_to_echo(text: str, limit: int, shown: str) -> None:
    assert visible(text, limit) == shown


@settings(max_examples=500, deadline=None)
@given(st.one_of(st.text(), MIXED), st.integers(1, 40))
def test_an_echo_is_short_and_shows_all_it_holds(text: str, limit: int) -> None:
    shown = visible(text, limit)
    assert len(shown) <= limit
    assert shown.encode("utf-8").decode("utf-8") == shown
    assert all(unicodedata.category(char)[0] != "C" or char == "\u200c" for char in shown)
    assert visible(shown, limit) == shown


@pytest.mark.parametrize(
    ("value", "language", "kept"),
    [
        ("۱۹ و نیم", "en", "\u2067۱۹ و نیم\u2069"),
        ("30.5 million", "fa", "\u206630.5 million\u2069"),
        ("ایتا", "fa", "ایتا"),
        ("ایتا Eitaa", "en", "\u2067ایتا\u2069 Eitaa"),
        ("۱۲", "en", "۱۲"),
        ("گپ: x", "en", "\u2067گپ\u2069: x"),
    ],
)
def test_a_value_of_the_other_direction_stays_in_one_piece(value: str, language: str, kept: str) -> None:
    assert isolate_value(value, language) == kept
