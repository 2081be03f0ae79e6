"""The tables of docs/transports.md: `.venv/bin/python -m tests.matrix` runs the suite that each transport has to pass
and writes what each can and what each passed into the page, between its marks."""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from xml.etree import ElementTree as ET

from sebghat.capabilities import CAPABILITIES
from sebghat.conversation import Capability
from tests.bot.transports.test_vectors import recorded_libraries

HERE = Path(__file__).resolve().parent.parent
PAGE = HERE / "docs" / "transports.md"
SUITE = [
    f"tests/bot/{name}.py"
    for name in ("transports/test_conformance", "transports/test_secrets", "transports/test_vectors", "test_webhooks")
]
NAMES = {
    "telegram": "Telegram", "bale": "Bale", "splus": "Soroush+", "rubika": "Rubika", "eitaa": "Eitaa",
    "console": "terminal", "hook": "hook",
}  # fmt: skip
ROWS = {
    "receives": "receives", "text_limit": "letters of a text", "caption_limit": "letters of a caption",
    "markup": "bold, links", "buttons": "buttons", "data_limit": "bytes of a button", "pictures": "pictures",
    "files": "files", "file_limit": "bytes of a file", "edits": "edits", "deletes": "deletes", "pins": "pins",
    "silent": "silent", "inline": "inline queries", "menu": "menu of commands",
}  # fmt: skip


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        subprocess.run([sys.executable, "-m", "pytest", "-q", f"--junitxml={report}", *SUITE], cwd=HERE)
        passed = results(ET.parse(report).getroot())
    page = PAGE.read_text(encoding="utf-8")
    for mark, lines in (("can", capabilities()), ("passed", suite(passed)), ("libraries", libraries())):
        before, _, rest = page.partition(f"<!-- {mark} -->\n")
        page = f"{before}<!-- {mark} -->\n{lines}<!-- /{mark} -->{rest.partition(f'<!-- /{mark} -->')[2]}"
    PAGE.write_text(page, encoding="utf-8")
    return int(any(not all(each) for cells in passed.values() for each in cells.values()))


def results(report: ET.Element) -> dict[str, dict[str, list[bool]]]:
    """Of each test and messenger, how each of its cases ended."""
    found: dict[str, dict[str, list[bool]]] = {}
    for case in report.iter("testcase"):
        name, _, which = case.get("name", "").partition("[")
        for messenger in {*re.split(r"[-\]\[]", which)} & {*NAMES}:
            well = case.find("failure") is None and case.find("error") is None
            found.setdefault(name, {}).setdefault(messenger, []).append(well)
    return found


def capabilities() -> str:
    return table("", [(words, [shown(CAPABILITIES[name], field) for name in NAMES]) for field, words in ROWS.items()])


def shown(capability: Capability, field: str) -> str:
    value = getattr(capability, field)
    if isinstance(value, bool):
        return "yes" if value else "–"
    if isinstance(value, int):
        unlimited = value >= 1_000_000 and field in {"text_limit", "caption_limit"}
        return "any" if unlimited else f"{value:,}" if value else "–"
    return str(value) or "–"


def suite(passed: dict[str, dict[str, list[bool]]]) -> str:
    rows = []
    for test, cells in passed.items():
        marks = [("✓" if all(cells[name]) else "✗") + counted(cells[name]) if name in cells else "" for name in NAMES]
        rows.append((test.removeprefix("test_").replace("_", " "), marks))
    return table("what it must do", rows)


def counted(cases: Sequence[bool]) -> str:
    return f" {len(cases)}" if len(cases) > 1 else ""


def libraries() -> str:
    found = recorded_libraries()
    return "".join(f"- {NAMES[name]}: {', '.join(found[name])}\n" for name in NAMES if name in found)


def table(head: str, rows: Iterable[tuple[str, list[str]]]) -> str:
    lines = [f"| {head} | {' | '.join(NAMES.values())} |", "| --- |" + " --- |" * len(NAMES)]
    return "\n".join([*lines, *(f"| {name} | {' | '.join(cells)} |" for name, cells in rows)]) + "\n"


if __name__ == "__main__":
    sys.exit(main())
