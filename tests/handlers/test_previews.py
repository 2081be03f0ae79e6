"""What a preview foretells is what happens; what has grown old, or would do something else by now, is shown anew."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from handlers import retelling
from handlers.desk import voice
from sebghat.announcement import announce
from sebghat.codec import from_json
from sebghat.conversation import Reply
from sebghat.notes import Note
from sebghat.platforms import bundled
from tests.handlers.room import OTHER_OWNER, OWNER, Room
from tests.overtaking import BEHIND, LONG_AGO, OVERTAKES, RECENT, TODAY, release

KEPT = ("observation", "live", "log", "item", "message", "announcement", "setting", "named", "review", "claim")


async def shown(room: Room, text: str, sender: str = OWNER) -> Reply:
    ((_, reply),) = await room.replies(text, sender)
    return reply


async def enter(room: Room, text: str, sender: str = OWNER, how: str = "/record") -> str:
    await room(text, sender)
    return await room(how, sender)


def buttons(reply: Reply) -> dict[str, str]:
    return {button.label or button.command: button.data for row in reply.buttons for button in row}


def age(room: Room, minutes: float) -> None:
    """Lets every preview be that old."""
    at = (datetime.now(UTC) - timedelta(minutes=minutes)).isoformat()
    with closing(sqlite3.connect(room.file)) as connection, connection:
        connection.execute("UPDATE draft SET at = ?", (at,))


def both_owners(room: Room) -> None:
    room.owners.add(("telegram", OTHER_OWNER))


# Foretold and happened


async def held(room: Room) -> str:
    """The messages that wait, as they will be read by somebody who can ask."""
    spoken = await voice(room.store, bundled(), "en", datetime.now(UTC), ZoneInfo("Asia/Tehran"))
    texts = []
    for (body,) in room.rows("SELECT body FROM message WHERE state = 'held' ORDER BY release_group"):
        notes = [from_json(Note, note) for note in json.loads(body)]
        texts.append(announce(notes, spoken, await retelling.basis(room.store, notes, asked=True)).plain)
    return "\n\n".join(texts)


@pytest.mark.parametrize(
    ("entered", "asked", "how"),
    [
        ([BEHIND], OVERTAKES, "/record"),
        (
            [BEHIND, f"/set wechat mau 33m {RECENT} source=X"],
            f"/set gap mau 36m {RECENT} source=X",
            "/record reviewed",
        ),
        ([BEHIND, OVERTAKES, "left"], "/correct 97 37m", "/record"),
        ([BEHIND, OVERTAKES, "left"], "/correct 97 26m", "/record"),
        ([BEHIND, OVERTAKES, "left"], "/retract 97", "/record"),
        ([BEHIND, OVERTAKES, "left"], "/retract 95", "/record"),
        ([BEHIND, OVERTAKES, "left"], f"/set gap mau 31m {RECENT} source=X", "/record"),
        (
            [
                f"/set gap mau 27m; wechat mau 33m; telegram mau 33m {LONG_AGO} source=X release=old",
                f"/set gap mau 36m; wechat mau 33m {RECENT} source=X release=new",
            ],
            f"/set telegram mau 33m {RECENT} source=X release=new",
            "/record",
        ),
    ],
    ids=["news", "vouched", "corrected", "taken back", "withdrawn", "withdrawn before", "conflict", "together"],
)  # fmt: skip
async def test_what_goes_out_is_word_for_word_what_was_shown(
    entered: list[str], asked: str, how: str, room: Room
) -> None:
    for text in entered:
        if text == "left":
            await room.when_the_hold_is_over()
        else:
            await enter(room, text)
    preview = (await shown(room, asked)).plain
    assert "Recorded" in await room(how)
    said = await held(room)
    assert said
    assert said in preview


async def test_a_correction_goes_to_those_who_heard_and_to_nobody_else(room: Room) -> None:
    await room("/subscribe gap", "7")
    await room("/channels add telegram:@news wechat")
    await enter(room, BEHIND)
    await enter(room, OVERTAKES)
    await room.when_the_hold_is_over()
    for parcel in await room.store.parcels.spreading():
        async with room.store.transaction() as record:
            await record.parcels.spread(parcel)
    await room("/unsubscribe", "7")
    await room("/subscribe gap", "8")
    preview = await room("/retract 97")
    assert "this goes to those who got the announcement, 2 chats and 1 channel, in 10 minutes:" in preview


async def test_of_two_announcements_in_one_message_a_correction_goes_to_those_of_its_own(room: Room) -> None:
    await room("/subscribe wechat", "7")
    await room("/subscribe telegram", "8")
    await enter(room, f"/set gap mau 27m; wechat mau 33m; telegram mau 33m {LONG_AGO} source=X")
    await enter(room, f"/set gap mau 36m; wechat mau 33m; telegram mau 33m {RECENT} source=X")
    await room.when_the_hold_is_over()
    for parcel in await room.store.parcels.spreading():
        async with room.store.transaction() as record:
            await record.parcels.spread(parcel)
    one, both = await room("/correct 99 36.5m"), await room("/retract 98")
    assert 'Taken back: "Gap has passed WeChat".' in one
    assert "to those who got the announcement, 2 chats, in 10 minutes:" in one
    assert 'Taken back: "Gap has passed Telegram".' in both
    assert "to those who got the announcement, 3 chats, in 10 minutes:" in both


async def test_what_would_no_longer_go_out_is_named(room: Room) -> None:
    await enter(room, BEHIND)
    await enter(room, OVERTAKES)
    preview = await room("/retract 97")
    assert "Announcement 1, which waits, will not go out any more: Gap has passed WeChat." in preview


async def test_each_comparison_is_a_line_and_of_many_the_rest_is_counted(room: Room) -> None:
    preview = await room(OVERTAKES)
    assert "Compared: Gap is ahead of WeChat; margin 3 million, doubt 1 million, grade A" in preview
    many = "; ".join(f"{key} mau {number}m" for number, key in enumerate(
        ("eitaa", "bale", "rubika", "soroush-plus", "gap", "telegram", "whatsapp", "instagram"), 20))  # fmt: skip
    preview = await room(f"/set {many} {RECENT} source=Y")
    assert preview.count("Compared: ") == 5
    assert comparisons(preview) > 5


def comparisons(preview: str) -> int:
    """How many comparisons there are, the counted ones among them."""
    (more,) = [line for line in preview.splitlines() if line.startswith("and ")]
    return preview.count("Compared: ") + int(more.split()[1])


async def test_a_kept_back_publication_is_said_to_wait(room: Room) -> None:
    await enter(room, f"/set gap mau 27m; wechat mau 33m; telegram mau 33m {LONG_AGO} source=X release=old")
    await enter(room, f"/set gap mau 36m; wechat mau 33m {RECENT} source=X release=new")
    await room("/hold 1")
    assert "This publication is kept back" in await room(f"/set telegram mau 33m {RECENT} source=X release=new")


@pytest.mark.parametrize(
    ("text", "warning"),
    [
        ("/set eitaa mau 16m 2021-01-01 source=mcit", "a newer figure of Eitaa is on record (30.5 million"),
        ("/set eitaa mau 3m source=mcit", "before (30.5 million) was 10 times this one"),
        (f"/set eitaa mau 31m source=mcit date={TODAY.year}", "the period of Eitaa's figure is not over yet"),
    ],
)
async def test_what_deserves_a_second_look_is_warned_of(text: str, warning: str, room: Room) -> None:
    assert f"Warning: {warning}" in await room(text) or warning in await room(text)


async def test_a_figure_of_another_source_is_said_to_be_once(room: Room) -> None:
    preview = await room(f"/set eitaa mau 31m {LONG_AGO} source=Z")
    assert "the newest on record is another source's and not compared with it: 30.5 million (1 June 2024" in preview
    assert preview.count("another source") == 1


async def test_a_figure_that_contradicts_one_on_record_is_offered_as_its_correction(room: Room) -> None:
    preview = await shown(room, "/set eitaa mau 31m 2024-06-01 source=mcit")
    assert buttons(preview)["correct figure 86"] == "/correct 86 31 million"
    assert "New value: thirty-one million" in await room("/correct 86 31 million")


async def test_a_new_source_that_is_spelled_nearly_as_one_may_be_a_slip(room: Room) -> None:
    preview = await shown(room, f"/set eitaa mau 31m {RECENT} source=وزارت ارطباطات")
    meant = buttons(preview)["source: Ministry of ICT"]
    assert "before: 30.5 million" in await room(meant)
    other = await shown(room, f"/set eitaa mau 31m {RECENT} source=Somebody")
    assert not any(label.startswith("source: ") for label in buttons(other))


async def test_what_is_too_far_apart_as_before_makes_no_line(room: Room) -> None:
    preview = await room(f"/set eitaa poll 27% {RECENT} source=ispa n=1500")
    assert "Compared: " not in preview
    assert preview.count("days apart") == 1
    assert "the figures of Eitaa and Instagram lie" in preview  # the nearest in time
    whole = await room(f"/set eitaa poll 27%; telegram poll 39%; instagram poll 48% {RECENT} source=ispa n=1500")
    assert whole.count("Compared: ") == 2
    assert "days apart" not in whole
    assert whole.index("Telegram is ahead of Eitaa") < whole.index("Instagram is ahead of Eitaa")  # the closer first
    assert "nobody has newly passed another" in whole


async def test_where_nobody_hears_of_it_it_says_so(room: Room) -> None:
    ((messenger, chat),) = room.rows("SELECT messenger, chat FROM chat")
    await room("/unsubscribe", messenger=messenger, chat=chat)
    await enter(room, BEHIND)
    preview = await room(OVERTAKES)
    assert "nobody has subscribed yet. To get it yourself: /subscribe" in preview
    assert "0 chats" not in preview
    await enter(room, OVERTAKES)
    await room("/release 1")
    assert "nobody had received that announcement:" in await room("/retract 97")


# Grown old


async def test_a_preview_of_sixteen_minutes_is_shown_anew_and_the_new_one_can_be_recorded(room: Room) -> None:
    await enter(room, BEHIND)
    first = buttons(await shown(room, OVERTAKES))
    age(room, 16)
    kept = room.dump(*KEPT)
    again = await shown(room, first["record"])
    assert again.plain.startswith("Nothing was recorded: this preview is older than 15 minutes.")
    assert "Gap has passed WeChat." in again.plain
    assert room.dump(*KEPT) == kept
    new = buttons(again)["record"]
    assert new != first["record"]
    assert f"was replaced by a newer one: {new}" in await room(first["record"])
    assert "Recorded (numbers 97 and 98)" in await room(new)


async def test_a_preview_of_fourteen_minutes_is_recorded(room: Room) -> None:
    await room(OVERTAKES)
    age(room, 14)
    assert "Recorded" in await room("/record")


# The world has moved


async def test_two_at_once_on_the_same_figure_the_second_sees_what_changed(room: Room) -> None:
    both_owners(room)
    await enter(room, BEHIND)
    mine, theirs = await shown(room, OVERTAKES), await shown(room, release("35m", "33m", RECENT), OTHER_OWNER)
    assert "Recorded" in await room(buttons(theirs)["record"], OTHER_OWNER)
    kept = room.dump(*KEPT)
    answer = await shown(room, buttons(mine)["record"])
    lines = answer.plain.splitlines()
    assert lines[0] == "Nothing was recorded: something has changed since this preview."
    assert "by another editor: Gap 35 million (" in lines[1]
    assert "WeChat 33 million (" in lines[1]
    assert "says 35 million for the same source and date" in answer.plain
    assert room.dump(*KEPT) == kept
    assert "Recorded" in await room(buttons(answer)["record"])


async def test_the_same_figures_of_two_are_one_and_the_second_hears_so(room: Room) -> None:
    both_owners(room)
    mine, theirs = await shown(room, OVERTAKES), await shown(room, OVERTAKES, OTHER_OWNER)
    await room(buttons(theirs)["record"], OTHER_OWNER)
    answer = await room(buttons(mine)["record"])
    assert "something has changed" in answer
    assert "there is nothing to record" in answer
    assert room.rows("SELECT count(*) FROM observation WHERE recorded_by <> ''") == [(2,)]


async def test_truly_at_once_one_is_recorded_and_the_other_shown_anew(room: Room) -> None:
    both_owners(room)
    await enter(room, BEHIND)
    mine, theirs = await shown(room, OVERTAKES), await shown(room, release("26m", "33m", RECENT), OTHER_OWNER)
    answers = await asyncio.gather(room(buttons(mine)["record"]), room(buttons(theirs)["record"], OTHER_OWNER))
    assert sorted(answer.split(" ")[0] for answer in answers) == ["Nothing", "Recorded"]
    assert room.rows("SELECT count(*) FROM observation WHERE recorded_by <> ''") == [(4,)]


async def test_what_does_not_bear_on_it_changes_nothing(room: Room) -> None:
    both_owners(room)
    await enter(room, BEHIND)
    mine = buttons(await shown(room, OVERTAKES))
    await enter(room, f"/set eitaa mau 31m {RECENT} source=mcit", OTHER_OWNER)
    assert "Recorded (numbers 98 and 99)" in await room(mine["record"])


@pytest.mark.parametrize("text", ["/correct 97 37m", "/retract 97", "/review 97 98"])
async def test_a_figure_that_was_withdrawn_meanwhile_is_told(text: str, room: Room) -> None:
    both_owners(room)
    await enter(room, BEHIND)
    await enter(room, OVERTAKES)
    mine = buttons(await shown(room, text, OTHER_OWNER))
    await enter(room, "/retract 97")
    kept = room.dump(*KEPT)
    answer = await room(mine["record"], OTHER_OWNER)
    assert "Withdrawn at" in answer
    assert "Gap 36 million" in answer
    assert "was corrected or withdrawn before" in answer
    assert room.dump(*KEPT) == kept
    assert "No preview of yours" in await room(mine["record"], OTHER_OWNER)


async def test_an_announcement_that_left_meanwhile_makes_another_preview(room: Room) -> None:
    both_owners(room)
    await enter(room, BEHIND)
    await enter(room, OVERTAKES)
    mine = buttons(await shown(room, "/retract 97", OTHER_OWNER))
    await room("/release 1")
    answer = await room(mine["record"], OTHER_OWNER)
    assert "An announcement left at" in answer
    assert 'Taken back: "Gap has passed WeChat".' in answer


# Buttons of others, pressed twice, of long ago


async def test_a_button_that_is_pressed_twice_records_once(room: Room) -> None:
    both_owners(room)
    mine = buttons(await shown(room, OVERTAKES))
    answers = await asyncio.gather(*(room(mine["record"], pressed=f"p{n}") for n in range(3)))
    assert sorted(answer[:8] for answer in answers) == ["Preview ", "Preview ", "Recorded"]
    assert "was recorded already; nothing was recorded twice" in await room(mine["record"])
    assert "was recorded already" in await room(mine["cancel"])
    assert room.rows("SELECT count(*) FROM observation WHERE recorded_by <> ''") == [(2,)]


async def test_what_was_dropped_cannot_be_recorded_by_its_button(room: Room) -> None:
    mine = buttons(await shown(room, OVERTAKES))
    await room(mine["cancel"])
    for press in mine.values():
        assert "was dropped, so nothing is recorded of it" in await room(press)
    assert room.rows("SELECT count(*) FROM observation WHERE recorded_by <> ''") == [(0,)]


async def test_in_a_group_the_buttons_are_for_the_one_who_wrote(room: Room) -> None:
    both_owners(room)
    await room.in_group(OVERTAKES, OWNER)
    (number,) = room.rows("SELECT max(id) FROM draft")[0]
    kept = room.dump(*KEPT)
    for press in (f"/record {number}", f"/cancel {number}", f"/record {number} reviewed", f"/set {number} source=Y"):
        assert f"Preview {number} is somebody else's" in await room.in_group(press, OTHER_OWNER, pressed="p")
    assert room.dump(*KEPT) == kept
    assert "Recorded" in await room.in_group(f"/record {number}", OWNER)


async def test_who_is_an_editor_no_longer_records_nothing(room: Room) -> None:
    both_owners(room)
    theirs = buttons(await shown(room, OVERTAKES, OTHER_OWNER))
    room.owners.discard(("telegram", OTHER_OWNER))
    kept = room.dump(*KEPT)
    assert "for the editors" in await room(theirs["record"], OTHER_OWNER)
    assert room.dump(*KEPT) == kept


REVIEWER = "71"


async def test_a_reviewer_says_yes_to_a_review_and_to_nothing_else(room: Room) -> None:
    await enter(room, f"/set gap mau 36m {RECENT} source=X")
    await enter(room, f"/set wechat mau 33m {RECENT} source=Y")
    await room(f"/admins add telegram:{REVIEWER} admin")
    figure = buttons(await shown(room, "/set gap mau 37m source=Z", REVIEWER))
    await room(f"/admins add telegram:{REVIEWER} reviewer")
    kept = room.dump(*KEPT)
    assert "for the editors" in await room(figure["record"], REVIEWER)
    assert room.dump(*KEPT) == kept
    review = buttons(await shown(room, "/review 95 96", REVIEWER))
    assert "Recorded" in await room(review["record"], REVIEWER)
    assert room.rows("SELECT count(*) FROM review") == [(1,)]


async def test_four_eyes_are_counted_when_it_is_recorded(room: Room) -> None:
    await enter(room, f"/set gap mau 36m {RECENT} source=X")
    await enter(room, f"/set wechat mau 33m {RECENT} source=Y")
    review = buttons(await shown(room, "/review 95 96"))
    await room(f"/admins add telegram:{REVIEWER} reviewer")
    assert "has to be reviewed by somebody else" in await room(review["record"])
    assert room.rows("SELECT count(*) FROM review") == [(0,)]


async def test_a_preview_of_an_older_version_of_the_program_is_shown_anew(room: Room) -> None:
    await room(OVERTAKES)
    with closing(sqlite3.connect(room.file)) as connection, connection:
        connection.execute("UPDATE draft SET effect = '', entry = 0")
    assert "Nothing is recorded yet. What it would do:" in await room("/record")
    assert "Recorded" in await room("/record")


# Another source, the same publication


async def test_a_source_can_be_chosen_by_a_button(room: Room) -> None:
    await enter(room, BEHIND)
    first = await shown(room, f"/set gap mau 36m {RECENT}")
    assert "source: the editor" in first.plain
    again = await shown(room, buttons(first)["source: X"])
    assert "source: X" in again.plain
    assert "was replaced by a newer one" in await room(buttons(first)["record"])
    assert "Recorded" in await room("/record")
    assert room.rows("SELECT source FROM observation ORDER BY id DESC LIMIT 1") == [("x",)]


async def test_sources_on_record_are_offered_where_nothing_was_entered_yet(room: Room) -> None:
    assert "source: Ministry of ICT" in buttons(await shown(room, "/set eitaa mau 31m"))
    assert "Ministry of ICT" not in buttons(await shown(room, "/set eitaa mau 31m source=Z"))


async def test_the_publication_of_the_entry_before_can_be_chosen_by_a_button(room: Room) -> None:
    await enter(room, BEHIND)
    await enter(room, f"/set wechat mau 33m {RECENT} source=X")
    alone = await shown(room, f"/set gap mau 36m {RECENT} source=X")
    assert "nothing is announced" in alone.plain
    again = await shown(room, buttons(alone)["same publication as the one before (WeChat)"])
    assert "grade A" in again.plain
    assert "Gap has passed WeChat." in again.plain
    assert "The announcement leaves" in await room("/record")
    assert len(set(room.rows("SELECT release_name FROM observation WHERE id > 96"))) == 1


async def test_what_was_entered_long_ago_or_elsewhere_is_not_offered(room: Room) -> None:
    await enter(room, f"/set wechat mau 33m {RECENT} source=X")
    assert not any("same publication" in label for label in buttons(await shown(room, "/set gap mau 36m source=Y")))
    assert not any(
        "same publication" in label
        for label in buttons(await shown(room, f"/set gap mau 36m {RECENT} source=X release=mine"))
    )


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ("source=ISNA", "source: ISNA"),
        (f"date={LONG_AGO}", f"{LONG_AGO.day} "),
        ("scope=world", "world"),
        ("method=panel", "method: panel"),
        ("release=june", "Release: june"),
        ("release=#9999", "no figure with the number 9"),
        ("n=5", "n is the sample size"),
        ("colour=red", "is not known"),
        ("source=", "empty or longer"),
        ("release=\u202ex", "reverses its direction"),
    ],
)
async def test_any_option_can_be_changed_in_a_preview(options: str, said: str, room: Room) -> None:
    await room(f"/set gap mau 36m {RECENT}")
    kept = room.dump(*KEPT)
    assert said in await room(f"/set 1 {options}")
    assert room.dump(*KEPT) == kept


async def test_an_own_preview_can_be_seen_again_whole_or_one_figure_of_it(room: Room) -> None:
    first = await shown(room, OVERTAKES)
    one = await shown(room, "/set 1 only=2")
    assert "WeChat: thirty-three million" in one.plain
    assert "Gap: thirty-six million" not in one.plain
    whole = await shown(room, "/set ۱")
    assert whole.plain == first.plain
    assert "was replaced by a newer one" in await room("/record 1")
    assert "Recorded (number 95)" in await room(buttons(one)["record"])
    for text in ("/set 77", "/set 3 only=9", "/set 3 only=0"):
        assert "No preview of yours" in await room(text)


# Lines that cannot be read


async def test_all_faults_are_told_at_once_and_nothing_is_taken(room: Room) -> None:
    answer = await room("/set gap mau 36m\nwechat mau\nnobody mau 3m\nbale mau lots source=X")
    lines = answer.splitlines()
    assert lines[0] == "3 of these figures could not be read, so none was taken:"
    assert lines[1].startswith('2. "wechat mau": The figure is missing.')
    assert lines[2].startswith('3. "nobody mau 3m": I do not know "nobody"')
    assert lines[3].startswith('4. "bale mau lots source=X": ')
    assert "No preview of yours" in await room("/record")


async def test_the_sample_size_of_a_poll_is_read_back(room: Room) -> None:
    assert "\nSample size: 1,500\n" in await room("/set eitaa poll 25% n=1500 source=ISPA")
    assert "Sample size" not in await room("/set eitaa mau 31m source=X")
