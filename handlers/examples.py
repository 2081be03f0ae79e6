"""Lines that show how each command is used; each works on the bundled figures, or once there is what it speaks of."""

from __future__ import annotations

from collections.abc import Mapping

EXAMPLES: Mapping[str, tuple[str, ...]] = {
    "start": ("/start",),
    "help": ("/help stats", "/help compare", "/help subscribe"),
    "stats": ("/stats eitaa", "/stats eitaa mau", "/stats telegram world"),
    "compare": ("/compare eitaa telegram", "/compare eitaa telegram poll", "/compare rubika instagram poll"),
    "rank": ("/rank", "/rank poll", "/rank poll all"),
    "chart": ("/chart eitaa", "/chart eitaa telegram poll", "/chart whatsapp telegram poll difference"),
    "history": ("/history eitaa", "/history eitaa mau", "/history telegram poll"),
    "overtakings": ("/overtakings", "/overtakings eitaa", "/overtakings all"),
    "why": ("/why 1",),
    "subscribe": ("/subscribe", "/subscribe eitaa", "/subscribe eitaa telegram"),
    "unsubscribe": ("/unsubscribe", "/unsubscribe eitaa"),
    "subscriptions": ("/subscriptions",),
    "language": ("/language fa", "/language en"),
    "privacy": ("/privacy",),
    "forget": ("/forget",),
    "set": (
        "/set eitaa mau 31.5m 1405-08-20 source=ISNA",
        "/set gap mau 36m; wechat mau 33m source=ISNA",
        "/set eitaa poll 25% n=1500 source=ISPA",
    ),
    "record": ("/record", "/record 1", "/record reviewed"),
    "cancel": ("/cancel",),
    "correct": ("/correct 86 30.4m", "/correct 86 date=1403-03-13", "/correct 86 release=khordad"),
    "retract": ("/retract 86", "/retract 86 misread"),
    "review": ("/review 25 22",),
    "claim": (
        "/claim eitaa telegram 1405-08-20 source=ISNA",
        '/claim gap wechat source=ISNA quote="Gap is bigger"',
    ),
    "undo": ("/undo",),
    "pending": ("/pending",),
    "release": ("/release 1",),
    "hold": ("/hold 1",),
    "rules": ("/rules", "/rules noise_permille 30"),
    "channels": ("/channels", "/channels add telegram:@name", "/channels add eitaa:123456 eitaa"),
    "audit": ("/audit", "/audit 30"),
    "admins": ("/admins", "/admins invite reviewer", "/admins add telegram:1001 reviewer"),
    "export": ("/export", "/export jsonl"),
    "platform": (
        "/platform",
        "/platform add nama fa=نما en=Nama origin=domestic",
        "/platform alias eitaa eitaapp",
    ),
    "source": ("/source", "/source add ISNA poll"),
    "status": ("/status",),
}
# What they do is done at once: they are lines to copy, not buttons that a thumb may touch.
AT_ONCE = frozenset(
    {
        "unsubscribe", "forget", "record", "cancel", "undo", "release", "hold", "rules", "channels", "admins",
        "arrived", "resend", "import",
    }
)  # fmt: skip
