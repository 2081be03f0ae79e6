"""THE table of commands: the words that call each, who may, and what answers; /start and /help come from it."""

from __future__ import annotations

import re
from dataclasses import dataclass

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
    rank,
    revision,
    rules,
    stats,
)
from handlers.desk import Desk, Handler, Role, draft_of
from handlers.examples import AT_ONCE, EXAMPLES
from sebghat import asking, letters
from sebghat.askingwords import ALL
from sebghat.conversation import Button, ChatKind, Message, Reply
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
    """The commands in a line each, those of editors by their names alone unless all are wanted; or one at length."""
    topic = COMMANDS.get(letters.key(rest.strip().lstrip("/")))
    every = letters.key(rest) in ALL
    if rest.strip() and topic is None and not every:
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
        if command.role <= (desk.role if every else Role.EVERYBODY)
    ]
    editors = [f"/{each.name}" for each in TABLE if Role.EVERYBODY < each.role <= desk.role and not every]
    if editors:
        lines += [desk.say("help.editors"), desk.voice.commands(*editors)]
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
    Command(("rank", "رتبه"), rank.rank, "/rank mau"),
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
COMMANDS = {letters.key(word): command for command in TABLE for word in command.words}
LONGEST = max(len(word.split()) for word in (w for command in TABLE for w in command.words))


def menu(language: str, role: Role) -> list[tuple[str, str]]:
    """The commands that a role may use, each with what it does."""
    return [(command.name, words(language, f"does.{command.name}")) for command in TABLE if command.role <= role]


def find(message: Message, platforms: Platforms) -> tuple[Command | None, str]:
    """The command that a text calls and what stands after it. A slash asks for a command and nothing else; plain
    words do where they begin with one, and where the bot is spoken to a question in everyday language does too."""
    text = typed(message.text)
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


def typed(text: str) -> str:
    """A text without what only a screen or a keyboard puts into it."""
    return SPACE.sub(" ", text.translate(UNSEEN)).strip()


def _rest(words: list[str], below: str) -> str:
    return "\n".join(part for part in (" ".join(words), below) if part).strip()
