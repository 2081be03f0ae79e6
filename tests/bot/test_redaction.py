import io
import json
import logging
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given, strategies

from bot.redaction import HIDDEN, redactor, start_logging
from bot.settings import Settings, read_settings

TOKEN = "123456789:AAF-secret_part_of_the_token_0123456"
SECRET = 's3cret words/with:what?addresses&encode="é"'


@pytest.fixture(autouse=True)
def logging_as_it_was(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    monkeypatch.setattr(logging, "raiseExceptions", logging.raiseExceptions)
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    root.handlers = []  # those of pytest, which `force` would close
    yield
    root.handlers, root.level = handlers, level
    logging.captureWarnings(False)


def settings(**values: str) -> Settings:
    given = {
        "SEBGHAT_TELEGRAM_TOKEN": TOKEN,
        "SEBGHAT_HOOK_A_URL": "https://h.org",
        "SEBGHAT_HOOK_A_SECRET": SECRET,
    }
    found = read_settings(given | {f"SEBGHAT_{name}": value for name, value in values.items()}, Path("/nowhere"))
    assert isinstance(found, Settings)
    return found


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("stream", [io.StringIO, Terminal], ids=["json", "text"])
def test_no_record_shows_a_secret(stream: type[io.StringIO]) -> None:
    out = stream()
    start_logging(settings(), out)
    log = logging.getLogger("bot.delivery")
    log.info("at https://api.telegram.org/bot%s/getMe", TOKEN)
    log.info("%s", {"secret": SECRET, "url": quote(SECRET, safe="")})
    log.warning(quote_plus(TOKEN))
    log.warning("half of it: %s", TOKEN.partition(":")[2])
    try:
        raise ValueError(TOKEN) from KeyError(SECRET)
    except ValueError:
        log.exception("failed with %r", SECRET)
    log.error("arguments that do not fit: %s %s", TOKEN)  # noqa: PLE1206
    sys.excepthook(ValueError, ValueError(TOKEN), None)
    text = out.getvalue()
    assert text.count(HIDDEN) >= 9
    assert "secret_part" not in text
    assert "s3cret" not in text
    assert "Traceback" in text
    assert "ValueError" in text


def test_json_is_one_object_a_line_with_the_time_in_utc() -> None:
    out = io.StringIO()
    start_logging(settings(), out)
    logging.getLogger("bot").error("سلام\nدو خط", exc_info=ValueError("x"))
    logging.getLogger("bot").info("n = %d", 3)
    first, second = map(json.loads, out.getvalue().splitlines())
    assert (first["level"], first["logger"], first["message"]) == ("ERROR", "bot", "سلام\nدو خط")
    assert first["exception"].endswith("ValueError: x")
    assert first["time"].endswith("Z")
    assert second["message"] == "n = 3"
    assert "exception" not in second


def test_text_cannot_steer_the_terminal() -> None:
    out = io.StringIO()
    start_logging(settings(LOG="text"), out)
    logging.getLogger("bot").info("a \x1b[2J b")
    assert out.getvalue().endswith("INFO    bot: a \\x1b[2J b\n")


def test_nobody_else_writes_lines_into_the_log() -> None:
    out = io.StringIO()
    start_logging(settings(LOG="text"), out)
    logging.getLogger("bot").warning("skipped: %s", "1\n2026-01-01 10:00:00 INFO    bot: all is well")
    logging.getLogger("bot").error("failed", exc_info=ValueError("x"))
    first, second, *trace = out.getvalue().splitlines()
    assert first.endswith("skipped: 1\\n2026-01-01 10:00:00 INFO    bot: all is well")
    assert second.endswith("failed")
    assert trace == ["ValueError: x"]


def test_libraries_do_not_tell_every_request() -> None:
    out = io.StringIO()
    start_logging(settings(), out)
    logging.getLogger("aiohttp.access").info("GET /")
    assert out.getvalue() == ""


@pytest.mark.parametrize(
    "address",
    [
        "https://api.telegram.org/bot123:abc/getMe",
        "https://tapi.bale.ai/file/bot123%3Aabc/photos/1.jpg",
        "https://eitaayar.ir/api/bot123:0a1b-2c3d/sendMessage",
        "https://botapi.rubika.ir/v3/ABCDEFGHIJKLMNOPQRST/getMe",
        "token 99999:ABCDEFGHIJKLMNOPQRSTUVWXYZ_1234",
    ],
)
def test_a_token_that_no_setting_holds_is_known_by_its_shape(address: str) -> None:
    hidden = redactor([])(address)
    assert HIDDEN in hidden
    assert not any(part in hidden for part in ("abc", "1b-2c", "ABCD"))


@pytest.mark.parametrize("text", ["at 12:30:45", "port 127.0.0.1:8080", "/v3/getMe", "2026-01-01T10:00:00"])
def test_ordinary_text_stays(text: str) -> None:
    assert redactor([TOKEN])(text) == text


PRINTABLE = strategies.characters(exclude_categories=["C", "Z"], include_characters=" ")


@given(strategies.text(PRINTABLE, min_size=8, max_size=40), strategies.text(max_size=20))
def test_any_secret_is_found_in_any_form(secret: str, around: str) -> None:
    redact = redactor([secret])
    forms = {
        secret,
        quote(secret, safe=""),
        quote(quote(secret, safe="")),
        quote_plus(secret),
        json.dumps(secret, ensure_ascii=False),
        repr(secret),
    }
    for form in forms - {"*" * len(secret)}:
        assert HIDDEN in redact(f"{around} {form} {around}")
