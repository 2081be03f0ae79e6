"""/rank: the order of platforms, by figures that may be compared with each other."""

from __future__ import annotations

from dataclasses import replace

from handlers.desk import Desk
from sebghat import letters
from sebghat.askingwords import ALL, FILLERS
from sebghat.capabilities import takes_pictures
from sebghat.comparison import Slot
from sebghat.conversation import Message, Picture, Reply
from sebghat.observation import Observation
from sebghat.options import SCOPES
from sebghat.pairing import Ranking, ranking
from sebghat.reading import take_metric
from sebghat.voice import hull

ARENA = "social"  # of messengers and networks (platforms.csv)
RECENT = 2_000  # figures among which an order is looked for
LISTED = 20  # figures apart that are named when all are asked for
AT_ONCE = 5  # places of an order that are shown before one asks for all
NAMED = 3  # newer figures that are named at once


async def rank(message: Message, rest: str, desk: Desk) -> Reply:
    """The order, only of figures that may be compared with each other; the rest apart, with the reason."""
    voice, words = desk.voice, rest.split()
    everything = bool(words) and letters.key(words[-1]) in ALL
    metric, words = take_metric(words[:-1] if everything else words)
    words = [word for word in words if letters.key(word) not in FILLERS]
    scope = SCOPES.get(letters.key(" ".join(words)), letters.fold(" ".join(words))) if words else "ir"
    observations = await desk.store.observations.recent(metric, scope, RECENT)
    if not observations and scope not in SCOPES.values():
        word = letters.visible(" ".join(words), 40)
        return voice.say("rank.unknown", word=word).above(voice.commands("/rank mau", "/rank poll"))
    # Only platforms of one arena are contestants: clients, schools and video sites stand in no order with messengers.
    contestants = {key: platform for key, platform in voice.platforms.items() if platform.arena == ARENA}
    observations = [o for o in observations if o.platform in contestants]
    origins = {key: platform.origin.value for key, platform in contestants.items()}
    found = ranking(observations, origins, await desk.store.ledger.rules())
    if found is None:
        return voice.say("rank.none").above(voice.commands("/stats", "/rank mau"))
    by_id = {o.id: o for o in observations}
    newest = max(found.ranked, key=lambda s: s.key)
    day = voice.short_date(by_id[newest.ids[0]].asof)
    picture = await _drawn(found, by_id, desk) if takes_pictures(message.messenger) else None
    head = voice.say(
        "rank.head",
        metric=voice.metric_inside(found.lane.metric),
        scope=voice.scope(found.lane.scope),
        date=day,
        source=voice.sources.name(found.lane.source, voice.language),
    )
    head = replace(head, picture=picture)
    lines = [
        voice.say(
            "rank.line" if s.key == newest.key else "rank.line_of", place=voice.number(n), **_shown(s, by_id, desk)
        )
        for n, s in enumerate(found.ranked, 1)
    ]
    newer = [voice.say("rank.other", **_shown(s, by_id, desk)) for s in found.newer]
    apart = [voice.say("rank.other", **_shown(s, by_id, desk)) for s in found.apart]
    if everything:
        said = [voice.say("rank.newer"), *newer[:LISTED]] if newer else []
        said += [voice.say("rank.apart"), *apart[:LISTED]] if apart else []
        cut = sum(max(0, len(some) - LISTED) for some in (newer, apart))
        more = [voice.say("rank.and_more", count=voice.number(cut))] if cut else []
        return head.above(*lines, *said, *more, voice.say("rank.doubt"))
    # A phone's page: the newer figures are named on one line, the rest is counted.
    room = AT_ONCE - bool(newer)
    left = len(lines[room:]) + len(newer[NAMED:]) + len(apart)
    told = _together([_shown(s, by_id, desk) for s in found.newer[:NAMED]], desk)
    beside = [voice.say("rank.newer_line", figures=voice.words("list.semicolon").join(told))] if told else []
    asked = f"/rank {found.lane.metric}{'' if found.lane.scope == 'ir' else f' {found.lane.scope}'} all"
    last = voice.say("rank.doubt")
    if left:
        last = voice.say("rank.more", count=voice.number(left)).and_(voice.commands(asked))
    return head.above(*lines[:room], *beside, last)


async def _drawn(found: Ranking, by_id: dict[str, Observation], desk: Desk) -> Picture:
    from sebghat.charts.palette import LIGHT  # noqa: PLC0415 - what draws is loaded with the first picture
    from sebghat.charts.ranking import ranked  # noqa: PLC0415

    return ranked(found, by_id, await desk.store.ledger.rules(), desk.voice, LIGHT)


def _together(shown: list[dict[str, str]], desk: Desk) -> list[str]:
    """The figures of one source and date under these, each once."""
    groups: dict[tuple[str, str], list[str]] = {}
    for one in shown:
        share = desk.voice.words("standings.share", platform=one["platform"], value=one["value"])
        groups.setdefault((one["date"], one["source"]), []).append(share)
    comma = desk.voice.words("list.comma")
    return [
        desk.voice.words("rank.together", figures=comma.join(shares), date=date, source=source)
        for (date, source), shares in groups.items()
    ]


def _shown(slot: Slot, by_id: dict[str, Observation], desk: Desk) -> dict[str, str]:
    voice, shown = desk.voice, [by_id[i] for i in slot.ids]
    return {
        "platform": voice.platform(slot.platform),
        "value": voice.value(hull(shown), slot.lane.metric),
        "date": voice.short_date(shown[0].asof),
        "source": voice.sources.name(shown[0].source, voice.language),
    }
