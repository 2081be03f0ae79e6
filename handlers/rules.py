"""/rules: the constants of the comparison."""

from __future__ import annotations

from handlers.desk import Desk
from handlers.recording.departure import at, hold_anew
from handlers.recording.transaction import Declined, Recording
from sebghat import letters
from sebghat.command import SetRules
from sebghat.conversation import Message, Reply

# The constants that can be changed, and how far (overtaking.md §12).
RULES = {"noise_permille": 500, "poll_unknown": 5_000, "cooldown": 3_650, "fresh": 3_650, "hold_seconds": 2_678_400}
LONGEST = 9  # digits


async def rules(message: Message, rest: str, desk: Desk) -> Reply:
    """The constants of the engine; `/rules noise_permille 30` changes one, and what stands is not told anew."""
    voice, words = desk.voice, letters.fold(rest).split()
    present = await desk.store.ledger.rules()
    if not words:
        lines = [
            voice.say(
                "rules.line", name=name, value=voice.number(getattr(present, name)), means=voice.words(f"rules.{name}")
            )
            for name in RULES
        ]
        return voice.say("rules.head").above(*lines, voice.say("rules.how"))
    if len(words) != 2 or words[0] not in RULES:
        return voice.say("rules.bad", written=letters.visible(rest, 40))
    name, most = words[0], RULES[words[0]]
    if not words[1].isdecimal() or len(words[1]) > LONGEST or int(words[1]) > most:
        return voice.say("rules.range", name=name, most=voice.number(most), written=letters.visible(words[1], 40))
    value = int(words[1])
    before = len(await desk.store.parcels.held())
    try:
        async with desk.store.transaction() as record:
            person = await record.people.number(message.messenger, message.sender)
            now = await at(record, desk.now)
            change = SetRules(values={name: value}, at=now, by=str(person))
            entry = await Recording.begin(record, voice.platforms, [change], now, person)
            await entry.carry_out(change)
            await entry.end()
            await hold_anew(record, now)
    except Declined as refused:
        return desk.say(f"engine.{refused.word}")
    done = voice.say("rules.done", name=name, before=voice.number(getattr(present, name)), value=voice.number(value))
    after = len(await desk.store.parcels.held())
    if before == after:
        return done
    return done.above(
        voice.say("rules.waiting", before=voice.number(before), after=voice.number(after)), voice.commands("/pending")
    )
