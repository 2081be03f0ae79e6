"""How single settings are read, and what is said of one that cannot be.

A reader raises ValueError where the text does not fit; the `Expected` beside it is what people see.
"""

import re
from typing import Annotated, Literal, NamedTuple
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BeforeValidator, Field, SecretStr

from sebghat.conversation import Destination

MESSENGERS = ("telegram", "bale", "splus", "rubika", "eitaa")
CONSOLE = "console"
HOOK = "hook"
MONTH = 31 * 24 * 3600

# Persian and Arabic digits with their separators, as people type them into numbers and lists.
TYPED = str.maketrans("۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩٫،", "01234567890123456789.,")


class Expected(NamedTuple):
    """What a setting takes, with an example."""

    en: str
    fa: str


class Owner(NamedTuple):
    messenger: str
    user: str


class Address(NamedTuple):
    host: str
    port: int


def fold(value: str) -> str:
    return value.translate(TYPED).strip()


def word(value: str) -> str:
    return fold(value).lower()


def parts(value: str) -> list[str]:
    found = [part.strip() for part in fold(value).split(",")]
    return list(dict.fromkeys(part for part in found if part))


def as_owners(value: str) -> tuple[Owner, ...]:
    return tuple(as_owner(part) for part in parts(value))


def as_owner(part: str) -> Owner:
    messenger, _, user = part.partition(":")
    messenger = messenger.strip().lower()
    # Names can be given up and taken by somebody else; the ids of Rubika alone have letters.
    shape = r"[A-Za-z0-9_-]{1,64}" if messenger == "rubika" else r"\d{1,20}"
    if messenger not in MESSENGERS or not re.fullmatch(shape, user.strip()):
        raise ValueError
    return Owner(messenger, user.strip())


def as_destinations(value: str) -> tuple[Destination, ...]:
    return tuple(as_destination(part) for part in parts(value))


def as_destination(part: str) -> Destination:
    messenger, _, place = part.partition(":")
    messenger, (chat, slash, thread) = messenger.strip().lower(), place.strip().partition("/")
    if messenger == HOOK:
        if slash or not re.fullmatch(r"\w{1,64}", chat, re.ASCII):
            raise ValueError
        return Destination(HOOK, chat.lower())
    if messenger not in MESSENGERS or not re.fullmatch(r"@?[\w-]{1,64}", chat, re.ASCII):
        raise ValueError
    if slash and not re.fullmatch(r"\d{1,20}", thread):
        raise ValueError
    return Destination(messenger, chat, thread)


def as_transports(value: str) -> tuple[str, ...]:
    named = tuple(part.lower() for part in parts(value))
    if not named or not {CONSOLE, HOOK, *MESSENGERS}.issuperset(named):
        raise ValueError
    return named


def as_address(value: str) -> Address | None:
    if word(value) == "off":
        return None
    shape = r"(?:\[([0-9a-fA-F:.]+(?:%\w+)?)\]|([A-Za-z0-9._-]+)):(\d{1,5})"
    found = re.fullmatch(shape, fold(value))
    if not found or int(found[3]) > 65535:
        raise ValueError
    return Address(found[1] or found[2], int(found[3]))


def as_zone(value: str) -> ZoneInfo:
    try:
        return ZoneInfo(value.strip())
    except (ZoneInfoNotFoundError, OSError) as error:  # OSError: a folder of zones, like "Asia"
        raise ValueError from error


def as_web_address(value: str) -> str:
    """Without what could hide a secret or would be in the way of what is appended."""
    url = urlsplit(value.strip())
    if url.scheme not in {"http", "https"} or url.query or url.fragment or "@" in url.netloc:
        raise ValueError
    if not url.hostname or url.port == 0 or re.search(r"[\s\\]", value.strip()):
        raise ValueError
    return value.strip().rstrip("/")


def as_hook_address(value: str) -> str:
    url = urlsplit(value.strip())
    if url.scheme not in {"http", "https"} or not url.hostname or re.search(r"\s", value.strip()):
        raise ValueError
    return value.strip()


def as_proxy(value: str) -> str:
    url = urlsplit(value.strip())
    if url.scheme not in {"http", "socks5"} or not url.hostname or not url.port:
        raise ValueError
    return value.strip()


def as_token(value: str) -> str:
    # It becomes part of an address: what would end its place there cannot belong to it.
    if not re.fullmatch(r"[!-~]+", value.strip()) or re.search(r"[/?#%\\]", value):
        raise ValueError
    return value.strip()


def as_webhook_secret(value: str) -> str:
    # Telegram's rule for secret_token; it is a part of the address for the other messengers.
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", value.strip()):
        raise ValueError
    return value.strip()


def as_database(value: str) -> str:
    value = value.strip()
    if value.startswith("sqlite:///") and len(value) > len("sqlite:///") and "\0" not in value:
        return value
    url = urlsplit(value)
    if url.scheme != "postgresql" or not url.path.strip("/"):
        raise ValueError
    return value


Rate = Annotated[
    float | None,
    BeforeValidator(fold),
    Field(gt=0, le=100_000, allow_inf_nan=False),
    Expected("a number above 0, e.g. 25 or 0.5", "عددی بزرگ‌تر از صفر، مثلاً 25 یا 0.5"),
]
Seconds = Annotated[
    int,
    BeforeValidator(fold),
    Field(ge=0, le=MONTH),
    Expected(
        f"a whole number of seconds from 0 to {MONTH}, e.g. 600",
        f"تعداد ثانیه، عددی صحیح از 0 تا {MONTH}، مثلاً 600",
    ),
]
Letters = Annotated[
    int,
    BeforeValidator(fold),
    Field(ge=100, le=100_000),
    Expected("a number of letters from 100 to 100000, e.g. 4000", "تعداد نویسه از 100 تا 100000، مثلاً 4000"),
]
Switch = Annotated[bool, BeforeValidator(word), Expected("on or off", "on یا off")]
Language = Annotated[Literal["fa", "en"], BeforeValidator(word), Expected("fa or en", "fa یا en")]
LogForm = Annotated[Literal["text", "json"] | None, BeforeValidator(word), Expected("text or json", "text یا json")]
Zone = Annotated[
    ZoneInfo,
    BeforeValidator(as_zone),
    Expected("the name of a time zone, e.g. Asia/Tehran", "نام یک منطقهٔ زمانی، مثلاً Asia/Tehran"),
]
Listen = Annotated[
    Address | None,
    BeforeValidator(as_address),
    Expected(
        "host:port or off, e.g. 127.0.0.1:8080 or [::1]:8080",
        "میزبان:درگاه یا off، مثلاً 127.0.0.1:8080 یا [::1]:8080",
    ),
]
Owners = Annotated[
    tuple[Owner, ...],
    BeforeValidator(as_owners),
    Expected(
        "messenger:user id, parted by commas, e.g. telegram:1001,bale:55",
        "پیام‌رسان:شناسهٔ کاربر، جداشده با ویرگول، مثلاً telegram:1001,bale:55",
    ),
]
Channels = Annotated[
    tuple[Destination, ...],
    BeforeValidator(as_destinations),
    Expected(
        "messenger:chat, messenger:chat/topic or hook:NAME, parted by commas, "
        "e.g. telegram:@name,eitaa:123456,telegram:-1001600/42",
        "پیام‌رسان:گفتگو، پیام‌رسان:گفتگو/موضوع یا hook:NAME، جداشده با ویرگول، "
        "مثلاً telegram:@name,eitaa:123456,telegram:-1001600/42",
    ),
]
Transports = Annotated[
    tuple[str, ...] | None,
    BeforeValidator(as_transports),
    Expected(
        f"some of {', '.join((*MESSENGERS, HOOK, CONSOLE))}, parted by commas, e.g. telegram,bale",
        f"از میان {', '.join((*MESSENGERS, HOOK, CONSOLE))}، جداشده با ویرگول، مثلاً telegram,bale",
    ),
]
WebAddress = Annotated[
    str | None,
    BeforeValidator(as_web_address),
    Expected(
        "an address with http:// or https:// and without a secret in it, e.g. https://bot.example.org",
        "نشانی‌ای با http:// یا https:// و بدون رمز در آن، مثلاً https://bot.example.org",
    ),
]

# From here on: what no log may show. A database and a proxy may have a password in the address, a hook
# often has a key there.
Token = Annotated[
    SecretStr | None,
    BeforeValidator(as_token),
    Expected(
        "the messenger's token as one word, e.g. 123456:ABC-def",
        "توکن پیام‌رسان در یک کلمه، مثلاً 123456:ABC-def",
    ),
]
WebhookSecret = Annotated[
    SecretStr | None,
    BeforeValidator(as_webhook_secret),
    Expected(
        "1 to 256 of the letters A-Z a-z 0-9 _ -, e.g. what `openssl rand -hex 32` prints",
        "۱ تا ۲۵۶ نویسه از A-Z a-z 0-9 _ -، مثلاً خروجی `openssl rand -hex 32`",
    ),
]
Database = Annotated[
    SecretStr,
    BeforeValidator(as_database),
    Expected(
        "sqlite:///file or postgresql://user@host/name, e.g. sqlite:///sebghat.db",
        "sqlite:///file یا postgresql://user@host/name، مثلاً sqlite:///sebghat.db",
    ),
]
Proxy = Annotated[
    SecretStr | None,
    BeforeValidator(as_proxy),
    Expected(
        "http:// or socks5:// with host and port, e.g. socks5://127.0.0.1:1080",
        "http:// یا socks5:// با میزبان و درگاه، مثلاً socks5://127.0.0.1:1080",
    ),
]
HookAddress = Annotated[
    SecretStr | None,
    BeforeValidator(as_hook_address),
    Expected("an address, e.g. https://example.org/hook", "یک نشانی، مثلاً https://example.org/hook"),
]
HookSecret = Annotated[
    SecretStr | None,
    BeforeValidator(str.strip),
    Expected("a secret word, e.g. 32 letters", "یک رمز، مثلاً ۳۲ نویسه"),
]
