"""/correct, /retract, /review and /claim: what is on record is put right, paired, or said without figures."""

from __future__ import annotations

from dataclasses import replace

from handlers import outlook
from handlers.acts import Act, revision
from handlers.desk import Desk, set_aside
from handlers.misgivings import misgivings
from handlers.publication import registry
from handlers.recording import at, enter_claim
from sebghat import letters
from sebghat.almanac import day_of
from sebghat.announcement import announce
from sebghat.claim import Claim
from sebghat.conversation import NOTHING, Button, Message, Reply
from sebghat.figures import in_words
from sebghat.notes import to_json
from sebghat.observation import METRICS, Observation
from sebghat.periods import Calendar
from sebghat.platforms import Origin
from sebghat.reading import read_change, read_claim
from sebghat.refusal import Refusal
from sebghat.sources import EDITOR, UNSPECIFIED

WHY_LENGTH = 300


async def correct(message: Message, rest: str, desk: Desk) -> Reply:
    """`/correct 120 30.4m`: a figure on record gets another value, date, sample size or release."""
    target, rest = await _target(rest, desk)
    if isinstance(target, Reply):
        await set_aside(message, desk)
        return target
    change = read_change(rest, target.metric, desk.voice.today)
    if isinstance(change, Refusal):
        await set_aside(message, desk)
        return desk.refuse(change, f"/correct {target.id}")
    voice, unit = desk.voice, METRICS[target.metric].unit
    lines = [_figure(target, desk)]
    if change.value is not None:
        lines.append(voice.say("correct.value", value=in_words(change.value, unit, voice.language)))
        lines += misgivings(replace(target, value=change.value), [target], voice)
    if change.asof is not None:
        lines.append(voice.say("correct.date", date=voice.date(change.asof)))
    if change.n is not None:
        lines.append(voice.say("correct.n", n=voice.number(change.n)))
    if change.release is not None:
        lines.append(voice.say("correct.release", release=change.release))
    return await _preview(Act(target=target.id, change=change), lines, message, desk)


async def retract(message: Message, rest: str, desk: Desk) -> Reply:
    """`/retract 120 reason`: a figure on record counts no longer, nor do its older versions."""
    target, why = await _target(rest, desk)
    if isinstance(target, Reply):
        return target
    lines = [_figure(target, desk), desk.say("retract.will")]
    return await _preview(Act(target=target.id, why=letters.visible(why, WHY_LENGTH)), lines, message, desk)


async def review(message: Message, rest: str, desk: Desk) -> Reply:
    """`/review 120 118`: somebody vouches that two figures may be compared."""
    target, rest = await _target(rest, desk, "review.how")
    if isinstance(target, Reply):
        return target
    partner, _ = await _target(rest, desk, "review.how")
    if isinstance(partner, Reply):
        return partner
    if desk.voice.platforms[target.platform].origin is Origin.FOREIGN:
        target, partner = partner, target
    person = await desk.store.people.known(message.messenger, message.sender)
    if desk.several_may_review and str(person) in {target.recorded_by, partner.recorded_by}:
        return desk.say("review.own")
    lines = [desk.say("review.pair"), _figure(target, desk), _figure(partner, desk)]
    return await _preview(Act(target=target.id, partner=partner.id), lines, message, desk)


async def claim(message: Message, rest: str, desk: Desk) -> Reply:
    """`/claim eitaa telegram 1403-03-12 source=ISNA`: said without figures of both; shown, never an alert."""
    said = read_claim(rest, desk.voice.platforms, desk.voice.today)
    if isinstance(said, Refusal):
        return desk.refuse(said, "/claim")
    voice = desk.voice
    async with desk.store.transaction() as record:
        person = await record.people.number(message.messenger, message.sender)
        names = await registry(record)
        source = names.key("source", said.source or EDITOR)
        for kind, name in names.new:
            await record.observations.name(kind, name.key, name.fa, letters.key(name.fa))
        entered = Claim(
            winner=said.winner,
            loser=said.loser,
            scope=said.scope,
            source=source,
            method=UNSPECIFIED,
            asof=said.asof or day_of(voice.today, Calendar.JALALI),
            quote_fa=said.quote,
            quote_en=said.quote,
            recorded_by=str(person),
        )
        await enter_claim(record, entered, desk.now, person)
    return voice.say(
        "claim.done",
        winner=voice.platform(said.winner),
        loser=voice.platform(said.loser),
        date=voice.date(entered.asof),
        source=said.source or voice.sources.name(EDITOR, voice.language),
    ).above(voice.commands("/overtakings", "/undo"))


async def _target(rest: str, desk: Desk, how: str = "revise.how") -> tuple[Observation | Reply, str]:
    """The figure whose number the text begins with, and what stands after it."""
    number, _, after = rest.strip().partition(" ")
    written = letters.fold(number)
    if not written.isdecimal() or len(written) > 12:
        return desk.say(how), after
    found = await desk.store.observations.find([written])
    if not found:
        return desk.say("revise.unknown", number=desk.voice.number(int(written))), after
    return found[0], after.strip()


def _figure(o: Observation, desk: Desk) -> Reply:
    voice = desk.voice
    return voice.say(
        "revise.figure",
        id=voice.number(int(o.id)),
        platform=voice.platform(o.platform),
        value=voice.value(o.value, o.metric),
        counted=voice.counted(o.metric),
        date=voice.short_date(o.asof),
        source=voice.sources.name(o.source, voice.language),
    )


async def _preview(act: Act, lines: list[Reply], message: Message, desk: Desk) -> Reply:
    """What it would change and say, with buttons; nothing is recorded yet."""
    async with desk.store.transaction() as record:
        person = await record.people.number(message.messenger, message.sender)
        now = await at(record, desk.now)
        command = await revision(act, record, now, str(person))
        found = await outlook.of_commands([command], record, desk.voice.platforms)
        if isinstance(found, str):
            await record.drafts.set_aside(person, message.destination, desk.now)
            return desk.say(f"engine.{found}")
        notes, basis = found
        number = await record.drafts.keep(person, message.destination, to_json(act), desk.now)
    voice = desk.voice
    if notes:
        platforms = {key for note in notes for key in (note.winner, note.loser)}
        chats, channels = await desk.store.chats.reached_by(platforms)
        hold = (await desk.store.ledger.rules()).hold_seconds
        head = voice.say(
            "set.will_say" if hold else "set.will_say_now",
            minutes=voice.duration(hold),
            chats=voice.so_many("chat", chats),
            channels=voice.so_many("channel", channels),
        )
        consequence = head.above(announce(notes, voice, basis))
    else:
        consequence = voice.say("revise.silent")
    return NOTHING.above(*lines, consequence).with_row(
        Button("/record", voice.words("set.record"), f"/record {number}"),
        Button("/cancel", voice.words("set.cancel"), f"/cancel {number}"),
    )
