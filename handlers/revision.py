"""/correct, /retract, /review and /claim: what is on record is put right, paired, or said without figures."""

from __future__ import annotations

from handlers.desk import Desk, numbered, set_aside
from handlers.preview.acts import Act
from handlers.preview.showing import on_record, propose
from sebghat import letters
from sebghat.conversation import Message, Reply
from sebghat.figures import write_value
from sebghat.news import read_news
from sebghat.observation import METRICS, Observation
from sebghat.platforms import Origin
from sebghat.refusal import Refusal
from sebghat.revision import read_change, read_claim

WHY_LENGTH = 300
SENTENCE = 300  # characters of a claim in plain words


async def correct(message: Message, rest: str, desk: Desk) -> Reply:
    """`/correct 120 30.4m`: a figure on record gets another value, date, sample size or release."""
    target, rest = await _target(message, rest, desk)
    if isinstance(target, Reply):
        return target
    change = read_change(rest, target.metric, desk.voice.today)
    if isinstance(change, Refusal):
        await set_aside(message, desk)
        value = write_value(target.value, METRICS[target.metric].unit, "en")
        missing = desk.say("correct.missing", command=f"/correct {target.id} {value}")
        why = missing if change.code == "change_missing" else desk.refuse(change, f"/correct {target.id}")
        return on_record(target, desk.voice).above(why)
    return await propose(Act(target=target.id, change=change), message, desk)


async def retract(message: Message, rest: str, desk: Desk) -> Reply:
    """`/retract 120 reason`: a figure on record counts no longer, nor do its older versions."""
    target, why = await _target(message, rest, desk)
    if isinstance(target, Reply):
        return target
    return await propose(Act(target=target.id, why=letters.visible(why, WHY_LENGTH)), message, desk)


async def review(message: Message, rest: str, desk: Desk) -> Reply:
    """`/review 25 22`: somebody vouches that two figures may be compared."""
    target, rest = await _target(message, rest, desk, "review.how")
    if isinstance(target, Reply):
        return target
    partner, _ = await _target(message, rest, desk, "review.how")
    if isinstance(partner, Reply):
        return partner
    if desk.voice.platforms[target.platform].origin is Origin.FOREIGN:
        target, partner = partner, target
    person = await desk.store.people.known(message.messenger, message.sender)
    if desk.several_may_review and str(person) in {target.recorded_by, partner.recorded_by}:
        return desk.say("review.own").above(desk.voice.commands(f"/review {target.id} {partner.id}"))
    return await propose(Act(target=target.id, partner=partner.id), message, desk)


async def claim(message: Message, rest: str, desk: Desk) -> Reply:
    """`/claim eitaa telegram 1403-03-12 source=ISNA`, or a sentence that says so: said without figures of both; shown,
    never an alert."""
    said = read_claim(rest, desk.voice.platforms, desk.voice.today)
    if isinstance(said, Refusal) and len(rest) <= SENTENCE:
        told = read_news(rest, desk.voice.platforms, desk.voice.today).claims
        said = told[0] if len(told) == 1 else said  # «/claim ایتا از تلگرام گذشت»
    if isinstance(said, Refusal):
        await set_aside(message, desk)
        return desk.refuse(said, "/claim")
    return await propose(Act(claim=said), message, desk)


async def _target(message: Message, rest: str, desk: Desk, how: str = "revise.how") -> tuple[Observation | Reply, str]:
    """The figure whose number the text begins with, or why there is none; and what stands after it."""
    written, _, after = rest.strip().partition(" ")
    number = numbered(written)
    found = [] if number is None else await desk.store.observations.find([str(number)])
    if found:
        return found[0], after.strip()
    await set_aside(message, desk)
    return desk.say(how) if number is None else desk.say("revise.unknown", number=desk.voice.number(number)), after
