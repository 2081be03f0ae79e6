"""Colours and shapes: each platform has one of both, so that neither has to be told from the other alone.

Domestic platforms are warm and filled, foreign ones cool and hollow; the two families stay apart for every kind of
colour-blindness, and each colour stands out from its paper by 3 : 1, each text by 4.5 : 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sebghat.platforms import Origin, Platform


class Shape(StrEnum):
    CIRCLE = "circle"
    SQUARE = "square"
    DIAMOND = "diamond"
    TRIANGLE = "triangle"
    DOWN = "down"  # a triangle on its tip
    HEXAGON = "hexagon"


@dataclass(frozen=True, slots=True)
class Theme:
    """`tones` are the platforms' colours by origin, in the order in which they are given out."""

    name: str
    paper: str
    ink: str
    muted: str  # of texts beside the point
    rule: str  # of lines behind the figures
    shade: str  # of areas behind the figures
    alarm: str  # behind the word that something was taken back
    tones: dict[Origin, tuple[str, ...]]


def _tones(domestic: str, foreign: str) -> dict[Origin, tuple[str, ...]]:
    return {Origin.DOMESTIC: tuple(domestic.split()), Origin.FOREIGN: tuple(foreign.split())}


#                      paper      ink        muted      rule       shade      alarm
LIGHT = Theme("light", "#ffffff", "#14171c", "#555b66", "#dfe1e5", "#eceef1", "#8f1d2c",
              _tones("#c8500a #7a2e05 #b07a00", "#1f63c4 #0c2f6b #3f8fc4"))  # fmt: skip
DARK = Theme("dark", "#12161c", "#f3f2ee", "#a7adb8", "#323843", "#232932", "#f0a0a8",
             _tones("#ff9b52 #ffd08a #d07a3c", "#7db3ff #c4dcff #4f92d8"))  # fmt: skip
THEMES = {theme.name: theme for theme in (LIGHT, DARK)}


@dataclass(frozen=True, slots=True)
class Look:
    """How one platform is drawn."""

    tone: str
    shape: Shape
    hollow: bool


def looks(platforms: Sequence[Platform], theme: Theme) -> dict[str, Look]:
    """A look for each platform, by key; in one picture no two have the same shape until all shapes are taken."""
    found: dict[str, Look] = {}
    given = dict.fromkeys(Origin, 0)
    shapes = tuple(Shape)
    for place, platform in enumerate(dict.fromkeys(platforms)):
        tones = theme.tones[platform.origin]
        tone = tones[given[platform.origin] % len(tones)]
        given[platform.origin] += 1
        found[platform.key] = Look(tone, shapes[place % len(shapes)], platform.origin is Origin.FOREIGN)
    return found
