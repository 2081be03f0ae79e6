"""THE table of commands: the words that call each, who may, and what answers; /start and /help come from it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import get_close_matches

from handlers import administration, chats, compare, entry, holding, overtakings, revision, stats
from handlers.desk import Desk, Handler, Role
from sebghat import letters
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
        return desk.say(f"help_of.{topic.name}").above(desk.voice.commands(topic.sample))
    lines = [
        desk.voice.commands(f"/{command.name}").and_(
            desk.say("help.line", does=desk.voice.words(f"does.{command.name}"))
        )
        for command in TABLE
        if command.role <= desk.role
    ]
    return desk.say("help.head").above(*lines, desk.say("help.more"))


TABLE = (
    Command(("start", "شروع"), start, "/start"),
    Command(("help", "راهنما", "کمک"), help_, "/help stats"),
    Command(("stats", "آمار"), stats.stats, "/stats eitaa"),
    Command(("compare", "مقایسه", "مقایسه ی"), compare.compare, "/compare eitaa telegram"),
    Command(("rank", "رتبه"), compare.rank, "/rank mau"),
    Command(("history", "تاریخچه"), stats.history, "/history eitaa mau"),
    Command(("overtakings", "پیشی گرفتن ها", "سبقت ها"), overtakings.overtakings, "/overtakings"),
    Command(("why", "چرا"), overtakings.why, "/why 1"),
    Command(("subscribe", "اشتراک", "خبرم کن"), chats.subscribe, "/subscribe eitaa", writes=True, anonymous=True),
    Command(("unsubscribe", "لغو اشتراک"), chats.unsubscribe, "/unsubscribe", writes=True, anonymous=True),
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
    Command(("record", "ثبت"), entry.record, "/record", Role.ADMIN, writes=True),
    Command(("cancel", "انصراف"), entry.cancel, "/cancel", Role.ADMIN, writes=True),
    Command(("correct", "تصحیح"), revision.correct, "/correct 95 30.4m", Role.ADMIN, writes=True),
    Command(("retract", "کنارگذاشتن"), revision.retract, "/retract 95", Role.ADMIN, writes=True),
    Command(("review", "بازبینی"), revision.review, "/review 120 118", Role.REVIEWER, writes=True),
    Command(("claim", "ادعا"), revision.claim, "/claim eitaa telegram 1403-03-12 source=ISNA", Role.ADMIN, writes=True),
    Command(("undo", "برگردان"), holding.undo, "/undo", Role.ADMIN, writes=True),
    Command(("pending", "در انتظار"), holding.pending, "/pending", Role.REVIEWER),
    Command(("release", "بفرست"), holding.release, "/release 1", Role.ADMIN, writes=True),
    Command(("hold", "نگه دار"), holding.hold, "/hold 1", Role.REVIEWER, writes=True),
    Command(("rules", "قاعده ها"), administration.rules, "/rules", Role.OWNER, writes=True),
    Command(("channels", "کانال ها"), administration.channels, "/channels", Role.OWNER, writes=True),
    Command(("status", "وضعیت"), administration.status, "/status", Role.ADMIN),
)
# What is copied from an answer brings its marks of direction along.
UNSEEN = dict.fromkeys(map(ord, letters.DIRECTION - letters.OVERRIDES | {"\ufeff"}))
SPACE = re.compile(r"[^\S\n]")  # of every kind, a tab too
LONGEST_NAME = 40  # characters; what is longer is no platform's name
COMMANDS = {letters.key(word): command for command in TABLE for word in command.words}
LONGEST = max(len(word.split()) for word in (w for command in TABLE for w in command.words))


def menu(language: str, role: Role) -> list[tuple[str, str]]:
    """The commands that a role may use, each with what it does."""
    return [(command.name, words(language, f"does.{command.name}")) for command in TABLE if command.role <= role]


def find(message: Message, platforms: Platforms) -> tuple[Command | None, str]:
    """The command that a text calls and what stands after it. A slash asks for a command and nothing else;
    plain words do where they begin with one, and in private a platform's name alone asks for its figures."""
    text = _typed(message.text)
    slash = text[:1] in {"/", "／"}
    first, _, rest = text.lstrip("/／").partition("\n")
    words = first.split(" ")
    if slash:
        words[0], _, _ = words[0].partition("@")
    for length in range(min(LONGEST, len(words)), 0, -1):
        spoken = letters.key(" ".join(words[:length]))
        command = COMMANDS.get(spoken)
        plain = not spoken.isascii() and command is not None and command.role is Role.EVERYBODY
        if command and (slash or (plain and _meant(command, words[length:], message.chat_kind, platforms))):
            return command, _rest(words[length:], rest)
    if slash:
        return None, text
    alone = message.chat_kind is ChatKind.PRIVATE and len(text) <= LONGEST_NAME and letters.key(text) not in EVERYDAY
    if alone and not isinstance(platforms.find(text), Unknown):
        return COMMANDS["stats"], text
    return None, text


def _meant(command: Command, words: list[str], kind: ChatKind, platforms: Platforms) -> bool:
    """Whether plain words are a command. Among people «چرا نیامدی» and «کمک کنید» are talk: in a group a command
    names what it asks about, and a channel's own posts are never one."""
    if kind is ChatKind.PRIVATE:
        return True
    if kind is ChatKind.CHANNEL:
        return False
    if not words:
        return command.name in {"stats", "overtakings"}
    if command.name == "why":
        return words[0].isdecimal()
    return not isinstance(platforms.take(words)[0], Unknown)


def _typed(text: str) -> str:
    return SPACE.sub(" ", text.translate(UNSEEN)).strip()


def _rest(words: list[str], below: str) -> str:
    return "\n".join(part for part in (" ".join(words), below) if part).strip()


def unknown(message: Message, desk: Desk) -> Reply | None:
    """What is said to a text that calls no command; in a group nothing, unless it was addressed by a slash."""
    text = _typed(message.text)
    if not message.text.strip() or (message.chat_kind is not ChatKind.PRIVATE and not text.startswith("/")):
        return None
    written = letters.visible(text.split()[0] if text.startswith("/") else text, 40)
    if not written:
        return desk.say("unknown.empty").above(desk.voice.commands("/help"))
    word = letters.key(written.lstrip("/"))
    allowed = [command.name for command in TABLE if command.role <= desk.role]
    near = get_close_matches(word, allowed, n=2, cutoff=0.6)
    if near:
        return desk.say("unknown.command", written=written).above(desk.voice.commands(*(f"/{name}" for name in near)))
    found = desk.voice.platforms.find(text)
    if not text.startswith("/") and isinstance(found, Unknown) and found.nearest:
        return desk.unknown(text, "/stats")
    return desk.say("unknown.text", written=written).above(desk.voice.commands("/stats eitaa", "/help"))
