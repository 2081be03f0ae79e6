"""Asking: what a plain text asks for, whichever way its words stand; what would be a guess is left unanswered."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from sebghat import letters
from sebghat.dates import names_a_date
from sebghat.platforms import EVERYDAY, LONGEST_NAME, Platform, Platforms
from sebghat.reading import LONGEST_METRIC, METRIC_BY_NAME, SCOPES

INNER = frozenset("+-–()/%٪")  # signs that a name, a number or a date may begin or end with
SPOKEN_DATE = 8  # words; what is longer is no date
SHORT_TALK = 3  # words
# Names that are words of Latin talk as well; like the Persian ones they count in a sentence only in clear company.
EVERYDAY_NAMES = frozenset(
    letters.key(name) for name in (*EVERYDAY, "gap", "line", "x", "signal", "threads", "discord", "messenger", "imo")
)


def _words(text: str) -> frozenset[str]:
    return frozenset(letters.key(word) for word in text.split())


# Words round a question that change nothing of it.
FILLERS = _words(
    """و با در رو را تو توی بین میان کن کنید کنم بکن بده بدید بگو بگید نشان چند چندتا چنده تا چقدر چقدره چیه چه
    قدر چطوره کدام کدوم کدومش داره دارد دارند دارن داشت است هست هستند هستن لطفا لطفاً پلیز الان حالا اکنون برای
    درباره های سلام پیام رسان پیامرسان فعال نفر مقدار میزان نسبت به که
    and with in of for the to as me show tell give how many much which is are has have does do did please now
    between there on got s number stat"""
)
# Words that ask for figures: with one of them even an everyday word may be a name.
USERS = _words(
    """کاربر کاربران کاربرا کاربرها کاربرای کاربرهای کاربرانش کاربراش تعداد شمار آمار آمارش رقم
    user users stats statistics figures count"""
)
# Words that set one beside another.
COMPARING = _words(
    """از یا بیشتر بیشتره بیشترن بیشترند بیشتری کمتر کمتره جلو جلوتر جلوتره عقب عقبتره عقبتر بزرگتر بزرگتره پیش افتاده
    افتاد زده مقایسه فرق مقابل برابر
    or vs versus than more bigger larger ahead passed overtaken overtook compare compared against fewer most"""
)
ROUND_A_DATE = FILLERS | USERS
SAY_NOTHING = FILLERS | USERS | COMPARING
TALK = _words(
    """سلام درود مرسی ممنون ممنونم متشکرم تشکر سپاس خداحافظ بای اوکی اوکیه باشه خوبی چطوری آره نه عالی دمت
    hi hello hey salam ok okay thanks thank thx bye yes no"""
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What was found among the words. `everyday` are platforms whose written names are everyday words too;
    `rest` are the words that were not understood, as written, with the fillers among them."""

    platforms: tuple[Platform, ...]
    everyday: frozenset[str]
    metrics: tuple[str, ...]
    scope: str | None
    rest: tuple[str, ...]

    @property
    def metric(self) -> str | None:
        """The metric, if one is named and not several."""
        return self.metrics[0] if len(set(self.metrics)) == 1 else None

    @property
    def when(self) -> str:
        """The words that may name a date: what is left, without the fillers round it."""
        said = [place for place, word in enumerate(self.rest) if letters.key(word) not in ROUND_A_DATE]
        return " ".join(self.rest[said[0] : said[-1] + 1]) if said else ""

    @property
    def unknown(self) -> list[str]:
        """The words that say something, and nobody knows what."""
        return [word for word in self.rest if letters.key(word) not in SAY_NOTHING]


def bare(text: str) -> str:
    """The words without the punctuation and emoji at their edges: «ایتا؟» is ایتا, «@eitaa» eitaa."""
    return " ".join(filter(None, map(_bare, text.split())))


def _bare(word: str) -> str:
    start, end = 0, len(word)
    while start < end and _is_edge(word[start]):
        start += 1
    while start < end and _is_edge(word[end - 1]):
        end -= 1
    return word[start:end]


def _is_edge(char: str) -> bool:
    return (unicodedata.category(char)[0] in "PS" and char not in INNER) or char in "\ufe0f\u200d\u200c"


def read(words: list[str], platforms: Platforms) -> Asked:
    """The platforms, metrics and scope among the words, wherever they stand; of names the longest is taken."""
    found: list[Platform] = []
    everyday: set[str] = set()
    metrics: list[str] = []
    scope = None
    rest: list[str] = []
    place = 0
    while place < len(words):
        for length in range(min(max(LONGEST_NAME, LONGEST_METRIC), len(words) - place), 0, -1):
            name = letters.key(" ".join(words[place : place + length]))
            if platform := platforms.named(name):
                found.append(platform)
                if name in EVERYDAY_NAMES:
                    everyday.add(platform.key)
            elif name in METRIC_BY_NAME:
                metrics.append(METRIC_BY_NAME[name])
            elif name in SCOPES and scope is None:
                scope = SCOPES[name]
            else:
                continue
            break
        else:
            length = 1
            rest.append(words[place])
        place += length
    return Asked(tuple(found), frozenset(everyday), tuple(metrics), scope, tuple(rest))


def question(text: str, platforms: Platforms) -> str:
    """The command that a text which calls none comes to: /stats where it names one platform, /compare where it
    names two; nothing where that would be a guess."""
    asked = read(bare(letters.fold(text).replace("،", " ").replace(",", " ")).split(), platforms)
    clear = _is_clear(asked)
    named = {platform.key: None for platform in asked.platforms if clear or platform.key not in asked.everyday}
    if not named or len(named) > 2:
        return ""
    words = ["/stats" if len(named) == 1 else "/compare", *named, *filter(None, [asked.metric])]
    if asked.scope not in {None, "ir"}:
        words.append(str(asked.scope))
    if len(asked.rest) <= SPOKEN_DATE and names_a_date(asked.when):
        words.append(asked.when)
    return " ".join(words)


def _is_clear(asked: Asked) -> bool:
    """Whether everyday words are names here: where all that stands with them asks for figures or compares."""
    written = {letters.key(word) for word in asked.rest}
    asks = bool(written & USERS) or bool(asked.metrics)
    named = len({each.key for each in asked.platforms})
    compares = named > 2 or (named == 2 and bool(written & COMPARING))
    return not asked.unknown and (asks or compares)


def is_talk(text: str) -> bool:
    """A greeting, thanks, or an answer to nothing that was asked."""
    words = bare(letters.fold(text)).split()
    return len(words) <= SHORT_TALK and any(letters.key(word) in TALK for word in words)
