"""What the answers of Bot APIs mean for what was asked: Telegram's, and those that are like it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from bot.transports.transport import Kind, Outcome, Unfetchable
from bot.transports.wire import Answer, refusal, waiting


@dataclass(frozen=True, slots=True)
class Dialect:
    """What one messenger's words mean, where its codes do not say it."""

    name: str
    wait: int = 5  # seconds, where a refusal for load names none
    done: re.Pattern[str] = re.compile(
        "message is not modified|message to delete not found|query is too old", re.IGNORECASE
    )
    closed: re.Pattern[str] = re.compile(
        "chat not found|not enough rights|have no rights|need administrator rights|CHAT_WRITE_FORBIDDEN"
        "|message thread not found|TOPIC_(CLOSED|DELETED)",
        re.IGNORECASE,
    )
    busy: re.Pattern[str] | None = None
    stranger: re.Pattern[str] | None = None  # the token is not valid


TELEGRAM = Dialect("Telegram")


def classify(answer: Answer, dialect: Dialect = TELEGRAM) -> tuple[Outcome, int]:
    """What an answer means for what was asked, and its code: what the body says goes before the HTTP status."""
    early, fields = refusal(answer, dialect.wait), answer.fields
    if early is not None:
        return early, answer.status
    if fields is None or not isinstance(fields.get("ok"), bool):
        # These messengers refuse in JSON: this came from something in between, which let nothing through.
        kind = Kind.REJECTED if answer.status == 413 else Kind.TRANSIENT
        kind = Kind.UNKNOWN if answer.status < 300 else kind
        return Outcome(kind, detail=f"HTTP {answer.status}, not an answer of {dialect.name}'s"), answer.status
    if fields["ok"]:
        return Outcome(Kind.OK), answer.status
    code = fields.get("error_code")
    code = code if isinstance(code, int) and not isinstance(code, bool) else answer.status
    words, parameters = str(fields.get("description", "")), fields.get("parameters")
    new = parameters.get("migrate_to_chat_id") if isinstance(parameters, dict) else None
    if new:
        return Outcome(Kind.MIGRATED, new_chat=str(new), detail=words), code
    if code == 429 or (dialect.busy and dialect.busy.search(words)):
        return Outcome(Kind.RETRY_AFTER, retry_after=waiting(answer, dialect.wait), detail=words), code
    if dialect.stranger and dialect.stranger.search(words):
        return Outcome(Kind.AUTH, detail=words), 401
    if code in {400, 403, 404} and dialect.closed.search(words):
        return Outcome(Kind.PERMANENT, detail=words), code
    if code in {401, 404, 409}:
        return Outcome(Kind.AUTH, detail=words), code
    if code == 403:
        return Outcome(Kind.PERMANENT, detail=words), code
    if code == 400 and dialect.done.search(words):
        return Outcome(Kind.OK, detail=words), code
    return Outcome(Kind.UNKNOWN if code >= 500 else Kind.REJECTED, detail=words), code


def file_address(base: str, about: Mapping[str, Any], limit: int) -> str:
    """Where the file lies that getFile tells about. Raises Unfetchable."""
    path, size = about.get("file_path"), about.get("file_size")
    if isinstance(size, int) and size > limit:
        raise Unfetchable("large")
    # A server of one's own names places on its disk; what climbs out of the bot's own folder is no file of ours.
    if not isinstance(path, str) or not path or path.startswith("/") or ".." in path.split("/"):
        raise Unfetchable("gone")
    return f"{base}/{quote(path)}"


def why_not(outcome: Outcome) -> str:
    """Why a file cannot be had, as Unfetchable says it."""
    if "too big" in outcome.detail.lower():
        return "large"
    return "gone" if outcome.kind in {Kind.REJECTED, Kind.PERMANENT} else "unreachable"
