"""Files of rows: CSV or JSON Lines, opened, bounded, and taken apart into lines and cells."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping
from pathlib import Path

LARGEST = 64 * 2**20  # bytes
ENCODINGS = ("utf-8-sig", "utf-16", "cp1256")  # as spreadsheets in Iran write them; the first that fits

Row = tuple[int, Mapping[str, str | None]]


class Unreadable(Exception):
    """The file cannot be read as a table. `code` names the text that says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def rows(file: Path) -> list[Row]:
    """Each row's line number and cells by column. Raises Unreadable. Reads the disk: call it in a thread."""
    try:
        if file.stat().st_size > LARGEST:
            raise Unreadable("import.too_large")
        content = file.read_bytes()
    except OSError as fault:
        raise Unreadable("import.no_file") from fault
    text = _decoded(content)
    try:
        return list(_json_lines(text) if file.suffix.lower() in {".jsonl", ".ndjson"} else _csv(text))
    except (ValueError, csv.Error) as fault:
        raise Unreadable("import.no_table") from fault


def _decoded(content: bytes) -> str:
    utf_16 = content[:2] in {b"\xff\xfe", b"\xfe\xff"}
    for encoding in ENCODINGS:
        if (encoding == "utf-16") == utf_16:
            try:
                return content.decode(encoding)
            except UnicodeDecodeError:
                continue
    raise Unreadable("import.no_text")


def _csv(text: str) -> Iterator[Row]:
    reader = csv.DictReader(text.splitlines(keepends=True), strict=True)
    if not reader.fieldnames or "platform" not in reader.fieldnames:
        raise Unreadable("import.no_header")
    for cells in reader:
        yield reader.line_num, cells


def _json_lines(text: str) -> Iterator[Row]:
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip():
            cells = json.loads(line)
            if not isinstance(cells, dict):
                raise ValueError("a line that is no object")
            yield number, {name: None if cell is None else str(cell) for name, cell in cells.items()}
