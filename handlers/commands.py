"""THE table of commands: the words that call each, who may, and what answers; /start and /help come from it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import get_close_matches

from handlers import (
    admins,
    audit,
    catalogue,
    channels,
    chats,
    compare,
    deliveries,
    entry,
    exchange,
    holding,
    overtakings,
    revision,
    rules,
    stats,
)
from handlers.desk import Desk, Handler, Role, draft_of
from handlers.examples import AT_ONCE, EXAMPLES
from sebghat import asking, letters
from sebghat.conversation import Address, Button, ChatKind, Message, Reply
from sebghat.platforms import EVERYDAY, Platforms, Unknown
from sebghat.wording import words


@dataclass(frozen=True, slots=True)
class Command:
    """`words[0]` is the command's name, the others call it too; `sample` shows how it is used."""

    words: tuple[str, ...]
    handler: Handler
    sample: str
    role: Role = Role.EVERYBODY
    writes: bool = False  # what is forwarded, edited or anonymous never does
    anonymous: bool = False  # a group's anonymous administrator may all the same: the messenger vouches for one

    @property
    def name(self) -> str:
        return self.words[0]


async def start(message: Message, rest: str, desk: Desk) -> Reply:
    """What the bot is for, with working examples; a deep link goes straight to its answer."""
    link = rest.strip().replace("_", " ", 1)
    words = link.split()
    if rest.strip().startswith(admins.JOIN):
        return await admins.join(message, rest.strip().removeprefix(admins.JOIN), desk)
    if words and words[0] in {"stats", "why", "compare", "overtakings"}:
        return await COMMANDS[words[0]].handler(message, " ".join(words[1:]).replace("_", " "), desk)
    return desk.say("start").with_choices(
        Button(sample, desk.voice.words(f"start_button.{number}"))
        for number, sample in enumerate(("/stats eitaa", "/compare eitaa telegram", "/subscribe"), 1)
    )


async def help_(message: Message, rest: str, desk: Desk) -> Reply:
    """All commands in a line each, or one of them at length."""
    topic = COMMANDS.get(letters.key(rest.strip().lstrip("/")))
    if rest.strip() and topic is None:
        return desk.say("help.unknown", topic=letters.visible(rest, 40)).above(desk.voice.commands("/help"))
    if topic is not None and topic.role <= desk.role:
        shown, examples = desk.say(f"help_of.{topic.name}"), EXAMPLES.get(topic.name, (topic.sample,))
        if topic.name in AT_ONCE:
            return shown.above(*map(desk.voice.commands, examples))
        return shown.with_choices(map(Button, examples))
    lines = [
        desk.voice.commands(f"/{command.name}").and_(
            desk.say("help.line", does=desk.voice.words(f"does.{command.name}"))
        )
        for command in TABLE
        if command.role <= desk.role
    ]
    return desk.say("help.head").above(*lines, desk.say("help.more"))


async def record(message: Message, rest: str, desk: Desk) -> Reply:
    """The yes to a preview: of a table, a platform, or figures."""
    if draft := await draft_of({"table"}, message, rest, desk):
        return await exchange.record_table(message, draft, desk)
    if draft := await draft_of({"platform", "alias"}, message, rest, desk):
        return await catalogue.record_entry(message, draft, desk)
    return await entry.record(message, rest, desk)


async def platform(message: Message, rest: str, desk: Desk) -> Reply:
    """A new messenger, or another name of one."""
    return await catalogue.platform(message, rest, desk, COMMANDS)


async def chart(message: Message, rest: str, desk: Desk) -> Reply:
    """Figures as a picture."""
    from handlers import charts  # noqa: PLC0415 - what draws is loaded with the first picture

    return await charts.chart(message, rest, desk)


TABLE = (
    Command(("start", "شروع"), start, "/start"),
    Command(("help", "راهنما", "کمک"), help_, "/help stats"),
    Command(("stats", "آمار"), stats.stats, "/stats eitaa"),
    Command(("compare", "مقایسه", "مقایسه ی"), compare.compare, "/compare eitaa telegram"),
    Command(("rank", "رتبه"), compare.rank, "/rank mau"),
    Command(("chart", "نمودار"), chart, "/chart eitaa telegram poll"),
    Command(("history", "تاریخچه"), stats.history, "/history eitaa mau"),
    Command(("overtakings", "پیشی گرفتن ها", "سبقت ها"), overtakings.overtakings, "/overtakings"),
    Command(("why", "چرا"), overtakings.why, "/why 1"),
    Command(("subscribe", "اشتراک", "خبرم کن"), chats.subscribe, "/subscribe eitaa", writes=True, anonymous=True),
    Command(
        ("unsubscribe", "لغو اشتراک", "stop", "خبر نده", "دیگه خبر نده", "دیگر خبر نده"),
        chats.unsubscribe,
        "/unsubscribe",
        writes=True,
        anonymous=True,
    ),
    Command(("subscriptions", "اشتراک ها"), chats.subscriptions, "/subscriptions"),
    Command(("language", "زبان"), chats.language, "/language en", writes=True, anonymous=True),
    Command(("privacy", "حریم خصوصی"), chats.privacy, "/privacy"),
    Command(("forget", "فراموشم کن"), chats.forget, "/forget", writes=True),
    Command(
        ("set", "ثبت رقم", "رقم"),
        entry.set_,
        "/set eitaa mau 30.5m 1403-03-12 source=ISNA",
        Role.ADMIN,
        writes=True,
    ),
    Command(("record", "ثبت"), record, "/record", Role.REVIEWER, writes=True),
    Command(("cancel", "انصراف"), entry.cancel, "/cancel", Role.REVIEWER, writes=True),
    Command(("correct", "تصحیح"), revision.correct, "/correct 86 30.4m", Role.ADMIN, writes=True),
    Command(("retract", "کنارگذاشتن"), revision.retract, "/retract 86", Role.ADMIN, writes=True),
    Command(("review", "بازبینی"), revision.review, "/review 25 22", Role.REVIEWER, writes=True),
    Command(("claim", "ادعا"), revision.claim, "/claim eitaa telegram 1403-03-12 source=ISNA", Role.ADMIN, writes=True),
    Command(("undo", "برگردان"), holding.undo, "/undo", Role.ADMIN, writes=True),
    Command(("pending", "در انتظار"), holding.pending, "/pending", Role.REVIEWER),
    Command(("release", "بفرست"), holding.release, "/release 1", Role.ADMIN, writes=True),
    Command(("hold", "نگه دار"), holding.hold, "/hold 1", Role.REVIEWER, writes=True),
    Command(("rules", "قاعده ها"), rules.rules, "/rules", Role.OWNER, writes=True),
    Command(("channels", "کانال ها"), channels.channels, "/channels", Role.OWNER, writes=True),
    Command(("import", "درون ریزی", "وارد کن"), exchange.import_, "/import", Role.ADMIN, writes=True),
    Command(("export", "برون بری", "خروجی"), exchange.export, "/export csv", Role.ADMIN, writes=True),
    Command(
        ("platform", "سکو"),
        platform,
        "/platform alias eitaa eitaapp",
        Role.ADMIN,
        writes=True,
    ),
    Command(("source", "منبع"), catalogue.source, "/source", Role.ADMIN, writes=True),
    Command(("audit", "کارنامه"), audit.audit, "/audit", Role.REVIEWER),
    Command(("admins", "گردانندگان"), admins.admins, "/admins", Role.OWNER, writes=True),
    Command(("status", "وضعیت"), deliveries.status, "/status", Role.ADMIN),
    Command(("arrived", "رسیده"), deliveries.arrived, "/arrived 12", Role.ADMIN, writes=True),
    Command(("resend", "دوباره بفرست"), deliveries.resend, "/resend 12", Role.ADMIN, writes=True),
)
# What is copied from an answer brings its marks of direction along.
UNSEEN = dict.fromkeys(map(ord, letters.DIRECTION - letters.OVERRIDES | {"\ufeff"}))
SPACE = re.compile(r"[^\S\n]")  # of every kind, a tab too
SLASHES = ("/", "／")
ASKED = frozenset({"stats", "compare", "rank", "history", "overtakings"})  # what questions come to
TELL_ME = ("خبرم", "خبر بده", "خبر کن", "let me know", "tell me when")
LONGEST_ECHO = 40
LONGEST_LINE = 200  # characters of a line that is offered anew
COMMANDS = {letters.key(word): command for command in TABLE for word in command.words}
LONGEST = max(len(word.split()) for word in (w for command in TABLE for w in command.words))


def menu(language: str, role: Role) -> list[tuple[str, str]]:
    """The commands that a role may use, each with what it does."""
    return [(command.name, words(language, f"does.{command.name}")) for command in TABLE if command.role <= role]


def find(message: Message, platforms: Platforms) -> tuple[Command | None, str]:
    """The command that a text calls and what stands after it. A slash asks for a command and nothing else; plain
    words do where they begin with one, and where the bot is spoken to a question in everyday language does too."""
    text = _typed(message.text)
    slash, spoken_to = text[:1] in SLASHES, message.spoken_to
    first, _, rest = text.lstrip("".join(SLASHES)).partition("\n")
    if spoken_to and not slash:
        first = asking.bare(first)
        if letters.key(first) not in EVERYDAY and (named := platforms.named(letters.key(first))) and not rest:
            return COMMANDS["stats"], named.key
        if line := asking.question(text, platforms):
            name, _, asked = line.partition(" ")
            return COMMANDS[name.lstrip("/")], asked
    words = first.split(" ")
    if slash:
        words[0] = asking.bare(words[0].partition("@")[0])
    for length in range(min(LONGEST, len(words)), 0, -1):
        spoken = letters.key(" ".join(words[:length]))
        command = COMMANDS.get(spoken)
        plain = command is not None and command.role is Role.EVERYBODY and (spoken_to or not spoken.isascii())
        if command and (slash or (plain and _meant(command, words[length:], message, platforms))):
            said = _rest(words[length:], rest)
            return command, (asking.bare(said) or said) if command.role is Role.EVERYBODY else said
    return None, text


def _meant(command: Command, words: list[str], message: Message, platforms: Platforms) -> bool:
    """Whether plain words are a command. Among people «چرا نیامدی» and «کمک کنید» are talk: in a group a command
    names what it asks about and says nothing else, and a channel's own posts are never one."""
    if message.chat_kind is ChatKind.CHANNEL:
        return False
    if command.name == "why" and words:
        return words[0].isdecimal()
    if message.spoken_to:
        return command.name != "forget" or not words
    if not words:
        return command.name in {"stats", "overtakings"}
    named = not isinstance(platforms.take(words)[0], Unknown)
    return named and (command.name not in ASKED or bool(asking.question(message.text, platforms)))


def _typed(text: str) -> str:
    return SPACE.sub(" ", text.translate(UNSEEN)).strip()


def _rest(words: list[str], below: str) -> str:
    return "\n".join(part for part in (" ".join(words), below) if part).strip()


def unknown(message: Message, desk: Desk) -> Reply | None:
    """What is said to a text that calls no command; in a group nothing, unless the bot was called by a slash or by
    its name: people who answer it mostly talk to each other."""
    text = _typed(message.text)
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
    if not slash and asking.is_talk(text):
        return desk.say("unknown.talk").above(voice.commands("/stats eitaa", "/compare eitaa telegram", "/help"))
    near = _near(word, desk.role) if slash or not after or _is_for_others(word) else []
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
        understood.append(voice.metric(asked.metric))
    if not understood and (name := asking.misspelt(asked, voice.platforms)):
        return desk.unknown(name, "/stats")
    if not understood:
        return desk.say("unknown.text", written=written).above(voice.commands(*near))
    if asked.named and any(wish in letters.fold(text) for wish in TELL_ME):  # «هر وقت ایتا جلو زد خبرم کن»
        near = [f"/subscribe {' '.join(platform.key for platform in asked.named)}", *near[:1]]
    return desk.say("unknown.partly", written=written, understood=voice.list(understood)).above(voice.commands(*near))


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
