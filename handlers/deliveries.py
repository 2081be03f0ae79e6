"""How deliveries go: /status, what the admins are asked and told, and /arrived and /resend, which answer."""

from __future__ import annotations

from handlers.desk import Desk, noted, numbered
from handlers.outcomes import counts, reasons, went
from sebghat import letters
from sebghat.announcement import headline_of
from sebghat.codec import from_json
from sebghat.conversation import Button, Message, Reply
from sebghat.notes import Note
from sebghat.voice import Voice
from storage.store import Decision, Record, Report

LONGEST_SAID = 120  # characters of what a messenger said


async def status(message: Message, rest: str, desk: Desk) -> Reply:
    """The record, what waits, and what became of what was sent."""
    voice, store = desk.voice, desk.store
    tallies = await store.reports.tallies()
    lines = [
        voice.say(
            "status.record",
            figures=voice.number(await store.observations.count()),
            subscribers=voice.number(await store.chats.subscribers()),
        ),
        voice.say("status.held", count=voice.number(len(await store.parcels.held()))),
        voice.say("status.outbox", **counts(tallies, voice)),
    ]
    if len(tallies) > 1 or any(reasons(tally, voice) for tally in tallies):
        lines += [voice.say("deliveries.of", place=tally.messenger, went=went(tally, voice)) for tally in tallies]
    for messenger, (since, why) in sorted(desk.machine.out_of_reach().items()):
        text = "deliveries.refusing" if why == "auth" else "deliveries.out_of_reach"
        lines.append(voice.say(text, messenger=messenger, time=voice.clock(since)))
    lines += [await doubt(store, voice, report) for report in await store.reports.open_doubts()]
    lines.append(voice.say("status.uptime", value=voice.duration(desk.uptime())))
    return voice.say("status.head").above(*lines, voice.commands("/pending", "/overtakings"))


# What the bot says to admins by itself


async def report(record: Record, voice: Voice, number: int) -> Reply:
    """A report as it stands now."""
    found = await record.reports.report(number)
    if found is None:
        return voice.say("deliveries.gone_report")
    if found.kind == "doubt":
        return await doubt(record, voice, found)
    told = voice.say(
        "deliveries.digest",
        title=await _title(record, voice, found.message),
        messenger=found.messenger,
        went=went(found.tally, voice),
    )
    said = [
        voice.say("deliveries.said", messenger=found.messenger, said=letters.visible(detail, LONGEST_SAID))
        for _, detail in found.samples
        if detail
    ]
    return told.above(*said, voice.commands("/channels", "/status"))


async def doubt(record: Record, voice: Voice, report: Report) -> Reply:
    """The question whether it arrived, with two buttons; or that somebody has answered it."""
    if not report.doubtful:
        return voice.say("deliveries.answered", number=voice.number(report.number))
    places = [str(place) for place in report.places]
    if (more := report.doubtful - len(places)) > 0:
        places.append(voice.words("deliveries.more", count=voice.number(more)))
    return voice.say(
        "deliveries.doubt",
        number=voice.number(report.number),
        title=await _title(record, voice, report.message),
        places=voice.list(places),
    ).with_row(
        Button(f"/arrived {report.number}", voice.words("deliveries.it_arrived")),
        Button(f"/resend {report.number}", voice.words("deliveries.send_again")),
    )


async def _title(record: Record, voice: Voice, message: int) -> str:
    parcel = await record.parcels.message(message)
    notes = [from_json(Note, note) for note in parcel.notes] if parcel else []
    return voice.list([headline_of(note.facts, voice).plain.rstrip(".") for note in notes]) if notes else "?"


# What admins decide


async def arrived(message: Message, rest: str, desk: Desk) -> Reply:
    """The rows of a doubt arrived."""
    return await _decide("arrived", message, rest, desk)


async def resend(message: Message, rest: str, desk: Desk) -> Reply:
    """The rows of a doubt are sent again."""
    return await _decide("resend", message, rest, desk)


async def _decide(word: str, message: Message, rest: str, desk: Desk) -> Reply:
    """Once for each doubt, whoever comes first; who comes later hears what was decided."""
    voice = desk.voice
    written, _, place = letters.digits(rest, "en").strip().partition(" ")
    number = numbered(written)
    if number is None:
        return voice.say("deliveries.how", command=f"/{word} 12").above(voice.commands("/status"))
    async with desk.store.transaction() as record:
        person = await record.people.number(message.messenger, message.sender)
        made = await record.reports.decide(
            number, arrived=word == "arrived", place=place.strip() or None, person=person, now=desk.now
        )
        if made is not None and made.made:
            await noted(word, {"doubt": number, "count": made.made}, record, message, desk)
    if made is None:
        return voice.say("deliveries.no_doubt", number=voice.number(number)).above(voice.commands("/status"))
    return _decided(word, number, made, voice)


def _decided(word: str, number: int, decision: Decision, voice: Voice) -> Reply:
    if decision.too_old:
        return voice.say("deliveries.too_old", command=f"/arrived {number}")
    if decision.before and decision.at is not None:
        return voice.say(f"deliveries.before_{decision.before}", time=voice.clock(decision.at))
    if not decision.made and not decision.corrected:
        return voice.say("deliveries.nothing_there").above(voice.commands("/status"))
    done = voice.say(f"deliveries.done_{word}", count=voice.number(decision.made)) if decision.made else Reply()
    if decision.corrected:
        done = done.above(voice.say("deliveries.corrected", count=voice.number(decision.corrected)))
    return done.above(voice.commands("/status"))
