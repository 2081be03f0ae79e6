"""Files of rows: CSV, XLSX or JSON Lines, bounded, taken apart into lines and cells; and written."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import zipfile
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import IO, Any, Protocol

from sebghat.table import EXPORTED, MOST_ROWS, Fault, guarded, unguarded

LARGEST = 64 * 2**20  # bytes
UNPACKED = 256 * 2**20  # bytes of all parts of an XLSX together: a small file can hold a thousand times its size
MOST_PARTS = 1_000
PACKED = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})  # what zipfile unpacks no further than it is asked to
WIDEST = 200  # columns
LONGEST_SHEET = 2**20  # rows, empty ones too: a spreadsheet has no more
ENCODINGS = ("utf-8-sig", "utf-16", "cp1256")  # as spreadsheets in Iran write them; the first that fits
LINES, BOOK = (".jsonl", ".ndjson"), ".xlsx"
ENDINGS = (".csv", BOOK, *LINES)
NO_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # no book can hold these

Row = tuple[int, Mapping[str, str | None]]


class Unreadable(Exception):
    """The file cannot be read as a table. `code` names the text that says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def read(file: Path, limit: int = LARGEST) -> bytes:
    """A file's content. Raises Unreadable."""
    try:
        if file.stat().st_size > limit:
            raise Unreadable("import.too_large")
        return file.read_bytes()
    except OSError as fault:
        raise Unreadable("import.no_file") from fault


def rows(name: str, content: bytes) -> list[Row] | list[Fault]:
    """Each row's line number and cells by column, or the cells that hold formulas. The name's ending says what the
    file is, but for a book, which is known by its first letters. Raises Unreadable."""
    ending = Path(name).suffix.lower()
    try:
        if content[:4] == b"PK\x03\x04" or ending == BOOK:
            return _book(content)
        text = _decoded(content)
        # One row more than may be: whoever reads them says that they are too many.
        return list(islice(_json_lines(text) if ending in LINES else _csv(text), MOST_ROWS + 1))
    except (ValueError, csv.Error, RecursionError) as fault:
        raise Unreadable("import.no_table") from fault


def _decoded(content: bytes) -> str:
    utf_16 = content[:2] in {b"\xff\xfe", b"\xfe\xff"}
    for encoding in ENCODINGS:
        if (encoding == "utf-16") == utf_16:
            try:
                text = content.decode(encoding)
            except UnicodeDecodeError:
                continue
            if "\0" not in text:
                return text
    raise Unreadable("import.no_text")


def _csv(text: str) -> Iterator[Row]:
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)  # spreadsheets write what their country takes for one
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    _check_columns(reader.fieldnames)
    for cells in reader:
        if None in cells:
            raise ValueError("more cells than columns")
        yield reader.line_num, {name: None if cell is None else unguarded(cell) for name, cell in cells.items()}


def _check_columns(names: Sequence[str] | None) -> None:
    if not names or "platform" not in names:
        raise Unreadable("import.no_header")
    if len(names) > WIDEST:
        raise Unreadable("import.no_table")  # each row would have a place for each of a million columns


def _json_lines(text: str) -> Iterator[Row]:
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            cells = json.loads(line)
            if not isinstance(cells, dict) or any(isinstance(cell, dict | list) for cell in cells.values()):
                raise ValueError("a line that is no object of plain values")
            yield number, {name: None if cell is None else str(cell) for name, cell in cells.items()}


# Books


def _book(content: bytes) -> list[Row] | list[Fault]:
    """The first sheet. Formulas are not read: what they show depends on who opened the book last."""
    _check_parts(content)
    from openpyxl import load_workbook  # noqa: PLC0415 - heavy; only for a book

    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()  # what the book says of its size may be anything
        lines = iter(sheet.iter_rows(max_col=WIDEST))
        names = [str(cell.value).strip() if cell.value is not None else "" for cell in next(lines, ())]
        _check_columns(names)
        found: list[Row] = []
        faults: list[Fault] = []
        for number, cells in enumerate(lines, 2):
            if number > LONGEST_SHEET:  # a row may call itself the billionth; those before it are made up
                raise Unreadable("import.no_table")
            if len(found) > MOST_ROWS:
                break
            values = [cell.value for cell in cells]
            if formula := next((str(cell.value) for cell in cells if cell.data_type == "f"), None):
                faults.append(Fault(number, "formula", formula))
            elif any(value is not None for value in values):
                found.append((number, {name: _text(value) for name, value in zip(names, values, strict=False) if name}))
        return faults or found
    except Unreadable:
        raise
    except Exception as fault:  # what a broken book makes the library raise is not documented
        raise Unreadable("import.no_table") from fault


def _check_parts(content: bytes) -> None:
    """A book is a packed folder: no more is unpacked of it than its directory says, and that is bounded."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as folder:
            parts = folder.infolist()
    except (zipfile.BadZipFile, ValueError, OverflowError) as fault:
        raise Unreadable("import.no_table") from fault
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > UNPACKED:
        raise Unreadable("import.too_large")
    if any(part.compress_type not in PACKED for part in parts):
        raise Unreadable("import.no_table")


def _text(value: object) -> str | None:
    """A cell as it would stand in a CSV: whole numbers without a point, days as ISO dates."""
    if value is None:
        return None
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return unguarded(str(value))


# Writing


class Sink(Protocol):
    """Takes rows one by one and keeps none of them."""

    def add(self, row: Mapping[str, str]) -> None: ...

    def close(self) -> None: ...


class CsvSink:
    """With a mark of its encoding, without which spreadsheets take Persian for something else."""

    def __init__(self, out: IO[bytes]) -> None:
        self._out = io.TextIOWrapper(out, encoding="utf-8-sig", newline="", write_through=True)
        self._writer = csv.writer(self._out)
        self._writer.writerow(EXPORTED)

    def add(self, row: Mapping[str, str]) -> None:
        self._writer.writerow([guarded(row[name]) for name in EXPORTED])

    def close(self) -> None:
        self._out.flush()
        self._out.detach()


class LinesSink:
    def __init__(self, out: IO[bytes]) -> None:
        self._out = out

    def add(self, row: Mapping[str, str]) -> None:
        said = {name: cell for name, cell in row.items() if cell}
        self._out.write(json.dumps(said, ensure_ascii=False).encode() + b"\n")

    def close(self) -> None:
        """Nothing is kept back."""


class BookSink:
    def __init__(self, out: IO[bytes]) -> None:
        from openpyxl import Workbook  # noqa: PLC0415 - heavy; only for a book

        self._out, self._book = out, Workbook(write_only=True)
        self._sheet = self._book.create_sheet("sebghat")
        self._sheet.append(EXPORTED)

    def add(self, row: Mapping[str, str]) -> None:
        self._sheet.append([NO_XML.sub("", guarded(row[name])) for name in EXPORTED])

    def close(self) -> None:
        self._book.save(self._out)


def sink(name: str, out: IO[bytes]) -> Sink:
    """Writes rows in the form that the name's ending asks for."""
    ending = Path(name).suffix.lower()
    return LinesSink(out) if ending in LINES else BookSink(out) if ending == BOOK else CsvSink(out)


async def write(name: str, out: IO[bytes], pages: AsyncIterator[Iterable[Mapping[str, str]]]) -> int:
    """Writes page after page; how many rows."""
    writer, count = sink(name, out), 0
    async for page in pages:
        for row in page:
            writer.add(row)
            count += 1
    writer.close()
    return count


class TooLarge(Exception):
    """More than may be held in memory."""


class Bounded(io.BytesIO):
    def __init__(self, limit: int) -> None:
        super().__init__()
        self._limit = limit

    def write(self, more: Any) -> int:
        if self.tell() + len(more) > self._limit:
            raise TooLarge
        return super().write(more)


async def in_memory(name: str, pages: AsyncIterator[Iterable[Mapping[str, str]]], limit: int) -> bytes | None:
    """A file's content; None where it would be larger than the limit."""
    out = Bounded(limit)
    try:
        await write(name, out, pages)
    except TooLarge:
        return None
    return out.getvalue()


async def save(file: Path, pages: AsyncIterator[Iterable[Mapping[str, str]]]) -> int:
    """Writes a file, whole or not at all; how many rows. Raises OSError."""
    half = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        with half.open("xb") as out:  # the shell has nothing else to do
            count = await write(file.name, out, pages)
        half.replace(file)
    finally:
        half.unlink(missing_ok=True)
    return count
