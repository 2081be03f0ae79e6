"""/platform and /source: a new platform, another name of one, a source and what it is called."""

from __future__ import annotations

import re
from collections.abc import Collection

from handlers.desk import Desk, Role, noted, set_aside, yes_or_no
from handlers.recording.departure import at, depart_due
from handlers.recording.publication import registry
from sebghat import letters
from sebghat.codec import from_json, to_json
from sebghat.conversation import Message, Reply
from sebghat.platforms import EVERYDAY, Origin, Platform, Unknown
from sebghat.sources import SLUG, bundled_sources
from storage.store import Draft, Record

ARENA = "social"  # that of the messengers: only platforms of one arena are compared
NONE = frozenset({"none", "-"})  # an arena of nobody's: counted, never compared
LONGEST = 40  # characters of a name
OPTION = re.compile(r"(fa|en|origin|arena)\s?=\s?")
ORIGINS = {
    letters.key(word): origin
    for origin, words in ((Origin.DOMESTIC, ("domestic", "داخلی")), (Origin.FOREIGN, ("foreign", "خارجی")))
    for word in words
}


async def platform(message: Message, rest: str, desk: Desk, commands: Collection[str]) -> Reply:
    """`/platform add KEY fa=… en=… origin=domestic`, `/platform alias KEY NAME`: shown first. Nobody may be called
    as one of `commands` is: asked in plain words, it would never be heard again."""
    verb, _, said = " ".join(rest.split()).partition(" ")
    shown: Reply | dict[str, object]
    match verb.lower():
        case "add" | "افزودن":
            shown = _added(said, commands, desk)
        case "alias" | "نام":
            shown = _alias(said, commands, desk)
        case _:
            shown = desk.say("platforms.how")
    if isinstance(shown, Reply):
        await set_aside(message, desk)
        return shown
    async with desk.store.transaction() as record:
        person = await record.people.number(message.messenger, message.sender)
        number = await record.drafts.keep(person, message.destination, shown, desk.now, entry=await record.log.last())
    return _preview(shown, desk).with_row(*yes_or_no(number, desk.voice))


def _added(said: str, commands: Collection[str], desk: Desk) -> dict[str, object] | Reply:
    """A new platform as a draft, or why it cannot be one."""
    key, _, options = said.partition(" ")
    first, *parts = OPTION.split(options)
    given = {name: value.strip() for name, value in zip(parts[::2], parts[1::2], strict=True)}
    origin = ORIGINS.get(letters.key(given.get("origin", "")))
    if first.strip() or not SLUG.fullmatch(key) or not given.get("fa") or not given.get("en") or origin is None:
        return desk.say("platforms.add_how")
    arena = given.get("arena", ARENA).lower()
    if arena not in NONE and not SLUG.fullmatch(arena):
        return desk.say("platforms.add_how")
    for name in (key, given["fa"], given["en"]):
        if clash := _clash(name, commands, desk):
            return clash
    new = Platform(key, given["fa"], given["en"], origin, "" if arena in NONE else arena)
    return {"platform": to_json(new)}


def _alias(said: str, commands: Collection[str], desk: Desk) -> dict[str, object] | Reply:
    """Another name of a platform as a draft, or why it cannot be one."""
    known, words = desk.voice.platforms.take(said.split())
    name = " ".join(words)
    if isinstance(known, Unknown):
        return desk.unknown(known.written, "/platform alias") if said else desk.say("platforms.alias_how")
    if not name:
        return desk.say("platforms.alias_how")
    return _clash(name, commands, desk) or {"alias": {"platform": known.key, "name": name}}


def _clash(name: str, commands: Collection[str], desk: Desk) -> Reply | None:
    """Why nobody can be called so."""
    if not letters.key(name) or len(name) > LONGEST or name != letters.visible(name, LONGEST):
        return desk.say("platforms.bad_name", written=letters.visible(name, LONGEST), most=desk.voice.number(LONGEST))
    if name.startswith(("/", "／")) or letters.key(name) in commands:
        return desk.say("platforms.is_command", name=letters.visible(name, LONGEST))
    owner = desk.voice.platforms.named(letters.key(name))
    if owner is not None:
        return desk.say(
            "platforms.clash",
            name=letters.visible(name, LONGEST),
            platform=desk.voice.platform(owner.key),
            key=owner.key,
        )
    return None


def _preview(draft: dict[str, object], desk: Desk) -> Reply:
    voice = desk.voice
    if "alias" in draft:
        said = draft["alias"]
        assert isinstance(said, dict)
        name = str(said["name"])
        shown = voice.say("platforms.alias", platform=voice.platform(str(said["platform"])), name=name)
        return shown.above(voice.say("platforms.everyday")) if name in EVERYDAY or len(letters.key(name)) < 3 else shown
    new = from_json(Platform, draft["platform"])
    return voice.say(
        "platforms.new",
        key=new.key,
        fa=new.name_fa,
        en=new.name_en,
        origin=voice.words(f"platforms.{new.origin.value}"),
    ).above(voice.say("platforms.compared" if new.arena else "platforms.counted", arena=new.arena))


async def record_entry(message: Message, draft: Draft, desk: Desk) -> Reply:
    """The yes to a platform or a name: from now on everybody is understood who says it."""
    if desk.role < Role.ADMIN:
        return desk.say("not_allowed")
    async with desk.store.transaction() as record:
        if not await record.drafts.take(draft, "recorded", desk.now):
            return desk.say("record.nothing").above(desk.voice.commands("/pending"))
        person = await record.people.number(message.messenger, message.sender)
        now = await at(record, desk.now)
        await depart_due(record, now)
        if "alias" in draft.body:
            said = draft.body["alias"]
            assert isinstance(said, dict)
            if clash := await _taken([said["name"]], record, desk):
                return clash
            await record.log.append("alias", now, person, said)
            await record.catalogue.alias(said["platform"], said["name"])
            done = desk.say("platforms.done_alias", name=said["name"], key=said["platform"])
            return done.above(desk.voice.commands("/undo"))
        new = from_json(Platform, draft.body["platform"])
        if clash := await _taken([new.key, new.name_fa, new.name_en], record, desk):
            return clash
        await record.log.append("platform", now, person, to_json(new))
        await record.catalogue.add(new)
    done = desk.say("platforms.done", fa=new.name_fa, en=new.name_en, key=new.key)
    return done.above(desk.voice.commands("/undo"))


async def _taken(names: list[str], record: Record, desk: Desk) -> Reply | None:
    """Whether somebody else was quicker with one of these names."""
    keys = {letters.key(name) for name in names}
    added = [name for p in await record.catalogue.platforms() for name in (p.key, p.name_fa, p.name_en)]
    added += [name for _, name in await record.catalogue.aliases()]
    if keys.isdisjoint(map(letters.key, added)):
        return None
    return desk.say("platforms.how")


# Sources


async def source(message: Message, rest: str, desk: Desk) -> Reply:
    """The sources; `/source add NAME` names a new one, `/source name KEY NAME` calls one that was added otherwise."""
    voice = desk.voice
    verb, _, said = " ".join(rest.split()).partition(" ")
    if not verb:
        named = await desk.store.catalogue.names("source")
        lines = [voice.say("sources.line", key=key, name=name) for key, name in named]
        return voice.say("sources.head", count=voice.number(len(named))).above(*lines, voice.say("sources.how"))
    key, _, name = said.partition(" ")
    if verb.lower() in {"add", "افزودن"}:
        key, name = "", said
    elif verb.lower() not in {"name", "نام"}:
        return desk.say("sources.how")
    if not name or len(name) > LONGEST * 2 or name != letters.visible(name, LONGEST * 2):
        return desk.say("sources.how")
    async with desk.store.transaction() as record:
        names = await registry(record)
        known = voice.sources.find(name)
        if known is not None and known.key != key:
            return desk.say("sources.clash", name=name, key=known.key)
        before = dict(await record.catalogue.names("source")).get(key)
        if key and before is None:
            text = "sources.bundled" if bundled_sources().find(key) else "sources.unknown"
            return desk.say(text, key=letters.visible(key, LONGEST))
        if not key:
            key = names.key("source", name)
            await record.catalogue.name("source", key, name)
        else:
            await record.catalogue.rename("source", key, name)
        await noted("source", {"source": key, "before": before or "", "after": name}, record, message, desk)
    return desk.say("sources.done", key=key, name=name)
