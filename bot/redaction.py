"""What the log looks like, and that no secret stands in it."""

import json
import logging
import re
import sys
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, tzinfo
from types import TracebackType
from typing import TextIO

from bot.settings import Settings

HIDDEN = "***"

# What looks like a token though no setting holds it: of another bot, of an older setting.
TOKEN_SHAPES = (
    r"(?<=/bot)\d+(?::|%3[Aa])[^/\s?#'\"]+",  # in an address of Telegram, Bale, Soroush or Eitaa
    r"(?<![\w-])\d{5,}:[\w-]{30,}",  # alone: number and at least 30 letters
    r"(?<=/v3/)\w{16,}(?=/)",  # in an address of Rubika
)
# These tell every request with its address.
TALKATIVE = ("aiohttp", "aiosqlite", "asyncio", "httpcore", "httpx", "telegram")

CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def start_logging(settings: Settings, stream: TextIO | None = None) -> None:
    """All records go to `stream` (stderr): lines to read in a terminal, else JSON, one object a line."""
    stream = stream or sys.stderr
    form = settings.log or ("text" if stream.isatty() else "json")
    redact = redactor(settings.secrets)
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines(redact) if form == "json" else Lines(redact, settings.timezone))
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    logging.captureWarnings(True)
    logging.raiseExceptions = False  # it would print the arguments of a record as they are
    for name in TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)
    sys.excepthook = log_uncaught


def redactor(secrets: Iterable[str]) -> Callable[[str], str]:
    """A function that puts *** for each secret, raw or as an address encodes it, and for token shapes."""
    whole = {secret for secret in secrets if secret}
    # A bot's number is public; what follows it is not.
    halves = {half for secret in whole for half in [secret.partition(":")[2]] if len(half) >= 16}
    longest_first = sorted(whole | halves, key=len, reverse=True)
    pattern = re.compile("|".join([*map(any_form, longest_first), *TOKEN_SHAPES]))
    return lambda text: pattern.sub(HIDDEN, text)


def any_form(secret: str) -> str:
    return "".join(map(any_form_of_letter, secret))


def any_form_of_letter(letter: str) -> str:
    if letter.isascii() and letter.isalnum():
        return letter
    # Percent-encoded in either case, perhaps twice; or with a backslash, as JSON and repr write it.
    encoded = "".join(f"%(?:25)*{byte:02x}" for byte in letter.encode("utf-8", "surrogatepass"))
    plus = r"|\+" if letter == " " else ""
    return rf"(?:\\*{re.escape(letter)}|(?i:{encoded}){plus})"


class Lines(logging.Formatter):
    def __init__(self, redact: Callable[[str], str], zone: tzinfo) -> None:
        super().__init__("{asctime} {levelname:<7} {name}: {message}", style="{")
        self.redact = redact
        self.zone = zone

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: N802
        return datetime.fromtimestamp(record.created, self.zone).strftime(datefmt or "%Y-%m-%d %H:%M:%S")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802
        # A messenger's own words must not look like lines of ours; only traces have several.
        return super().formatMessage(record).replace("\n", "\\n")

    def format(self, record: logging.LogRecord) -> str:
        # Control characters could forge what a terminal shows.
        return CONTROL.sub(lambda found: f"\\x{ord(found[0]):02x}", self.redact(super().format(sound(record))))


class JsonLines(logging.Formatter):
    def __init__(self, redact: Callable[[str], str]) -> None:
        super().__init__()
        self.redact = redact

    def format(self, record: logging.LogRecord) -> str:
        when = datetime.fromtimestamp(record.created, UTC)
        line = {
            "time": when.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "level": record.levelname,
            "logger": record.name,
            "message": sound(record).getMessage(),
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        if record.stack_info:
            line["stack"] = record.stack_info
        return json.dumps({key: self.redact(text) for key, text in line.items()}, ensure_ascii=False)


def sound(record: logging.LogRecord) -> logging.LogRecord:
    """A record whose arguments do not fit its message is shown rather than lost."""
    try:
        record.getMessage()
    except Exception:  # noqa: BLE001 - whatever an argument's own __str__ raises
        record.msg, record.args = f"{record.msg} (with arguments that do not fit)", None
    return record


def log_uncaught(kind: type[BaseException], error: BaseException, traceback: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, traceback)
    else:
        logging.getLogger(__name__).critical("stopped by an error", exc_info=(kind, error, traceback))
