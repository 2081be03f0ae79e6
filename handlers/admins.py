"""/admins: who may do what, by the messenger's id of a person; and the invitations to a role."""

from __future__ import annotations

import re
from datetime import timedelta

from handlers.desk import Desk, Role, is_last_owner, noted
from sebghat import letters
from sebghat.capabilities import CAPABILITIES
from sebghat.conversation import Button, ChatKind, Message, Reply
from storage.store import COUNTS_ON, Record

ROLES = {
    letters.key(word): role
    for role, words in (
        (Role.REVIEWER, ("reviewer", "بازبین")),
        (Role.ADMIN, ("admin", "editor", "گرداننده", "ادمین")),
        (Role.OWNER, ("owner", "مالک", "صاحب")),
    )
    for word in words
}
VERBS = {
    "add": "add", "افزودن": "add", "remove": "remove", "حذف": "remove", "invite": "invite", "دعوت": "invite",
}  # fmt: skip
NUMBERED = frozenset({"telegram", "bale", "splus"})  # where a person's id is a number
PERSON = re.compile(r"[\w-]{1,64}", re.ASCII)
JOIN = "join_"
TOKEN = re.compile(r"[0-9a-f]{32}")
OPEN_FOR = timedelta(hours=24)
MOST_MISSES = 10  # wrong tokens of one person; more are not even looked up


async def admins(message: Message, rest: str, desk: Desk) -> Reply:
    """Who has which role; `add`, `remove` and `invite` change it."""
    words = letters.digits(rest, "en").split()
    if not words:
        return await _list(desk)
    verb = VERBS.get(words[0].lower())
    if verb == "invite" and len(words) == 2 and (role := ROLES.get(letters.key(words[1]))):
        return await _invite(role, message, desk)
    if verb == "invite":
        return _which("invite", desk)
    if verb == "add" and len(words) == 2 and (asked := _person(words[1])):
        return _which(f"add {':'.join(asked)}", desk)
    if verb not in {"add", "remove"} or len(words) != (3 if verb == "add" else 2):
        return desk.say("admins.how")
    person = _person(words[1])
    if person is None:
        return desk.say("admins.bad_person", written=letters.visible(words[1], 40))
    role = ROLES.get(letters.key(words[2]), Role.EVERYBODY) if verb == "add" else Role.EVERYBODY
    if verb == "add" and not role:
        return desk.say("admins.bad_role", written=letters.visible(words[2], 40))
    return await _change(person, role, message, desk)


def _which(verb: str, desk: Desk) -> Reply:
    """The roles, each with the command that gives it."""
    choices = [Button(f"/admins {verb} {role.name.lower()}", _role(role, desk)) for role in Role if role]
    return desk.say("admins.which").with_choices(choices)


def _person(written: str) -> tuple[str, str] | None:
    """Messenger and id; never a name, which anybody may take."""
    messenger, _, person = written.partition(":")
    known = CAPABILITIES.get(messenger.lower())
    if known is None or not known.receives or not PERSON.fullmatch(person):
        return None
    if known.messenger in NUMBERED and not person.isdecimal():
        return None
    return known.messenger, person


async def _list(desk: Desk) -> Reply:
    voice, holders = desk.voice, await desk.store.people.holders()
    lines = [voice.say("admins.settled", person=":".join(person)) for person in sorted(desk.owners)]
    lines += [
        voice.say(
            "admins.line",
            person=":".join(person),
            number=voice.number(holder.number),
            role=_role(Role(holder.role), desk),
        )
        for person, holder in holders.items()
        if person not in desk.owners
    ]
    return voice.say("admins.head").above(*lines, voice.say("admins.how"))


async def _change(person: tuple[str, str], role: Role, message: Message, desk: Desk) -> Reply:
    """That person has this role from now on; the last owner stays one."""
    name = ":".join(person)
    if person in desk.owners:
        return desk.say("admins.in_settings", person=name)
    async with desk.store.transaction() as record:
        holders = await record.people.holders()
        before = Role(holders[person].role) if person in holders else Role.EVERYBODY
        if before == role:
            text = "admins.is_already" if role else "admins.has_none"
            return desk.say(text, person=name, role=_role(role, desk))
        if await is_last_owner(person, record, desk):
            return desk.say("admins.last_owner", person=name)
        await record.people.number(message.messenger, message.sender)  # who gives it comes first
        number = await record.people.number(*person)
        await record.people.give(number, role)
        if role < Role.OWNER:
            await record.people.withdraw(number)
        await noted("admins", {"of": number, "before": int(before), "after": int(role)}, record, message, desk)
    if role:
        return desk.say("admins.given", person=name, role=_role(role, desk))
    return desk.say("admins.taken", person=name, role=_role(before, desk))


async def _invite(role: Role, message: Message, desk: Desk) -> Reply:
    """A word that gives whoever brings it first a role, within a day."""
    if message.chat_kind is not ChatKind.PRIVATE:
        return desk.say("admins.invite_in_private")
    token = desk.machine.token()
    async with desk.store.transaction() as record:
        by = await record.people.number(message.messenger, message.sender)
        await record.people.invite(token, role, by, desk.now + OPEN_FOR, desk.now)
        await noted("admins", {"invited": int(role)}, record, message, desk)
    asked = desk.say("admins.invitation", role=_role(role, desk))
    link = desk.machine.link(message.messenger, f"{JOIN}{token}")
    line = desk.voice.commands(f"/start {JOIN}{token}")
    return asked.above(line, desk.say("admins.link", address=link)) if link else asked.above(line)


async def join(message: Message, token: str, desk: Desk) -> Reply:
    """`/start join_…`: the role that an invitation gives. What does not open one gets the same answer, whatever the
    reason."""
    if not message.trusted:
        return desk.say("not_trusted")
    if message.chat_kind is not ChatKind.PRIVATE:
        return desk.say("admins.join_in_private")
    async with desk.store.transaction() as record:
        since = desk.now - COUNTS_ON
        misses = await record.audit.misses(message.messenger, message.sender, "join", since)
        whole = misses < MOST_MISSES and TOKEN.fullmatch(token)
        role = Role(await record.people.invited(token, desk.now)) if whole else Role.EVERYBODY
        if not role or not await _owns(await record.people.inviter(token), record, desk):
            await record.audit.refuse(message.messenger, message.sender, "join", "invitation", desk.now)
            return desk.say("admins.join_closed")
        if role <= desk.role:
            return desk.say("admins.join_has", role=_role(desk.role, desk))
        number = await record.people.number(message.messenger, message.sender)
        await record.people.use(token, number)
        await record.people.give(number, role)
        if message.chat != message.sender:
            await record.people.wrote(message.messenger, message.sender, message.chat)
        body = {"of": number, "before": int(desk.role), "after": int(role)}
        await noted("join", body, record, message, desk)
    return desk.say("admins.joined", role=_role(role, desk)).above(desk.voice.commands("/help"))


async def _owns(person: tuple[str, str] | None, record: Record, desk: Desk) -> bool:
    """Whether somebody is an owner now: by the settings, which may have changed, by the record, or at the terminal."""
    if person is None or person in desk.owners or person[0] == "console":
        return person is not None
    holder = (await record.people.holders()).get(person)
    return holder is not None and holder.role == Role.OWNER


def _role(role: Role, desk: Desk) -> str:
    return desk.voice.words(f"role.{role.name.lower()}")
