"""An announcement that was corrected is marked where it stands, and answered by the correction."""

from __future__ import annotations

import sqlite3
from contextlib import closing

from tests.journeys.served import CHANNEL, OWNER, Town, arrives
from tests.messengers.serving import Fields

HEADLINE = "Gap has passed WeChat."


def edits(here: Town) -> list[Fields]:
    """What was asked to be put in the place of what was sent, in order."""
    return [
        call["parameters"]
        for call in here.telegram.calls
        if call["method"] in {"editMessageText", "editMessageCaption"}
    ]


async def put_right(here: Town, text: str) -> None:
    await here.ask(OWNER, text)
    assert "Recorded" in (await here.ask(OWNER, "/record"))["text"]


async def marked(here: Town, count: int = 1) -> Fields:
    await arrives(here.telegram, lambda: len(edits(here)) >= count)
    return edits(here)[count - 1]


async def test_what_is_taken_back_says_so_where_it_stands(here: Town) -> None:
    await here.serve(PICTURES="off")
    await here.overtake()
    alert = dict(await here.alert(CHANNEL))
    await here.settled()
    await put_right(here, "/correct 97 26m")
    correction = await here.alert(CHANNEL, 2)
    mark = await marked(here)
    assert (mark["chat_id"], mark["message_id"]) == (CHANNEL, int(alert["message_id"]))
    first, rest = mark["text"].split("\n\n", 1)
    assert first == f"Taken back since: {HEADLINE} See the reply to this message."
    assert rest == alert["text"]
    assert correction["reply_to"] == alert["message_id"]
    assert here.rows("SELECT count(*) FROM mark WHERE messenger = 'eitaa'") == [(0,)]


async def test_a_corrected_figure_is_told_there_too_and_the_last_word_counts(here: Town) -> None:
    await here.serve(PICTURES="off")
    await here.overtake()
    await here.alert(CHANNEL)
    await here.settled()
    await put_right(here, "/correct 97 37m")
    assert (await marked(here))["text"].startswith(f"Figures corrected since: {HEADLINE}")
    await here.settled()
    await put_right(here, "/retract 99")
    assert (await marked(here, 2))["text"].startswith(f"Taken back since: {HEADLINE}")


async def test_a_mark_that_could_not_be_made_is_made_after_a_restart(here: Town) -> None:
    running = await here.serve(PICTURES="off")
    await here.overtake()
    await here.alert(CHANNEL)
    await here.settled()
    here.telegram.fail("500", "editMessageText")
    await put_right(here, "/retract 97")
    await marked(here)
    await here.comes_to("SELECT tries FROM mark", [(1,)])
    await running.stop()
    with closing(sqlite3.connect(here.database)) as connection, connection:
        connection.execute("UPDATE mark SET due = '2026-01-01T00:00:00+00:00'")
    await here.serve(PICTURES="off")
    assert (await marked(here, 2))["text"].startswith(f"Taken back since: {HEADLINE}")
    assert (await here.alert(CHANNEL, 2))["text"].startswith("Taken back:")


async def test_what_cannot_be_edited_is_left_and_costs_nothing(here: Town) -> None:
    await here.serve(PICTURES="off")
    await here.overtake()
    await here.alert(CHANNEL)
    await here.settled()
    here.telegram.fail("echo", "editMessageText", times=9, status=400)
    await put_right(here, "/retract 97")
    await marked(here)
    await here.comes_to("SELECT tries FROM mark", [])
    assert len(edits(here)) == 1
    assert (await here.alert(CHANNEL, 2))["text"].startswith("Taken back:")
