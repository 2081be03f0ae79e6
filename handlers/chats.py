"""What a chat decides about itself: alerts, language, what is stored about it, and that it be forgotten."""

from __future__ import annotations

from handlers.desk import Desk, Role, is_last_owner
from sebghat import letters
from sebghat.askingwords import ALL
from sebghat.conversation import Button, ChatKind, Message, Reply
from sebghat.platforms import Unknown
from sebghat.wording import LANGUAGES

LANGUAGE_NAMES = {
    "fa": "fa", "farsi": "fa", "persian": "fa", "فارسی": "fa", "en": "en", "english": "en", "انگلیسی": "en",
}  # fmt: skip


async def subscribe(message: Message, rest: str, desk: Desk) -> Reply:
    """Alerts to this chat: of all platforms, or of those named."""
    platforms = await _wanted(message, rest, "/subscribe", desk)
    if isinstance(platforms, Reply):
        return platforms
    async with desk.store.transaction() as record:
        await record.chats.subscribe(message.destination, message.chat_kind, platforms, desk.now)
        now = await record.chats.subscriptions(message.destination)
    return _state("subscribe.done", now, desk).above(desk.voice.commands("/unsubscribe", "/subscriptions"))


async def unsubscribe(message: Message, rest: str, desk: Desk) -> Reply:
    """No more alerts: of the platforms named, or none at all."""
    platforms = await _wanted(message, rest, "/unsubscribe", desk)
    if isinstance(platforms, Reply):
        return platforms
    async with desk.store.transaction() as record:
        before = await record.chats.subscriptions(message.destination)
        if platforms and before == [""]:
            return desk.say("unsubscribe.all_or_nothing").above(desk.voice.commands("/unsubscribe"))
        gone = await record.chats.unsubscribe(message.destination, platforms)
        now = await record.chats.subscriptions(message.destination)
    if not gone:
        return desk.say("unsubscribe.nothing").above(desk.voice.commands("/subscribe"))
    if now:
        return _state("unsubscribe.some", now, desk)
    return desk.say("unsubscribe.done").above(desk.voice.commands("/subscribe"))


async def subscriptions(message: Message, rest: str, desk: Desk) -> Reply:
    """Which alerts come to this chat."""
    now = await desk.store.chats.subscriptions(message.destination)
    if not now:
        return desk.say("subscriptions.none").above(desk.voice.commands("/subscribe", "/subscribe eitaa"))
    return _state("subscriptions.some", now, desk).above(desk.voice.commands("/unsubscribe"))


async def language(message: Message, rest: str, desk: Desk) -> Reply:
    """The language of this chat."""
    if not await _may(message, desk):
        return desk.say("subscribe.not_yours")
    wanted = LANGUAGE_NAMES.get(letters.fold(rest))
    if wanted is None:
        text = "language.unknown" if rest.strip() else "language.which"
        return desk.say(text, written=letters.visible(rest, 40)).with_row(
            Button("/language fa", "فارسی"), Button("/language en", "English")
        )
    assert wanted in LANGUAGES
    async with desk.store.transaction() as record:
        await record.chats.set_language(message.destination, message.chat_kind, wanted, desk.now)
    return desk.in_language(wanted).say("language.done")


async def privacy(message: Message, rest: str, desk: Desk) -> Reply:
    """What is stored."""
    return desk.say("privacy").above(desk.voice.commands("/forget"))


async def forget(message: Message, rest: str, desk: Desk) -> Reply:
    """Deletes all that is stored about the person, and in a private chat about the chat."""
    async with desk.store.transaction() as record:
        if await is_last_owner((message.messenger, message.sender), record, desk):
            return desk.say("forget.last_owner")
        await record.people.forget(message.messenger, message.sender)
        await record.audit.forget(message.messenger, message.sender, desk.now)
        if message.chat_kind is ChatKind.PRIVATE:
            await record.chats.forget(message.messenger, message.chat)
    return desk.say("forget.done" if message.chat_kind is ChatKind.PRIVATE else "forget.done_here")


async def _may(message: Message, desk: Desk) -> bool:
    """In a group its administrators decide, and where the messenger cannot say who they are, the owners alone."""
    if message.chat_kind is ChatKind.PRIVATE or desk.role >= Role.OWNER or message.anonymous:
        return True
    return await desk.administers(message.messenger, message.chat, message.sender) is True


async def _wanted(message: Message, rest: str, command: str, desk: Desk) -> list[str] | Reply:
    """The platforms named, none for all of them; answered are an unknown name and who may not decide."""
    if not await _may(message, desk):
        return desk.say("subscribe.not_yours")
    words = rest.replace("،", " ").replace(",", " ").split()
    if len(words) == 1 and letters.key(words[0]) in ALL:
        return []
    found: list[str] = []
    while words:
        if words[0] in {"و", "and"}:
            words = words[1:]
            continue
        platform, words = desk.voice.platforms.take(words)
        if isinstance(platform, Unknown):
            return desk.unknown(platform.written, command)
        if platform.key not in found:
            found.append(platform.key)
    return found


def _state(text: str, subscribed: list[str], desk: Desk) -> Reply:
    if "" in subscribed:
        return desk.say(f"{text}_all")
    return desk.say(text, platforms=desk.voice.list([desk.voice.platform(key) for key in subscribed]))
