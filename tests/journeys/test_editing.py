"""An editor's work with the real program, on Telegram and in the terminal: shown first, and never by accident."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.journeys.program import run
from tests.journeys.served import CHANNEL, OWNER, PERSON, STRANGER, Town
from tests.messengers.serving import Fields
from tests.overtaking import BEHIND, LONG_AGO, OVERTAKES, RECENT, release

TWO = {"ADMINS": f"telegram:{OWNER},telegram:{PERSON}"}
HEADLINE = "Gap has passed WeChat."


def pressed(shown: Fields, label: str) -> str:
    """What the button of that label says."""
    (data,) = [button["data"] for row in shown["buttons"] for button in row if button["text"] == label]
    return str(data)


def age(database: Path, minutes: int) -> None:
    """Lets every preview be that old."""
    at = (datetime.now(UTC) - timedelta(minutes=minutes)).isoformat()
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("UPDATE draft SET at = ?", (at,))


def entered(here: Town) -> list[tuple[str, int]]:
    """The figures that people put on record."""
    return here.rows("SELECT platform, lo FROM observation WHERE recorded_by <> '' ORDER BY id")


# On Telegram


async def test_the_channel_gets_word_for_word_what_the_preview_showed(here: Town) -> None:
    await here.serve()
    await here.enter(BEHIND)
    shown = await here.ask(OWNER, OVERTAKES)
    assert "goes to 2 channels (telegram:-1001600 and eitaa:123456) at once:" in shown["text"]
    await here.press(OWNER, pressed(shown, "record"))
    alert = (await here.alert(CHANNEL))["text"]
    assert alert.startswith(HEADLINE)
    assert alert in shown["text"]


async def test_a_withdrawal_says_first_what_it_will_say(here: Town) -> None:
    await here.serve()
    await here.overtake()
    await here.alert(CHANNEL)
    await here.settled()
    shown = await here.ask(OWNER, "/retract 97 misprint")
    assert "goes to those who got the announcement, 2 channels, at once:" in shown["text"]
    await here.press(OWNER, pressed(shown, "record"))
    assert (await here.alert(CHANNEL, 2))["text"] in shown["text"]


async def test_a_button_of_somebody_elses_preview_does_nothing(here: Town) -> None:
    await here.serve(**TWO)
    shown = await here.ask(OWNER, OVERTAKES)
    for label in ("record", "cancel"):
        answer = await here.press(PERSON, pressed(shown, label))
        assert answer["text"].startswith("Preview 1 is somebody else's")
    assert (await here.press(STRANGER, pressed(shown, "record")))["text"].startswith("This command is for the editors")
    assert entered(here) == []
    assert (await here.press(OWNER, pressed(shown, "record")))["text"].startswith("Recorded")


async def test_an_old_button_works_after_a_restart_and_only_once(here: Town) -> None:
    running = await here.serve()
    shown = await here.ask(OWNER, OVERTAKES)
    await running.kill()
    await here.serve()
    assert (await here.press(OWNER, pressed(shown, "record")))["text"].startswith("Recorded (numbers 95 and 96)")
    again = await here.press(OWNER, pressed(shown, "record"))
    assert again["text"].startswith("Preview 1 was recorded already; nothing was recorded twice.")
    dropped = await here.press(OWNER, pressed(shown, "cancel"))
    assert dropped["text"].startswith("Preview 1 was recorded already")
    assert len(entered(here)) == 2


async def test_a_button_pressed_many_times_at_once_records_once(here: Town) -> None:
    await here.serve()
    shown = await here.ask(OWNER, OVERTAKES)
    before = len(here.to(OWNER))
    await asyncio.gather(*(here.telegram.press(OWNER, pressed(shown, "record")) for _ in range(5)))
    answers = [(await here.next(OWNER, before + number))["text"] for number in range(5)]
    assert sorted(answer.split()[0] for answer in answers) == ["Preview"] * 4 + ["Recorded"]
    assert len(entered(here)) == 2


async def test_a_preview_that_grew_old_is_shown_anew_with_new_buttons(here: Town) -> None:
    await here.serve()
    await here.enter(BEHIND)
    shown = await here.ask(OWNER, OVERTAKES)
    age(here.database, 16)
    again = await here.press(OWNER, pressed(shown, "record"))
    assert again["text"].startswith("Nothing was recorded: this preview is older than 15 minutes.")
    assert HEADLINE in again["text"]
    assert len(entered(here)) == 2
    assert (await here.press(OWNER, pressed(again, "record")))["text"].startswith("Recorded (numbers 97 and 98)")


async def test_two_at_once_on_one_figure_the_second_sees_what_changed(here: Town) -> None:
    await here.serve(**TWO)
    await here.enter(BEHIND)
    mine = await here.ask(OWNER, OVERTAKES)
    theirs = await here.ask(PERSON, release("35m", "33m", RECENT))
    assert (await here.press(PERSON, pressed(theirs, "record")))["text"].startswith("Recorded")
    answer = await here.press(OWNER, pressed(mine, "record"))
    assert answer["text"].startswith("Nothing was recorded: something has changed since this preview.")
    assert "by another editor: Gap 35 million" in answer["text"]
    assert len(entered(here)) == 4


async def test_the_source_and_the_publication_are_chosen_by_buttons(here: Town) -> None:
    await here.serve(HOLD="600")
    await here.enter(BEHIND)
    await here.enter(f"/set wechat mau 33m {RECENT} source=X")
    shown = await here.ask(OWNER, f"/set gap mau 36m {RECENT}")
    assert "source: the editor" in shown["text"]
    sourced = await here.press(OWNER, pressed(shown, "source: X"))
    assert "nothing is announced" in sourced["text"]
    whole = await here.press(OWNER, pressed(sourced, "same publication as the one before (WeChat)"))
    assert HEADLINE in whole["text"]
    assert (await here.press(OWNER, pressed(whole, "record")))["text"].startswith("Recorded (number 98)")
    assert (await here.press(OWNER, pressed(shown, "record")))["text"].startswith("Preview 3 was replaced")


async def test_a_claim_a_correction_and_a_review_are_shown_before_they_are_recorded(here: Town) -> None:
    await here.serve()
    await here.enter(BEHIND, f"/set wechat mau 34m {LONG_AGO} source=Y")
    kept = here.rows("SELECT count(*) FROM log")
    for text, said in (
        ("/claim gap wechat source=ISNA", "Claim: Gap passed WeChat"),
        ("/correct 95 28m", "New value: twenty-eight million (rounded to the million)"),
        ("/review 95 97", "These two count as comparable:"),
    ):
        shown = await here.ask(OWNER, text)
        assert said in shown["text"]
        assert [button["text"] for button in shown["buttons"][0]] == ["record", "cancel"]
        assert here.rows("SELECT count(*) FROM log") == kept
        await here.press(OWNER, pressed(shown, "cancel"))
    assert here.rows("SELECT count(*) FROM log") == kept


# In the terminal


def test_the_terminal_has_the_same_words(database: Path) -> None:
    ended = run(database, BEHIND, "/record", OVERTAKES, "/record", "/record", "/undo", "/undo", HOLD="600")
    assert ended.status == 0
    preview, recorded, nothing, undone = ended.answers[2:6]
    assert "Compared: Gap is ahead of WeChat; margin 3 million, doubt 1 million, grade A" in preview
    assert "this goes to 1 chat in 10 minutes:" in preview
    assert recorded.startswith("Recorded (numbers 97 and 98)")
    assert nothing.startswith("No preview of yours")
    assert undone.startswith("Taken back (the record of 97 and 98)")


def test_in_the_terminal_a_preview_outlives_the_program_for_a_quarter_of_an_hour(database: Path) -> None:
    run(database, OVERTAKES)
    age(database, 14)
    assert "Recorded" in run(database, words=("ask", "/record")).out
    run(database, BEHIND)
    age(database, 16)
    assert "this preview is older than 15 minutes" in run(database, words=("ask", "/record")).out
    assert "Recorded" in run(database, words=("ask", "/record")).out


def test_in_the_terminal_every_faulty_line_is_told_at_once(database: Path) -> None:
    ended = run(database, "/set gap mau 36m\\", "wechat mau\\", "nobody mau 3m", "/record")
    faults, nothing = ended.answers
    assert faults.startswith("2 of these figures could not be read, so none was taken:")
    assert nothing.startswith("No preview of yours")


async def test_a_forwarded_news_text_is_offered_and_recorded_only_when_asked_for(here: Town) -> None:
    await here.serve()
    origin = {"type": "hidden_user", "date": 1, "sender_user_name": "News"}
    news = "معاون وزیر ارتباطات گفت: ایتا ۳۱ میلیون کاربر ماهانه دارد و از تلگرام پیشی گرفته است. (۲۰ آبان ۱۴۰۵)"
    offered = await here.ask(OWNER, news, forward_origin=origin)
    assert "۳۱ میلیون کاربر ماهانه" in offered["text"]  # the quote
    assert offered["text"].startswith("In this text I found 1 figure and 1 claim. Nothing is recorded")
    assert entered(here) == []
    shown = await here.press(OWNER, pressed(offered, "Eitaa 31 million"))
    assert "thirty-one million" in shown["text"]
    assert entered(here) == []
    assert (await here.press(OWNER, pressed(shown, "record")))["text"].startswith("Recorded (number 95)")
    assert len(entered(here)) == 1
