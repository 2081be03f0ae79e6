"""Tables in and out, by the real program: through Telegram's files, and in the shell."""

from __future__ import annotations

import csv
import io
import sqlite3
import zipfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.journeys.program import run
from tests.journeys.served import OWNER, PERSON, STRANGER, Town, arrives, is_alert
from tests.overtaking import LONG_AGO, RECENT

HEADER = "platform,metric,lo,hi,published_on,source,release_id"
OLD = f"gap,mau,27000000,27000000,{LONG_AGO},Example,one\nwechat,mau,33000000,33000000,{LONG_AGO},Example,one"
NEW = f"gap,mau,36000000,36000000,{RECENT},Example,two\nwechat,mau,33000000,33000000,{RECENT},Example,two"
TABLE = f"{HEADER}\n{OLD}\n{NEW}\n"


@pytest.fixture
async def here(here: Town) -> Town:
    await here.serve()
    return here


async def attach(
    here: Town, content: bytes | str, caption: str, name: str = "table.csv", chat: int = OWNER, **more: Any
) -> dict[str, Any]:
    """Somebody sends a file; the answer, which is the first that is no word of how far it is."""
    before = len(here.to(chat))
    await here.telegram.attach(chat, name, content, caption, **more)
    return await answer(here, before, chat)


async def answer(here: Town, before: int, chat: int = OWNER) -> dict[str, Any]:
    def said() -> list[dict[str, Any]]:
        return [
            each for each in here.to(chat)[before:] if not each["text"].startswith(("Reading", "Trying", "Writing"))
        ]

    await arrives(here.telegram, lambda: bool(said()))
    return said()[0]


def figures(here: Town) -> list[tuple[Any, ...]]:
    sql = "SELECT observation.platform, lo FROM observation JOIN live ON observation = id WHERE speaker = 'Example'"
    return here.rows(f"{sql} ORDER BY id")


async def test_a_table_is_shown_recorded_announced_and_in_the_audit(here: Town) -> None:
    await here.ask(PERSON, "/subscribe")
    shown = await attach(here, TABLE, "/import")
    assert "Read: 4 figures in 2 releases. Nothing is recorded yet." in shown["text"]
    assert "Gap: 36 million monthly users" in shown["text"]
    assert "Gap has passed WeChat." in shown["text"]
    assert figures(here) == []
    record = shown["buttons"][0][0]
    before = len(here.to(OWNER))
    await here.telegram.press(OWNER, record["data"])
    assert "Figures recorded: 4" in (await answer(here, before))["text"]
    assert len(figures(here)) == 4
    alert = await here.alert(PERSON)
    assert alert["text"].startswith("Gap has passed WeChat.")
    audit = (await here.ask(OWNER, "/audit"))["text"]
    assert "file table.csv; entered" in audit
    before = len(here.to(OWNER))
    await here.telegram.press(OWNER, record["data"])
    assert "was recorded" in (await answer(here, before))["text"]
    assert len(figures(here)) == 4


async def test_cancelled_tried_or_silent(here: Town) -> None:
    await here.ask(PERSON, "/subscribe")
    shown = await attach(here, TABLE, "/import dry run")
    assert "Gap has passed WeChat." in shown["text"]
    assert "That was a trial" in shown["text"]
    assert shown["buttons"] == []
    await here.ask(OWNER, "/record")
    assert figures(here) == []
    shown = await attach(here, TABLE, "/import")
    assert "Dropped" in (await here.press(OWNER, shown["buttons"][0][1]["data"]))["text"]
    shown = await attach(here, TABLE, "/import history")
    assert "announce nothing" in shown["text"]
    before = len(here.to(OWNER))
    await here.telegram.say(OWNER, "/record")
    assert "Figures recorded: 4" in (await answer(here, before))["text"]
    assert [each for each in here.to(PERSON) if is_alert(each["text"])] == []


def book(rows: list[list[Any]]) -> bytes:
    made = openpyxl.Workbook()
    sheet = made.active
    for row in rows:
        sheet.append(row)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


async def test_a_book_is_read_as_well(here: Town) -> None:
    rows: list[list[Any]] = [HEADER.split(",")]
    rows += [[int(cell) if cell.isdecimal() else cell for cell in line.split(",")] for line in TABLE.splitlines()[1:]]
    assert "4 figures in 2 releases" in (await attach(here, book(rows), "/import", "table.xlsx"))["text"]
    rows[1][2] = "=1+1"
    answer = (await attach(here, book(rows), "/import", "table.xlsx"))["text"]
    assert 'line 2: "=1+1" is a formula' in answer


def bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as folder:
        for part in ("[Content_Types].xml", "xl/workbook.xml", "xl/worksheets/sheet1.xml"):
            folder.writestr(part, b"<a>" + b" " * 100 * 2**20)
    return out.getvalue()


GARBAGE = bytes(range(256)) * 40


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (TABLE.encode("utf-16"), "table.csv", "4 figures in 2 releases"),
        (TABLE.replace("Example", "وزارت").encode("cp1256"), "table.csv", "4 figures in 2 releases"),
        (TABLE.replace(",", ";"), "table.csv", "4 figures in 2 releases"),
        (bomb, "table.xlsx", "larger than"),  # made by the test: that takes a second
        (b"PK\x03\x04 no book at all", "table.xlsx", "no table"),
        (GARBAGE, "table.csv", "no text"),
        ("", "table.csv", "does not name the columns"),
        ("a,b\n1,2\n", "table.csv", "does not name the columns"),
        (f"{HEADER}\n", "table.csv", "no row under its first line"),
        (TABLE.replace("gap", "nobody"), "table.csv", 'line 2: I do not know the messenger "nobody"'),
        (TABLE.replace("36000000", "=6*6"), "table.csv", "line 4: the figure"),
        (f'{HEADER}\n"gap,mau', "table.csv", "no table"),
    ],
    ids=["utf-16", "windows-1256", "semicolons", "a bomb", "no book", "garbage", "nothing", "other columns",
         "no rows", "an unknown name", "formulas", "an open quotation"],
)  # fmt: skip
async def test_whatever_comes_is_answered_by_a_sentence_and_leaves_nothing(
    content: bytes | str | Callable[[], bytes], name: str, said: str, here: Town
) -> None:
    before = here.rows("SELECT count(*) FROM log")
    sent = content() if callable(content) else content
    assert said in (await attach(here, sent, "/import", name))["text"]
    assert here.rows("SELECT count(*) FROM log") == before
    assert "Eitaa" in (await here.ask(PERSON, "/stats eitaa"))["text"]


async def test_too_large_a_file_is_not_even_asked_for(here: Town) -> None:
    document = {"file_id": "big", "file_unique_id": "b", "file_name": "big.csv", "file_size": 50_000_000}
    before = len(here.to(OWNER))
    await here.telegram.say(OWNER, "", caption="/import", document=document)
    assert "larger than 20 MB" in (await answer(here, before))["text"]
    assert [call for call in here.telegram.calls if call["method"] == "getFile"] == []


async def test_only_who_may_and_only_their_own_fresh_word(here: Town) -> None:
    before = here.rows("SELECT count(*) FROM log"), here.rows("SELECT count(*) FROM draft")
    assert "for the editors" in (await attach(here, TABLE, "/import", chat=STRANGER))["text"]
    origin = {"type": "user", "date": 1, "sender_user": {"id": 1, "is_bot": False, "first_name": "S"}}
    assert "forwarded" in (await attach(here, TABLE, "/import", forward_origin=origin))["text"]
    assert "No file came with it" in (await here.ask(OWNER, "/import"))["text"]
    assert "for the editors" in (await here.ask(STRANGER, "/export"))["text"]
    assert (here.rows("SELECT count(*) FROM log"), here.rows("SELECT count(*) FROM draft")) == before


async def test_who_lost_the_role_meanwhile_records_nothing(here: Town) -> None:
    await here.ask(OWNER, f"/admins add telegram:{PERSON} admin")
    shown = await attach(here, TABLE, "/import", chat=PERSON)
    await here.ask(OWNER, f"/admins remove telegram:{PERSON}")
    assert "for the editors" in (await here.press(PERSON, shown["buttons"][0][0]["data"]))["text"]
    assert figures(here) == []


async def test_the_record_comes_as_a_file_and_goes_in_again(here: Town, tmp_path: Path) -> None:
    before = len(here.to(OWNER))
    await here.telegram.say(OWNER, "/export")
    sent = await answer(here, before)
    assert "94 figures" in sent["text"]
    content = list(here.telegram.files.values())[-1]
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    assert len(rows) == 94
    shown = await attach(here, content, "/import", "again.csv")
    assert "94 of them are on record already" in shown["text"]


# The shell -------------------------------------------------------------------------------------------------


def test_what_the_shell_exports_gives_the_same_record(database: Path, tmp_path: Path) -> None:
    for ending in ("csv", "xlsx", "jsonl"):
        file = tmp_path / f"readings.{ending}"
        assert "94 figures written" in run(database, words=("export", str(file))).out
        ended = run(database, words=("import", str(file)))
        assert (ended.status, "there before: 94" in ended.out) == (0, True)
    assert run(database, words=("export", str(tmp_path / "no" / "where.csv"))).status == 1
    for name in ("readings.doc", "readings"):
        ended = run(database, words=("export", str(tmp_path / name)))
        assert (ended.status, (tmp_path / name).exists()) == (1, False)
        assert "csv, xlsx, jsonl" in ended.err
    assert run(database, words=("verify",)).status == 0


def test_the_terminal_says_how(database: Path) -> None:
    ended = run(database, "/import", "/export")
    assert "import readings.csv" in ended.out
    assert "export readings.csv" in ended.out


# While something long is written, and when the program dies in it --------------------------------------------


async def test_questions_are_answered_once_while_somebody_else_holds_the_store(here: Town) -> None:
    connection = sqlite3.connect(here.database, isolation_level=None)
    with closing(connection):
        connection.execute("BEGIN IMMEDIATE")
        answers = [(await here.ask(PERSON, "/subscriptions"))["text"] for _ in range(3)]
        connection.execute("ROLLBACK")
    assert len(set(answers)) == 1
    await here.handled()
    await here.ask(PERSON, "/privacy")
    assert len(here.to(PERSON)) == 4
    await arrives(here.telegram, lambda: here.rows("SELECT count(*) FROM seen")[0][0] >= 4)


@pytest.mark.long
async def test_a_kill_in_the_middle_leaves_nothing_and_the_yes_can_be_repeated(here: Town) -> None:
    rows = [
        f"{name},mau,{number}00000,{number}00000,20{number % 20:02}-01-{1 + number % 28:02},S{number // 560},r{number}"
        for number in range(100, 3_100)
        for name in ("gap", "wechat", "eitaa", "telegram")
    ]
    table = "\n".join([HEADER, *rows])
    shown = await attach(here, table, "/import history")
    before, entries = len(here.to(OWNER)), here.rows("SELECT count(*) FROM log")
    await here.telegram.press(OWNER, shown["buttons"][0][0]["data"])
    await arrives(here.telegram, lambda: len(here.to(OWNER)) > before)  # it says how far it is
    for served in here._running:
        await served.kill()
    assert here.rows("SELECT count(*) FROM log") == entries
    assert run(here.database, words=("verify",)).status == 0
    await here.serve()
    before = len(here.to(OWNER))
    await here.telegram.press(OWNER, shown["buttons"][0][0]["data"])
    assert f"Figures recorded: {len(rows):,}" in (await answer(here, before))["text"]
    assert run(here.database, words=("verify",)).status == 0
