"""/channels: where alerts go; /rules: the constants of the engine."""

from __future__ import annotations

import re

from handlers.desk import Desk, Role
from handlers.outcomes import went
from handlers.recording import Declined, Recording, at, hold_anew
from sebghat import letters
from sebghat.command import SetRules
from sebghat.conversation import Button, ChatKind, Destination, Membership, Message, Reply
from sebghat.platforms import Unknown
from sebghat.wording import LANGUAGES

# The constants that can be changed, and how far (overtaking.md §12).
RULES = {"noise_permille": 500, "poll_unknown": 5_000, "cooldown": 3_650, "fresh": 3_650, "hold_seconds": 2_678_400}
MESSENGERS = frozenset({"telegram", "eitaa", "bale", "splus", "rubika", "console"})
PLACE = re.compile(r"[@\w-]{1,64}", re.ASCII)


async def channels(message: Message, rest: str, desk: Desk) -> Reply:
    """Where alerts go, and how that went; `add` and `remove` change it, `test` sends a marked post."""
    words = rest.split()
    if not words:
        return await _list_channels(desk)
    verb = {"add": "add", "افزودن": "add", "remove": "remove", "حذف": "remove"}.get(words[0].lower())
    if verb is None or len(words) < 2:
        return desk.say("channels.how")
    where = _destination(words[1])
    if where is None:
        return desk.say("channels.bad_place", written=letters.visible(words[1], 40))
    if verb == "remove":
        async with desk.store.transaction() as record:
            gone = await record.chats.unsubscribe(where, [])
        return desk.say("channels.removed" if gone else "channels.not_there", place=words[1])
    language, platforms = None, []
    rest_words = words[2:]
    while rest_words:
        if rest_words[0] in LANGUAGES:
            language, rest_words = rest_words[0], rest_words[1:]
            continue
        platform, rest_words = desk.voice.platforms.take(rest_words)
        if isinstance(platform, Unknown):
            return desk.unknown(platform.written, f"/channels add {words[1]}")
        platforms.append(platform.key)
    async with desk.store.transaction() as record:
        await record.chats.subscribe(where, ChatKind.CHANNEL, platforms, desk.now)
        if language:
            await record.chats.set_language(where, ChatKind.CHANNEL, language, desk.now)
    return desk.say("channels.added", place=words[1]).above(desk.voice.commands("/channels"))


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
    if len(words) != 2 or words[0] not in RULES or not words[1].isdecimal() or int(words[1][:9]) > RULES[words[0]]:
        return voice.say("rules.bad", written=letters.visible(rest, 40))
    name, value = words[0], int(words[1][:9])
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


async def place_changed(membership: Membership, desk: Desk) -> list[tuple[Destination, Reply]]:
    """Made administrator of a channel by somebody who may: asks whether alerts shall go there. Removed: none do."""
    chat = Destination(membership.messenger, membership.chat)
    if not membership.may_post:
        async with desk.store.transaction() as record:
            await record.chats.pause_all(membership.messenger, membership.chat, desk.now)
        return []
    async with desk.store.transaction() as record:
        await record.chats.wake(chat)
    asked = membership.chat_kind is ChatKind.CHANNEL and desk.role >= Role.OWNER
    if not asked or await desk.store.chats.subscriptions(chat):
        return []  # not asked where alerts go already: every change of rights comes here
    place = f"{membership.messenger}:{membership.chat}"
    question = desk.say("channels.confirm", title=letters.visible(membership.title or place, 60)).with_row(
        Button(f"/channels add {place}", desk.voice.words("channels.yes"))
    )
    return [(Destination(membership.messenger, membership.by), question)]


async def _list_channels(desk: Desk) -> Reply:
    voice, rows = desk.voice, await desk.store.chats.channels()
    if not rows:
        return desk.say("channels.none")
    lines = [
        voice.say(
            "channels.paused" if row.paused else "channels.line",
            place=str(row.where),
            platforms=voice.list([voice.platform(key) for key in row.platforms])
            if row.platforms
            else voice.words("channels.all"),
            went=went(await desk.store.reports.of_chat(row.where), voice),
        )
        for row in rows
    ]
    return desk.say("channels.head").above(*lines)


def _destination(written: str) -> Destination | None:
    """«telegram:-1001600/42» as messenger, chat and thread."""
    messenger, _, place = letters.digits(written, "en").partition(":")
    chat, _, thread = place.partition("/")
    if messenger.lower() not in MESSENGERS or not PLACE.fullmatch(chat) or (thread and not thread.isdecimal()):
        return None
    return Destination(messenger.lower(), chat, thread)
