"""Text in pictures: nothing vanishes, nothing breaks out, and its width is known."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterator
from functools import cache
from importlib.resources import files

import pytest
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.pictures.advances import rows
from sebghat import almanac, letters
from sebghat.charts import text
from sebghat.platforms import bundled
from sebghat.sources import bundled_methods, bundled_sources, speakers
from sebghat.wording import LANGUAGES, catalogue

UNSEEN = frozenset(letters.DIRECTION) | {letters.ZWNJ, "\n", "\u202a", "\u202b", "\u202c"}


@cache
def glyphs(weight: str) -> frozenset[str]:
    with files("sebghat.charts.fonts").joinpath(f"Vazirmatn-{weight}.ttf").open("rb") as file:
        return frozenset(map(chr, TTFont(file).getBestCmap()))


def written() -> Iterator[tuple[str, str]]:
    """Every text that may come into a picture, with its place."""
    for language in LANGUAGES:
        # /audit is for editors, in words alone, and has arrows that the font lacks.
        yield from ((name, said) for name, said in catalogue(language).items() if not name.startswith("audit."))
        yield from ((f"months {calendar}", " ".join(names)) for (_, calendar), names in almanac.MONTHS.items())
    for platform in bundled().values():
        yield platform.key, f"{platform.name_fa} {platform.name_en}"
    for names in (bundled_sources(), bundled_methods()):
        yield from ((key, f"{name.fa} {name.en}") for key, name in names._by_key.items())
    yield from speakers().items()
    yield "digits", letters.ASCII + letters.PERSIAN + "٫٬.,%–…"


@pytest.mark.parametrize("weight", ["Regular", "Bold"])
def test_the_font_has_a_glyph_for_everything_that_may_be_drawn(weight: str) -> None:
    missing = {(place, char) for place, said in written() for char in said if char not in glyphs(weight) | UNSEEN}
    assert missing == set()


def test_a_letter_that_the_font_lacks_is_a_square_and_does_not_vanish() -> None:
    assert text.shown("ایتا 日本☃") == "ایتا \ufffd\ufffd\ufffd"
    assert "\ufffd" in glyphs("Regular") & glyphs("Bold")


def test_the_table_of_widths_is_the_fonts() -> None:
    kept = files("sebghat.charts").joinpath("advances.csv").read_text(encoding="ascii").splitlines()
    assert kept == [",".join(row) for row in rows()]


@pytest.mark.parametrize("said", ["ایتا", "پیام‌رسان", "می‌شود", "Eitaa"])
def test_a_longer_text_is_wider(said: str) -> None:
    once = text.width(said, 100)
    assert 0 < once < text.width(f"{said} {said}", 100)
    assert text.width(said, 200) == pytest.approx(2 * once, abs=2)
    assert text.width(said, 100) < text.width(said, 100, bold=True)


def test_joined_letters_are_narrower_than_letters_alone() -> None:
    assert text.width("ببب", 1000) == 295 + 347 + 929
    assert text.width("ب\u200cب", 1000) == 2 * 875
    assert text.width("اب", 1000) == 232 + 875


def test_a_long_text_breaks_into_lines_and_what_is_left_ends_in_an_ellipsis() -> None:
    lines = text.wrap("کاربر فعال ماهانه " * 20, 40, 500, 3)
    assert len(lines) == 3
    assert all(text.width(line, 40) <= 500 for line in lines)
    assert lines[-1].endswith("…")
    assert not lines[0].endswith("…")


hostile = st.text(st.characters(codec="utf-8"), max_size=60) | st.sampled_from(
    ['</text><script>alert(1)</script>', '"/><image href="file:///etc/passwd"/>', "]]>&amp;<!--", "&#0;&lt;",
     "\u202e\u2066\u2066\x00\x1b[31m\ufffe", "\u2069\u2069\u2068", "ا" * 500, "<![CDATA[x]]>", "\n\r\t\u2028"]
)  # fmt: skip


@given(hostile, st.sampled_from(LANGUAGES))
def test_no_text_breaks_out_of_its_element(said: str, language: str) -> None:
    root = ET.fromstring(f"<text>{text.markup(said, language)}</text>")
    assert len(root) == 0
    shown = root.text or ""
    assert not any(ord(char) < 32 or 0x7F <= ord(char) < 0xA0 for char in shown)
    assert set(shown) <= glyphs("Regular") | UNSEEN
    depth = 0
    for char in shown:
        depth += (char in "\u202a\u202b") - (char == "\u202c")
        assert depth >= 0
    assert depth == 0
    assert text.width(said, 40) >= 0


@given(hostile, st.integers(0, 600))
def test_what_is_cut_fits(said: str, room: int) -> None:
    assert text.width(text.cut(said, 40, room), 40) <= room
    assert all(text.width(line, 40) <= max(room, 0) for line in text.wrap(said, 40, room, 3))
