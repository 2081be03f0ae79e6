"""Scenes in which the bot's texts are heard: who says what, on a store with the bundled readings, at a fixed time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from handlers.commands import TABLE
from sebghat.conversation import Address, ChatKind
from tests.messages.refused import LINES

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
YEAR_AGO, LONG_AGO, RECENT, LATELY, TODAY = "2025-11-20", "2026-07-17", "2026-10-15", "2026-11-10", "2026-11-24"
OWNER, OTHER, ANNA, STRANGER = "1", "9", "71", "2"


@dataclass(frozen=True)
class Line:
    """What somebody says; the owner in private, if nothing else is told."""

    text: str
    sender: str = OWNER
    said: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Wait:
    """So much time passes; what is due by then leaves."""

    time: timedelta


@dataclass(frozen=True)
class Typed:
    """What somebody types after the bot's name."""

    text: str


Step = Line | Wait | Typed
Scene = tuple[str, tuple[Step, ...]]


def owner(*texts: str) -> tuple[Step, ...]:
    return tuple(Line(text) for text in texts)


def person(*texts: str) -> tuple[Step, ...]:
    return tuple(Line(text, STRANGER) for text in texts)


def group(text: str, sender: str = STRANGER, **said: Any) -> Line:
    return Line(text, sender, {"chat": "-100", "chat_kind": ChatKind.GROUP} | said)


def record(*texts: str, how: str = "/record") -> tuple[Step, ...]:
    return tuple(line for text in texts for line in owner(text, how))


def release(gap: str, wechat: str, day: str, **more: str) -> str:
    options = "".join(f" {name}={value}" for name, value in ({"source": "X"} | more).items())
    return f"/set gap mau {gap}; wechat mau {wechat} {day}{options}"


MINUTES, HOLD, DAY = Wait(timedelta(minutes=2)), Wait(timedelta(minutes=11)), Wait(timedelta(days=1))
BEFORE, AFTER = release("27m", "33m", LONG_AGO), release("36m", "33m", RECENT)
OVERTAKEN: tuple[Step, ...] = (*record(BEFORE, AFTER), HOLD)

SCENES: tuple[Scene, ...] = (
    (
        "start and help",
        (
            *person("/start", "/help", "/help stats", "/help nonsense", "/start stats_eitaa", "/privacy"),
            *owner("/help", "/help all", "/help set"),
            *person("کی گفته؟", "لغو"),
        ),
    ),
    (
        "figures of one",
        person(
            "/stats eitaa",
            "/stats eitaa all",
            "/stats telegram",
            "/stats telegram all",
            "/stats eitaa dau",
            "/stats eitaa mau as of 2023-03-20",
            "/stats eitaa 1390",
            "/stats eitaa registered",
            "/stats eitaa world",
            "/stats telegram world",
            "/stats wispi",
            "/stats eitta messenger",
            "/stats eitaab",
            "/stats zzzzzz",
            "/stats mau",
            "/stats eitaa rubika",
            "/stats eitaa youtube",
            "/stats shad",
            "/stats x",
            "/stats soroush",
        ),
    ),
    ("figures of all", person("/stats", "/stats all")),
    (
        "two side by side",
        person(
            "/compare eitaa telegram",
            "/compare eitaa telegram mau",
            "/compare eitaa telegram poll",
            "/compare eitaa line",
            "/compare",
            "/compare eitaa",
            "/compare eitaa eitaa",
            "/compare eitaa zzz",
            "/compare eitaa telegram foo",
            "/compare eitaa telegram poll as of 2020-01-01",
            "/compare eitaa telegram bale",
            "/compare shad",
            "/compare eitaa youtube",
            "/compare eitaa telegram world",
            "/compare eitaa telegram installs",
            "/compare gap wechat mau",
            "/compare rubika bale",
        ),
    ),
    (
        "order",
        person("/rank", "/rank poll", "/rank poll all", "/rank mau", "/rank mau all", "/rank foo", "/rank installs"),
    ),
    (
        "over time",
        person(
            "/history",
            "/history eitaa",
            "/history eitaa mau",
            "/history telegram all",
            "/history eitaa foo",
            "/history zzzzz",
            "/history eitaa installs",
        ),
    ),
    (
        "pictures",
        person(
            "/chart",
            "/chart eitaa",
            "/chart eitaa telegram poll",
            "/chart whatsapp telegram poll difference",
            "/chart eitaa foo",
            "/chart wispi",
            "/chart eitaa telegram rubika bale gap soroush igap shad whatsapp",
            "/chart eitaa installs",
            "/chart eitaa 1m",
            "/chart eitaa gap",
            "/chart eitaa telegram mau gap",
        ),
    ),
    (
        "questions as people ask",
        person(
            "ایتا چنتا کاربر داره؟",
            "تلگرام بیشتره یا ایتا",
            "کدوم پیام‌رسان از همه بیشتره",
            "did eitaa pass telegram?",
            "ایتا فیلتره؟",
            "تلگارم چندتا کاربر داره",
            "بله",
            "eita chand ta karbar dare",
            "سلام",
            "مرسی",
            "این ربات چیه؟",
            "😀",
            "جوک بگو",
            "/sats eitaa",
            "/wyh 17",
            "/nonsense",
            "\u202e",
            "eitaab",
            "x",
        ),
    ),
    (
        "in a group",
        (
            group("ایتا چند کاربر داره؟", address=Address.MENTION),
            group("ایتا فیلتره؟", address=Address.MENTION),
            group("/subscribe gap"),
            group("/language en"),
            group("/forget"),
        ),
    ),
    ("typed after the bot's name", tuple(map(Typed, ("", "eitaa", "ایتا تلگرام", "zzzzzz")))),
    (
        "alerts and language of a chat",
        person(
            "/subscriptions",
            "/subscribe",
            "/subscriptions",
            "/subscribe eitaa",
            "/unsubscribe gap",
            "/unsubscribe",
            "/unsubscribe",
            "/subscribe eitaa, gap",
            "/subscriptions",
            "/unsubscribe gap",
            "/subscribe foo",
            "/subscribe",
            "/unsubscribe eitaa",
            "/forget",
        ),
    ),
    (
        "names of messengers and sources",
        (
            *owner("/platform", "/platform foo", "/platform add eitaa fa=ایتا en=Eitaa origin=domestic"),
            *record("/platform add nama fa=نما en=Nama origin=domestic", "/platform alias nama namaa"),
            *owner("/platform", "/platform alias zzz yyy", "/stats nama", "/source", "/source foo"),
            *owner("/source add Sample poll", "/source name sample-poll Muster"),
            *owner("/source", "/source name zzz X", "/audit", "/undo"),
        ),
    ),
    ("the language of a chat", person("/language", "/language de", "/language fa", "/language en")),
    (
        "small things",
        (
            *record(f"/claim eitaa telegram {RECENT} source=ISNA"),
            *owner(f"/claim eitaa telegram {RECENT} source=ISNA", "/undo"),
            *record(f"/claim eitaa telegram {LATELY} source=ISNA"),
            *owner("/undo", "/rules fresh 50", "/undo", "/channels add telegram:@name", "/channels"),
            *owner("/admins invite owner", "/audit 30"),
            Line("/start join_0123456789abcdef", ANNA),
            Line("/start join_0123456789abcdef", OTHER),
            *record(f"/set eitaa dau 20m {LATELY} source=X", f"/set eitaa registered 40m {LATELY} source=X"),
            *record(f"/set eitaa installs 40m {LATELY} source=X"),
            *person("/stats eitaa all", "/history eitaa all"),
            *record(f"/set eitaa mau 30m {LONG_AGO} source=Z", f"/set eitaa mau 30m {LATELY} source=Z"),
            *person("/stats eitaa mau"),
            *record(BEFORE, AFTER),
            *owner("/rules hold_seconds 1200", "/pending"),
        ),
    ),
    ("overtakings that nobody has seen", person("/overtakings", "/why", "/why 7", "/why x")),
    (
        "entering a figure",
        (
            *owner(
                "/set",
                f"/set eitaa mau 31.5m {LATELY} source=ditaak",
                "/record",
                "/undo",
                "/undo",
                "/record",
                "/cancel",
                "/set eitaa mau 30m",
                "/cancel",
                "/record 1",
                "/record 2",
                "/record 99",
                "/record foo",
            ),
            *owner(
                f"/set eitaa mau 300m {LATELY} source=mcit",
                f"/set eitaa mau 1m {LATELY} source=mcit",
                f"/set gap mau 0 {LATELY} source=Y",
                "/record",
                f"/set gap mau 5m {TODAY} source=Y",
                f"/set gap mau 5m {LONG_AGO} source=Y",
                "/set eitaa mau 30.5m 1403-03-12 source=mcit",
                f"/set gap mau 5m; gap mau 6m {LATELY} source=Z",
                f"/set gap mau 0 {LATELY} source=Y",
                "/set gap mau 5m 1405 source=Y",
                f"/set gap mau 7m {LATELY} source=Y",
                f"/set gap dau 7m {LATELY} scope=world",
            ),
        ),
    ),
    (
        "an overtaking",
        (
            *owner(BEFORE),
            *owner("/record"),
            MINUTES,
            *owner(AFTER),
            *owner("/record", "/pending", "/overtakings", "/why 1"),
            HOLD,
            *person("/overtakings", "/why 1", "/compare gap wechat mau", "/stats gap", "/rank mau"),
            *owner("/undo", "/pending"),
        ),
    ),
    (
        "held, released, taken back in time",
        (
            *record(BEFORE, AFTER),
            *owner("/hold", "/hold 1", "/pending", "/release", "/release 9", "/release 1", "/pending"),
            *record(release("30m", "33m", LATELY)),
            *owner("/undo"),
        ),
    ),
    (
        "a figure corrected",
        (
            *OVERTAKEN,
            *owner("/correct", "/correct 97", "/correct 999 3m", "/correct 97 foo=1", "/correct 97 36.5m", "/record"),
            HOLD,
            *owner("/correct 99 26m", "/record"),
            HOLD,
            *person("/overtakings", "/why 1"),
            *owner("/correct 97 40m"),
        ),
    ),
    (
        "a correction that leaves the two level",
        (
            *OVERTAKEN,
            *owner("/correct 97 33m", "/record"),
            HOLD,
            *owner("/correct 99 36m", "/record"),
            HOLD,
            *person("/why 1"),
        ),
    ),
    (
        "another date",
        (
            *OVERTAKEN,
            *owner(f"/correct 97 {LONG_AGO}", f"/correct 97 date={LONG_AGO}", "/record"),
            HOLD,
            *person("/why 1"),
        ),
    ),
    (
        "a figure withdrawn",
        (
            *OVERTAKEN,
            *owner("/retract", "/retract 999", "/retract 97 typo", "/record"),
            HOLD,
            *person("/overtakings", "/why 1"),
            *owner("/retract 97"),
        ),
    ),
    (
        "a figure vouched for",
        (
            *record(BEFORE),
            *owner(f"/set gap mau 36m {RECENT} source=X", "/record reviewed"),
            HOLD,
            *person("/why 1"),
            *owner("/undo"),
        ),
    ),
    (
        "two sources put side by side",
        (
            *record(
                f"/set gap mau 30m {LONG_AGO} source=X",
                f"/set wechat mau 33m {LONG_AGO} source=Y",
                f"/set gap mau 36m {RECENT} source=X",
                f"/set wechat mau 33m {RECENT} source=Y",
            ),
            *owner(
                "/review",
                "/review 95",
                "/review 95 999",
                "/review 95 97",
                "/review 95 96",
                "/record",
                "/review 97 98",
                "/record",
            ),
            HOLD,
            *person("/why 1", "/compare gap wechat mau"),
            *owner("/review 97 98", "/record"),
        ),
    ),
    (
        "places traded",
        (
            *record(release("27m", "33m", "2026-01-10"), release("36m", "33m", "2026-02-10")),
            HOLD,
            *record(release("30m", "33m", "2026-03-10")),
            HOLD,
            *record(release("36m", "33m", "2026-04-10")),
            HOLD,
            *person("/overtakings"),
        ),
    ),
    (
        "why nothing is announced",
        (
            *record(f"/set gap mau 36m {LONG_AGO} source=X"),
            *record(f"/set wechat mau 33m {YEAR_AGO} source=X"),
            *owner(release("33.1m", "33m", RECENT, source="Y"), release("more than 30m", "33m", RECENT, source="Y")),
            *record(release("27m", "33m", LONG_AGO, source="Q")),
            *owner(f"/set gap mau 36m {RECENT} source=Q"),
            *owner(release("28m", "33m", RECENT, source="Q"), release("28m", "33m", YEAR_AGO, source="Q")),
        ),
    ),
    (
        "claims",
        (
            *owner("/claim", "/claim eitaa", f"/claim eitaa telegram {RECENT} source=ISNA", "/record", "/undo"),
            *person("/overtakings", "/stats eitaa"),
        ),
    ),
    (
        "constants, channels and health",
        owner(
            "/rules",
            "/rules foo 3",
            "/rules noise_permille 30",
            "/rules",
            "/channels",
            "/channels add foo",
            "/channels add telegram:@name eitaa",
            "/channels",
            "/channels remove telegram:@name",
            "/channels remove eitaa:5",
            "/channels foo",
            "/status",
        ),
    ),
    (
        "roles",
        (
            *owner(
                "/admins",
                f"/admins add telegram:{ANNA} reviewer",
                f"/admins add telegram:{ANNA} reviewer",
                "/admins add foo admin",
                "/admins add telegram:5 king",
                "/admins remove telegram:5",
                f"/admins remove telegram:{OWNER}",
                "/admins invite admin",
                "/admins",
                "/admins foo",
            ),
            Line("/help", ANNA),
            Line("/set gap mau 3m", ANNA),
            Line("/pending", ANNA),
            *owner(f"/admins remove telegram:{ANNA}", "/audit", "/audit x"),
            Line("/audit", ANNA),
            Line("/start join_nonsense", "55"),
            *owner("/set gap mau 36m source=X", "/record", "/undo", "/audit 30"),
        ),
    ),
    ("help on each command", owner(*(f"/help {command.name}" for command in TABLE))),
    ("lines that cannot be read", owner(*LINES)),
    (
        "sides that cannot be told apart",
        (
            *record(
                f"/set eitaa mau 31m; telegram mau more than 25m {RECENT} source=X",
                f"/set gap mau 60m; wechat mau 58-61m {RECENT} source=X",
                f"/set bale mau 33.2m; line mau 33m {RECENT} source=X",
            ),
            *person(
                "/compare eitaa telegram mau",
                "/compare gap wechat mau",
                "/compare bale line mau",
                "/stats bale",
                "/stats gap",
                "/rank mau all",
            ),
        ),
    ),
    (
        "a pair against the confirmed state",
        (
            *record(
                release("36m", "33m", LONG_AGO),
                f"/set gap mau 30m {RECENT} source=X release=Y",
                f"/set wechat mau 35m {LATELY} source=X release=Z",
            ),
            *person("/compare gap wechat mau"),
            *record(f"/set gap mau 34.9m {TODAY} source=X release=W"),
            *person("/compare gap wechat mau"),
        ),
    ),
    (
        "shares of a poll",
        (
            *record(
                f"/set gap poll 20% ; wechat poll 30% {LONG_AGO} source=P n=1500",
                f"/set gap poll 36% ; wechat poll 30% {RECENT} source=P n=1500",
            ),
            HOLD,
            *owner("/correct 97 n=900", "/record"),
            HOLD,
            *person("/compare gap wechat poll", "/rank poll", "/history gap poll"),
        ),
    ),
    (
        "two editors at once",
        (
            *owner(AFTER),
            Line(f"/set eitaa mau 31m {LATELY} source=ditaak", OTHER),
            Line("/record 1", OTHER),
            Line("/record", OTHER),
            *owner("/record 1"),
            *owner(AFTER),
            Line(release("20m", "33m", LONG_AGO), OTHER),
            Line("/record", OTHER),
            *owner("/record"),
            *owner("/record"),
            *owner("/set gap mau 3m source=X"),
            DAY,
            *owner("/record", "/set gap mau 4m source=X", "/set gap mau 5m source=X", "/record 6", "/cancel"),
        ),
    ),
    ("no hold", (*owner("/rules hold_seconds 0"), *record(BEFORE, AFTER), *owner("/undo", "/release 1"))),
    (
        "what waits when something is corrected",
        (
            *record(BEFORE, AFTER),
            *owner("/correct 97 37m", "/record", "/pending", "/retract 99", "/record", "/pending"),
            HOLD,
        ),
    ),
    (
        "what is taken back",
        (
            *OVERTAKEN,
            *owner(
                f"/claim eitaa telegram {RECENT} source=ISNA",
                "/record",
                "/undo",
                "/rules fresh 50",
                "/undo",
                "/correct 97 40m",
                "/record",
                "/undo",
                "/retract 97",
                "/record",
                "/undo",
                "/record",
                "/undo",
                "/undo",
            ),
            Line("/review 97 98", OTHER),
            Line("/record", OTHER),
            Line("/undo", OTHER),
        ),
    ),
    (
        "another figure of the same date",
        (
            *OVERTAKEN,
            *record(f"/set gap mau 20m {RECENT} source=X release=Q"),
            HOLD,
            *record("/correct 99 40m"),
            HOLD,
            *record("/retract 100"),
            HOLD,
            *person("/why 1", "/overtakings"),
        ),
    ),
    (
        "two sources, another editor vouches",
        (
            *record(
                f"/set gap mau 30m {LONG_AGO} source=X",
                f"/set wechat mau 33m {LONG_AGO} source=Y",
                f"/set gap mau 36m {RECENT} source=X",
                f"/set wechat mau 33m {RECENT} source=Y",
            ),
            Line("/review 95 96", OTHER),
            Line("/record", OTHER),
            Line("/review 97 98", OTHER),
            Line("/record", OTHER),
            HOLD,
            *person("/why 1", "/compare gap wechat mau"),
            Line("/review 97 98", OTHER),
            Line("/record", OTHER),
            *owner("/audit 50"),
        ),
    ),
    (
        "pairs traded day by day",
        (
            *record(
                *(
                    release(gap, "33m", f"2026-10-{day:02}")
                    for day, gap in enumerate(("27m", "36m", "30m", "36m", "30m", "36m"), 10)
                )
            ),
            HOLD,
            *record(release("30m", "33m", "2026-10-20"), release("36m", "33m", "2026-10-21")),
            HOLD,
            *person("/overtakings", "/overtakings all"),
        ),
    ),
    (
        "an editor is invited",
        (
            *owner("/admins invite admin"),
            Line("/start join_0123456789abcdef", ANNA),
            Line("/start join_0123456789abcdef", ANNA),
            *owner("/admins", "/forget"),
            group("/start join_0123456789abcdef", "55"),
            *owner("/audit 50"),
            Line("/forget", ANNA),
            *owner("/audit 50"),
        ),
    ),
    (
        "who may not",
        (
            *person("/set gap mau 3m", "/record", "/admins"),
            Line("/set gap mau 3m", OWNER, {"forwarded": True}),
            Line("foo", OWNER, {"pressed": "7"}),
        ),
    ),
)
