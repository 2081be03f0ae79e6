"""The order of platforms as bars with their doubt; what cannot be compared with them stands apart, without a bar."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sebghat.charts import bars, text
from sebghat.charts.foot import foot, head
from sebghat.charts.palette import Theme, looks
from sebghat.charts.sheet import LEAD, ROOM, SMALL, Sheet
from sebghat.comparison import Grade, Rules, Slot, band
from sebghat.conversation import Picture
from sebghat.observation import Observation
from sebghat.pairing import Ranking
from sebghat.voice import Voice, hull

THICK = 34  # pixels of a bar
MOST, APART = 8, 4  # rows


def ranked(found: Ranking, by_id: Mapping[str, Observation], rules: Rules, voice: Voice, theme: Theme) -> Picture:
    """`by_id` holds at least the observations of the slots."""
    sheet, metric = Sheet(theme, voice.language), found.lane.metric
    rows = found.ranked[:MOST]
    look = looks([voice.platforms[s.platform] for s in rows], theme)
    title = voice.words("chart.rank_title", metric=voice.metric(metric), scope=voice.scope(found.lane.scope))
    newest = max(rows, key=lambda s: s.key)
    dated = voice.words("chart.as_of", date=voice.date(_of(newest, by_id).asof))
    head(sheet, title, voice.words("chart.rank_about"))
    doubts = {s.platform: band(s, s, Grade.B, rules) or 0 for s in rows}
    ends = bars.scale(max((s.lo if s.hi is None else s.hi) + doubts[s.platform] for s in rows))
    for s in rows:
        mine = look[s.platform]
        sheet.y += 44
        sheet.mark(mine, sheet.across(18), sheet.y - 12, 15)
        value = voice.value(hull([by_id[i] for i in s.ids]), metric)
        taken = text.width(value, LEAD, bold=True) + 30
        name = text.cut(voice.platform(s.platform), LEAD, ROOM - 56 - taken, bold=True)
        sheet.write(name, 56, sheet.y, LEAD, bold=True)
        along = 56 + text.width(name, LEAD, bold=True) + 20
        if s.key != newest.key and ROOM - along - taken > 120:
            date = text.cut(voice.short_date(_of(s, by_id).asof), SMALL, ROOM - along - taken)
            sheet.write(date, along, sheet.y, SMALL, tone=theme.muted)
        sheet.write(value, ROOM, sheet.y, LEAD, bold=True, tone=mine.tone, end=True)
        sheet.y += 16
        bars.bar(sheet, mine, ends, s.lo, s.hi, doubts[s.platform], THICK)
        sheet.y += THICK + 22
    notes = [voice.words("chart.rank_doubt"), _key(rows, voice), *_apart(found, by_id, voice)]
    named = [voice.sources.name(found.lane.source, voice.language)]
    foot(sheet, voice, notes, named, dated)
    return sheet.finish("rank", title, "\n".join([dated, *(_line(s, by_id, voice) for s in rows), *notes]))


def _apart(found: Ranking, by_id: Mapping[str, Observation], voice: Voice) -> list[str]:
    others = [*found.newer, *found.apart]
    if not others:
        return []
    said = [voice.words("chart.rank_apart"), *(_line(s, by_id, voice) for s in others[:APART])]
    left = len(others) - APART
    return [*said, voice.words("chart.rank_more", count=voice.number(left))] if left > 0 else said


def _key(rows: Sequence[Slot], voice: Voice) -> str:
    several = len({voice.platforms[s.platform].origin for s in rows}) > 1
    signs = {"kinds": several, "arrow": any(s.hi is None for s in rows)}
    return " · ".join(voice.words(f"chart.{sign}") for sign, there in signs.items() if there)


def _line(s: Slot, by_id: Mapping[str, Observation], voice: Voice) -> str:
    shown = [by_id[i] for i in s.ids]
    return voice.words(
        "chart.line",
        platform=voice.platform(s.platform),
        value=voice.value(hull(shown), s.lane.metric),
        date=voice.short_date(shown[0].asof),
        source=voice.sources.name(shown[0].source, voice.language),
    )


def _of(s: Slot, by_id: Mapping[str, Observation]) -> Observation:
    return by_id[s.ids[0]]
