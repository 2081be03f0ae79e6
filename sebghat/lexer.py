"""A line of text as tokens: literals in digits, words of the vocabulary, signs. Linear in the text."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sebghat import letters
from sebghat.refusal import Refusal
from sebghat.vocabulary import ATTACHABLE, PHRASES, WORDS, Kind

LONGEST_RUN = 64  # letters in one go; what is longer is no compound of number words
LONGEST_WORD = max(map(len, ATTACHABLE))

# Thousands by single spaces, or digits with single signs between them. Neither can be matched in two ways.
_SPACED = re.compile(f"[{letters.DIGIT}]{{1,3}}(?: [{letters.DIGIT}]{{3}}(?![{letters.DIGIT}]))+")
_LITERAL = re.compile(f"[{letters.DIGIT}]+(?:[.٫,،٬'’/][{letters.DIGIT}]+)*")
_WORD = re.compile(r"[^\W\d_]+")
_PAIR = re.compile("=>|->|>=|<=")
_GROUPING = dict.fromkeys(",،", ",") | {"٬": "٬"} | dict.fromkeys("'’", "'")


@dataclass(frozen=True, slots=True)
class Token:
    """`value` of a literal: its digits as an integer, `decimals` of them behind the decimal sign."""

    kind: Kind
    text: str
    value: int | str = 0
    decimals: int = 0
    glued: bool = False  # nothing, or a half-space, between it and the token before
    thousands_or_decimal: bool = False  # «12.345»


def tokens(text: str, written: str) -> list[Token] | Refusal:
    """Tokens of a text made `plain`."""
    raw = _pieces(text, written)
    if isinstance(raw, Refusal):
        return raw
    found: list[Token] = []
    place = 0
    while place < len(raw):
        token = raw[place]
        if token.kind is not Kind.UNKNOWN:
            found.append(token)
            place += 1
            continue
        for parts, (kind, value) in PHRASES.get(token.text, ()):
            if tuple(piece.text for piece in raw[place : place + len(parts)]) == parts:
                found.append(Token(kind, " ".join(parts), value, glued=token.glued))
                place += len(parts)
                break
        else:
            found += _words(token, raw[place + 1] if place + 1 < len(raw) else None)
            place += 1
    return _without_hyphens(found)


def _pieces(text: str, written: str) -> list[Token] | Refusal:
    pieces: list[Token] = []
    place = 0
    glued = False
    while place < len(text):
        char = text[place]
        if char in " \u200c":
            glued = glued and char != " "
            place += 1
            continue
        if "0" <= char <= "9" or "۰" <= char <= "۹" or "٠" <= char <= "٩":
            spaced = _SPACED.match(text, place)
            # «12 345.6»: what began with spaces may go on with a decimal sign.
            rest = _LITERAL.match(text, spaced.end() - 1 if spaced else place)
            end = rest.end() if rest else place + 1
            token = literal(text[place:end], written, glued)
            if isinstance(token, Refusal):
                return token
        elif match := _WORD.match(text, place):
            end = match.end()
            token = Token(Kind.UNKNOWN, match.group(), glued=glued)
        else:
            match = _PAIR.match(text, place)
            end = match.end() if match else place + 1
            kind, value = WORDS.get(text[place:end], (Kind.UNKNOWN, ""))
            token = Token(kind, text[place:end], value, glued=glued)
        pieces.append(token)
        place = end
        glued = True
    return pieces


def literal(text: str, written: str, glued: bool) -> Token | Refusal:
    """«۲۴٬۰۰۰٬۰۰۰», «24.000.000», «۳۴/۶», «12.5»: digits and the signs between them."""
    parts: list[str] = [""]
    signs: list[str] = []
    for char in text:
        if char.isdecimal():
            parts[-1] += char
        else:
            signs.append(_GROUPING.get(char, char))
            parts.append("")
    decimal = False
    if "/" in signs:
        persian = not parts[-1][0].isascii() and not parts[-2][-1].isascii()
        if len(signs) == 1 and not persian:
            return Token(Kind.SLASHED, text, glued=glued)
        if signs.index("/") != len(signs) - 1 or not persian:
            return _ill_formed(text, written)
        decimal = True
    elif "٫" in signs:
        if signs.index("٫") != len(signs) - 1:
            return _ill_formed(text, written)
        decimal = True
    elif "." in signs and signs.count(".") == 1:
        if signs[-1] != ".":
            return _ill_formed(text, written)
        decimal = True
    whole = parts[:-1] if decimal else parts
    grouping = set(signs[:-1] if decimal else signs)
    if len(whole) > 1 and not (
        len(grouping) == 1 and len(whole[0]) <= 3 and all(len(group) == 3 for group in whole[1:])
    ):
        return _ill_formed(text, written)
    if (len(whole[0]) > 1 and int(whole[0][0]) == 0) or (len(whole) > 1 and int(whole[0]) == 0):
        return _ill_formed(text, written)  # something was cut off in front, or it is no number
    decimals = len(parts[-1]) if decimal else 0
    unclear = signs == ["."] and decimals == 3 and len(whole[0]) <= 3 and int(whole[0]) > 0
    return Token(Kind.DIGITS, text, int("".join(parts)), decimals, glued, unclear)


def _ill_formed(text: str, written: str) -> Refusal:
    return Refusal("ill_formed", letters.visible(written, 60), details={"part": letters.visible(text, 30)})


def _words(token: Token, following: Token | None) -> list[Token]:
    meaning = WORDS.get(token.text)
    if meaning:
        return [Token(meaning[0], token.text, meaning[1], glued=token.glued)]
    if token.text in ("a", "an") and following and WORDS.get(following.text, (None,))[0] in (Kind.SCALE, Kind.HUNDRED):
        return [Token(Kind.CARDINAL, token.text, 1, glued=token.glued)]
    words = _attached(token.text)
    return [Token(*(ATTACHABLE[word][0], word, ATTACHABLE[word][1]), glued=place > 0 or token.glued)
            for place, word in enumerate(words)] or [token]  # fmt: skip


def _attached(run: str) -> list[str]:
    """The fewest known words that make up the whole run; none if there are none, or two such ways."""
    if len(run) > LONGEST_RUN or run[0].isascii():
        return []
    ways: list[tuple[int, int, str]] = [(0, 1, "")]  # fewest words up to here, in how many ways, the last word
    for end in range(1, len(run) + 1):
        best = (LONGEST_RUN + 1, 0, "")
        for start in range(max(0, end - LONGEST_WORD), end):
            count, number, _ = ways[start]
            if number == 0 or count + 1 > best[0] or (word := run[start:end]) not in ATTACHABLE:
                continue
            best = (count + 1, number if count + 1 < best[0] else best[1] + number, word)
        ways.append(best)
    if ways[-1][1] != 1:
        return []
    words: list[str] = []
    end = len(run)
    while end:
        words.append(ways[end][2])
        end -= len(words[-1])
    return words[::-1]


def _without_hyphens(found: list[Token]) -> list[Token]:
    """«thirty-five» is one number; between other words a hyphen means a range."""
    return [
        token
        for place, token in enumerate(found)
        if not (
            token.text == "-"
            and token.glued
            and 0 < place < len(found) - 1
            and found[place + 1].glued
            and all(t.kind is Kind.CARDINAL and t.text.isascii() for t in (found[place - 1], found[place + 1]))
        )
    ]
