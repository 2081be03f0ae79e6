"""From a message to its reply: seen before? which command? allowed? then the handler's answer."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import replace
from datetime import UTC, datetime, tzinfo

from handlers import commands
from handlers.desk import Desk, Role, voice
from sebghat.conversation import Message, Reply
from sebghat.platforms import Platforms
from sebghat.wording import say
from storage.store import Store, StoreFault

log = logging.getLogger(__name__)

LONGEST = 8_192  # characters of a message that are looked at


class Intake:
    """Answers messages, whatever messenger they came by."""

    def __init__(
        self,
        store: Store,
        platforms: Platforms,
        owners: Collection[tuple[str, str]],
        language: str,
        zone: tzinfo,
        status: Callable[[], Awaitable[Mapping[str, str]]],
    ) -> None:
        self._store = store
        self._platforms = platforms
        self._owners = frozenset(owners)
        self._language = language
        self._zone = zone
        self._status = status

    async def answer(self, message: Message) -> Reply | None:
        """The reply; None where there is nothing to say: a message seen before, a group's own talk."""
        try:
            return await self._answer(message)
        except StoreFault as fault:
            log.error("the store failed: %s", fault.code)
            return say(self._language, fault.code, **fault.details)
        except Exception:
            # One poisonous message must not stop the bot; the log has the trace, the person a sentence.
            log.exception("message %s of %s could not be answered", message.key, message.messenger)
            return say(self._language, "fault")

    async def _answer(self, message: Message) -> Reply | None:
        now = datetime.now(UTC).replace(microsecond=0)
        if not await self._store.chats.first_seen(message.messenger, message.key, now):
            return None
        language = await self._store.chats.language(message.destination) or self._language
        message = replace(message, text=message.text[:LONGEST])
        command, rest = commands.find(message, self._platforms)
        desk = Desk(
            store=self._store,
            voice=await voice(self._store, self._platforms, language, now, self._zone),
            now=now,
            role=self._role(message),
            status=self._status,
        )
        if command is None:
            return commands.unknown(message, desk)
        if command.role > desk.role:
            return desk.say("not_allowed")
        if command.writes and not message.trusted:
            return desk.say("not_trusted")
        return await command.handler(message, rest, desk)

    def _role(self, message: Message) -> Role:
        return Role.OWNER if (message.messenger, message.sender) in self._owners else Role.EVERYBODY
