"""The words of figures, Persian and English: what each one is to the reader of numbers."""

from __future__ import annotations

from enum import Enum, auto


class Kind(Enum):
    DIGITS = auto()  # a literal in digits
    SLASHED = auto()  # digits round a slash that may be mirrored
    CARDINAL = auto()  # zero to nine hundred, as a word
    HUNDRED = auto()  # English
    SCALE = auto()  # thousand, million …
    AND = auto()
    HALF = auto()
    TENTHS = auto()  # دهم، صدم، هزارم
    POINT = auto()
    PERCENT = auto()
    QUALIFIER = auto()
    AFTERTHOUGHT = auto()  # a qualifier behind the number: به بالا، "or so"
    RANGE = auto()  # تا
    DASH = auto()
    BETWEEN = auto()
    FROM = auto()
    BECOMES = auto()  # به: from A to B
    ARROW = auto()
    MINUS = auto()
    PLUS = auto()
    VAGUE = auto()
    FACTOR = auto()
    GROWTH = auto()
    PEOPLE = auto()
    ASKED = auto()  # respondents: a share is one of them, a count of them is none of users
    TRAIT = auto()  # what people may be called beside: active, monthly
    THING = auto()  # what is counted but is no user
    OF = auto()
    UNKNOWN = auto()


Meaning = tuple[Kind, int | str]

PERSIAN_CARDINALS = {
    0: "صفر",
    1: "یک",
    2: "دو",
    3: "سه",
    4: "چهار",
    5: "پنج",
    6: "شش",
    7: "هفت",
    8: "هشت",
    9: "نه",
    10: "ده",
    11: "یازده",
    12: "دوازده",
    13: "سیزده",
    14: "چهارده",
    15: "پانزده",
    16: "شانزده",
    17: "هفده",
    18: "هجده",
    19: "نوزده",
    20: "بیست",
    30: "سی",
    40: "چهل",
    50: "پنجاه",
    60: "شصت",
    70: "هفتاد",
    80: "هشتاد",
    90: "نود",
    100: "صد",
    200: "دویست",
    300: "سیصد",
    400: "چهارصد",
    500: "پانصد",
    600: "ششصد",
    700: "هفتصد",
    800: "هشتصد",
    900: "نهصد",
}
ENGLISH_CARDINALS = dict(
    enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen"
        ""
        " sixteen seventeen eighteen nineteen".split()
    )
) | {10 * i: word for i, word in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), 2)}

_OTHER_CARDINALS = {
    "یه": 1,
    "شیش": 6,
    "پونزده": 15,
    "شونزده": 16,
    "هیفده": 17,
    "هیجده": 18,
    "هژده": 18,
    "یکصد": 100,
    "پونصد": 500,
    "شیشصد": 600,
}

PERSIAN_SCALES = {
    "هزار": 10**3,
    "میلیون": 10**6,
    "ملیون": 10**6,
    "میلیارد": 10**9,
    "ملیارد": 10**9,
    "تریلیون": 10**12,
}
_ENGLISH_SCALES = {
    10**3: "k thousand",
    10**6: "m mn mln mio million",
    10**9: "b bn bln billion",
    10**12: "tn trillion",
}
TENTHS = {"دهم": 1, "صدم": 2, "هزارم": 3}  # → decimals

# Words (or several in a row, written apart, with half-spaces or hyphens) of one kind; `|` between them.
_ROWS: list[tuple[Kind, str, str]] = [
    (
        Kind.QUALIFIER,
        "about",
        "حدود|در حدود|چیزی حدود|چیزی در حدود|نزدیک به|نزدیک|چیزی نزدیک به|قریب به|قریب|حوالی|در حوالی|حول و حوش"
        "|کمابیش|کم و بیش|nearly|about|almost|around|roughly|some|close to|ca|ca .|c .|approx .|circa|~|≈",
    ),
    (Kind.QUALIFIER, "exact", "دقیقا|درست|exactly|precisely"),
    (Kind.QUALIFIER, "", "فقط|تنها|only|just"),  # a judgement, not a hedge
    (
        Kind.QUALIFIER,
        "at_least",
        "بیش از|بیشتر از|بیش تر از|کمی بیش از|کمی بیشتر از|اندکی بیش از|اندکی بیشتر از|دست کم|دستکم|حداقل|حد اقل"
        "|لااقل|متجاوز از|بالغ بر|بالای|بالاتر از|افزون بر|فراتر از|over|just over|well over|above|more than|at least"
        "|no less than|not less than|no fewer than|not fewer than|upwards of|in excess of|>|≥|>=",
    ),
    (
        Kind.QUALIFIER,
        "at_most",
        "کمتر از|کم تر از|کمی کمتر از|اندکی کمتر از|پایین تر از|پایینتر از|زیر|حداکثر|حد اکثر|under|just under|below"
        "|less than|fewer than|at most|up to|no more than|not more than|<|≤|<=",
    ),
    (Kind.AFTERTHOUGHT, "about", "تقریبا|حدودا|به تقریب|approximately|approx|or so|or thereabouts"),
    (
        Kind.AFTERTHOUGHT,
        "at_least",
        "به بالا|یا بیشتر|یا بیش تر|و بیشتر|و بیش تر|یا بالاتر|و بالاتر|plus|or more|and more|or over|and over",
    ),
    (Kind.AFTERTHOUGHT, "at_most", "به پایین|یا کمتر|یا کم تر|و کمتر|or less|or fewer"),
    (Kind.AND, "", "و|and|&"),
    (Kind.HALF, "", "نیم|half|a half|half a|half an"),
    (Kind.POINT, "", "ممیز|point"),
    (Kind.HUNDRED, "", "hundred"),
    (Kind.PERCENT, "", "درصد|در صد|percent|per cent|pct|%|٪"),
    (Kind.RANGE, "", "تا|الی|to"),
    (Kind.DASH, "", "-|–|—"),
    (Kind.BETWEEN, "", "بین|میان|ما بین|مابین|between"),
    (Kind.FROM, "", "از|from"),
    (Kind.OF, "", "of|of the|of all|among"),
    (Kind.BECOMES, "", "به"),
    (Kind.ARROW, "", "→|←|⟶|⟵|⇒|⇐|➔|➜|➡|⬅|=>|->"),
    (Kind.MINUS, "", "−|منفی|منهای|minus|negative"),
    (Kind.PLUS, "", "+"),
    (
        Kind.VAGUE,
        "",
        "چند|چندین|صدها|صد ها|ده ها|دهها|هزاران|هزارها|هزار ها|میلیونها|میلیون ها|میلیاردها"
        "|میلیارد ها|ها|بسیاری|بسیار"
        "|خیلی|hundreds|thousands|millions|billions|dozens|tens|several|many|few",
    ),
    (Kind.FACTOR, "", "برابر|برابری|برابرشدن|times|time|fold|x|×"),
    (
        Kind.GROWTH,
        "",
        "رشد|افزایش|کاهش|افت|جهش|growth|increase|decrease|rise|fall|drop|increased|decreased|grew|fell",
    ),
    (
        Kind.PEOPLE,
        "",
        "کاربر|کاربران|کاربرها|نفر|مردم|عضو|اعضا|اعضای|مشترک|مشترکان|مشترکین|حساب|حساب کاربری"
        "|حسابهای کاربری"
        "|حساب های کاربری|اکانت|شهروند|شهروندان|ایرانیان|هموطن|دانش آموز|دانشآموز|دانش آموزان"
        "|دانشآموزان|دانشجو|دانشجویان"
        "|معلم|معلمان|فرهنگی|فرهنگیان|user|users|people|persons|account|accounts|member|members"
        "|subscriber|subscribers"
        "|students|citizens|iranians",
    ),
    (Kind.PEOPLE, "installs", "نصب|install|installs|installations"),
    (
        Kind.ASKED,
        "",
        "پاسخگو|پاسخ گو|پاسخگویان|پاسخ گویان|پاسخ دهنده|پاسخدهنده|پاسخ دهندگان|پاسخدهندگان|شرکت کنندگان|افراد"
        "|respondents|adults",
    ),
    (Kind.TRAIT, "", "فعال|یکتا|ایرانی|active|unique|iranian"),
    (Kind.TRAIT, "mau", "ماهانه|ماهیانه|در ماه|monthly|mau|a month|per month"),
    (Kind.TRAIT, "dau", "روزانه|در روز|daily|dau|a day|per day"),
    (Kind.TRAIT, "registered", "ثبت نامی|ثبتنامی|ثبت نام شده|ثبت نام کرده|registered"),
    (
        Kind.THING,
        "",
        "پیام|پیامها|پیام ها|دلار|تومان|تومن|ریال|یورو|دانلود|دانلودها|مراجعه|بازدید|بازدیدکننده"
        "|بازدید کننده|کانال|کانالها"
        "|کانال ها|گروه|گروهها|گروه ها|پست|ویدئو|ویدیو|فایل|تراکنش|تماس|سال|ماه|روز|ساعت|دقیقه"
        "|ثانیه|فروشگاه|کسب و کار|ربات"
        "|دنبال کننده|دنبالکننده|فالوور|نسخه|بار|دستگاه|خانوار|گیگابایت|ترابایت|message|messages"
        "|dollar|dollars|download"
        "|downloads|channel|channels|group|groups|post|posts|visit|visits|view|views|shop|shops"
        "|device|devices|followers"
        "|households|rials|tomans|euros|bots|$|€",
    ),
]


def _meanings() -> tuple[dict[str, Meaning], dict[str, list[tuple[tuple[str, ...], Meaning]]]]:
    """Single words, and the phrases by their first word, longest first."""
    words: dict[str, Meaning] = {}
    phrases: dict[str, list[tuple[tuple[str, ...], Meaning]]] = {}

    def add(phrase: str, kind: Kind, value: int | str) -> None:
        parts = tuple(phrase.split())
        if len(parts) == 1:
            words[phrase] = (kind, value)
        else:
            phrases.setdefault(parts[0], []).append((parts, (kind, value)))

    for number, word in [*PERSIAN_CARDINALS.items(), *ENGLISH_CARDINALS.items()]:
        add(word, Kind.CARDINAL, number)
    for word, number in _OTHER_CARDINALS.items():
        add(word, Kind.CARDINAL, number)
    for hundreds in range(3, 10):  # «هفت‌صد»
        add(f"{PERSIAN_CARDINALS[hundreds]} صد", Kind.CARDINAL, 100 * hundreds)
    for word, scale in PERSIAN_SCALES.items():
        add(word, Kind.SCALE, scale)
    for scale, row in _ENGLISH_SCALES.items():
        for word in row.split():
            add(word, Kind.SCALE, scale)
    for word, decimals in TENTHS.items():
        add(word, Kind.TENTHS, decimals)
    for kind, value, row in _ROWS:
        for phrase in row.split("|"):
            add(phrase, kind, value)
    for rows in phrases.values():
        rows.sort(key=lambda row: -len(row[0]))
    return words, phrases


WORDS, PHRASES = _meanings()

# What may be written attached to a number or to each other: «سیصدوپنج», «چهارمیلیون‌نفر», «۱۲ونیم».
ATTACHABLE = {
    word: meaning
    for word, meaning in WORDS.items()
    if "آ" <= word[0] <= "ی"
    and (
        meaning[0] in (Kind.CARDINAL, Kind.SCALE, Kind.AND, Kind.HALF, Kind.TENTHS, Kind.PEOPLE, Kind.TRAIT)
        or word == "درصد"
    )
}
