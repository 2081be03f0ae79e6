"""What Telegram's answers mean for what was asked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from bot.transports.transport import Kind, Outcome, Unfetchable
from bot.transports.wire import Answer, refusal, waiting

WAIT = 5  # seconds, where a refusal for load names none
DONE = re.compile(r"message is not modified|message to delete not found|query is too old", re.IGNORECASE)
CLOSED = re.compile(
    r"chat not found|not enough rights|have no rights|need administrator rights|CHAT_WRITE_FORBIDDEN"
    r"|message thread not found|TOPIC_(CLOSED|DELETED)",
    re.IGNORECASE,
)


def classify(answer: Answer) -> tuple[Outcome, int]:
    """What an answer means for what was asked, and its code: what the body says goes before the HTTP status."""
    early, fields = refusal(answer, WAIT), answer.fields
    if early is not None:
        return early, answer.status
    if fields is None or not isinstance(fields.get("ok"), bool):
        # Telegram refuses in JSON: this came from something in between, which let nothing through.
        kind = Kind.REJECTED if answer.status == 413 else Kind.TRANSIENT
        kind = Kind.UNKNOWN if answer.status < 300 else kind
        return Outcome(kind, detail=f"HTTP {answer.status}, not an answer of Telegram's"), answer.status
    if fields["ok"]:
        return Outcome(Kind.OK), answer.status
    code = fields.get("error_code")
    code = code if isinstance(code, int) and not isinstance(code, bool) else answer.status
    words, parameters = str(fields.get("description", "")), fields.get("parameters")
    new = parameters.get("migrate_to_chat_id") if isinstance(parameters, dict) else None
    if new:
        return Outcome(Kind.MIGRATED, new_chat=str(new), detail=words), code
    if code == 429:
        return Outcome(Kind.RETRY_AFTER, retry_after=waiting(answer, WAIT), detail=words), code
    if code in {401, 404, 409}:
        return Outcome(Kind.AUTH, detail=words), code
    if code == 403 or (code == 400 and CLOSED.search(words)):
        return Outcome(Kind.PERMANENT, detail=words), code
    if code == 400 and DONE.search(words):
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
