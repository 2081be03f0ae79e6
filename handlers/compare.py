"""/compare: two platforms side by side, by figures that may be compared, or why they may not."""

from __future__ import annotations

from handlers.desk import Desk
from sebghat import asking, letters
from sebghat.comparison import Slot, Verdict, untold
from sebghat.conversation import Message, Reply
from sebghat.dates import names_a_date
from sebghat.observation import METRICS, Observation
from sebghat.pairing import Pairing, pairings
from sebghat.platforms import Origin, Platform, Unknown
from sebghat.voice import hull, is_share


async def compare(message: Message, rest: str, desk: Desk) -> Reply:
    """How two platforms stand, with margin, band and grade; where they cannot be compared, what can."""
    asked = asking.read(rest.replace("،", " ").replace(",", " ").split(), desk.voice.platforms)
    unknown = letters.visible(" ".join(asked.unknown), 40)
    if not asked.platforms:
        return desk.unknown(asked.unknown[0], "/stats") if unknown else desk.say("compare.whom")
    one, other = asked.platforms[0], next(iter(asked.platforms[1:]), None)
    if other is None and unknown:
        return _unknown(one, asked.unknown[0], desk)
    if other is None or one.key == other.key:
        return _with_whom(one, "compare.with_whom" if other is None else "compare.same", desk)
    if len({each.key for each in asked.platforms}) > 2:
        two = f"{one.key} {other.key}" if one.shares_arena(other) else "eitaa telegram"
        return desk.say("compare.only_two").above(desk.voice.commands(f"/compare {two}"))
    if unknown:
        dated = names_a_date(asked.when)
        return desk.say(
            "compare.no_date" if dated else "compare.metric_unknown", word=unknown, one=one.key, other=other.key
        )
    if one.origin is Origin.FOREIGN and other.origin is Origin.DOMESTIC:
        one, other = other, one  # the contest is named domestic first
    return await _stand(one, other, asked.metric, asked.scope, desk)


def _unknown(one: Platform, written: str, desk: Desk) -> Reply:
    """The names that come near, to be compared with, if they are rivals."""
    found = desk.voice.platforms.find(written)
    near = found.nearest if isinstance(found, Unknown) else ()
    rivals = all(each.key != one.key and each.shares_arena(one) for each in near)
    return desk.unknown(written, f"/compare {one.key}" if rivals else "/stats")


def _with_whom(one: Platform, text: str, desk: Desk) -> Reply:
    """It takes two: a rival is named for the example, if there is one."""
    name, rival = one.name(desk.voice.language), desk.voice.platforms.rival(one)
    if rival is None:
        return desk.say("compare.no_rival", platform=name).above(desk.voice.commands(f"/stats {one.key}"))
    return desk.say(text, platform=name, key=one.key, rival=rival.key)


async def _stand(one: Platform, other: Platform, metric: str | None, scope: str | None, desk: Desk) -> Reply:
    observations = await desk.store.observations.of_platforms([one.key, other.key])
    reviewed = await desk.store.observations.reviews({o.lane for o in observations})
    rules = await desk.store.ledger.rules()
    found = pairings(observations, one.key, other.key, rules, reviewed)
    usable = [p for p in found if p.comparable and one.shares_arena(other)]
    wanted = [p for p in usable if metric in (None, p.lane.metric) and scope in (None, p.lane.scope)]
    if usable and not wanted and scope not in (None, "ir"):
        return desk.say(
            "compare.none_in_scope",
            one=one.name(desk.voice.language),
            other=other.name(desk.voice.language),
            where=desk.voice.where(scope),
        ).above(desk.voice.commands(f"/compare {one.key} {other.key}"))
    if not wanted:
        return _refuse(one, other, metric, observations, usable, desk)
    return _show(wanted[0], one, other, metric is None, observations, desk)


def _show(
    pairing: Pairing,
    one: Platform,
    other: Platform,
    chosen: bool,
    observations: list[Observation],
    desk: Desk,
) -> Reply:
    voice, snapshot = desk.voice, pairing.snapshot
    assert snapshot is not None
    comparison, metric = snapshot.comparison, pairing.lane.metric
    by_id = {o.id: o for o in observations}
    ahead = {Verdict.AHEAD: (one, other), Verdict.BEHIND: (other, one)}.get(comparison.verdict)
    later = [
        s for s, shown in zip(pairing.latest, (snapshot.domestic, snapshot.foreign), strict=True) if s.key > shown.key
    ]
    # Where readers would take it for today's state, the first line says of when it is.
    newest = max(snapshot.domestic, snapshot.foreign, key=lambda s: s.key)
    then = "_then" if later or voice.is_old(newest.last) else ""
    day = voice.short_date(by_id[newest.ids[0]].asof)
    names = {"one": one.name(voice.language), "other": other.name(voice.language), "date": day}
    open_ = untold(snapshot.domestic, snapshot.foreign, comparison)
    if ahead:
        winner, loser = (platform.name(voice.language) for platform in ahead)
        head = voice.say(f"compare.ahead{then}", winner=winner, loser=loser, date=day)
    else:
        head = voice.say(f"compare.{'untold' if open_ else 'level'}{then}", **names)
    parts = [
        head,
        voice.say(
            "compare.by_chosen" if chosen else "compare.by",
            metric=voice.metric(metric),
            scope=voice.scope(pairing.lane.scope),
        ),
        _side(snapshot.domestic, by_id, desk),
        _side(snapshot.foreign, by_id, desk),
        _no_test(pairing, desk) if open_ else _doubt(pairing, desk),
        voice.say(f"compare.grade_{snapshot.grade.value.lower()}", days=voice.number(comparison.distance)),
    ]
    if pairing.fold.decisive is not None and pairing.fold.since is not None and one.origin is not other.origin:
        leader = one if pairing.fold.decisive is Verdict.AHEAD else other
        agrees = pairing.fold.decisive is comparison.verdict
        # The state may lag behind the newest pair: one pair alone does not always move it. That is said in words.
        text = "since" if agrees else "since_else" if ahead else "since_before"
        if not (agrees and pairing.fold.since == newest.key):
            parts.append(
                voice.say(f"compare.{text}", leader=leader.name(voice.language), day=voice.day(pairing.fold.since[0]))
            )
    parts += [
        voice.say(
            "compare.newer_alone",
            platform=voice.platform(s.platform),
            value=voice.value(hull([by_id[i] for i in s.ids]), metric),
            date=voice.short_date(by_id[s.ids[0]].asof),
        )
        for s in later
    ]
    return parts[0].above(*parts[1:], voice.commands(f"/stats {one.key}", f"/stats {other.key}"))


def _side(slot: Slot, by_id: dict[str, Observation], desk: Desk) -> Reply:
    voice, shown = desk.voice, [by_id[i] for i in slot.ids]
    return voice.say(
        "compare.side",
        platform=voice.platform(slot.platform),
        value=voice.value(hull(shown), slot.lane.metric),
        date=voice.date(shown[0].asof),
        source=voice.source(shown[0]),
    )


def _no_test(pairing: Pairing, desk: Desk) -> Reply:
    """Why it cannot be told who is ahead, in the place of a margin."""
    snapshot = pairing.snapshot
    assert snapshot is not None
    endless = [s.platform for s in (snapshot.domestic, snapshot.foreign) if s.hi is None]
    if not endless:
        return desk.say("compare.overlap")
    return desk.say("compare.no_end", platforms=desk.voice.list([desk.voice.platform(key) for key in endless]))


def _doubt(pairing: Pairing, desk: Desk) -> Reply:
    """The margin, and how much of it may be rounding or sampling."""
    voice, comparison = desk.voice, pairing.snapshot.comparison if pairing.snapshot else None
    metric = pairing.lane.metric
    assert comparison is not None
    assert comparison.margin is not None
    assert comparison.band is not None
    text = "compare.margin_poll" if is_share(metric) else "compare.margin"
    return voice.say(
        text,
        margin=voice.amount(comparison.margin, metric),
        band=voice.amount(comparison.band, metric),
    )


def _refuse(
    one: Platform,
    other: Platform,
    metric: str | None,
    observations: list[Observation],
    usable: list[Pairing],
    desk: Desk,
) -> Reply:
    """They cannot be compared: what each has, what is missing, and what would be comparable."""
    voice = desk.voice
    names = {"one": one.name(voice.language), "other": other.name(voice.language)}
    if not one.shares_arena(other):
        return voice.say("compare.arena", **names).above(voice.commands(f"/stats {one.key}", f"/stats {other.key}"))
    parts = [voice.say("compare.not_comparable", **names)]
    newest: dict[str, Observation] = {}
    for platform in (one, other):
        mine = [
            o for o in observations if o.platform == platform.key and o.scope == "ir" and metric in (None, o.metric)
        ]
        if mine:
            newest[platform.key] = mine[0]
    for platform in (one, other):
        parts.append(_what_there_is(platform, newest, metric, desk))
    if usable:
        best = usable[0]
        parts.append(
            voice.say(
                "compare.instead",
                metric=voice.metric_inside(best.lane.metric),
                source=voice.sources.name(best.lane.name.split("/")[0], voice.language),
                one=one.key,
                other=other.key,
                key=best.lane.metric,
            )
        )
    else:
        parts.append(voice.say("compare.needed"))
    return parts[0].above(*parts[1:], voice.commands(f"/stats {one.key}", f"/stats {other.key}"))


def _what_there_is(platform: Platform, newest: dict[str, Observation], metric: str | None, desk: Desk) -> Reply:
    voice, name = desk.voice, platform.name(desk.voice.language)
    mine = newest.get(platform.key)
    if mine is not None:
        return voice.say(
            "compare.has",
            platform=name,
            value=voice.value(mine.value, mine.metric),
            counted=voice.counted(mine.metric),
            date=voice.short_date(mine.asof),
            source=voice.sources.name(mine.source, voice.language),
        )
    theirs = next(iter(newest.values()), None)
    if metric is not None and theirs is not None and METRICS[metric].window:
        return voice.say(
            "compare.has_none_near",
            platform=name,
            metric=voice.metric_inside(metric),
            days=voice.number(METRICS[metric].window),
        )
    if metric is not None:
        return voice.say("compare.has_none_of", platform=name, metric=voice.metric_inside(metric))
    return voice.say("compare.has_none", platform=name)
