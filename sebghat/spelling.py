"""Whole numbers in words, Persian and English."""

from __future__ import annotations

from sebghat import letters
from sebghat.vocabulary import ENGLISH_CARDINALS, PERSIAN_CARDINALS

SCALES = (10**9, 10**6, 10**3)
NAMES = {
    "fa": {10**9: "میلیارد", 10**6: "میلیون", 10**3: "هزار"},
    "en": {10**9: "billion", 10**6: "million", 10**3: "thousand"},
}


def spell(number: int, language: str) -> str:
    """«سی‌وشش میلیون», «سیصدوپنج», "thirty million five hundred thousand"."""
    below = _persian if language == "fa" else _english
    if number == 0:
        return below(0)
    groups = [(number // scale % 1000 if scale < 10**9 else number // scale, scale) for scale in (*SCALES, 1)]
    # Without its «صفر هزار», «سی میلیون و سیصد» could be 30,300,000.
    zero = groups[3][0] > 0 and groups[2][0] == 0 and number >= 10**6
    words = [f"{below(group)} {NAMES[language].get(scale, '')}".strip()
             for group, scale in groups if group or (zero and scale == 1000)]  # fmt: skip
    return (" و " if language == "fa" else " ").join(words)


def _persian(number: int) -> str:
    """A number below a thousand, in one: «سیصدوپنج», «سی‌وشش»."""
    parts = [
        number // 100 * 100,
        *([number % 100] if number % 100 < 20 else [number % 100 // 10 * 10, number % 10]),
    ]
    words = [PERSIAN_CARDINALS[part] for part in parts if part] or [PERSIAN_CARDINALS[0]]
    text = words[0]
    for word in words[1:]:
        text = attach(text, "و" + word)
    return text


def attach(text: str, word: str) -> str:
    """Letters that join to the left need a half-space before what follows."""
    return text + ("" if text[-1] in "اآدذرزژو" else letters.ZWNJ) + word


def _english(number: int) -> str:
    hundreds, rest = divmod(number, 100)
    words = [f"{ENGLISH_CARDINALS[hundreds]} hundred"] if hundreds else []
    if rest >= 20 and rest % 10:
        words.append(f"{ENGLISH_CARDINALS[rest // 10 * 10]}-{ENGLISH_CARDINALS[rest % 10]}")
    elif rest or not hundreds:
        words.append(ENGLISH_CARDINALS[rest])
    return " ".join(words)
