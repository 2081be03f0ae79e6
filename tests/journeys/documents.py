"""What the documents say, read out of their Markdown: lines to type, transcripts, settings, words of the shell."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.journeys.program import HERE

MADE_ELSEWHERE = {"docs/messages.md", "docs/editors.md", "docs/editors.fa.md"}  # by the program, and held to that
TOLD_OF_THE_PAST = ("CHANGELOG.md", "docs/decisions/")  # what holds there is that the things named exist

FENCE = re.compile(r"^ *```(\w*)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
CODE = re.compile(r'`([^`]+)`|<code dir="ltr">(.*?)</code>', re.DOTALL)
QUOTE = re.compile(r"«([^«»]+)»")
LINK = re.compile(r"\]\(([^)\s]+)\)")
QUOTED_LINES = re.compile(r"(?:^> .*\n)+", re.MULTILINE)
SECTION = re.compile(r"(?=^## )", re.MULTILINE)
COMMAND = re.compile(r"/[a-z]+(?: .+)?", re.DOTALL)
SHELL = re.compile(r"python3 run\.py ?(.*)")
SETTING = re.compile(r"\bSEBGHAT_[A-Z_]*[A-Z]\b")


@dataclass(frozen=True)
class Document:
    """`name`: the path from the root of the checkout."""

    name: str
    text: str

    @property
    def prose(self) -> str:
        """All but the blocks."""
        return FENCE.sub("", self.text)

    @property
    def blocks(self) -> list[tuple[str, str]]:
        """Each block with what it says of its kind; without the depth of the list that it stands in."""
        return [
            (kind, re.sub(r"^ +(?=[/\w])", "", text, flags=re.MULTILINE)) for kind, text in FENCE.findall(self.text)
        ]

    @property
    def spans(self) -> list[str]:
        """What is set as code within a sentence or a table."""
        found = (html.unescape(markdown or tagged) for markdown, tagged in CODE.findall(self.prose))
        return [" ".join(span.replace("\\|", "|").split()) for span in found]

    @property
    def commands(self) -> list[str]:
        """The lines for the bot that stand in sentences and tables."""
        asked = (re.fullmatch(r'ask "(.+)"', span) for span in self.spans)
        return [span for span in self.spans if COMMAND.fullmatch(span)] + [found[1] for found in asked if found]

    @property
    def conversations(self) -> Iterator[tuple[list[str], str]]:
        """What is typed in a block that begins with a command, and the answer that is shown: below it, or quoted
        after it; empty where none is."""
        quoted = iter(QUOTED_LINES.findall(self.prose))
        for kind, text in self.blocks:
            typed, _, answer = text.partition("\n\n")
            if kind or not COMMAND.fullmatch(typed.strip()):
                continue
            if not answer and self.text.split(f"```\n{text}```", 1)[1].lstrip().startswith('<div dir="rtl">\n\n> '):
                answer = re.sub(r"^> |<br>$", "", next(quoted), flags=re.MULTILINE)
            yield typed.strip().splitlines(), answer.strip()

    @property
    def shell(self) -> list[str]:
        """What stands after `python3 run.py`, in sentences and blocks."""
        lines = [line for _, text in self.blocks for line in text.splitlines()]
        found = [match[1] for line in (*self.spans, *lines) if (match := SHELL.search(line))]
        return [words for words in found if words != "…"]

    @property
    def links(self) -> list[str]:
        """Those to files of the checkout, from its root, with their anchors."""
        here = (HERE / self.name).parent
        found = [link for link in LINK.findall(self.prose) if not link.startswith(("http:", "https:", "mailto:"))]
        found += re.findall(r'<img src="([^"]+)"', self.prose)
        return [str((here / link).resolve().relative_to(HERE)) for link in found if link[0] != "#"]

    def section(self, *headings: str) -> Document:
        """The part under the first of these headings that there is."""
        parts = {part.split("\n", 1)[0].removeprefix("## "): part for part in SECTION.split(self.text)}
        return Document(self.name, next(parts[heading] for heading in headings if heading in parts))

    def rows(self) -> list[list[str]]:
        """The cells of its tables, without their heads."""
        lines = [line for line in self.prose.splitlines() if line.startswith("|")]
        rows = [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines]
        heads = [place - 1 for place, row in enumerate(rows) if set("".join(row)) <= set("- ")]
        return [row for place, row in enumerate(rows) if place not in heads and place - 1 not in heads]


def documents() -> list[Document]:
    files = sorted([*HERE.glob("*.md"), *(HERE / "docs").rglob("*.md")])
    named = {str(file.relative_to(HERE)): file for file in files}
    return [Document(name, file.read_text(encoding="utf-8")) for name, file in named.items()]


def document(name: str) -> Document:
    return Document(name, Path(HERE / name).read_text(encoding="utf-8"))
