"""Text in a picture: how wide it is, where it breaks, and what of it the font can show. Sizes are in pixels."""

from __future__ import annotations

import csv
import unicodedata
from functools import cache, lru_cache
from html import escape
from importlib.resources import files
from typing import NamedTuple

from sebghat import letters

# Isolates as the embeddings that the renderer knows; other marks of direction are the text's own and go.
_EMBEDDED = str.maketrans({letters.LRI: "\u202a", letters.RLI: "\u202b", letters.PDI: "\u202c"})
_RLE, _PDF = "\u202b", "\u202c"
_UNKNOWN = "\ufffd"  # a square: what the font lacks would otherwise vanish without a trace
_MARKS = frozenset("\u202a\u202b\u202c")
LONGEST = 400  # characters of one text in a picture
KEPT = 2_048  # texts: the same names, figures and notes stand in most pictures


class _Advances(NamedTuple):
    alone: int
    first: int | None  # None: does not join what comes after
    middle: int | None
    last: int | None  # None: does not join what stood before


@cache
def _table() -> tuple[dict[str, _Advances], dict[str, _Advances]]:
    """The advances of the regular and of the bold font, in thousandths of the size."""
    regular, bold = dict[str, _Advances](), dict[str, _Advances]()
    with files("sebghat.charts").joinpath("advances.csv").open(encoding="ascii") as table:
        _, *rows = csv.reader(table)
    for code, *cells in rows:
        char, found = chr(int(code, 16)), [int(cell) if cell else None for cell in cells]
        regular[char] = _Advances(found[0] or 0, *found[1:4])
        bold[char] = _Advances(found[4] or 0, *found[5:8])
    return regular, bold


@lru_cache(KEPT)
def shown(text: str) -> str:
    """The text as the font can show it: one line, plain letters, no control characters, a square for each letter
    that the font lacks. Well-formed isolates stay."""
    known = _table()[0]
    kept = []
    for char in letters.shape(text[:LONGEST]):
        kind = unicodedata.category(char)
        if char in letters.ISOLATES or char == letters.PDI or char == letters.ZWNJ:
            kept.append(char)
        elif kind[0] == "Z" or char in "\t\n\r":
            kept.append(" ")
        elif kind[0] != "C":
            kept.append(char if char in known else _UNKNOWN)
    return _balanced(" ".join("".join(kept).split(" ")))


def _balanced(text: str) -> str:
    """Without isolates, if they do not close each other: the rest of the line would turn round."""
    depth = 0
    for char in text:
        depth += (char in letters.ISOLATES) - (char == letters.PDI)
        if depth < 0:
            break
    if depth == 0:
        return text
    return "".join(char for char in text if char not in letters.DIRECTION)


def markup(text: str, language: str) -> str:
    """The text between tags, in the direction of its language."""
    inner = escape(shown(text).translate(_EMBEDDED).replace(letters.FSI, "\u202a"))
    return f"{_RLE}{inner}{_PDF}" if language == "fa" else inner


@lru_cache(KEPT)
def width(text: str, size: int, *, bold: bool = False) -> int:
    """How wide the text is drawn."""
    table, total = _table()[bold], 0
    plain = [char for char in shown(text) if char not in letters.DIRECTION]
    for place, char in enumerate(plain):
        found = table[char]
        before = table[plain[place - 1]] if place else None
        after = table[plain[place + 1]] if place + 1 < len(plain) else None
        joined = before is not None and before.first is not None and found.last is not None
        joins = after is not None and after.last is not None and found.first is not None
        advance = (found.middle if joins else found.last) if joined else (found.first if joins else found.alone)
        total += found.alone if advance is None else advance
    return -(-total * size // 1000)


def wrap(text: str, size: int, room: int, most: int, *, bold: bool = False) -> list[str]:
    """The text in at most so many lines of that room; what does not fit ends in an ellipsis."""
    lines: list[str] = []
    words = shown(text).split()
    while words and len(lines) < most:
        line, *words = words
        while words and width(f"{line} {words[0]}", size, bold=bold) <= room:
            line = f"{line} {words.pop(0)}"
        lines.append(line)
    if lines:
        lines[-1] = cut(" ".join([lines[-1], *words]), size, room, bold=bold)
    return [_balanced(cut(line, size, room, bold=bold)) for line in lines]


def cut(text: str, size: int, room: int, *, bold: bool = False) -> str:
    """The text within its room, with an ellipsis where some of it is left out."""
    text = shown(text)
    if width(text, size, bold=bold) <= room:
        return text
    kept = text
    while kept and width(f"{kept}…", size, bold=bold) > room:
        kept = kept[:-1]
    return _balanced(f"{kept.rstrip()}…") if kept else ""
