"""The words of dates, Persian and English, and a text as tokens of them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sebghat import letters
from sebghat.almanac import MONTHS, SEASONS, WEEKDAYS
from sebghat.periods import Calendar
from sebghat.refusal import Candidate
from sebghat.spelling import spell

Meaning = tuple[str, int, Calendar | None]

_JALALI = {  # beside the names that are written: other spellings, and the Afghan names
    1: "فرودین حمل",
    2: "اردیبشهت ثور",
    3: "جوزا",
    4: "سرطان",
    5: "امرداد اسد",
    6: "شهرویر سنبله",
    7: "میزان",
    8: "عقرب",
    9: "اذر قوس",
    10: "جدی dei",
    11: "دلو",
    12: "اسپند حوت",
}
_GREGORIAN = {
    1: "ژانویهٔ jan جنوری",
    2: "فوریهٔ فبروری feb",
    3: "مارچ mar",
    4: "اپریل apr",
    5: "می",
    6: "جون jun",
    7: "جولای ژوئیهٔ jul",
    8: "آگوست اگوست aug",
    9: "سپتمبر sep sept",
    10: "اکتوبر oct",
    11: "نومبر nov",
    12: "دسمبر dec",
}
_ONES = "یکم دوم سوم چهارم پنجم ششم هفتم هشتم نهم".split()
_ORDINALS = {
    **dict(enumerate(_ONES, 1)),
    **dict(
        enumerate("دهم یازدهم دوازدهم سیزدهم چهاردهم پانزدهم شانزدهم هفدهم هجدهم نوزدهم بیستم".split(), 10),
    ),
    **{20 + i: f"بیست و {word}" for i, word in enumerate(_ONES, 1)},
    30: "سی ام",
    31: "سی و یکم",
}
# Shape, value, words with `|` between them; shapes as in shapes.py.
_ROWS: list[tuple[str, int, str]] = [
    ("N", 1, "اول|نخست"),
    ("N", 30, "سیم"),
    ("D", 0, "امروز|today"),
    ("D", 1, "دیروز|yesterday"),
    ("D", 2, "پریروز|day before yesterday|the day before yesterday"),
    ("R", 0, "تا|الی|لغایت|to|until|through"),
    ("A", 0, "و|and|&"),
    ("E", 0, "پایان|آخر|انتها|انتهای|end of|the end of|end"),
    ("Y", 0, "سال|year|jalali year"),
    (
        "F",
        0,
        "ماه|فصل|روز|روزهای|مورخ|مورخه|در|به تاریخ|تاریخ|تاریخ انتشار|تاریخ خبر|انتشار|شمسی|خورشیدی|میلادی"
        "|هجری شمسی|month of|of|on|in|the|ad|as of|as at|date|dated|published|day|days",
    ),
    ("O", 0, "از|from"),
    ("B", 0, "بین|میان|مابین|between"),
    ("I", 0, "برابر با|برابر|مطابق با|مطابق|مصادف با"),
    ("C", 0, "ساعت|at|t"),
    ("P", 0, "am|pm|صبح|ظهر|عصر|شب|بعدازظهر"),
    ("Z", 0, "z|utc|gmt"),
    ("X", 0, "st|nd|rd|th|ام|م"),
    (
        "V",
        0,
        "پیرارسال"
        "|چند وقت پیش|چندی پیش|اخیرا|به تازگی|بتازگی|پیش|گذشته|قبل|فردا|پس فردا|اوایل"
        "|اواسط|اواخر|نیمه|ابتدای|آغاز"
        "|last|ago|recently|next|tomorrow|early|late|mid|this",
    ),
    ("H", 0, "حدود|حدودا|تقریبا|about|around"),
    # Periods that are known but for the day, the month or the year that is meant: how many ago.
    ("v", 0, "این هفته|this week"),
    ("v", 1, "هفته پیش|هفته ی پیش|هفته گذشته|هفته ی گذشته|هفته قبل|هفته ی قبل|last week"),
    ("v", 10, "این ماه|ماه جاری|this month"),
    ("v", 11, "ماه پیش|ماه گذشته|ماه قبل|last month"),
    ("v", 20, "امسال|سال جاری|this year"),
    ("v", 21, "پارسال|سال گذشته|سال پیش|سال قبل|last year"),
    (
        "L",
        0,
        "محرم|محرم الحرام|صفر|ربیع الاول|ربیع الثانی|ربیع|جمادی الاول|جمادی الثانی|جمادی الاولی"
        "|جمادی|رجب|شعبان|رمضان|شوال"
        "|ذی القعده|ذیقعده|ذی الحجه|ذیحجه|قمری|muharram|safar|rajab|shaban|ramadan|ramazan|shawwal",
    ),
]


def _meanings() -> dict[str, Meaning]:
    """By `letters.key`, so that half-spaces, spaces and the marks on آ and ئ make no difference."""
    words: dict[str, Meaning] = {}

    def add(row: str, shape: str, value: int, calendar: Calendar | None = None) -> None:
        for word in row.split("|"):
            words[letters.key(word)] = (shape, value, calendar)

    for shape, value, row in _ROWS:
        add(row, shape, value)
    for day, word in _ORDINALS.items():
        add(word, "N", day)
    for day in range(1, 32):
        add(spell(day, "fa"), "N", day)
    for calendar, others in ((Calendar.JALALI, _JALALI), (Calendar.GREGORIAN, _GREGORIAN)):
        for number in range(1, 13):
            names = [MONTHS[language, calendar][number - 1] for language in ("fa", "en")] + others[number].split()
            add("|".join(names), "M", number, calendar)
            if calendar is Calendar.JALALI:
                add("|".join(f"{name} ماه" for name in names), "M", number, calendar)
    for number in range(1, 5):
        add("|".join(SEASONS[language][number - 1] for language in ("fa", "en")), "S", number, Calendar.JALALI)
        nth = ("نخست|اول", "دوم", "سوم", "چهارم")[number - 1].split("|")
        add("|".join(f"سه ماهه {word}|سه ماه {word}" for word in nth), "Q", number)
        add(f"{('first', 'second', 'third', 'fourth')[number - 1]} quarter", "Q", number)
    add("سه ماهه پایانی|سه ماهه آخر|last quarter", "Q", 4)
    for number in range(7):
        add("|".join(WEEKDAYS[language][number] for language in ("fa", "en")), "W", number)
        english = WEEKDAYS["en"][number]
        add(f"{english[:3]}|{english[:4]}", "W", number)
    add("آدینه", "W", 4)
    return words


WORDS = _meanings()
PHRASE_LENGTH = 4  # words in the longest phrase


@dataclass(frozen=True, slots=True)
class Token:
    """`shape` is one letter: what the token is to the table of shapes."""

    shape: str
    text: str
    value: int = 0
    calendar: Calendar | None = None
    glued: bool = False

    @property
    def width(self) -> int:
        """How many digits it is written with; none for «سوم»."""
        return len(self.text) if self.text.isdecimal() else 0


class Stop(Exception):
    """Ends a reading from deep inside; never leaves this folder."""

    def __init__(self, code: str, candidates: tuple[Candidate, ...] = (), **details: str) -> None:
        self.code, self.candidates, self.details = code, candidates, details


_TOKEN = re.compile(r"(?P<space>[ \u200c]+)|(?P<number>\d+)|(?P<word>[^\W\d_]+)|(?P<sign>.)", re.DOTALL)
_SIGNS = {"–": "-", "—": "-", "−": "-", "،": ","}
_CLOCK = re.compile(r"C?N:N(?::N(?:\.N)?)?(?:P|Z|[+-]N:N)?|CNP?")
_AGO = frozenset({"پیش", "قبل", "ago"})
_DAYS = frozenset({"روز", "day", "days"})
_DAYS_AGO = 60  # who counts further back has no day in mind


def tokens(clean: str) -> list[Token]:
    raw: list[Token] = []
    glued = False
    for match in _TOKEN.finditer(letters.digits(clean, "en")):
        text = match.group()
        if match.lastgroup == "space":
            glued = False
            continue
        if match.lastgroup == "number":
            if len(text) > 9:
                raise Stop("not_a_date", word=letters.visible(text, 20))
            raw.append(Token("N", text, int(text), glued=glued))
        else:
            sign = _SIGNS.get(text, text)
            raw.append(Token("?" if match.lastgroup == "word" else sign, text, glued=glued))
        glued = True
    return _without_clocks(_days_ago(_named(raw)))


def _days_ago(found: list[Token]) -> list[Token]:
    """«۳ روز پیش» is as definite as «پریروز»."""
    kept: list[Token] = []
    for token in found:
        if token.text in _AGO and [t.shape for t in kept[-2:]] == ["N", "F"] and kept[-1].text in _DAYS:
            text = " ".join(t.text for t in (*kept[-2:], token))
            if kept[-2].value > _DAYS_AGO:
                raise Stop("no_date")
            kept[-2:] = [Token("D", text, kept[-2].value)]
        else:
            kept.append(token)
    return kept


def _named(raw: list[Token]) -> list[Token]:
    """Words by the longest phrase that names something, however its parts are joined."""
    found: list[Token] = []
    place = 0
    while place < len(raw):
        token = raw[place]
        if token.shape != "?":
            found.append(token)
            place += 1
            continue
        end = place + 1
        while end < len(raw) and end - place < PHRASE_LENGTH and raw[end].shape == "?":
            end += 1
        while end > place + 1 and letters.key("".join(t.text for t in raw[place:end])) not in WORDS:
            end -= 1
        name = letters.key("".join(t.text for t in raw[place:end]))
        shape, value, calendar = WORDS.get(name, ("?", 0, None))
        if name == "q" and end < len(raw) and raw[end].glued and raw[end].value in (1, 2, 3, 4):  # Q1
            shape, value, end = "Q", raw[end].value, end + 1
        if shape == "X" and not (found and found[-1].shape == "N" and token.glued):  # 3rd
            shape = "?"
        if shape != "X":
            text = " ".join(t.text for t in raw[place:end])
            found.append(Token(shape, text, value, calendar, token.glued))
        place = end
    return found


def _without_clocks(found: list[Token]) -> list[Token]:
    """Times of day are dropped: «ساعت ۱۳:۱۰», "T23:30:00Z"."""
    # A loose dash behind a clock time parts it from the date: «۱۳:۱۰ - ۹ آذر».
    shapes = "".join("?" if token.shape in "+-" and not token.glued else token.shape for token in found)
    kept: list[Token] = []
    start = 0
    for match in _CLOCK.finditer(shapes):
        hours = [token.value for token in found[match.start() : match.end()] if token.shape == "N"][:2]
        if hours[0] > 24 or hours[-1] > 59:
            raise Stop("not_a_date", word=" ".join(token.text for token in found[match.start() : match.end()]))
        kept += found[start : match.start()]
        start = match.end()
    return kept + found[start:]
