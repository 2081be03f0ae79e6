"""Every text that people read, in each language: say() fills one in and keeps the directions apart."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from string import Formatter

from sebghat import letters
from sebghat.conversation import Reply, Span, Style

LANGUAGES = ("fa", "en")

# *bold* and `command`, as the catalogues write them; values are put in after this is read, so they cannot forge it.
MARKUP = re.compile(r"\*([^*\n]+)\*|`([^`\n]+)`")


def say(language: str, text: str, /, **values: object) -> Reply:
    """The text of that name (`stats.line`) with its values, each kept in its own direction.

    Raises KeyError for a text or a value that the catalogue does not have: a fault of the program.
    """
    return Reply(
        tuple(_span(style, template, values, language) for style, template in _segments(_text(language, text)))
    )


def command(text: str, language: str) -> Span:
    """A command as something to tap or copy, in one piece whatever stands around it."""
    return Span(f"{letters.LRI}{text}{letters.PDI}" if language == "fa" else text, Style.COMMAND)


def words(language: str, text: str, /, **values: object) -> str:
    """The same as plain text, for a value inside another text."""
    return _fill(_text(language, text), values, language)


@cache
def catalogue(language: str) -> Mapping[str, str]:
    """All texts of a language under their dotted names."""
    source = files("sebghat.wording").joinpath(f"{language}.toml").read_text(encoding="utf-8")
    return dict(_flat("", tomllib.loads(source)))


def _flat(above: str, table: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    for name, entry in table.items():
        if isinstance(entry, Mapping):
            yield from _flat(f"{above}{name}.", entry)
        else:
            yield above + name, str(entry).strip("\n")


@cache
def _segments(text: str) -> tuple[tuple[Style, str], ...]:
    segments, end = [], 0
    for match in MARKUP.finditer(text):
        segments.append((Style.PLAIN, text[end : match.start()]))
        bold, command = match.groups()
        segments.append((Style.BOLD, bold) if bold is not None else (Style.COMMAND, command))
        end = match.end()
    segments.append((Style.PLAIN, text[end:]))
    return tuple((style, part) for style, part in segments if part)


def _span(style: Style, template: str, values: Mapping[str, object], language: str) -> Span:
    if style is Style.COMMAND:
        return command(template.format_map(values), language)
    return Span(_fill(template, values, language), style)


def _text(language: str, text: str) -> str:
    return catalogue(language)[text]


def _fill(template: str, values: Mapping[str, object], language: str) -> str:
    parts = []
    for literal, field, _, _ in Formatter().parse(template):
        parts.append(literal)
        if field is not None:
            parts.append(letters.isolate_value(str(values[field]), language))
    return letters.isolate("".join(parts), language)  # Latin words of the text itself too
