"""The shell's word `read`: how a number, a share, a date or a whole command is read, one JSON object a line."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import BinaryIO

from sebghat import asking, letters, readout
from sebghat.conversation import ChatKind, Message
from sebghat.dates import names_a_date, read_date
from sebghat.numerals import Reading
from sebghat.observation import Unit
from sebghat.platforms import Platforms, Unknown, bundled
from sebghat.reading import read_figures
from sebghat.readout import Fields
from sebghat.refusal import Candidate, Refusal
from sebghat.revision import read_change, read_claim

COMMAND = "command"
LONGEST_LINE = 4 * letters.LIMIT + 4  # bytes: UTF-8 takes up to four for a character
OF_PLATFORMS = frozenset({"stats", "compare", "history", "subscribe", "unsubscribe", "overtakings"})
EVERYTHING = frozenset({"all", "همه"})


def read(text: str | None, wanted: str | None, today: date) -> int:
    """Prints how the text is read, or each line of standard input; the exit status."""
    if text is None:
        for line in _lines(sys.stdin.buffer):
            print(_json(answer(line, wanted, today)), flush=True)
        return 0
    fields = answer(_whole(text), wanted, today)
    print(_json(fields), flush=True)
    return 1 if "refused" in fields else 0


def _whole(text: str) -> str:
    """Without halves of characters, as arguments in another encoding leave them."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _lines(source: BinaryIO) -> Iterator[str]:
    """Each line, whatever its bytes are; of an endless one the beginning, which is longer than any that is read."""
    first = True
    while piece := source.readline(LONGEST_LINE):
        rest = piece
        while rest and not rest.endswith(b"\n"):
            rest = source.readline(LONGEST_LINE)
        yield piece.decode("utf-8-sig" if first else "utf-8", "replace").rstrip("\r\n")
        first = False


def _json(fields: Fields) -> str:
    return json.dumps(fields, ensure_ascii=False)


def answer(text: str, wanted: str | None, today: date) -> Fields:
    """The fields of the reading, or of the refusal."""
    if wanted == COMMAND or (wanted is None and text.lstrip()[:1] in {"/", "／"}):
        return _command(text, today)
    reading = readout.read(text, wanted, today)
    if wanted is None and isinstance(reading, Refusal) and reading.code == "no_number":
        asked = _command(text, today)
        return readout.refused(reading) if "refused" in asked else asked
    if isinstance(reading, Refusal):
        return readout.refused(reading)
    return readout.number(reading) if isinstance(reading, Reading) else readout.when(reading)


def _command(text: str, today: date) -> Fields:
    """As it would be carried out in a private chat."""
    from handlers import commands  # noqa: PLC0415 - numbers and dates are read without the conversation

    if len(text) > letters.LIMIT:
        return readout.refused(Refusal("too_long", letters.visible(text, 40), details={"limit": str(letters.LIMIT)}))
    if letters.has_override(text):
        return readout.refused(Refusal("override", letters.visible(text, 40)))
    platforms = bundled()
    message = Message("", "", "", "", ChatKind.PRIVATE, "", text, datetime.now(UTC))
    command, rest = commands.find(message, platforms)
    if command is None:
        return readout.refused(Refusal("no_command", letters.visible(text, 40)))
    others = _of_platforms if command.name in OF_PLATFORMS else _asked
    read = {"set": _set, "claim": _claim, "correct": _correct}.get(command.name, others)(rest, platforms, today)
    if isinstance(read, Refusal):
        return readout.refused(read)
    return {"kind": COMMAND, "command": command.name, "platforms": [], "metric": None, **read}


def _set(rest: str, platforms: Platforms, today: date) -> Fields | Refusal:
    found = read_figures(rest, platforms, today)
    return found if isinstance(found, Refusal) else readout.figures(found, today)


def _claim(rest: str, platforms: Platforms, today: date) -> Fields | Refusal:
    said = read_claim(rest, platforms, today)
    if isinstance(said, Refusal):
        return said
    when = readout.period(said.asof) if said.asof else {}
    return {"platforms": [said.winner, said.loser], "source": said.source, "quote": said.quote, **when}


def _correct(rest: str, platforms: Platforms, today: date) -> Fields | Refusal:
    """The record knows of which metric the figure is; here its unit says whether it is a count or a share."""
    first, _, after = rest.strip().partition(" ")
    change = read_change(after, "mau", today)
    unit = Unit.USERS
    if isinstance(change, Refusal) and change.code in {"percent_not_count", "n_on_count"}:
        change, unit = read_change(after, "poll", today), Unit.PERCENT
    if isinstance(change, Refusal):
        return change
    return {
        "number": letters.fold(first),
        **(readout.value(change.value, unit) if change.value else {}),
        **(readout.period(change.asof) if change.asof else {}),
        "n": change.n,
        "release": change.release,
    }


def _asked(rest: str, platforms: Platforms, today: date) -> Fields | Refusal:
    """Platforms, metric, scope and date among the words, as the questions are understood."""
    asked = asking.read(rest.replace("،", " ").replace(",", " ").split(), platforms)
    when = read_date(asked.when, today) if names_a_date(asked.when) else None
    if isinstance(when, Refusal):
        return when
    unknown = [] if when else [word for word in asked.unknown if letters.fold(word) not in EVERYTHING]
    return {
        "platforms": list(dict.fromkeys(platform.key for platform in asked.platforms)),
        "metric": asked.metric,
        "scope": asked.scope,
        **(readout.period(when.asof) if when else {}),
        "rest": [letters.visible(word, 40) for word in unknown],
    }


def _of_platforms(rest: str, platforms: Platforms, today: date) -> Fields | Refusal:
    """The same of a command that takes nothing else: a word that is not understood is a name that nobody has."""
    read = _asked(rest, platforms, today)
    unknown = [] if isinstance(read, Refusal) else read["rest"]
    if not isinstance(unknown, list) or not unknown:
        return read
    found = platforms.find(unknown[0])
    near = found.nearest if isinstance(found, Unknown) else ()
    names = tuple(Candidate(each.key, each.name_fa, each.name_en) for each in near)
    return Refusal("unknown_platform", unknown[0], names)
