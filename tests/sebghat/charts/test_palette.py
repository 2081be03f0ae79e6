"""Colours: legible on their paper, and the two sides apart for every kind of colour-blindness."""

from __future__ import annotations

from itertools import product
from math import dist

import pytest

from sebghat.charts.palette import THEMES, Shape, Theme, looks
from sebghat.platforms import Origin, bundled

Colour = tuple[float, float, float]
# Machado, Oliveira and Fernandes 2009, whole deficiency, on linear light.
BLINDNESS = {
    "none": ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)),
    "protanopia": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deuteranopia": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.01182, 0.04294, 0.968881)),
    "tritanopia": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.3039)),
}
themes = pytest.mark.parametrize("theme", THEMES.values(), ids=list(THEMES))


def linear(tone: str) -> Colour:
    parts = [int(tone[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4) for part in parts)
    return red, green, blue


def contrast(one: str, other: str) -> float:
    def light(tone: str) -> float:
        red, green, blue = linear(tone)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    low, high = sorted((light(one), light(other)))
    return (high + 0.05) / (low + 0.05)


def lab(colour: Colour) -> Colour:
    red, green, blue = (min(max(part, 0.0), 1.0) for part in colour)
    x = (0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.9505
    y = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    z = (0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.089

    def f(part: float) -> float:
        return float(part ** (1 / 3)) if part > 0.008856 else 7.787 * part + 16 / 116

    return 116 * f(y) - 16, 500 * (f(x) - f(y)), 200 * (f(y) - f(z))


def apart(one: str, other: str, kind: str) -> float:
    """ΔE of 1976, as one with that deficiency sees it."""

    def seen(tone: str) -> Colour:
        light = linear(tone)
        red, green, blue = (sum(m * part for m, part in zip(row, light, strict=True)) for row in BLINDNESS[kind])
        return lab((red, green, blue))

    return dist(seen(one), seen(other))


@themes
def test_texts_and_shapes_stand_out_from_their_paper(theme: Theme) -> None:
    assert all(contrast(tone, theme.paper) >= 4.5 for tone in (theme.ink, theme.muted, theme.alarm))
    assert contrast(theme.muted, theme.shade) >= 4.5
    assert all(contrast(tone, theme.paper) >= 3 for tones in theme.tones.values() for tone in tones)


@themes
@pytest.mark.parametrize("kind", BLINDNESS)
def test_the_two_sides_are_apart_for_everybody(theme: Theme, kind: str) -> None:
    """The first tones, which most pictures need, clearly; all others too, and a shape and a filling besides."""
    first = [theme.tones[origin][0] for origin in Origin]
    assert apart(first[0], first[1], kind) > 40
    assert all(apart(one, other, kind) > 12 for one, other in product(*(theme.tones[origin] for origin in Origin)))


@themes
def test_each_platform_of_a_picture_has_a_shape_of_its_own_and_foreign_ones_are_hollow(theme: Theme) -> None:
    platforms = [bundled()[key] for key in ("eitaa", "telegram", "bale", "whatsapp", "rubika", "instagram")]
    given = looks(platforms, theme)
    assert {look.shape for look in given.values()} == set(Shape)
    assert len({(look.tone, look.hollow) for look in given.values()}) == len(platforms)
    assert [given[platform.key].hollow for platform in platforms] == [False, True] * 3
