"""docs/editors*.md walk an editor through a working day: every answer in them is what the program says on that day.

`.venv/bin/python -m tests.journeys.test_editors_day` writes the answers anew.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from tests.journeys.program import HERE, environment

DAY = "2026-11-25T{time}:00+03:30"
DOCUMENTS = {"en": HERE / "docs/editors.md", "fa": HERE / "docs/editors.fa.md"}
SECTION = re.compile(r"(?=^## )", re.MULTILINE)
TIME = re.compile(r"## ([\d۰-۹]{2}:[\d۰-۹]{2}) ")
BLOCK = re.compile(r"^```(text|csv|)\n(.*?)^```$", re.MULTILINE | re.DOTALL)  # `text`: what comes by itself
SHELL = re.compile(r"\$ python3 run\.py (.+)")
LATIN = str.maketrans("۰۱۲۳۴۵۶۷۸۹", "0123456789")
NOTHING = "/zzz"  # parts the answers
ISOLATES = dict.fromkeys(map(ord, "\u2066\u2067\u2068\u2069"))


def performed(document: str, language: str, folder: Path) -> str:
    """The document with the answers that the program gives, each section at its time, all on one record."""
    said(["/start"], "08:00", language, folder)  # the first start, which loads the published figures
    return "".join(_section(section, language, folder) for section in SECTION.split(document))


def _section(section: str, language: str, folder: Path) -> str:
    begins = TIME.match(section)
    blocks = BLOCK.findall(section)
    if begins is None or not blocks:
        return section
    time = begins[1].translate(LATIN)
    typed = [text.partition("\n\n")[0].strip() for kind, text in blocks if not kind and not SHELL.match(text)]
    answers, came = said(typed, time, language, folder) if typed or "```text" in section else ([], "")
    rest = iter(answers)

    def answered(block: re.Match[str]) -> str:
        if block[1] == "csv":
            (folder / "figures.csv").write_text(block[2], encoding="utf-8")
            return block[0]
        if block[1]:
            return f"```text\n{came}\n```"
        asked = block[2].partition("\n\n")[0].strip()
        words = SHELL.match(asked)
        answer = printed(words[1].split(), time, language, folder) if words else next(rest)
        return f"```\n{asked}\n\n{answer}\n```"

    return BLOCK.sub(answered, section)


def said(typed: list[str], time: str, language: str, folder: Path) -> tuple[list[str], str]:
    """What the program answers to each message, and what comes by itself when they are through."""
    lines = [NOTHING, *(line for text in typed for line in (text.replace("\n", "\\\n"), NOTHING))]
    out = run_at(time, [], "".join(f"{line}\n" for line in lines), language, folder)
    between = out[: out.index("\n\n") + 2]
    first, *answers, came = out.split(between)
    assert not first
    return [answer.strip() for answer in answers], came.strip()


def printed(words: list[str], time: str, language: str, folder: Path) -> str:
    """What a word of the shell prints."""
    given = [str(folder / word) if word == "figures.csv" else word for word in words]
    return run_at(time, given, "", language, folder).replace(f"{folder}/", "").strip()


def run_at(time: str, words: list[str], typed: str, language: str, folder: Path) -> str:
    ended = subprocess.run(
        [sys.executable, "-m", "tests.journeys.clock", DAY.format(time=time), *words],
        cwd=HERE, env=environment(folder / "day.db", LANGUAGE=language, CHANNELS=""), input=typed.encode(),
        capture_output=True, timeout=60,
    )  # fmt: skip
    assert words or ended.returncode == 0, ended.stderr.decode()
    # How far something is goes to standard error too, and is seen or not as it happens.
    out = ended.stdout if ended.returncode == 0 else ended.stderr
    return out.decode().translate(ISOLATES)


@pytest.mark.parametrize("language", ["en", "fa"])
def test_every_answer_in_the_document_is_what_the_program_says(language: str, tmp_path: Path) -> None:
    document = DOCUMENTS[language].read_text(encoding="utf-8")
    assert performed(document, language, tmp_path) == document


def test_both_documents_tell_of_the_same_day() -> None:
    english, persian = (
        [TIME.match(section) for section in SECTION.split(each.read_text(encoding="utf-8"))]
        for each in DOCUMENTS.values()
    )
    times = [begins[1] for begins in english if begins]
    assert times == [begins[1].translate(LATIN) for begins in persian if begins]
    assert len(times) >= 8


if __name__ == "__main__":
    for spoken, file in DOCUMENTS.items():
        with tempfile.TemporaryDirectory() as scratch:
            file.write_text(performed(file.read_text(encoding="utf-8"), spoken, Path(scratch)), encoding="utf-8")
