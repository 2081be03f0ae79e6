"""All platforms at a glance: the latest figure of each, domestic and foreign side by side."""

from __future__ import annotations

from handlers.desk import Desk
from sebghat.conversation import Reply
from sebghat.observation import Observation
from sebghat.platforms import Origin
from sebghat.voice import is_share

MUCH_NEWER = 365  # days


async def standings(desk: Desk, each: int) -> Reply:
    """The latest figure of each platform, domestic and foreign side by side."""
    voice = desk.voice
    parts = []
    shown: dict[str, list[Observation]] = {}
    for observation in await desk.store.observations.latest(None, None):
        shown.setdefault(observation.platform, []).append(observation)
    best = [_foremost(figures) for key, figures in shown.items() if key in voice.platforms]
    left = len(best)
    for origin in Origin:
        side = [o for o in best if voice.platforms[o.platform].origin is origin]
        side.sort(key=lambda o: (o.asof.last, o.value.lo), reverse=True)
        # A share is never read as a count beside it: counts first, then each poll on a line of its own.
        lines = [([o], _count(o, desk)) for o in side if not is_share(o.metric)]
        polls: dict[tuple[object, ...], list[Observation]] = {}
        for o in side:
            if is_share(o.metric):
                polls.setdefault((o.key, o.lane), []).append(o)
        lines += [(group, _poll(group, desk)) for group in polls.values()]
        left -= sum(len(group) for group, _ in lines[:each])
        said = [line for _, line in lines[:each]] or [voice.say("standings.empty")]
        parts += [voice.say(f"standings.{origin.value}").and_(said[0]), *said[1:]]
    closing = voice.say("standings.more", count=voice.number(left)) if left else voice.say("standings.apart")
    return parts[0].above(*parts[1:], closing)


def _count(o: Observation, desk: Desk) -> Reply:
    voice = desk.voice
    return voice.say(
        "standings.line",
        platform=voice.platform(o.platform),
        value=voice.value(o.value, o.metric),
        counted=voice.counted(o.metric),
        where="" if o.scope == "ir" else f" {voice.where(o.scope)}",
        date=voice.short_date(o.asof),
        source=voice.sources.name(o.source, voice.language),
    )


def _poll(group: list[Observation], desk: Desk) -> Reply:
    """The shares of one poll, the greatest first."""
    voice, first = desk.voice, group[0]
    shares = [
        voice.words("standings.share", platform=voice.platform(o.platform), value=voice.value(o.value, o.metric))
        for o in sorted(group, key=lambda o: (-o.value.lo, o.platform))
    ]
    return voice.say(
        "standings.shares",
        shares=voice.words("list.comma").join(shares),
        date=voice.short_date(first.asof),
        source=voice.sources.name(first.source, voice.language),
    )


def _foremost(figures: list[Observation]) -> Observation:
    """The figure that stands for a platform: of Iran if there is one, and a count rather than a share, since a
    count is what is asked for; but a share that is more than a year newer says more of today."""
    here = [o for o in figures if o.scope == "ir"] or figures
    newest = max(o.asof.last for o in here)
    recent = [o for o in here if (newest - o.asof.last).days <= MUCH_NEWER]
    order = ("mau", "dau", "registered", "installs", "poll")
    return min(recent, key=lambda o: (is_share(o.metric), -o.asof.last.toordinal(), order.index(o.metric)))
