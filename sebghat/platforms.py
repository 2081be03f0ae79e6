"""Platforms: who is measured, under which names people know them, and which names come near."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from enum import StrEnum
from functools import cache
from importlib.resources import files

from sebghat import letters

# Everyday words that are names too: taken for a platform only where a command expects one (data's README).
EVERYDAY = frozenset({"بله", "گپ", "شاد", "لاین"})
LONGEST_NAME = 4  # words in the longest alias
NEAR, NEAR_SHORT = 0.65, 0.75  # the least likeness of a name that is offered
SHORT = 5  # letters; few of them are alike by chance
LONGEST_NEAR = 2  # words; what is longer is a sentence, and no name in another spelling
OFFERED = 3
WELL_KNOWN = frozenset({"eitaa", "telegram"})


class Origin(StrEnum):
    DOMESTIC = "domestic"
    FOREIGN = "foreign"


@dataclass(frozen=True, slots=True)
class Platform:
    key: str
    name_fa: str
    name_en: str
    origin: Origin
    arena: str  # only platforms of one arena are contestants; empty: counted, never compared
    aliases: tuple[str, ...] = ()

    def name(self, language: str) -> str:
        return self.name_fa if language == "fa" else self.name_en

    def shares_arena(self, other: Platform) -> bool:
        return self.arena == other.arena != ""

    def may_meet(self, other: Platform) -> bool:
        """Whether the two can be the sides of a contest (overtaking.md §1)."""
        return self.origin is not other.origin and self.shares_arena(other)


@dataclass(frozen=True, slots=True)
class Unknown:
    """No platform goes by this name; `nearest` come near it, the nearest first."""

    written: str
    nearest: tuple[Platform, ...]


class Platforms(Mapping[str, Platform]):
    """The registered platforms by key, and by every name that people give them."""

    def __init__(self, platforms: Iterable[Platform]) -> None:
        self._by_key = {platform.key: platform for platform in platforms}
        self._by_name = {
            letters.key(name): platform
            for platform in self._by_key.values()
            for name in (platform.key, platform.name_fa, platform.name_en, *platform.aliases)
        }

    def with_(self, added: Iterable[Platform], aliases: Iterable[tuple[str, str]]) -> Platforms:
        """These and more; and more names, each with the key of its platform."""
        names: dict[str, list[str]] = {}
        for key, name in aliases:
            names.setdefault(key, []).append(name)
        every = (*self._by_key.values(), *added)
        return Platforms(replace(each, aliases=(*each.aliases, *names.get(each.key, ()))) for each in every)

    def __getitem__(self, key: str) -> Platform:
        return self._by_key[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_key)

    def __len__(self) -> int:
        return len(self._by_key)

    def find(self, name: str) -> Platform | Unknown:
        """The platform of that name, or what comes near."""
        wanted = letters.key(name)
        if platform := self._by_name.get(wanted):
            return platform
        return Unknown(name, self._nearest(wanted) if len(name.split()) <= LONGEST_NEAR else ())

    def named(self, name: str) -> Platform | None:
        """The platform of that name, written as `letters.key` writes it."""
        return self._by_name.get(name)

    def rival(self, platform: Platform) -> Platform | None:
        """A well-known platform of the other side that it may be compared with, for examples that work."""
        others = [each for each in self.values() if each.may_meet(platform)]
        return next((each for each in others if each.key in WELL_KNOWN), others[0] if others else None)

    def take(self, words: list[str]) -> tuple[Platform | Unknown, list[str]]:
        """The platform whose name the words begin with (the longest such name), and the words after it."""
        for length in range(min(LONGEST_NAME, len(words)), 0, -1):
            if platform := self._by_name.get(letters.key(" ".join(words[:length]))):
                return platform, words[length:]
        return self.find(words[0] if words else ""), words[1:]

    def _nearest(self, wanted: str) -> tuple[Platform, ...]:
        best: dict[str, float] = {}
        least = NEAR_SHORT if len(wanted) <= SHORT else NEAR
        matcher = SequenceMatcher(b=wanted[:64])
        for name, platform in self._by_name.items():
            matcher.set_seq1(name)
            # The two upper bounds are cheap and rule most names out.
            if matcher.real_quick_ratio() >= least and matcher.quick_ratio() >= least:
                best[platform.key] = max(best.get(platform.key, 0), matcher.ratio())
        near = sorted((key for key in best if best[key] >= least), key=lambda key: (-best[key], key))
        return tuple(self._by_key[key] for key in near[:OFFERED])


@cache
def bundled() -> Platforms:
    """The platforms that the package ships (data/platforms.csv)."""
    with files("sebghat.data").joinpath("platforms.csv").open(encoding="utf-8") as table:
        return Platforms(
            Platform(
                key=row["id"],
                name_fa=row["name_fa"],
                name_en=row["name_en"],
                origin=Origin(row["origin"]),
                arena=row["arena"],
                aliases=tuple(row["aliases"].split("|")),
            )
            for row in csv.DictReader(table)
        )
