"""The preview of an act in words: what was understood, what it would change and say, whom that would reach."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from handlers.acts import Act
from handlers.desk import Desk, voice
from handlers.misgivings import contradictions, is_of_another_source, misgivings, slips
from handlers.offers import offers
from handlers.outlook import Outlook, Reach, of_act
from handlers.standing import Standing
from sebghat.announcement import announce, headline_of
from sebghat.comparison import Grade, Verdict, untold
from sebghat.contest import Contest
from sebghat.conversation import NOTHING, Button, Destination, Message, Reply, Span
from sebghat.figures import in_words, write_rounding
from sebghat.notes import Kind, Note, to_json
from sebghat.observation import METRICS, Observation
from sebghat.voice import Voice, hull
from storage.store import Record

MOST_CONTESTS = 5  # that a preview shows; of more it gives the count
GAP = Reply((Span("\n\n"),))


async def propose(act: Act, message: Message, desk: Desk) -> Reply:
    """The preview of an act that somebody has just written."""
    async with desk.store.transaction() as record:
        person = await record.people.number(message.messenger, message.sender)
        return (await show(act, record, person, message.destination, desk))[0]


async def show(act: Act, record: Record, person: int, where: Destination, desk: Desk) -> tuple[Reply, int | None]:
    """Shows what an act would do and keeps it until it is recorded or dropped: the preview and its number; or why it
    cannot be recorded, and no number."""
    outlook = await of_act(act, record, desk.voice.platforms, desk.now, person)
    if isinstance(outlook, str):
        await record.drafts.set_aside(person, where, desk.now)
        return desk.say(f"engine.{outlook}"), None
    number = await record.drafts.keep(
        person, where, to_json(act), desk.now, effect=outlook.effect, entry=await record.log.last()
    )
    spoken = await voice(record, desk.voice.platforms, desk.voice.language, desk.now, desk.voice.zone)
    spoken = replace(
        spoken,
        sources=spoken.sources.with_((name.key, name.fa) for kind, name in outlook.names if kind == "source"),
        methods=spoken.methods.with_((name.key, name.fa) for kind, name in outlook.names if kind == "method"),
    )
    parts = _read(outlook, spoken)
    if outlook.repeats and not act.claim:
        return parts[0].above(*parts[1:], spoken.say("set.nothing_new")), number
    parts += _compared(outlook, spoken)
    parts += [
        spoken.say(
            "preview.stops", number=spoken.number(note.number or 0), headline=headline_of(note.facts, spoken).plain
        )
        for note in outlook.stopped
    ]
    parts.append(await _consequence(outlook, record, spoken))
    reply = NOTHING.above(*parts).with_row(*_buttons(outlook, number, spoken))
    return reply.with_choices(await offers(outlook, number, record, person, spoken)), number


def _buttons(outlook: Outlook, number: int, voice: Voice) -> Iterable[Button]:
    """What a press says names the preview; whoever types means the newest."""
    yield Button("/record", voice.words("set.record"), f"/record {number}")
    if outlook.vouched and _said(outlook.vouched) != _said(outlook.notes):
        yield Button("/record reviewed", voice.words("set.vouch"), f"/record {number} reviewed")
    yield Button("/cancel", voice.words("set.cancel"), f"/cancel {number}")


def _said(notes: Iterable[Note]) -> list[tuple[object, ...]]:
    return [(note.contest, note.content) for note in notes]


# What was understood


def _read(outlook: Outlook, voice: Voice) -> list[Reply]:
    act = outlook.act
    if act.claim is not None:
        return _claim(outlook, voice)
    if act.figures:
        return _entered(outlook, voice)
    if act.partner:
        return [voice.say("review.pair"), *(_on_record(o, voice) for o in outlook.about)]
    target = outlook.about[0]
    if act.change is None:
        why = [voice.say("retract.why", why=act.why)] if act.why else []
        return [_on_record(target, voice), voice.say("retract.will"), *why]
    lines, change = [_on_record(target, voice)], act.change
    if change.value is not None:
        unit = METRICS[target.metric].unit
        lines.append(
            voice.say(
                "correct.value",
                value=in_words(change.value, unit, voice.language),
                rounding=write_rounding(change.value.res, unit, voice.language),
            )
        )
        lines += slips(replace(target, value=change.value), [target], voice)
    if change.asof is not None:
        lines.append(voice.say("correct.date", date=voice.date(change.asof)))
    if change.n is not None:
        lines.append(voice.say("correct.n", n=voice.number(change.n)))
    if change.release is not None:
        lines.append(voice.say("correct.release", release=change.release))
    return lines


def _claim(outlook: Outlook, voice: Voice) -> list[Reply]:
    claim = outlook.claim
    assert claim is not None
    said = voice.say(
        "claim.read",
        winner=voice.platform(claim.winner),
        loser=voice.platform(claim.loser),
        date=voice.date(claim.asof),
        source=voice.sources.name(claim.source, voice.language),
        scope=voice.scope(claim.scope),
    )
    quote = [voice.say("claim.quoted", quote=claim.quote_fa)] if claim.quote_fa else []
    return [said, *quote, *([voice.say("claim.again")] if outlook.repeats else [])]


def _on_record(o: Observation, voice: Voice) -> Reply:
    return voice.say(
        "revise.figure",
        id=voice.number(int(o.id)),
        platform=voice.platform(o.platform),
        value=voice.value(o.value, o.metric),
        counted=voice.counted(o.metric),
        date=voice.short_date(o.asof),
        source=voice.sources.name(o.source, voice.language),
    )


def _entered(outlook: Outlook, voice: Voice) -> list[Reply]:
    parts = [_head(outlook.figures, voice)]
    given = dict.fromkeys(figure.release for figure in outlook.act.figures if figure.release)
    parts += [voice.say("correct.release", release=release) for release in given]
    parts += [_echo(o, outlook, voice) for o in outlook.figures]
    for o in outlook.figures:
        if o.id not in outlook.duplicates:
            parts += misgivings(o, outlook.before[o.id], outlook.elsewhere[o.id], voice)
            parts += contradictions(o, outlook.beside[o.id], voice)
    strange = [
        o.platform
        for o in outlook.figures
        if is_of_another_source(o, [*outlook.before[o.id], *outlook.beside.get(o.id, ())], outlook.elsewhere[o.id])
        and o.id not in outlook.duplicates
    ]
    if strange:
        parts.append(voice.say("set.warn_source", platforms=voice.list(map(voice.platform, dict.fromkeys(strange)))))
    if outlook.clashes:
        parts.append(voice.say("set.warn_clash", platforms=voice.list(map(voice.platform, outlook.clashes))))
    return parts


def _head(observations: Sequence[Observation], voice: Voice) -> Reply:
    first = observations[0]
    shared = len({(o.asof.interval, o.source, o.scope) for o in observations}) == 1
    return voice.say(
        "set.read" if shared else "set.read_several",
        date=voice.date(first.asof),
        source=voice.sources.name(first.source, voice.language),
        method=voice.method(first.method),
        scope=voice.scope(first.scope),
    )


def _echo(o: Observation, outlook: Outlook, voice: Voice) -> Reply:
    """The figure in words, its rounding, and what stood there before."""
    unit = METRICS[o.metric].unit
    different = len({(p.asof.interval, p.source, p.scope) for p in outlook.figures}) > 1
    line = voice.say(
        "set.figure",
        platform=voice.platform(o.platform),
        value=in_words(o.value, unit, voice.language),
        counted=voice.words(f"echoed.{o.metric}"),
        rounding=write_rounding(o.value.res, unit, voice.language),
        before=_earlier(o, outlook, voice),
    )
    if different:
        source = voice.sources.name(o.source, voice.language)
        own = voice.words("set.own", date=voice.short_date(o.asof), source=source, scope=voice.scope(o.scope))
        return line.and_(voice.say("set.aside", text=own))
    return line


def _earlier(o: Observation, outlook: Outlook, voice: Voice) -> str:
    before, elsewhere = outlook.before[o.id], outlook.elsewhere[o.id]
    if o.id in outlook.duplicates:
        return voice.words("set.on_record", id=voice.number(int(outlook.duplicates[o.id])))
    if before:
        value, date = voice.value(hull(before), o.metric), voice.short_date(before[0].asof)
        same = (hull(before).lo, hull(before).hi) == (o.value.lo, o.value.hi)
        return voice.words("set.unchanged", date=date) if same else voice.words("set.before", value=value, date=date)
    if elsewhere and elsewhere[0].source != o.source:
        newest = elsewhere[0]
        return voice.words(
            "set.first_here",
            value=voice.value(hull(elsewhere), o.metric),
            date=voice.short_date(newest.asof),
            source=voice.sources.name(newest.source, voice.language),
        )
    return voice.words("set.first")


# What it is compared with


def _compared(outlook: Outlook, voice: Voice) -> list[Reply]:
    """A line for each contest that it touches, the most telling first; of many the count of the rest."""
    news = {note.contest for note in outlook.notes}
    vouched = {note.contest for note in outlook.vouched}
    ranked = sorted(outlook.standings, key=lambda each: _telling(each, news, vouched))
    fields = {(each.contest.metric, each.contest.scope) for each in ranked}
    lines = [_standing(each, voice, named=len(fields) > 1) for each in ranked[:MOST_CONTESTS]]
    if len(ranked) > MOST_CONTESTS:
        lines.append(voice.say("preview.more", count=voice.number(len(ranked) - MOST_CONTESTS)))
    return lines


def _telling(each: Standing, news: Iterable[Contest], vouched: Iterable[Contest]) -> tuple[bool | int, ...]:
    verdict = each.now.verdict if each.now else Verdict.UNKNOWN
    moved = each.before is not None and each.before.verdict is not verdict
    rank = {Verdict.AHEAD: 0, Verdict.BEHIND: 0, Verdict.LEVEL: 1, Verdict.UNKNOWN: 2}[verdict]
    return each.contest not in news, each.contest not in vouched, not moved, rank


def _standing(each: Standing, voice: Voice, *, named: bool) -> Reply:
    contest, now = each.contest, each.now
    values = {"domestic": voice.platform(contest.domestic), "foreign": voice.platform(contest.foreign)}
    where = voice.words("preview.of", metric=voice.metric(contest.metric), scope=voice.scope(contest.scope))
    head = voice.say("preview.compared", of=where) if named else voice.say("preview.compared_alone")
    if now is None:
        return head.and_(voice.say("preview.none", **values))
    found = now.comparison
    if now.verdict is Verdict.UNKNOWN:
        return head.and_(voice.say("preview.unknown", days=voice.number(found.distance), **values))
    if untold(now.domestic, now.foreign, found) or found.margin is None or found.band is None:
        return head.and_(voice.say("preview.untold", grade=now.grade.value, **values))
    values |= {
        "margin": voice.amount(found.margin, contest.metric),
        "band": voice.amount(found.band, contest.metric),
        "grade": now.grade.value,
    }
    if found.leader is None:
        return head.and_(voice.say("preview.level", **values))
    loser = contest.foreign if found.leader == contest.domestic else contest.domestic
    return head.and_(
        voice.say("preview.ahead", winner=voice.platform(found.leader), loser=voice.platform(loser), **values)
    )


# What would be said


async def _consequence(outlook: Outlook, record: Record, voice: Voice) -> Reply:
    """What recording would say, to how many; or that nothing would be said, why, and what would."""
    if outlook.act.claim is not None:
        return voice.say("claim.will")
    if outlook.notes:
        said = await _announced(outlook, record, voice)
        more = [note for note in outlook.vouched if note.contest not in {n.contest for n in outlook.notes}]
        headlines = [headline_of(note.facts, voice) for note in more]
        return said.above(*([voice.say("preview.vouching_more"), *headlines] if more else []))
    if not outlook.act.figures:
        return voice.say("revise.silent")
    why = _why_silent(outlook, voice)
    if not outlook.vouched:
        return why
    return why.above(
        voice.say("set.vouching_would", whom=_whom(outlook.heard, voice)),
        announce(outlook.vouched, voice, outlook.basis),
    )


async def _announced(outlook: Outlook, record: Record, voice: Voice) -> Reply:
    hold = (await record.ledger.rules()).hold_seconds
    news = any(note.kind is Kind.EVENT for note in outlook.notes)
    corrects = any(note.kind is not Kind.EVENT for note in outlook.notes)
    text, reach = ("set.will_say", outlook.heard) if news else ("preview.will_correct", outlook.corrected)
    head = voice.say(text if hold else f"{text}_now", minutes=voice.duration(hold), whom=_whom(reach, voice))
    parts = [head]
    if news and corrects:
        parts.append(voice.say("preview.corrects", whom=_whom(outlook.corrected, voice)))
    for number, message in enumerate(outlook.messages):
        if await record.ledger.is_kept_back(message[0].group):
            parts.append(voice.say("preview.kept"))
        told = announce(message, voice, outlook.basis)
        parts.append(GAP.and_(told) if number else told)
    return parts[0].above(*parts[1:])


def _whom(reach: Reach, voice: Voice) -> str:
    """«۱٬۲۴۰ گفت‌وگو و ۳ کانال», with the first of the channels by name."""
    channels = voice.so_many("channel", reach.channels)
    if reach.named:
        names = [str(where) for where in reach.named]
        if (more := reach.channels - len(names)) > 0:
            names.append(voice.words("preview.more_channels", count=voice.number(more)))
        channels = voice.words("preview.channels", channels=channels, names=voice.list(names))
    chats = [voice.so_many("chat", reach.chats)] if reach.chats or not reach.channels else []
    return voice.list([*chats, *([channels] if reach.channels else [])])


def _why_silent(outlook: Outlook, voice: Voice) -> Reply:
    """Why these figures alone announce nothing, by the contest that comes nearest to it."""
    rank = {Verdict.AHEAD: 0, Verdict.BEHIND: 0, Verdict.LEVEL: 1, Verdict.UNKNOWN: 2}
    wanted = {note.contest for note in outlook.vouched}
    standing = [(each, each.now) for each in outlook.standings if each.now is not None]
    if not standing:
        return voice.say("set.silent_older" if outlook.touched else "set.silent_alone")
    each, snapshot = min(
        standing, key=lambda found: (found[0].contest not in wanted, rank[found[1].verdict], not found[0].had_state)
    )
    contest, winner = each.contest, snapshot.comparison.leader
    names = {
        "domestic": voice.platform(contest.domestic),
        "foreign": voice.platform(contest.foreign),
        "winner": voice.platform(winner or ""),
        "loser": voice.platform(contest.foreign if winner == contest.domestic else contest.domestic),
        "days": voice.number(snapshot.comparison.distance),
    }
    if snapshot.verdict is Verdict.UNKNOWN:
        return voice.say("set.silent_unknown", **names)
    if untold(snapshot.domestic, snapshot.foreign, snapshot.comparison):
        return voice.say("set.silent_no_test", **names)
    if snapshot.verdict is Verdict.LEVEL:
        return voice.say("set.silent_level", **names)
    if snapshot.grade is Grade.B and outlook.vouched:
        return voice.say("set.silent_unconfirmed", **names)
    return voice.say("set.silent_same" if each.had_state else "set.silent_first", **names)
