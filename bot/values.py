"""How single settings are read, and what is said of one that cannot be.

A reader raises ValueError where the text does not fit; the `Expected` beside it is what people see.
"""

import re
from typing import Annotated, Literal, NamedTuple
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BeforeValidator, Field, SecretStr

from sebghat import letters
from sebghat.conversation import Destination
from sebghat.wording import words

MESSENGERS = ("telegram", "bale", "splus", "rubika", "eitaa")
CONSOLE = "console"
HOOK = "hook"
MONTH = 31 * 24 * 3600

# Persian and Arabic digits with their separators, as people type them into numbers and lists.
TYPED = str.maketrans("۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩٫،", "01234567890123456789.,")


class Expected(NamedTuple):
    """What a setting takes, with an example: the name of the text that says so."""

    name: str

    def said(self, language: str) -> str:
        names = ", ".join((*MESSENGERS, HOOK, CONSOLE))
        return words(language, f"expected.{self.name}", names=names, month=letters.digits(str(MONTH), language))


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


Rate = Annotated[float | None, BeforeValidator(fold), Field(gt=0, le=100_000, allow_inf_nan=False), Expected("rate")]
Seconds = Annotated[int, BeforeValidator(fold), Field(ge=0, le=MONTH), Expected("seconds")]
Letters = Annotated[int, BeforeValidator(fold), Field(ge=100, le=100_000), Expected("letters")]
Switch = Annotated[bool, BeforeValidator(word), Expected("switch")]
Language = Annotated[Literal["fa", "en"], BeforeValidator(word), Expected("language")]
LogForm = Annotated[Literal["text", "json"] | None, BeforeValidator(word), Expected("log_form")]
Zone = Annotated[ZoneInfo, BeforeValidator(as_zone), Expected("zone")]
Listen = Annotated[Address | None, BeforeValidator(as_address), Expected("listen")]
Owners = Annotated[tuple[Owner, ...], BeforeValidator(as_owners), Expected("owners")]
Channels = Annotated[tuple[Destination, ...], BeforeValidator(as_destinations), Expected("channels")]
Transports = Annotated[tuple[str, ...] | None, BeforeValidator(as_transports), Expected("transports")]
WebAddress = Annotated[str | None, BeforeValidator(as_web_address), Expected("web_address")]

# From here on: what no log may show. A database and a proxy may have a password in the address, a hook
# often has a key there.
Token = Annotated[SecretStr | None, BeforeValidator(as_token), Expected("token")]
WebhookSecret = Annotated[SecretStr | None, BeforeValidator(as_webhook_secret), Expected("webhook_secret")]
Database = Annotated[SecretStr, BeforeValidator(as_database), Expected("database")]
Proxy = Annotated[SecretStr | None, BeforeValidator(as_proxy), Expected("proxy")]
HookAddress = Annotated[SecretStr | None, BeforeValidator(as_hook_address), Expected("hook_address")]
HookSecret = Annotated[SecretStr | None, BeforeValidator(str.strip), Expected("hook_secret")]
