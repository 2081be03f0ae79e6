"""From figures as an editor writes them to observations: whose they are called, and of which publication."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from sebghat.almanac import day_of
from sebghat.observation import Observation, fingerprint
from sebghat.periods import Calendar
from sebghat.reading import Figure
from sebghat.sources import EDITOR, UNSPECIFIED, Name, Names, bundled_methods, bundled_sources
from sebghat.state import today
from sebghat.voice import Voice
from storage.store import Record

NewName = tuple[str, Name]  # "source" or "method", and the name


class Registry:
    """Sources and methods, found under what people write, or named anew."""

    def __init__(self, sources: Names, methods: Names) -> None:
        self._names = {"source": sources, "method": methods}
        self.new: list[NewName] = []

    def key(self, kind: str, written: str) -> str:
        known = self._names[kind].find(written)
        if known is None:
            known = self._names[kind].new(written, kind)
            self._names[kind] = self._names[kind].with_([(known.key, known.fa)])
            self.new.append((kind, known))
        return known.key


def naming(voice: Voice, new: Iterable[NewName]) -> Voice:
    """The voice, which calls what is yet to be recorded as it will be called then."""
    names = list(new)
    return replace(
        voice,
        sources=voice.sources.with_((name.key, name.fa) for kind, name in names if kind == "source"),
        methods=voice.methods.with_((name.key, name.fa) for kind, name in names if kind == "method"),
    )


async def name_all(names: Iterable[NewName], record: Record) -> None:
    """From now on they are known."""
    for kind, name in names:
        await record.catalogue.name(kind, name.key, name.fa)


async def registry(record: Record) -> Registry:
    return Registry(
        bundled_sources().with_(await record.catalogue.names("source")),
        bundled_methods().with_(await record.catalogue.names("method")),
    )


async def observations(
    figures: Iterable[Figure], record: Record, now: datetime, by: str
) -> tuple[tuple[Observation, ...], list[NewName]]:
    """Figures as observations with ids, keys of source and method, and one release; and the names that are new."""
    names = await registry(record)
    number = await record.observations.next_id()
    made = []
    for place, figure in enumerate(figures):
        source = names.key("source", figure.source or EDITOR)
        if figure.method:
            method = names.key("method", figure.method)
        else:
            method = await record.observations.last_method(source) or UNSPECIFIED
        made.append(
            Observation(
                id=str(number + place),
                root=str(number + place),
                platform=figure.platform,
                metric=figure.metric,
                scope=figure.scope,
                source=source,
                method=method,
                release=figure.release,
                value=figure.value,
                n=figure.n,
                asof=figure.asof or day_of(today(now), Calendar.JALALI),
                recorded_at=now,
                recorded_by=by,
                quote=figure.quote or figure.written,
            )
        )
    release = await _release(made, record)
    return tuple(replace(o, release=o.release or release) for o in made), names.new


async def _release(made: list[Observation], record: Record) -> str:
    """One name for what one command publishes. The same figures get the same name again, so that entering them
    twice is seen to be one thing; figures already on record bring their publication's name with them."""
    twins = set()
    for o in made:
        for other in await record.observations.beside(o):
            if replace(other, release=None).content == replace(o, release=None).content and other.release:
                twins.add(other.release)
    if len(twins) == 1:
        return twins.pop()
    last = max(o.asof.last for o in made)
    return f"{made[0].source}-{last.isoformat()}-{fingerprint(made)}"
