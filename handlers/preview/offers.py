"""What a preview offers beside yes and no: the source that was meant, the publication that the figures belong to."""

from __future__ import annotations

from datetime import timedelta

from handlers.preview.outlook import Outlook
from sebghat.command import Observe
from sebghat.conversation import Button
from sebghat.figures import write_value
from sebghat.journal import from_log
from sebghat.observation import METRICS, Observation
from sebghat.sources import EDITOR
from sebghat.voice import Voice
from storage.store import Record

MOST_SOURCES = 4
LOOKED_AT = 20  # own entries
RECENT = timedelta(days=1)  # what was entered longer ago is hardly the same publication


async def offers(outlook: Outlook, number: int, record: Record, person: int, voice: Voice) -> list[Button]:
    """Buttons for what was perhaps meant instead: a correction of what is on record, or another source or release,
    with which they show the preview of that number anew."""
    act = outlook.act
    if not act.figures:
        return []
    recent = [each for each in await _entered(record, person) if each]
    found = _corrections(outlook, voice)
    if not any(figure.release for figure in act.figures):
        found += _same_publication(outlook, number, recent, voice)
    return found + [
        Button(
            f"/set {number} source={key}",
            voice.words("preview.other_source", source=voice.sources.name(key, voice.language)),
        )
        for key in _sources(outlook, recent, voice)[:MOST_SOURCES]
    ]


def _corrections(outlook: Outlook, voice: Voice) -> list[Button]:
    """A figure of the same source and period that says something else."""
    return [
        Button(
            f"/correct {other.id} {write_value(o.value, METRICS[o.metric].unit, 'en')}",
            voice.words("preview.correct", id=voice.number(int(other.id))),
        )
        for o in outlook.figures
        for other in outlook.beside.get(o.id, ())
    ]


def _sources(outlook: Outlook, recent: list[tuple[Observation, ...]], voice: Voice) -> list[str]:
    """Where none was written, those that were used last; where one is new, those that are spelled nearly so."""
    if all(figure.source is None for figure in outlook.act.figures):
        used = [each[0].source for each in recent]
        used += [o.source for o in outlook.elsewhere[outlook.figures[0].id]]
        return [key for key in dict.fromkeys(used) if key != EDITOR]
    new = {name.key: name.fa for kind, name in outlook.names if kind == "source"}
    return [key for written in new.values() for key in voice.sources.near(written) if key not in new]


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
