"""What is said to a text that calls no command: the commands and names that come near, what was understood of it."""

from __future__ import annotations

from difflib import get_close_matches

from handlers.commands import COMMANDS, SLASHES, TABLE, Command, typed
from handlers.desk import Desk, Role
from sebghat import asking, letters
from sebghat.conversation import Address, ChatKind, Message, Reply
from sebghat.platforms import Platforms, Unknown

TELL_ME = ("خبرم", "خبر بده", "خبر کن", "let me know", "tell me when")
SEVERAL = {letters.key("لغو"): ("cancel", "unsubscribe")}  # a word by which several commands may be meant
TALK = {"about": "start", "thanks": "unknown.thanks", "hello": "unknown.hello", "talk": "unknown.talk"}
LONGEST_ECHO = 40
LONGEST_LINE = 200  # characters of a line that is offered anew


def answer(message: Message, desk: Desk) -> Reply | None:
    """What is said to a text that calls no command; in a group nothing, unless the bot was called by a slash or by
    its name: people who answer it mostly talk to each other."""
    text = typed(message.text)
    slash = text[:1] in SLASHES
    called = slash or (message.spoken_to and message.address is not Address.REPLY)
    if message.file and message.chat_kind is ChatKind.PRIVATE and not message.text and desk.role >= Role.ADMIN:
        return desk.say("import.uncalled", file=letters.visible(message.file.name, LONGEST_ECHO))
    if not called or not message.text.strip():
        return None
    first, *after = text.lstrip("".join(SLASHES)).split(None, 1) or [""]
    first = first.partition("@")[0] if slash else first
    written = letters.visible(f"/{first}" if slash else text, LONGEST_ECHO)
    if not written:
        return desk.say("unknown.empty").above(desk.voice.commands("/help"))
    voice, word = desk.voice, asking.bare(first)[:LONGEST_ECHO]
    if not slash and (talk := asking.talk(text)):
        return desk.say(TALK[talk]).above(voice.commands("/stats eitaa", "/compare eitaa telegram", "/help"))
    if not slash and asking.is_doubt(text):  # «کی گفته؟»
        return desk.say("unknown.source").above(voice.commands("/stats eitaa", "/overtakings", "/help"))
    near = _meant(text, desk.role) or _near(word, desk.role) if slash or not after or _is_for_others(word) else []
    meant = COMMANDS.get(letters.key(text))
    if meant and meant.writes and desk.role >= meant.role > Role.EVERYBODY:
        # «ثبت» alone: a yes is never taken from plain words, but shown
        return desk.say("unknown.slash", written=written).above(voice.commands(f"/{meant.name}"))
    if near:
        lines = (_line(command, "".join(after), voice.platforms) for command in near)
        return desk.say("unknown.command", written=written).above(voice.commands(*lines))
    if slash:
        return desk.say("unknown.text", written=written).above(voice.commands("/stats eitaa", "/help"))
    found = voice.platforms.find(asking.bare(text))
    if isinstance(found, Unknown) and found.nearest:
        return desk.unknown(asking.bare(text), "/stats")
    if not isinstance(found, Unknown):  # an everyday word
        return desk.say("unknown.text", written=written).above(voice.commands(f"/stats {found.key}", "/help"))
    return _partly(text, written, desk)


def _partly(text: str, written: str, desk: Desk) -> Reply:
    """What was understood of a sentence, and the two commands that come nearest to it."""
    voice = desk.voice
    asked, near = asking.nearest(text, voice.platforms)
    understood = [platform.name(voice.language) for platform in asked.named]
    if asked.metric:
        understood.append(voice.metric_inside(asked.metric))
    if not understood and (name := asking.misspelt(asked, voice.platforms)):
        return desk.unknown(name, "/stats")
    if not understood:
        return desk.say("unknown.text", written=written).above(voice.commands(*near))
    if asked.named and any(wish in letters.fold(text) for wish in TELL_ME):  # «هر وقت ایتا جلو زد خبرم کن»
        near = [f"/subscribe {' '.join(platform.key for platform in asked.named)}", *near[:1]]
    return desk.say("unknown.partly", written=written, understood=voice.list(understood)).above(voice.commands(*near))


def _meant(text: str, role: Role) -> list[Command]:
    named = (COMMANDS[name] for name in SEVERAL.get(letters.key(asking.bare(text)), ()))
    return [command for command in named if command.role <= role]


def _near(word: str, role: Role) -> list[Command]:
    allowed = [command.name for command in TABLE if command.role <= role]
    return [COMMANDS[name] for name in get_close_matches(letters.key(word), allowed, n=2, cutoff=0.6)]


def _is_for_others(word: str) -> bool:
    """Whether it is an editor's command without its slash; Persian ones («رقم ایتا») are words of questions too."""
    command = COMMANDS.get(letters.key(word))
    return command is not None and command.role is not Role.EVERYBODY and command.writes and word.isascii()


def _line(command: Command, rest: str, platforms: Platforms) -> str:
    """The command with what was written after its mistyped name, where that can be read; else as it works alone."""
    if command.role is not Role.EVERYBODY:
        return f"/{command.name} {letters.visible(rest, LONGEST_LINE)}".strip()
    asked = asking.read(asking.bare(rest).split(), platforms)
    keys = [platform.key for platform in asked.platforms]
    wanted = {"stats": 1, "history": 1, "compare": 2}.get(command.name)
    if wanted == len(keys):
        return " ".join([f"/{command.name}", *keys, *filter(None, [asked.metric])])
    if command.name in {"subscribe", "unsubscribe", "overtakings"} and keys:
        return " ".join([f"/{command.name}", *keys])
    if command.name == "why":
        return f"/why {asking.bare(rest)}" if asking.bare(rest).isdecimal() else "/overtakings"
    return command.sample if command.name in {"compare", "history"} else f"/{command.name}"
