"""What an editor should look at twice: shown before anything is recorded, and never a refusal."""

from __future__ import annotations

from collections.abc import Sequence

from sebghat.conversation import Reply
from sebghat.observation import METRICS, Observation
from sebghat.voice import Voice, hull

POPULATION = 92_000_000  # of Iran, rounded up: no more can use anything there
LEAP = 3  # a figure so many times the one before is probably misread (data/phrases, rule 3)


def misgivings(o: Observation, before: list[Observation], newest: list[Observation], voice: Voice) -> list[Reply]:
    """About a figure, seen against the one of its source before and the newest of any source."""
    found = slips(o, before or newest, voice)
    if newest and newest[0].key > o.key:
        found.append(
            voice.say(
                "set.warn_older",
                platform=voice.platform(o.platform),
                value=voice.value(newest[0].value, o.metric),
                date=voice.short_date(newest[0].asof),
                source=voice.sources.name(newest[0].source, voice.language),
            )
        )
    if o.asof.last > voice.today:
        found.append(voice.say("set.warn_unfinished", platform=voice.platform(o.platform), date=voice.date(o.asof)))
    return found


def slips(o: Observation, last: list[Observation], voice: Voice) -> list[Reply]:
    """What looks like a slip of the finger in the figure itself, seen against the last one."""
    found = []
    if last:
        was, now = hull(last).lo, o.value.lo
        if not was or not now:
            leap = was != now
            times, text = "", "set.warn_zero"
        else:
            leap = max(was, now) >= LEAP * min(was, now)
            times = voice.number(max(was, now) // min(was, now))
            text = "set.warn_times" if now > was else "set.warn_fraction"
        if leap:
            value = voice.value(hull(last), o.metric)
            found.append(voice.say(text, platform=voice.platform(o.platform), times=times, value=value))
    if o.scope == "ir" and METRICS[o.metric].key in {"mau", "dau"} and o.value.lo > POPULATION:
        found.append(voice.say("set.warn_population", platform=voice.platform(o.platform)))
    return found


def contradictions(o: Observation, there: Sequence[Observation], voice: Voice) -> list[Reply]:
    """Other figures of the same source for the same period: perhaps a correction was meant."""
    return [
        voice.say(
            "set.warn_other",
            platform=voice.platform(o.platform),
            id=voice.number(int(other.id)),
            value=voice.value(other.value, other.metric),
        )
        for other in there
    ]
