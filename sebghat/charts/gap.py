"""The gap of two platforms over time: above zero one is ahead, below it the other, and near it nobody."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from sebghat.charts import plot, text
from sebghat.charts.foot import foot, head
from sebghat.charts.lines import GAP, thinned
from sebghat.charts.palette import Look, Shape, Theme, looks
from sebghat.charts.scale import middle
from sebghat.charts.sheet import BODY, LEFT, Sheet
from sebghat.comparison import Verdict, untold
from sebghat.contest import Snapshot
from sebghat.conversation import Picture
from sebghat.platforms import Platform
from sebghat.voice import Voice, is_share

HIGH = 640  # pixels of the plot
TOLD = 8  # comparisons that the description names


def gap(one: Platform, other: Platform, snapshots: Sequence[Snapshot], voice: Voice, theme: Theme) -> Picture:
    """`snapshots` are of one lane in order, with `one` as their domestic side; those that allow no test (a figure
    without an upper end, ranges that overlap) are left out, and there is at least one other."""
    sheet = Sheet(theme, voice.language)
    shown = thinned([s for s in snapshots if tested(s)], signed)
    lane = shown[0].domestic.lane
    look = looks([one, other], theme)
    names = {"one": one.name(voice.language), "other": other.name(voice.language)}
    title = voice.words("chart.gap_title", **names)
    about_text = "chart.gap_about_poll" if is_share(lane.metric) else "chart.about"
    about = voice.words(about_text, metric=voice.metric(lane.metric), scope=voice.scope(lane.scope))
    head(sheet, title, about)
    most = [max(signed(s), s.comparison.band or 0) for s in shown]
    least = [min(signed(s), -(s.comparison.band or 0)) for s in shown]
    first, last = shown[0].key[1], shown[-1].key[0]
    space = plot.frame(sheet, voice, lane.metric, first, last, max(most), HIGH, low=min(least))
    _side(space, one, look[one.key], space.scale.end - 16)
    _side(space, other, look[other.key], sheet.y + 34)
    sheet.y += 52
    _noise(space, shown)
    for before, after in _joined(shown):
        ends = [space.at(middle(s.key[1], s.key[0]), signed(s)) for s in (before, after)]
        sheet.path(ends, theme.ink, 4)
        space.take_along(ends[0], ends[1])
    for s in shown:
        x, y = space.at(middle(s.key[1], s.key[0]), signed(s))
        mine = _look_of(s, one, other, look, theme)
        sheet.mark(mine, x, y)
        space.take(x, y)
    for s in reversed(shown):
        x, y = space.at(middle(s.key[1], s.key[0]), signed(s))
        said = plot.margin(abs(signed(s)), lane.metric, voice)
        space.label(said, x, y, _look_of(s, one, other, look, theme).tone)
    dated = voice.words("chart.between", first=voice.short_day(shown[0].key[0]), last=voice.short_day(shown[-1].key[0]))
    sources = [voice.sources.name(lane.source, voice.language)]
    cut = voice.words("chart.cut") if len(list(_joined(shown))) < len(shown) - 1 else ""
    foot(sheet, voice, [voice.words("chart.gap_noise"), cut], sources, dated)
    return sheet.finish("gap", title, "\n".join([about, *told(shown, one, other, voice)]))


def told(snapshots: Sequence[Snapshot], one: Platform, other: Platform, voice: Voice) -> list[str]:
    """The same facts in words: the newest comparisons first."""
    return [_told(s, one, other, voice) for s in reversed(snapshots)][:TOLD]


def tested(snapshot: Snapshot) -> bool:
    """Whether the two figures can be set off against each other at all."""
    found = snapshot.comparison
    return (
        found.margin is not None and found.band is not None and not untold(snapshot.domestic, snapshot.foreign, found)
    )


def signed(snapshot: Snapshot) -> int:
    """The gap, positive where the domestic side has more."""
    margin = snapshot.comparison.margin or 0
    up = snapshot.domestic.lo >= snapshot.foreign.lo
    return margin if up else -margin


def _joined(shown: Sequence[Snapshot]) -> list[tuple[Snapshot, Snapshot]]:
    return [(a, b) for a, b in pairwise(shown) if (b.key[1] - a.key[0]).days <= GAP]


def _noise(space: plot.Plot, shown: Sequence[Snapshot]) -> None:
    """The doubt on both sides of zero: at each comparison its own, between joined ones from one to the other."""
    tone = space.sheet.theme.muted
    for before, after in _joined(shown):
        corners = [(s, sign) for s, sign in ((before, 1), (after, 1), (after, -1), (before, -1))]
        space.sheet.area(
            [space.at(middle(s.key[1], s.key[0]), sign * (s.comparison.band or 0)) for s, sign in corners], tone, 24
        )
    alone = {id(s) for s in shown} - {id(s) for pair in _joined(shown) for s in pair}
    for s in shown:
        if id(s) in alone:
            x, top = space.at(middle(s.key[1], s.key[0]), s.comparison.band or 0)
            _, bottom = space.at(middle(s.key[1], s.key[0]), -(s.comparison.band or 0))
            space.sheet.rect(x - 16, top, 32, bottom - top, tone, opacity=24)


def _side(space: plot.Plot, platform: Platform, look: Look, y: int) -> None:
    """Whose side of zero it is: the upper one over the plot, the lower one under it."""
    sheet, voice = space.sheet, space.voice
    said = voice.words("chart.gap_above", platform=platform.name(voice.language))
    wide = text.width(said, BODY, bold=True)
    x = space.time.start + 40
    sheet.mark(look, x - 14, y - 12)
    sheet.put(said, x + 12, y, BODY, bold=True, tone=look.tone, anchor="start")
    space.taken.append((LEFT, y - BODY, x + 12 + wide, y + 10))


def _look_of(s: Snapshot, one: Platform, other: Platform, look: dict[str, Look], theme: Theme) -> Look:
    """That of who is ahead; where nobody is, nobody's."""
    if not s.verdict.decisive:
        return Look(theme.muted, Shape.CIRCLE, hollow=True)
    return look[one.key if s.verdict is Verdict.AHEAD else other.key]


def _told(s: Snapshot, one: Platform, other: Platform, voice: Voice) -> str:
    ahead = one if s.verdict is Verdict.AHEAD else other
    margin = voice.amount(abs(signed(s)), s.domestic.lane.metric)
    state = voice.words("chart.gap_level")
    if s.verdict.decisive:
        state = voice.words("chart.gap_margin", platform=ahead.name(voice.language), margin=margin)
    return voice.words("chart.gap_line", date=voice.short_day(s.key[0]), state=state)
