"""The preview of an act in words: what was understood, what it would change and say, whom that would reach."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from handlers.desk import Desk, voice
from handlers.preview.acts import Act
from handlers.preview.consequence import compared, consequence
from handlers.preview.misgivings import contradictions, misgivings, slips
from handlers.preview.offers import offers
from handlers.preview.outlook import Outlook, of_act
from handlers.recording.publication import naming
from sebghat.announcement import headline_of
from sebghat.codec import to_json
from sebghat.conversation import NOTHING, Button, Destination, Message, Reply
from sebghat.figures import in_words, write_rounding
from sebghat.observation import METRICS, Observation
from sebghat.voice import Voice, hull
from storage.store import Record


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
    spoken = naming(spoken, outlook.names)
    parts = _read(outlook, spoken)
    if outlook.repeats and not act.claim:
        return parts[0].above(*parts[1:], spoken.say("set.nothing_new")), number
    parts += compared(outlook, spoken)
    parts += [
        spoken.say(
            "preview.stops", number=spoken.number(note.number or 0), headline=headline_of(note.facts, spoken).plain
        )
        for note in outlook.stopped
    ]
    parts.append(await consequence(outlook, record, spoken))
    reply = NOTHING.above(*parts).with_row(*_buttons(outlook, number, spoken))
    return reply.with_choices(await offers(outlook, number, record, person, spoken)), number


def _buttons(outlook: Outlook, number: int, voice: Voice) -> Iterable[Button]:
    """What a press says names the preview; whoever types means the newest."""
    yield Button("/record", voice.words("set.record"), f"/record {number}")
    if outlook.vouched and [note.said for note in outlook.vouched] != [note.said for note in outlook.notes]:
        yield Button("/record reviewed", voice.words("set.vouch"), f"/record {number} reviewed")
    yield Button("/cancel", voice.words("set.cancel"), f"/cancel {number}")


# What was understood


def _read(outlook: Outlook, voice: Voice) -> list[Reply]:
    act = outlook.act
    if act.claim is not None:
        return _claim(outlook, voice)
    if act.figures:
        return _entered(outlook, voice)
    if act.partner:
        return [voice.say("review.pair"), *(on_record(o, voice) for o in outlook.about)]
    target = outlook.about[0]
    if act.change is None:
        why = [voice.say("retract.why", why=act.why)] if act.why else []
        return [on_record(target, voice), voice.say("retract.will"), *why]
    lines, change = [on_record(target, voice)], act.change
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


def on_record(o: Observation, voice: Voice) -> Reply:
    return voice.say(
        "revise.figure",
        **voice.figure(o),
        date=voice.short_date(o.asof),
        source=voice.sources.name(o.source, voice.language),
    )


def _entered(outlook: Outlook, voice: Voice) -> list[Reply]:
    parts = [_head(outlook.figures, voice)]
    given = dict.fromkeys(figure.release for figure in outlook.act.figures if figure.release)
    parts += [voice.say("correct.release", release=release) for release in given]
    asked = dict.fromkeys(figure.n for figure in outlook.act.figures if figure.n)
    parts += [voice.say("set.sample", n=voice.number(n)) for n in asked]
    parts += [_echo(o, outlook, voice) for o in outlook.figures]
    for o in outlook.figures:
        if o.id not in outlook.duplicates:
            parts += misgivings(o, outlook.before[o.id], outlook.elsewhere[o.id], voice)
            parts += contradictions(o, outlook.beside[o.id], voice)
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
