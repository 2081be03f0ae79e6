"""Bars from zero, beginning where lines of the language begin; how far a figure may reach beyond is drawn paler."""

from __future__ import annotations

from sebghat.charts.palette import Look
from sebghat.charts.scale import Scale
from sebghat.charts.sheet import ROOM, Sheet

HATCH = "hatch"  # the pattern's name in the picture
ARROW = 60  # pixels


def scale(most: int) -> Scale:
    """A scale over the whole width; room for an arrow stays."""
    return Scale(0, max(most, 1), 0, ROOM - ARROW)


def bar(sheet: Sheet, look: Look, ends: Scale, lo: int, hi: int | None, doubt: int, high: int) -> None:
    """From zero to `lo`, paler to `hi` (None: an arrow), then the doubt, in which another figure is not yet ahead."""
    first, second = ends.long(lo), ends.long(lo if hi is None else hi)
    solid = first if lo else 0
    _piece(sheet, 0, solid, high, look.tone)
    if second > first:
        _piece(sheet, first, second, high, look.tone, opacity=45)
    if doubt:
        _piece(sheet, second, second + max(3, ends.long(doubt)), high, look.tone, opacity=22)
    if hi is None:
        sheet.arrow(sheet.across(first), sheet.y + high // 2, look.tone, (-1 if sheet.persian else 1, 0), ARROW - 8)
    elif look.hollow and solid > 12:
        # Foreign bars are hollow like their shapes; a stroke all round keeps their length exact.
        x = min(sheet.across(0), sheet.across(solid))
        sheet.rect(x + 5, sheet.y + 5, solid - 10, high - 10, sheet.theme.paper)
        sheet.rect(x + 5, sheet.y + 5, solid - 10, high - 10, look.tone, opacity=18)


def hatched(sheet: Sheet, begin: int, end: int, high: int) -> None:
    """A stretch of the bar's line with strokes across it."""
    if not any(part.startswith("<pattern") for part in sheet.parts):
        sheet.parts.append(
            f'<pattern id="{HATCH}" width="10" height="10" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
            f'<rect width="4" height="10" fill="{sheet.theme.muted}"/></pattern>'
        )
    _piece(sheet, begin, max(end, begin + 4), high, f"url(#{HATCH})")


def _piece(sheet: Sheet, begin: int, end: int, high: int, tone: str, opacity: int = 100) -> None:
    x = min(sheet.across(begin), sheet.across(end))
    if end > begin:
        sheet.rect(x, sheet.y, end - begin, high, tone, opacity=opacity)
