"""Letters: one alphabet to match words by, marks that keep Latin and Persian runs in their places."""

from __future__ import annotations

import re
import unicodedata

from sebghat.refusal import Refusal

ASCII = "0123456789"
PERSIAN = "۰۱۲۳۴۵۶۷۸۹"
ARABIC = "٠١٢٣٤٥٦٧٨٩"
FULL_WIDTH = "０１２３４５６７８９"
DIGIT = "0-9۰-۹٠-٩"  # in a pattern
LIMIT = 4096  # characters: no messenger delivers longer ones

LRI, RLI, FSI, PDI = "\u2066", "\u2067", "\u2068", "\u2069"
ZWNJ = "\u200c"  # the half-space
OVERRIDES = frozenset("\u202d\u202e")
ISOLATES = frozenset((LRI, RLI, FSI))
DIRECTION = frozenset("\u200e\u200f\u061c\u202a\u202b\u202c\u2066\u2067\u2068\u2069") | OVERRIDES

_TO_ASCII = {ord(c): ASCII[i] for row in (PERSIAN, ARABIC, FULL_WIDTH) for i, c in enumerate(row)}
_TO_ENGLISH = _TO_ASCII | {ord("٫"): ".", ord("٬"): ","}
_TO_PERSIAN = {ord(c): PERSIAN[i] for row in (ASCII, ARABIC, FULL_WIDTH) for i, c in enumerate(row)}


def _shapes() -> dict[int, str]:
    """Presentation forms and full-width characters only: whole NFKC would make "30²" into "302"."""
    blocks = ((0xFB50, 0xFDFF), (0xFE70, 0xFEFE), (0xFF01, 0xFF5E))
    return {c: unicodedata.normalize("NFKC", chr(c)) for low, high in blocks for c in range(low, high + 1)}


# What several keyboards write for one letter.
_LETTERS = str.maketrans("يىېۍكڪةۀۂەہھأإٱؤ", "ییییککهههههه" + "اااو")
_MARKS = "\u0640\u0670\u06d6\u06ed" + "".join(map(chr, range(0x064B, 0x0660)))  # tatweel, vowel signs
_GONE = dict.fromkeys(map(ord, "\u200b\u200d\u2060\ufeff\u00ad" + "".join(DIRECTION) + _MARKS))
_SHAPES = _shapes()
_ALPHABET: dict[int, int | str | None] = {**_LETTERS, **_GONE, **_TO_ASCII, ord(ZWNJ): " "}
_NAMES = str.maketrans("آئ", "ای", " -\u2010\u2011\u2012\u2013_")


def shape(text: str) -> str:
    """The same text in plain letters: no presentation forms, no full-width forms, accents composed."""
    return unicodedata.normalize("NFC", text.translate(_SHAPES))


def fold(text: str) -> str:
    """For matching words: one kind of digit, one ی and ک, no case, nothing unseen; half-spaces are spaces."""
    return " ".join(shape(text).translate(_ALPHABET).casefold().split())


def key(text: str) -> str:
    """For matching names: as `fold`, and without spaces, hyphens and the marks on آ and ئ."""
    return fold(text).translate(_NAMES)


def digits(text: str, language: str) -> str:
    """The text with Persian digits, or for other languages than Persian with ASCII ones."""
    return text.translate(_TO_PERSIAN if language == "fa" else _TO_ENGLISH)


def has_override(text: str) -> bool:
    """What is seen of such a text is not what is stored."""
    return not OVERRIDES.isdisjoint(text)


# Reading ---------------------------------------------------------------------------------------------------

# What vanishes everywhere, and the many kinds of space.
_VANISHING = dict.fromkeys(map(ord, "\u200b\u2060\ufeff" + "".join(DIRECTION - OVERRIDES)))
_SPACES = dict.fromkeys([0xA0, 0x1680, 0x202F, 0x205F, 0x3000, *range(0x2000, 0x200B)], " ")
_DASHES = dict.fromkeys(map(ord, "\u2010\u2011"), "-") | {0x2012: "–"}
_FIRST: dict[int, str | None] = {**_VANISHING, **_SPACES, **_DASHES}
_ODD_MARKS = dict.fromkeys(map(ord, "\u0640\u200d\u00ad\u0670\u0654" + "".join(map(chr, range(0x064B, 0x0660)))))
_PLAIN: dict[int, int | str | None] = {**str.maketrans("يىكةۀأإ", "ییکههاا"), **_ODD_MARKS}
_SPLIT = re.compile(f"[{DIGIT}][\u200c\u200d\u0640\u00ad]+[{DIGIT}]")


def plain(text: str) -> str | Refusal:
    """The text in one alphabet, digits left as they are; or why it cannot be trusted."""
    if len(text) > LIMIT:
        return Refusal("too_long", visible(text, 60), details={"limit": str(LIMIT)})
    if has_override(text):
        return Refusal("override", visible(text, 60))
    clean = shape(text).translate(_FIRST)
    if _SPLIT.search(clean):
        return Refusal("split_digits", visible(text, 60))
    return clean.translate(_PLAIN).lower().strip()


# Isolates ------------------------------------------------------------------------------------------------


def isolate_value(text: str, language: str) -> str:
    """The same for what is put into a text: in one piece where all of it is of the other direction, so that
    «۱۹ و نیم» keeps its order in English."""
    other, mark = ("L", LRI) if language == "fa" else ("R", RLI)
    whole = {_strong(char) for char in text} - {""} == {other}
    if whole and text == text.strip() and _BREAKS.union("\n", DIRECTION).isdisjoint(text):
        return f"{mark}{text}{PDI}"
    return isolate(text, language)


def isolate(text: str, language: str) -> str:
    """Wraps each run of the other direction; well-formed isolates stay, other direction marks go."""
    lines = text.split("\n")  # an isolate ends with its paragraph at the latest
    return "\n".join(_isolate_line(line, language) for line in lines)


def _isolate_line(line: str, language: str) -> str:
    if not line or (line.isascii() and language != "fa"):
        return line
    pieces: list[str] = []
    start = 0
    for opened, closed in _isolated(line):
        pieces.append(_wrap_runs(_undirected(line[start:opened]), language))
        pieces.append(line[opened] + _undirected(line[opened:closed]) + PDI)
        start = closed + 1
    pieces.append(_wrap_runs(_undirected(line[start:]), language))
    return "".join(pieces)


def _isolated(line: str) -> list[tuple[int, int]]:
    """Places of the outermost isolates that are closed."""
    open_at: list[int] = []
    found: list[tuple[int, int]] = []
    for place, char in enumerate(line):
        if char in ISOLATES:
            open_at.append(place)
        elif char == PDI and open_at:
            opened = open_at.pop()
            while found and found[-1][0] > opened:
                found.pop()
            found.append((opened, place))
    return found


def _undirected(text: str) -> str:
    return text if DIRECTION.isdisjoint(text) else "".join(c for c in text if c not in DIRECTION)


def _strong(char: str) -> str:
    """'L', 'R' or '' (digits, signs, spaces)."""
    if char.isascii():
        return "L" if char.isalpha() else ""
    kind = unicodedata.bidirectional(char)
    return {"L": "L", "R": "R", "AL": "R"}.get(kind, "")


def _wrap_runs(text: str, language: str) -> str:
    other, mark = ("L", LRI) if language == "fa" else ("R", RLI)
    pieces: list[str] = []
    done = place = 0
    while place < len(text):
        if _strong(text[place]) != other:
            place += 1
            continue
        start, end = _run(text, place, done, other)
        pieces += [text[done:start], mark, text[start:end], PDI]
        done = place = end
    return "".join(pieces) + text[done:]


def _run(text: str, place: int, floor: int, other: str) -> tuple[int, int]:
    """The run round its first strong letter: from what sticks to it in front to its last letter."""
    start = place
    while start > floor and (
        text[start - 1] in _STUCK[other] or (text[start - 1] in ".,:-" and text[start - 2 : start - 1].isdecimal())
    ):
        start -= 1
    end = place
    for at in range(place, len(text)):
        kind = _strong(text[at])
        if kind == other or (text[at].isdecimal() and (other == "R") == (text[at] in PERSIAN + ARABIC)):
            end = at + 1
        elif kind or text[at] in _BREAKS:
            break
        elif unicodedata.combining(text[at]) and end == at:
            end = at + 1
    return start, end


_STUCK = {"L": "/@#$+~_" + ASCII, "R": PERSIAN + ARABIC}
_BREAKS = frozenset('·•|«»“”"؛،؟;—–…→←([{')


# Echoes --------------------------------------------------------------------------------------------------

# Letters and marks that show nothing: fillers, joiners, variation selectors.
_UNSEEN = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0\u2800") | frozenset(map(chr, range(0x180B, 0x1810)))
MARKS_ON_ONE = 4  # more combining marks than any living script stacks


def visible(text: str, limit: int) -> str:
    """Safe to echo: nothing unseen but half-spaces between Persian letters; at most `limit` characters."""
    kept: list[str] = []
    starts: list[int] = []  # where each grapheme begins
    marks = 0
    for place, char in enumerate(text):
        kind = unicodedata.category(char)
        if char == ZWNJ:
            around = text[place - 1 : place] + text[place + 1 : place + 2]
            if len(around) == 2 and all(_strong(c) == "R" for c in around):
                kept.append(char)
            continue
        if kind in ("Zs", "Zl", "Zp") or char in "\t\n\r\v\f":
            if not kept or kept[-1] == " ":
                continue
            kept.append(" ")
            starts.append(len(kept) - 1)
            continue
        if kind[0] == "C" or char in _UNSEEN:
            continue
        if kind[0] == "M" or "\U0001f3fb" <= char <= "\U0001f3ff":
            marks += 1
            if not kept or marks > MARKS_ON_ONE:
                continue
        else:
            marks = 0
            starts.append(len(kept))
        kept.append(char)
        if len(kept) > limit + MARKS_ON_ONE + 2:
            break
    while kept and kept[-1] in (" ", ZWNJ):
        kept.pop()
    if len(kept) <= limit:
        return "".join(kept)
    cut = max((start for start in starts if start <= limit - 1), default=0)
    return "".join(kept[:cut]).rstrip(" " + ZWNJ) + "…" if limit > 0 else ""
