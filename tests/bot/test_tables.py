"""Files of rows, whoever wrote them; and written so that reading gives the same."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from bot import tables
from bot.tables import Unreadable
from sebghat.observation import METRICS, Observation, Qualifier, Unit, Value
from sebghat.periods import AsOf, Calendar, Precision
from sebghat.platforms import bundled
from sebghat.table import EXPORTED, Fault, guarded, read_table, unguarded, written

NOW = datetime(2026, 11, 24, tzinfo=UTC)


async def one_page(rows: list[dict[str, str]]) -> AsyncIterator[Iterable[Mapping[str, str]]]:
    yield rows


# What is written and read again

WRITABLE = st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff")
TEXTS = st.text(WRITABLE, max_size=30).map(lambda text: " ".join(text.split()))
SLUGS = st.from_regex(r"[a-z0-9][a-z0-9._-]{0,12}", fullmatch=True)


@st.composite
def figures(draw: st.DrawFn) -> Observation:
    metric = draw(st.sampled_from(sorted(METRICS)))
    share = METRICS[metric].unit is Unit.PERCENT
    lo, more = draw(st.integers(0, 10_000 if share else 10**10)), draw(st.integers(0, 1_000))
    q = draw(st.sampled_from(Qualifier))
    most = 10_000 if share else 10**10
    ends = {
        Qualifier.EXACT: (lo, lo), Qualifier.ABOUT: (lo, lo), Qualifier.AT_LEAST: (lo, None),
        Qualifier.AT_MOST: (0, lo), Qualifier.RANGE: (lo, min(most, lo + more)),
    }[q]  # fmt: skip
    calendar, precision = draw(st.sampled_from(Calendar)), draw(st.sampled_from(Precision))
    year = draw(st.integers(1380, 1403) if calendar is Calendar.JALALI else st.integers(2000, 2025))
    month = {Precision.YEAR: None, Precision.SEASON: 4}.get(precision, draw(st.integers(1, 12)))
    day = draw(st.integers(1, 28)) if precision is Precision.DAY else None
    speaker, via, quote, note = draw(TEXTS), draw(TEXTS), draw(TEXTS), draw(TEXTS)
    return Observation(
        "", draw(st.sampled_from(sorted(bundled()))), metric, draw(SLUGS), draw(SLUGS), draw(SLUGS),
        draw(st.none() | TEXTS.filter(bool)), Value(q, *ends, draw(st.sampled_from([1, 10, 100, 10**6]))),
        draw(st.integers(1, 5_000)) if share and draw(st.booleans()) else None,
        AsOf(calendar, precision, year, month, day), NOW, "", "", speaker, via, quote, "https://example.org/a,b", note,
    )  # fmt: skip


@pytest.mark.parametrize("name", ["a.csv", "a.jsonl", "a.xlsx"])
@settings(max_examples=30, deadline=None)
@given(found=st.lists(figures(), min_size=1, max_size=4))
def test_what_is_written_gives_the_same_figures_when_it_is_read(name: str, found: list[Observation]) -> None:
    out = io.BytesIO()
    sink = tables.sink(name, out)
    for o in found:
        sink.add(written(o))
    sink.close()
    rows = tables.rows(name, out.getvalue())
    read = read_table((row for row in rows if not isinstance(row, Fault)), bundled(), NOW.date(), NOW)
    assert not [each for each in read if isinstance(each, Fault)], read
    again = [o for each in read if isinstance(each, tuple) for o in each]
    assert sorted(map(repr, again)) == sorted(map(repr, found))


def test_a_book_leaves_out_what_no_book_can_hold() -> None:
    out = io.BytesIO()
    sink = tables.sink("a.xlsx", out)
    sink.add(dict.fromkeys(EXPORTED, "") | {"platform": "eitaa", "note": "a\x00\x08\ufffe\uffffb\U0001f600"})
    sink.close()
    [row] = tables.rows("a.xlsx", out.getvalue())
    assert not isinstance(row, Fault)
    assert row[1]["note"] == "ab\U0001f600"


@given(st.text(max_size=8))
def test_no_cell_is_a_formula_and_each_comes_back(cell: str) -> None:
    assert unguarded(guarded(cell)) == cell
    assert not guarded(cell).startswith(("=", "+", "-", "@", "\t", "\r"))


@pytest.mark.parametrize("cell", ["=1+1", "+98", "-5", "@name", "\tx", "\rx", "\nx", "＝1+1", "＠x", "'=1", "''=1"])
def test_what_a_spreadsheet_takes_for_a_formula_becomes_text(cell: str) -> None:
    assert guarded(cell) == f"'{cell}"
    assert unguarded(f"'{cell}") == cell


@pytest.mark.parametrize("cell", ["eitaa", "'quoted'", "", "1=1", "ایتا"])
def test_other_cells_stay_as_they_are(cell: str) -> None:
    assert guarded(cell) == unguarded(cell) == cell


async def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    async def broken() -> AsyncIterator[Iterable[Mapping[str, str]]]:
        yield [dict.fromkeys(EXPORTED, "x")]
        raise OSError

    with pytest.raises(OSError):  # noqa: PT011 - ours
        await tables.save(tmp_path / "a.csv", broken())
    assert names(tmp_path) == []
    assert await tables.save(tmp_path / "a.csv", one_page([dict.fromkeys(EXPORTED, "x")] * 3)) == 3
    assert names(tmp_path) == ["a.csv"]


def names(folder: Path) -> list[str]:
    return [file.name for file in folder.iterdir()]


async def test_more_than_a_chat_takes_is_not_kept_in_memory() -> None:
    page = [dict.fromkeys(EXPORTED, "x" * 100)] * 10
    assert await tables.in_memory("a.csv", one_page(page), 1_000) is None
    content = await tables.in_memory("a.csv", one_page(page), 1_000_000)
    assert content is not None
    assert len(list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))) == 11


# What others write


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", b"platform,metric\ngap,mau\n"),
        ("a.csv", "\ufeffplatform,metric\r\ngap,mau\r\n".encode()),
        ("a.txt", b"platform;metric\ngap;mau\n"),
        ("a.csv", "platform\tmetric\ngap\tmau".encode("utf-16")),
        ("a.JSONL", b'{"platform": "gap", "metric": "mau"}\n\n'),
    ],
)
def test_the_same_table_in_many_forms(name: str, content: bytes) -> None:
    ((line, cells),) = tables.rows(name, content)  # type: ignore[misc]
    assert cells == {"platform": "gap", "metric": "mau"}
    assert line in {1, 2}


def test_persian_of_an_old_spreadsheet_is_read() -> None:
    ((_, cells),) = tables.rows("a.csv", "platform,metric\nايتا,mau\n".encode("cp1256"))  # type: ignore[misc]
    assert cells == {"platform": "ايتا", "metric": "mau"}


def bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as folder:
        for number in range(3):
            folder.writestr(f"xl/worksheets/sheet{number}.xml", b"<a>" + b" " * 100 * 2**20)
    return out.getvalue()


def many_parts() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as folder:
        for number in range(tables.MOST_PARTS + 1):
            folder.writestr(str(number), b"")
    return out.getvalue()


def packed(method: int, parts: Mapping[str, str]) -> bytes:
    """A book with some parts of its own, packed by that method."""
    empty, out = io.BytesIO(), io.BytesIO()
    Workbook().save(empty)
    with zipfile.ZipFile(empty) as whole, zipfile.ZipFile(out, "w", method) as folder:
        for name in whole.namelist():
            folder.writestr(name, parts.get(name, whole.read(name)))
    return out.getvalue()


def sheet(rows: str) -> dict[str, str]:
    names = '<row r="1"><c r="A1" t="inlineStr"><is><t>platform</t></is></c></row>'
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    data = f'<worksheet xmlns="{space}"><sheetData>{names}{rows}</sheetData></worksheet>'
    return {"xl/worksheets/sheet1.xml": data}


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "import.no_header"),
        (b"a,b\n1,2", "import.no_header"),
        (b"platform,metric\ngap,mau,more", "import.no_table"),
        (b'platform,metric\n"gap', "import.no_table"),
        (b"\0\1\2\3" * 100, "import.no_text"),
        (b"PK\x03\x04", "import.no_table"),
        (bomb, "import.too_large"),  # made by the test: that takes a second
        (many_parts, "import.too_large"),
        # zipfile unpacks these two without a bound: five thousand bytes can fill any memory.
        (packed(zipfile.ZIP_BZIP2, sheet("")), "import.no_table"),
        (packed(zipfile.ZIP_LZMA, sheet("")), "import.no_table"),
        # The rows before it would be made up, a billion of them.
        (packed(zipfile.ZIP_DEFLATED, sheet('<row r="1000000000"/>')), "import.no_table"),
        (f"platform,{','.join(map(str, range(tables.WIDEST)))}\ngap".encode(), "import.no_table"),
    ],
    ids=[
        "empty", "other columns", "too many cells", "open quotation", "no text", "broken book", "bomb", "parts",
        "bzip2", "lzma", "far row", "wide",
    ],
)  # fmt: skip
def test_what_is_no_table_is_said_to_be_none(content: bytes | Callable[[], bytes], code: str) -> None:
    with pytest.raises(Unreadable) as refused:
        tables.rows("a.csv", content() if callable(content) else content)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("name", "head", "row"), [("a.csv", b"platform\n", b"a\n"), ("a.jsonl", b"", b"{}\n")], ids=["csv", "jsonl"]
)
def test_no_more_rows_are_kept_than_may_be(name: str, head: bytes, row: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "MOST_ROWS", 10)
    assert len(tables.rows(name, head + row * 10_000)) == 11  # the last says that they are too many


@pytest.mark.parametrize("line", ["[1]", '"text"', '{"platform": {"a": 1}}', "{", "[" * 100_000])
def test_a_line_that_is_no_object_is_no_row(line: str) -> None:
    with pytest.raises(Unreadable):
        tables.rows("a.jsonl", line.encode())


def test_files_that_are_missing_or_too_large(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="no_file"):
        tables.read(tmp_path / "none.csv")
    (tmp_path / "large.csv").write_bytes(b"x" * 11)
    with pytest.raises(Unreadable, match="too_large"):
        tables.read(tmp_path / "large.csv", 10)
