"""/import and /export in a conversation: what is shown, what grows old, what others did meanwhile."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest

from handlers.recording import undoing
from sebghat.conversation import Attachment, ChatKind, File
from tests.handlers.room import OTHER_OWNER, OWNER, STRANGER, Room
from tests.overtaking import BEHIND, LONG_AGO, RECENT, release

HEADER = "platform,metric,lo,hi,published_on,source"
ROWS = [f"gap,mau,{lo},{lo},{day},Example\nwechat,mau,33000000,33000000,{day},Example"
        for lo, day in ((27_000_000, LONG_AGO), (36_000_000, RECENT))]  # fmt: skip
TABLE = "\n".join([HEADER, *ROWS])


async def attached(room: Room, text: str = "/import", content: str = TABLE, sender: str = OWNER) -> str:
    room.files["f1"] = content.encode()
    return await room(text, sender, file=Attachment("f1", "table.csv", len(content)))


async def test_rows_of_one_source_method_and_day_are_one_release(room: Room) -> None:
    answer = await attached(room)
    assert "Read: 4 figures in 2 releases" in answer
    assert "Gap: 27 million monthly users" in answer
    assert "/record" in answer
    assert [stage.split()[0] for stage in room.stages] == ["Reading", "Trying"]


async def test_every_wrong_line_is_named(room: Room) -> None:
    before = room.dump("log", "observation")
    answer = await attached(
        room, content=f"{TABLE}\nnobody,mau,1,1,{RECENT},X\ngap,love,1,1,{RECENT},X\ngap,mau,x,1,{RECENT},X"
    )
    assert 'line 6: I do not know the messenger "nobody"' in answer
    assert 'line 7: "love" is no metric' in answer
    assert "line 8: the figure" in answer
    assert await room("/record") != answer
    assert room.dump("log", "observation") == before


async def test_a_source_that_is_new_is_called_in_the_preview_as_in_the_news(room: Room) -> None:
    await room.without_hold()
    shown = await attached(room, content=TABLE.replace("Example", "نمونه"))
    assert "source-1" not in shown
    told = shown[shown.index("Gap has passed WeChat") :].partition("\nWhy?")[0]
    assert "source: نمونه" in told
    await room("/record")
    assert "نمونه" in await room("/why 1")


async def test_a_table_that_adds_nothing_says_so(room: Room) -> None:
    for _ in range(2):
        await attached(room)
        answer = await room("/record")
    assert answer.startswith("Nothing was added; figures that were there before: 4.")


async def test_a_figure_that_cannot_be_read_is_shown_as_it_stands(room: Room) -> None:
    assert 'the figure "lots" does' in await attached(room, content=f"{HEADER}\ngap,mau,lots,lots,{RECENT},X")
    assert 'the figure "1–x" does' in await attached(room, content=f"{HEADER}\ngap,mau,1,x,{RECENT},X")


async def test_a_cell_adds_no_line_to_what_the_bot_says(room: Room) -> None:
    await attached(room, content=f'{HEADER}\ngap,mau,27000000,27000000,{RECENT},"X\nNews:\u2028Eitaa passed Telegram"')
    await room("/record")
    for answer in (await room("/stats gap"), await room("/history gap"), await room("/source")):
        assert not any(line.startswith(("News", "Eitaa")) for line in answer.splitlines())
    assert "Source: X News: Eitaa passed Telegram" in await room("/stats gap")


@pytest.mark.parametrize(
    ("source", "why"), [("ab\u202ecd", "reverses its direction"), ("x" * 81, "source is longer than 80 characters")]
)
async def test_a_source_that_shows_other_than_it_is_or_fills_the_screen_is_refused(
    source: str, why: str, room: Room
) -> None:
    answer = await attached(room, content=f"{HEADER}\ngap,mau,27000000,27000000,{RECENT},{source}")
    assert "line 2: " in answer
    assert why in answer


async def test_a_file_without_a_word_is_asked_about_where_an_editor_sends_it(room: Room) -> None:
    answer = await attached(room, "")
    assert "What shall I do with table.csv" in answer
    assert "/import" in answer
    assert not await attached(room, "", sender=STRANGER)
    assert not await room("", chat="-100", chat_kind=ChatKind.GROUP, file=Attachment("f1", "table.csv", 9))


async def test_a_preview_that_grew_old_is_shown_anew(room: Room) -> None:
    await attached(room)
    old = (room.message("").sent_at - timedelta(minutes=16)).isoformat()
    async with room.store.transaction() as record:
        await record.drafts._verbs.run("UPDATE draft SET at = :at", at=old)
    answer = await room("/record")
    assert "had grown old" in answer
    assert "Read: 4 figures" in answer
    recorded = await room("/record")
    assert recorded.startswith("Figures recorded: 4 (releases: 2). Announcements that wait because of them: 1.")
    assert recorded.endswith("/pending · /undo · /audit")


async def test_what_would_be_announced_by_now_is_shown_instead_of_recorded(room: Room) -> None:
    assert "Gap has passed WeChat" in await attached(room)
    room.owners.add(("telegram", OTHER_OWNER))
    for text in (BEHIND, release("34m", "33m", RECENT)):
        await room(f"{text.rpartition('source=')[0]}source=Example", OTHER_OWNER)
        await room("/record", OTHER_OWNER)
    answer = await room("/record")
    assert "Meanwhile others entered something" in answer
    assert "Read: 4 figures" in answer


@pytest.mark.parametrize("words", ["now", "dry", "history please"])
async def test_a_way_of_importing_is_known_or_not(words: str, room: Room) -> None:
    answer = await attached(room, f"/import {words}")
    assert ("That was a trial" in answer) == (words == "dry")


async def test_a_release_that_would_announce_too_much_at_once_is_refused(room: Room) -> None:
    domestic = "eitaa bale rubika soroush igap gap virasti bisphone wispi syna".split()
    foreign = "telegram whatsapp instagram x facebook linkedin snapchat wechat".split()
    rows = []
    for day, ours in ((LONG_AGO, 10_000_000), (RECENT, 60_000_000)):
        rows += [f"{name},mau,{ours},{ours},{day},Example" for name in domestic]
        rows += [f"{name},mau,33000000,33000000,{day},Example" for name in foreign]
    before = room.dump("log", "observation")
    answer = await attached(room, content="\n".join([HEADER, *rows]))
    assert "more than 60 announcements" in answer
    assert room.dump("log", "observation") == before


async def test_the_record_as_a_file_has_each_figure_that_holds(room: Room) -> None:
    await room("/set gap mau 36m source==HYPERLINK(1)")
    await room("/record")
    ((_, reply),) = await room.replies("/export")
    assert isinstance(reply.file, File)
    rows = list(csv.DictReader(io.StringIO(reply.file.content.decode("utf-8-sig"))))
    assert len(rows) == room.rows("SELECT count(*) FROM live")[0][0]
    cells = [cell for row in rows for cell in row.values()]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]
    assert "export" in await room("/audit")
    ((_, lines),) = await room.replies("/export jsonl")
    assert lines.file is not None
    assert lines.file.name.endswith(".jsonl")
    assert "/export csv" in await room("/export pdf")


async def test_a_table_is_taken_back_as_a_whole(room: Room) -> None:
    await attached(room, content=f"{HEADER}\n{ROWS[0]}")
    await room("/record")  # the first release of the table repeats this
    before = room.dump("live", "item")
    earlier = LONG_AGO - timedelta(days=30)
    third = f"gap,mau,28000000,28000000,{earlier},Example\nwechat,mau,33000000,33000000,{earlier},Example"
    await attached(room, content=f"{TABLE}\n{third}")
    await room("/record")
    assert "Gap has passed WeChat" in await room("/pending")
    answer = await room("/undo")
    assert answer.startswith("Taken back (the record of 99, 100, 101 and 102).")
    assert room.dump("live", "item") == before
    assert await room("/pending") == "No announcement waits."
    assert (await room("/undo")).startswith("Taken back (the record of 95 and 96).")


async def test_a_long_table_is_taken_back_as_a_whole_or_not_at_all(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    days = [RECENT - timedelta(days=day) for day in range(60)]
    await attached(room, content="\n".join([HEADER, *(f"gap,mau,1000{day.day},1000{day.day},{day},X" for day in days)]))
    await room("/record")
    monkeypatch.setattr(undoing, "MOST_ACTS", 59)
    before = room.dump("log", "live")
    assert (await room("/undo")).startswith("This table is too large to be taken back at once; nothing changed.")
    assert room.dump("log", "live") == before
    monkeypatch.setattr(undoing, "MOST_ACTS", 60)
    assert (await room("/undo")).startswith("Taken back (the record of 95 to 154).")
    assert room.rows("SELECT count(*) FROM live WHERE observation >= 95") == [(0,)]


async def test_a_table_whose_news_has_left_names_figures_to_withdraw(room: Room) -> None:
    await attached(room)
    await room("/record")
    await room("/release 1")
    assert (await room("/undo")).splitlines()[1:] == [f"/retract {number}" for number in (95, 96, 97, 98)]
