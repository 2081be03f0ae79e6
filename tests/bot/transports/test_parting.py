import re
import unicodedata

import pytest
from hypothesis import given, strategies

from bot.transports.parting import parted, units
from sebghat.conversation import Span, Style

MARKS = "\u2066\u2067\u2068\u2069"


def texts(text: str, limit: int) -> list[str]:
    return ["".join(span.text for span in part) for part in parted([Span(text)], limit)]


@pytest.mark.parametrize(
    ("text", "limit", "expected"),
    [
        ("کوتاه", 100, ["کوتاه"]),
        ("aaaa bbbb\n\ncccc. dddd\neeee", 20, ["aaaa bbbb\n\n", "cccc. dddd\neeee"]),
        ("aaaa bbbb\ncccc. dddd eeee", 20, ["aaaa bbbb\n", "cccc. dddd eeee"]),
        ("aaaa bbbb. cccc dddd eeee", 20, ["aaaa bbbb. ", "cccc dddd eeee"]),
        ("ارقام تازه است؟ بله یک عدد تازه", 20, ["ارقام تازه است؟ ", "بله یک عدد تازه"]),
        ("aaaa bbbb cccc dddd eeee", 20, ["aaaa bbbb cccc dddd ", "eeee"]),
        ("a\n\nbbbb bbbb bbbb bbbb bbbb", 20, ["a\n\nbbbb bbbb bbbb ", "bbbb bbbb"]),
        ("a" * 45, 20, ["a" * 20, "a" * 20, "a" * 5]),
        ("", 20, []),
        (" \n ", 20, []),
        ("aaaa" + " " * 60 + "bbbb", 20, ["aaaa" + " " * 16, "    bbbb"]),
    ],
    ids=[
        "it fits", "paragraph", "line", "sentence", "Persian sentence", "space", "not a word alone for a paragraph",
        "nowhere to part", "empty", "blank", "no blank part",
    ],
)  # fmt: skip
def test_a_text_is_parted_where_a_reader_would(text: str, limit: int, expected: list[str]) -> None:
    assert texts(text, limit) == expected


@pytest.mark.parametrize(
    "whole",
    [
        "👨‍👩‍👧‍👦", "👍🏽", "🇮🇷", "e\u0301\u0302\u0303", "می‌شوند", "کتاب‌هایشان", "🏴\U000e0067\U000e0062\U000e007f",
        "각", "https://t.me/some_channel/17?x=y", "/history@our_bot", "@some_channel_name",
        "\u2066/stats eitaa mau\u2069",
    ],
)  # fmt: skip
@pytest.mark.parametrize("before", range(25))
def test_no_cut_goes_through_what_belongs_together(whole: str, before: int) -> None:
    text = "x" * before + " " + f"{whole} " * 6
    for part in texts(text, 40):
        rest = part.replace(whole, "").replace("x", "").strip()
        assert rest == ""


@pytest.mark.parametrize("style", [Style.BOLD, Style.COMMAND])
def test_what_is_styled_stays_whole_and_keeps_its_style(style: Style) -> None:
    spans = [Span("aaaa bbbb cccc "), Span("dddd eeee", style), Span(" ffff")]
    assert parted(spans, 20) == [(spans[0],), (spans[1], spans[2])]


def test_a_styled_text_longer_than_a_message_is_parted_all_the_same() -> None:
    parts = parted([Span("aaaa " * 10, Style.BOLD)], 20)
    assert len(parts) == 3
    assert all(span.style is Style.BOLD for part in parts for span in part)


def test_an_isolate_longer_than_a_message_is_closed_and_opened_again() -> None:
    parts = texts("\u2067" + "ا" * 50 + "\u2069", 22)
    assert all(part.startswith("\u2067") and part.endswith("\u2069") for part in parts)
    assert "".join(parts).replace("\u2067", "").replace("\u2069", "") == "ا" * 50
    assert max(map(units, parts)) <= 22


pieces = strategies.sampled_from(
    ["ایتا", "می‌شود", "a", "word", " ", "\n", "\n\n", ". ", "؟ ", "👨‍👩‍👧", "🇮🇷", "e\u0301", "😀", "https://ble.ir/x",
     "/stats", "\u2066", "\u2067", "\u2068", "\u2069", "\u200c", "\u200d", "۳۰٫۵"]
)  # fmt: skip


@given(strategies.lists(pieces, max_size=80).map("".join), strategies.integers(40, 90))
def test_nothing_is_lost_and_no_part_is_too_long(text: str, limit: int) -> None:
    parts = texts(text, limit)
    assert all(units(part) <= limit and part.strip() for part in parts)
    # Isolates are closed and opened again, and blank parts fall away; all else stays.
    bare = re.compile(rf"[{MARKS}\s]")
    assert bare.sub("", "".join(parts)) == bare.sub("", text)
    for part in parts[1:]:
        assert unicodedata.category(part[0]) != "Mn"
        assert part[0] not in {"\u200c", "\u200d"}


@given(strategies.text(max_size=300), strategies.integers(20, 60))
def test_any_text_at_all_can_be_parted(text: str, limit: int) -> None:
    parts = texts(text, limit)
    assert all(part.strip() for part in parts)
    assert all(units(part) <= limit for part in parts)


def test_a_long_text_is_parted_fast() -> None:
    assert len(texts("ایتا از روبیکا پیش افتاد. " * 20_000, 4096)) == 128
