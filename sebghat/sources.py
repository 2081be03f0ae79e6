"""Names of sources and methods: matched after folding, shown as first written, kept in the record by a key."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache, lru_cache
from importlib.resources import files
from itertools import chain, count

from sebghat import letters

EDITOR = "editor"  # the source of a figure that came without one
UNSPECIFIED = "unspecified"  # likewise the method
MOST_NEAR, NEAR = 3, 0.8  # spellings that come near a name, and how near they must (1: the same)
SLUG = re.compile(r"[a-z0-9][a-z0-9._-]{0,39}")


@dataclass(frozen=True, slots=True)
class Name:
    key: str
    fa: str
    en: str

    def in_(self, language: str) -> str:
        return self.fa if language == "fa" else self.en


@lru_cache(maxsize=16_384)  # the same names for every message
def _folded(spelling: str) -> str:
    return letters.key(spelling)


class Names:
    """The sources, or the methods, that are known by now."""

    def __init__(
        self, names: Iterable[Name], by_key: Mapping[str, Name] = {}, by_fold: Mapping[str, Name] = {}
    ) -> None:
        self._by_key, self._by_fold = dict(by_key), dict(by_fold)
        for name in names:
            self._by_key[name.key] = name
            for spelling in {name.key, name.fa, name.en}:
                self._by_fold[_folded(spelling)] = name

    def with_(self, extra: Iterable[tuple[str, str]]) -> Names:
        """These and more, each a key with its one spelling."""
        return Names((Name(key, name, name) for key, name in extra), self._by_key, self._by_fold)

    def find(self, written: str) -> Name | None:
        return self._by_fold.get(letters.key(written))

    def near(self, written: str) -> list[str]:
        """The keys of those that are spelled nearly so, the nearest first."""
        wanted = letters.key(written)
        found = get_close_matches(wanted, [each for each in self._by_fold if each != wanted], MOST_NEAR, NEAR)
        return list(dict.fromkeys(self._by_fold[each].key for each in found))

    def name(self, key: str, language: str) -> str:
        known = self._by_key.get(key)
        return known.in_(language) if known else key

    def new(self, written: str, kind: str) -> Name:
        """A name of that spelling under a key that nobody has; one without Latin letters is called after its kind."""
        stem = re.sub(r"[^a-z0-9]+", "-", letters.fold(written)).strip("-")[:32]
        usable = [stem] if SLUG.fullmatch(stem) and not stem.isdigit() else []
        numbered = (f"{stem if usable else kind}-{number}" for number in count(1))
        return Name(next(key for key in chain(usable, numbered) if key not in self._by_key), written, written)


@cache
def bundled_sources() -> Names:
    """The sources that the package ships, and the editor."""
    with files("sebghat.data").joinpath("sources.csv").open(encoding="utf-8") as table:
        known = [Name(row["key"], row["name_fa"], row["name_en"]) for row in csv.DictReader(table)]
    return Names([Name(EDITOR, "گزارش گرداننده", "the editor"), *known])


@cache
def bundled_methods() -> Names:
    """How figures are got, as data/README describes the readings."""
    return Names(
        [
            Name(UNSPECIFIED, "نامشخص", "not stated"),
            Name("operator", "اعلام خود پیام‌رسان", "the messenger's own"),
            Name("official", "رسمی", "official"),
            Name("poll", "نظرسنجی", "poll"),
            Name("panel", "پایش", "panel"),
            Name("market", "برآورد بازار", "market estimate"),
        ]
    )


@cache
def speakers() -> dict[str, str]:
    """Persian names of those who spoke for a source or carried its figure, by the English ones of the readings."""
    with files("sebghat.data").joinpath("speakers.csv").open(encoding="utf-8") as table:
        return {row["name_en"]: row["name_fa"] for row in csv.DictReader(table)}
