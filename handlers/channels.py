"""/channels: where alerts go, for which platforms, in which language; and a test post."""

from __future__ import annotations

import re

from handlers.desk import Desk, Role, noted
from handlers.outcomes import went
from sebghat import letters
from sebghat.capabilities import CAPABILITIES
from sebghat.conversation import Button, ChatKind, Destination, Membership, Message, Reply
from sebghat.platforms import Unknown
from sebghat.wording import LANGUAGES
from storage.store import Record

PLACE = re.compile(r"[@\w-]{1,64}", re.ASCII)
TOPIC = re.compile(r"[0-9]{0,10}")
VERBS = {
    "add": "add", "افزودن": "add", "remove": "remove", "حذف": "remove", "test": "test", "آزمایش": "test",
}  # fmt: skip


async def channels(message: Message, rest: str, desk: Desk) -> Reply:
    """Where alerts go, and how that went; `add` and `remove` change it, `test` sends a marked post."""
    words = rest.split()
    if not words:
        return await _list(desk)
    verb = VERBS.get(words[0].lower())
    if verb is None or len(words) < 2 or (verb != "add" and len(words) > 2):
        return desk.say("channels.how")
    where = _destination(words[1])
    if where is None:
        return desk.say("channels.bad_place", written=letters.visible(words[1], 40))
    if verb == "add":
        return await _add(where, words[1], words[2:], message, desk)
    return await (_remove if verb == "remove" else _test)(where, words[1], message, desk)


async def _add(where: Destination, written: str, words: list[str], message: Message, desk: Desk) -> Reply:
    """Alerts go there from now on, of all platforms or of those named, if the bot may post there."""
    language, platforms = None, list[str]()
    while words:
        if words[0] in LANGUAGES:
            language, words = words[0], words[1:]
            continue
        platform, words = desk.voice.platforms.take(words)
        if isinstance(platform, Unknown):
            return desk.unknown(platform.written, f"/channels add {written}")
        platforms.append(platform.key)
    rights = await desk.machine.rights(where)
    if rights.may is False:
        return desk.say("channels.may_not", place=written, why=letters.visible(rights.detail, 120))
    async with desk.store.transaction() as record:
        if rights.chat and rights.chat != where.chat:
            await record.chats.name(where.messenger, where.chat, rights.chat, desk.now)
        where = await record.chats.named(where)
        before = await _sent(where, record)
        await record.chats.subscribe(where, ChatKind.CHANNEL, platforms, desk.now)
        if language:
            await record.chats.set_language(where, ChatKind.CHANNEL, language, desk.now)
        await _note(where, before, record, message, desk)
    text = "channels.added" if rights.may else "channels.added_unsure" if rights.on else "channels.added_off"
    added = desk.say(text, place=str(where), messenger=where.messenger)
    if platforms:
        added = added.above(desk.say("channels.only", platforms=desk.voice.list(map(desk.voice.platform, platforms))))
    if language:
        added = added.above(desk.say("channels.in_language", language=language))
    return added.above(desk.voice.commands(f"/channels test {where}", "/channels"))


async def _remove(where: Destination, written: str, message: Message, desk: Desk) -> Reply:
    async with desk.store.transaction() as record:
        where = await record.chats.named(where)
        before = await _sent(where, record)
        if not await record.chats.unsubscribe(where, []):
            return desk.say("channels.not_there", place=written)
        await _note(where, before, record, message, desk)
    return desk.say("channels.removed", place=written)


async def _test(where: Destination, written: str, message: Message, desk: Desk) -> Reply:
    """A post that says what it is, and what became of it."""
    where = await desk.store.chats.named(where)
    language = await desk.store.chats.language(where)
    spoken = desk.in_language(language) if language else desk
    async with desk.store.transaction() as record:
        await noted("channels", {"place": str(where), "test": True}, record, message, desk)
    kind, detail = await desk.machine.post(where, spoken.say("channels.test_post"))
    if kind == "ok":
        return desk.say("channels.tested", place=written)
    if kind == "unsupported" and not detail:
        detail = desk.voice.words("channels.not_on", messenger=where.messenger)
    text = "channels.test_unknown" if kind == "unknown-outcome" else "channels.test_failed"
    return desk.say(text, place=written, why=letters.visible(detail or kind, 120))


async def _sent(where: Destination, record: Record) -> list[str] | None:
    """Of which platforms alerts go there: an empty name for all of them; None where none do."""
    return await record.chats.subscriptions(where) or None


async def _note(where: Destination, before: list[str] | None, record: Record, message: Message, desk: Desk) -> None:
    body = {"place": str(where), "before": before, "after": await _sent(where, record)}
    await noted("channels", body, record, message, desk)


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


async def _list(desk: Desk) -> Reply:
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
    if messenger.lower() not in CAPABILITIES or not PLACE.fullmatch(chat) or not TOPIC.fullmatch(thread):
        return None
    return Destination(messenger.lower(), chat, thread)
