"""A text too long for one message, parted where a reader would."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import accumulate, pairwise

from sebghat.conversation import Span, Style
from sebghat.letters import ISOLATES, PDI, ZWNJ

ZWJ = "\u200d"
# What a cut would break: addresses, commands, names.
WHOLE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://\S+|(?<!\S)/\w+(?:@\w+)?|@\w+")
# Where a cut may come, best first; it comes behind what matches.
PLACES = tuple(map(re.compile, (r"\n\s*\n", r"\n", r"[.!?؟؛…]['\")»]*\s", r"\s")))
EARLIEST = 4  # a cut in the first quarter is taken only where there is no other
DEEPEST = 8  # isolates within each other that are closed and opened again around a cut


def units(text: str) -> int:
    """The length in UTF-16 units, in which messengers count."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def parted(spans: Sequence[Span], limit: int) -> list[tuple[Span, ...]]:
    """The spans in parts of at most `limit` units, none of them blank.

    A cut comes behind a paragraph, a line, a sentence, a space, in this order; never inside a grapheme cluster;
    inside a link, a command, what is styled or an isolate only where nothing else is left, and an isolate is
    then closed and opened again. But for these marks the parts together are the text."""
    text = "".join(span.text for span in spans)
    cuts = [0, *_cuts(text, spans, limit), len(text)] if units(text) > limit else [0, len(text)]
    opened = _opened(text) if len(cuts) > 2 else {}
    parts = []
    for start, end in pairwise(cuts):
        if text[start:end].strip():
            before, after = opened.get(start, ""), PDI * len(opened.get(end, ""))
            parts.append(tuple(_slice(spans, start, end, before, after)))
    return parts


def _slice(spans: Sequence[Span], start: int, end: int, before: str, after: str) -> Iterator[Span]:
    if before:
        yield Span(before)
    position = 0
    for span in spans:
        here = span.text[max(0, start - position) : max(0, end - position)]
        position += len(span.text)
        if here:
            # Half a surrogate pair can be sent to nobody.
            yield replace(span, text=here.encode("utf-8", "replace").decode())
    if after:
        yield Span(after)


def _cuts(text: str, spans: Sequence[Span], limit: int) -> Iterator[int]:
    whole, clusters, opened = _whole(text, spans), _clusters(text), _opened(text)
    places = [
        [end for found in place.finditer(text) if not whole[end := found.end()] and not clusters[end]]
        for place in PLACES
    ]
    counted = list(accumulate((1 + (char > "\uffff") for char in text), initial=0))
    closing = max(map(len, opened.values()), default=0)
    start = 0
    while True:
        room = limit - len(opened.get(start, ""))
        if counted[-1] - counted[start] <= room:
            return
        # The furthest position that fits; at least one character on.
        end = max(start + 1, bisect_right(counted, counted[start] + room - closing) - 1)
        start = _best(places, start, end) or _anywhere(clusters, whole, start, end)
        yield start


def _best(places: list[list[int]], start: int, end: int) -> int | None:
    for earliest in (start + (end - start) // EARLIEST, start):
        for place in places:
            index = bisect_right(place, end)
            if index and place[index - 1] > earliest:
                return place[index - 1]
    return None


def _anywhere(clusters: bytearray, whole: bytearray, start: int, end: int) -> int:
    """Between two clusters, and if it can be outside of what should stay whole; in the middle of a cluster only
    if that alone is longer than a message."""
    between = [position for position in range(end, start, -1) if not clusters[position]]
    outside = (position for position in between if not whole[position])
    return next(outside, between[0] if between else end)


def _whole(text: str, spans: Sequence[Span]) -> bytearray:
    """1 at each position inside of something that should stay whole."""
    inside = bytearray(len(text) + 1)

    def keep(start: int, end: int) -> None:
        inside[start + 1 : end] = b"\1" * max(0, end - start - 1)

    position = 0
    for span in spans:
        if span.style is not Style.PLAIN or span.href:
            keep(position, position + len(span.text))
        position += len(span.text)
    for found in WHOLE.finditer(text):
        keep(*found.span())
    openers: list[int] = []
    for index, char in enumerate(text):
        if char in ISOLATES:
            openers.append(index)
        elif char == PDI and openers:
            keep(openers.pop(), index + 1)
        elif char == "\n":
            openers.clear()  # an isolate ends with its paragraph
    return inside


def _opened(text: str) -> dict[int, str]:
    """The isolates that are open at a position, where there are any."""
    found, openers = {}, ""
    for index, char in enumerate(text):
        if openers:
            found[index] = openers[:DEEPEST]
        if char in ISOLATES:
            openers += char
        elif char == PDI:
            openers = openers[:-1]
        elif char == "\n":
            openers = ""
    return found


def _clusters(text: str) -> bytearray:
    """1 at each position inside of a grapheme cluster, and within a word joined by a half-space."""
    inside = bytearray(len(text) + 1)
    flags = 0
    for index, char in enumerate(text):
        flag = "\U0001f1e6" <= char <= "\U0001f1ff"
        flags = flags + 1 if flag else 0
        before = text[index - 1] if index else ""
        if index and (
            _extends(char) or before in {ZWJ, ZWNJ} or (before == "\r" and char == "\n") or (flag and flags % 2 == 0)
        ):
            inside[index] = 1
    return inside


def _extends(char: str) -> bool:
    """Marks, joiners, skin tones, tags of flags, vowels and finals of Hangul."""
    if char < "\u0300":
        return False
    return (
        char in {ZWJ, ZWNJ}
        or "\u1160" <= char <= "\u11ff"
        or "\U0001f3fb" <= char <= "\U0001f3ff"
        or "\U000e0020" <= char <= "\U000e007f"
        or unicodedata.category(char) in {"Mn", "Me", "Mc"}
    )
