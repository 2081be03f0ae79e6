"""What a preview offers beside yes and no: the source that was meant, the publication that the figures belong to."""

from __future__ import annotations

from datetime import timedelta

from handlers.preview.outlook import Outlook
from sebghat.command import Observe
from sebghat.conversation import Button
from sebghat.journal import from_log
from sebghat.observation import Observation
from sebghat.sources import EDITOR
from sebghat.voice import Voice
from storage.store import Record

MOST_SOURCES = 4
LOOKED_AT = 20  # own entries
RECENT = timedelta(days=1)  # what was entered longer ago is hardly the same publication


async def offers(outlook: Outlook, number: int, record: Record, person: int, voice: Voice) -> list[Button]:
    """Buttons that show the preview of that number anew, with another source or release."""
    act = outlook.act
    if not act.figures:
        return []
    recent = [each for each in await _entered(record, person) if each]
    found = []
    if not any(figure.release for figure in act.figures):
        found += _same_publication(outlook, number, recent, voice)
    if all(figure.source is None for figure in act.figures):
        first = outlook.figures[0]
        sources = dict.fromkeys(each[0].source for each in recent)
        sources |= dict.fromkeys(o.source for o in outlook.elsewhere[first.id])
        sources.pop(EDITOR, None)
        found += [
            Button(
                f"/set {number} source={key}",
                voice.words("preview.other_source", source=voice.sources.name(key, voice.language)),
            )
            for key in list(sources)[:MOST_SOURCES]
        ]
    return found


def _same_publication(
    outlook: Outlook, number: int, recent: list[tuple[Observation, ...]], voice: Voice
) -> list[Button]:
    """The newest own entry of that source, if it is of the same time, of another publication, and not long ago."""
    ours = outlook.figures[0]
    last = next((each for each in recent if each[0].source == ours.source), ())
    if not any(_share_a_day(one, other) for one in outlook.figures for other in last):
        return []
    first = last[0]
    if first.release in {None, ours.release} or ours.recorded_at - first.recorded_at > RECENT:
        return []
    label = voice.words("preview.same_release", platform=voice.platform(first.platform))
    return [Button(f"/set {number} release=#{first.id}", label)]


def _share_a_day(one: Observation, other: Observation) -> bool:
    return one.asof.first <= other.asof.last and other.asof.first <= one.asof.last


async def _entered(record: Record, person: int) -> list[tuple[Observation, ...]]:
    """What this person entered last, newest first."""
    found = []
    for entry in await record.log.recent_of(person, ("observe",), LOOKED_AT):
        act = from_log(entry.kind, entry.id, entry.at, entry.person, entry.body)
        if isinstance(act, Observe):
            found.append(act.figures)
    return found
