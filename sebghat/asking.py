"""Asking: what a plain text asks for, whichever way its words stand; what would be a guess is left unanswered."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from sebghat import letters
from sebghat.askingwords import (
    ABOUT,
    ALL,
    COMPARING,
    DIFFERENCE,
    DOUBT,
    HOW_MANY,
    JOINING,
    MESSENGERS,
    MOST,
    OVER_TIME,
    OVERTAKING,
    PICTURE,
    ROUND_A_DATE,
    SAME,
    SAY_NOTHING,
    TALK,
    THAN,
    USERS,
    WHO,
)
from sebghat.dates import names_a_date, read_date
from sebghat.options import SCOPES
from sebghat.platforms import EVERYDAY, LONGEST_NAME, Platform, Platforms, Unknown
from sebghat.reading import LONGEST_METRIC, METRIC_BY_NAME
from sebghat.refusal import Refusal

INNER = frozenset("+-–()/%٪")  # signs that a name, a number or a date may begin or end with
YEAR = re.compile(r"1[34]\d\d|20\d\d")
FAR = date(2100, 1, 1)  # whether a date lies ahead is for others to say
NO_DATE = frozenset(("no_date", "not_a_date", "two_dates"))
SPOKEN_DATE = 8  # words; what is longer is no date
SHORT_TALK = 3  # words
MOST_COMPARED = 2
LONGEST_QUESTION = 40  # words; what is longer is no question
SLIPPED = 5  # letters; in shorter words one slip makes another word
# Names that are words of Latin talk as well; like the Persian ones they count in a sentence only in clear company.
EVERYDAY_NAMES = frozenset(
    letters.key(name) for name in (*EVERYDAY, "gap", "line", "x", "signal", "threads", "discord", "messenger", "imo")
)
ENDINGS = frozenset(("و", "ه", "ست", "س", "م", "ن", "ا", "'s", "s"))  # what speech hangs on a name: «تلگرامو», «ایتاست»
SHORTEST_STEM, LONGEST_STEM = 4, 40  # letters of a name that something hangs on
# Verbs of asking and telling, in whichever person: «میشه بفرستی», «می‌خواستم بدونم».
VERB = re.compile(
    "(?:می|ب)?(?:فرست|گو|گ|ده|د|خواه|خوا|خواست|دون|دان|کن|شو|ش|بین|تون|توان|باش)(?:م|ی|ه|د|یم|ید|ین|ن|ند)?"
)
DOING = frozenset(("installs", "registered"))  # metrics whose names are verbs too: «ایتا رو نصب کن»


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
    def named(self) -> list[Platform]:
        """The platforms that were written by names which are nothing else, each once."""
        return list(dict.fromkeys(platform for platform in self.platforms if platform.key not in self.everyday))

    @property
    def when(self) -> str:
        """The words that may name a date: what is left, without the fillers round it."""
        said = [place for place, word in enumerate(self.rest) if letters.key(word) not in ROUND_A_DATE]
        return " ".join(self.rest[said[0] : said[-1] + 1]) if said else ""

    @property
    def dated(self) -> bool:
        """Whether what is not understood is a date."""
        if not self.unknown or len(self.rest) > SPOKEN_DATE:
            return False
        if YEAR.fullmatch(self.when):
            return True
        found = read_date(self.when, FAR) if names_a_date(self.when) else None
        return found is not None and not (isinstance(found, Refusal) and found.code in NO_DATE)

    @property
    def unknown(self) -> list[str]:
        """The words that say something, and nobody knows what."""
        keys = ((word, letters.key(word)) for word in self.rest)
        return [word for word, key in keys if key not in SAY_NOTHING and not VERB.fullmatch(key)]


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


def spoken(text: str, platforms: Platforms) -> Asked:
    """What is found in a sentence as people type it: with endings on the names, and a slip in a word."""
    words = bare(
        letters.fold(text).replace("پیام رسان", "پیامرسان").replace("سال ها", "سالها").translate(PAUSES)
    ).split()[:LONGEST_QUESTION]
    asked = read([_meant(word, platforms) for word in words], platforms)
    # "which messenger": the word is a name only where it stands alone, or after its owner's.
    names = tuple(p for p in asked.platforms if p.key not in asked.everyday & MESSENGERS)
    every = ("messenger",) if len(names) < len(asked.platforms) else ()
    return replace(asked, platforms=names, rest=every + asked.rest)


PAUSES = str.maketrans("،,؛;:؟?!/…", " " * 10)


def _meant(word: str, platforms: Platforms) -> str:
    """The known word that an unknown one comes to, if one ending or one slip away."""
    word = SAME.get(word, word)
    name = letters.key(word)
    if name in KNOWN or len(name) > LONGEST_STEM or platforms.named(name):
        return word
    for cut in range(len(name) - 1, SHORTEST_STEM - 1, -1):
        if (name[cut:] in ENDINGS or name[cut:] in KNOWN) and platforms.named(name[:cut]):
            return name[:cut]
    if len(name) < SLIPPED:
        return word
    return next((known for known in ASKING if abs(len(known) - len(name)) <= 1 and _slipped(name, known)), word)


def _slipped(one: str, other: str) -> bool:
    """Whether one letter is missing, too many, wrong, or has changed places with the next."""
    start = next((place for place, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1]), None)
    if start is None:
        return True
    one, other = one[start:], other[start:]
    while one and other and one[-1] == other[-1]:
        one, other = one[:-1], other[:-1]
    return max(len(one), len(other)) <= 1 or (len(one) == 2 and one == other[::-1])


KNOWN = SAY_NOTHING | frozenset(METRIC_BY_NAME) | frozenset(SCOPES)
# In which a slip is seen through: the others are many, and mean too little to be worth a mistake.
ASKING = sorted(
    word for word in USERS | MOST | MESSENGERS | COMPARING | frozenset(METRIC_BY_NAME) if len(word) >= SLIPPED
)


def question(text: str, platforms: Platforms) -> str:
    """The command that a text comes to which calls none; nothing where that would be a guess: where a word says
    something that is not understood, or three are named."""
    asked = spoken(text, platforms)
    if asked.unknown and not asked.dated:
        return ""
    written = {letters.key(word) for word in asked.rest}
    if DOING.intersection(asked.metrics) and written and not written & (USERS | HOW_MANY):
        return ""
    named = _named(asked)
    counts = bool(written & USERS) or bool(asked.metrics)
    options = [*filter(None, [asked.metric]), *([asked.scope] if asked.scope not in {None, "ir"} else [])]
    everything = ["all"] if asked.rest and letters.key(asked.rest[-1]) in ALL else []
    most = bool(written & MOST) or (bool(written & ALL) and bool(written & COMPARING - THAN))
    if named and written & PICTURE and not asked.dated:
        return _line("/chart", [*named, *options, *(["difference"] if written & DIFFERENCE else [])])
    if len(named) == 2:
        return _line("/compare", [*named, *options, *([asked.when] if asked.dated else [])])
    if len(named) > 2 or (asked.platforms and not named):
        return ""
    if most or (not named and written & COMPARING - THAN and written & (MESSENGERS | WHO)):
        return _line("/rank", [*options, *everything])
    if written & OVERTAKING and not counts:
        return _line("/overtakings", named)
    if named:
        if written & OVER_TIME and not asked.dated:
            return _line("/history", [*named, *filter(None, [asked.metric]), *everything])
        if written & COMPARING - THAN and not counts:
            return ""  # with whom?
        return _line("/stats", [*named, *options, *([asked.when] if asked.dated else [])])
    if asked.metrics:
        return _line("/rank", options)
    if written & (USERS | MESSENGERS) and not asked.dated and not written & (COMPARING | OVER_TIME):
        return _line("/stats", ["all"] if written & ALL else [])
    return ""


def _line(command: str, words: Iterable[str]) -> str:
    return " ".join([command, *words])


def _named(asked: Asked) -> list[str]:
    """The platforms that are meant: everyday words are names only in clear company."""
    strong = [platform.key for platform in asked.named]
    clear = (len(strong) < MOST_COMPARED or not asked.rest) and _is_clear(asked)
    return list(dict.fromkeys(p.key for p in asked.platforms)) if clear else strong


def _is_clear(asked: Asked) -> bool:
    """Whether everyday words are names here: where all that stands with them asks for figures or compares."""
    written = {letters.key(word) for word in asked.rest}
    asks = bool(written & USERS) or bool(asked.metrics)
    named = len({each.key for each in asked.platforms})
    compares = named > MOST_COMPARED or (named == MOST_COMPARED and bool(written & (COMPARING | OVERTAKING | JOINING)))
    return not asked.unknown and (asks or compares)


def nearest(text: str, platforms: Platforms) -> tuple[Asked, list[str]]:
    """What was understood of a text that comes to no command, and the two that come nearest to it."""
    asked = spoken(text, platforms)
    metric = [asked.metric] if asked.metric else []
    keys = [platform.key for platform in asked.named]
    if len(keys) > 1:
        one, other = keys[:2]
        return asked, [_line("/compare", [one, other, *metric]), _line("/stats", [one, *metric])]
    if keys:
        rival = platforms.rival(platforms[keys[0]])
        beside = _line("/compare", [keys[0], rival.key]) if rival else _line("/history", keys)
        return asked, [_line("/stats", [*keys, *metric]), beside]
    if metric:
        return asked, [_line("/rank", metric), _line("/stats", ["eitaa"])]
    return asked, ["/stats eitaa", "/help"]


def misspelt(asked: Asked, platforms: Platforms) -> str:
    """The one word of a question for users that nobody knows, if it comes near to a name."""
    unknown = asked.unknown
    if len(unknown) != 1 or not {letters.key(word) for word in asked.rest} & USERS:
        return ""
    found = platforms.find(unknown[0])
    return unknown[0] if isinstance(found, Unknown) and found.nearest else ""


def is_doubt(text: str) -> bool:
    """Whether it asks who says so, of nothing in particular."""
    return letters.key(bare(letters.fold(text))) in DOUBT


def talk(text: str) -> str:
    """What a text is that asks for no figures: "about" the bot, "thanks", "hello", or other "talk": an answer to
    nothing that was asked, or signs alone. Nothing if it is none of these."""
    said = bare(letters.fold(text))
    if letters.key(said) in ABOUT:
        return "about"
    words = {letters.key(word) for word in said.split()}
    if len(said.split()) > SHORT_TALK:
        return ""
    return next((kind for kind, known in TALK.items() if words & known), "" if words else "talk")
