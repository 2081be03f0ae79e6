"""What an answer may not say: nothing that is not known, nothing old as if it were of today."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from handlers import retelling
from handlers.desk import voice
from sebghat.announcement import announce
from sebghat.codec import from_json
from sebghat.notes import Note
from sebghat.platforms import bundled
from tests.handlers.room import ISOLATES, STRANGER, Room
from tests.overtaking import BEHIND, LONG_AGO, OVERTAKES, RECENT, TODAY, release


async def enter(room: Room, *texts: str) -> None:
    for text in texts:
        await room(text)
        await room("/record")


async def overtake(room: Room) -> None:
    """Gap passes WeChat and everybody is told. The figures are 95 to 98."""
    await enter(room, BEHIND, OVERTAKES)
    await room.when_the_hold_is_over()


# /compare


async def test_against_a_figure_without_an_upper_end_nobody_is_said_to_be_level(room: Room) -> None:
    preview = await room(f"/set eitaa mau 31m; telegram mau more than 25m {RECENT} source=X")
    assert "which of Eitaa and Telegram is ahead cannot be told" in preview
    await room("/record")
    answer = await room("/compare eitaa telegram mau", STRANGER)
    assert answer.startswith("Which of Eitaa and Telegram is ahead cannot be told.")
    assert "The figure of Telegram has no upper end" in answer
    assert "level" not in answer
    assert "The margin is" not in answer


async def test_of_two_figures_that_overlap_nobody_is_said_to_be_ahead_or_level(room: Room) -> None:
    await enter(room, f"/set gap mau 60m; wechat mau 58-61m {RECENT} source=X")
    answer = await room("/compare gap wechat mau", STRANGER)
    assert answer.startswith("Which of Gap and WeChat is ahead cannot be told.")
    assert "The two figures overlap" in answer
    assert "The margin is" not in answer


async def test_what_is_old_is_said_to_be_of_its_time_in_the_first_line(room: Room) -> None:
    answer = await room("/compare eitaa line", STRANGER)
    assert answer.startswith("As of 9 July 2019, Eitaa and LINE were level;")
    await room("/language fa")
    assert (await room("/compare eitaa line")).startswith("در ۱۸ تیر ۱۳۹۸ ایتا و لاین هم‌تراز بودند")


async def test_a_newer_figure_of_one_side_puts_the_comparison_in_its_time(room: Room) -> None:
    await enter(room, release("36m", "33m", LONG_AGO), f"/set gap mau 40m {RECENT} source=Y release=Z")
    assert (await room("/compare gap wechat mau", STRANGER)).startswith("Gap is ahead of WeChat.")
    await enter(room, f"/set gap mau 40m {TODAY} source=X release=Z")
    assert (await room("/compare gap wechat mau", STRANGER)).startswith("As of ")


async def test_a_pair_that_shows_another_leader_than_the_confirmed_state_says_so(room: Room) -> None:
    await enter(
        room,
        release("36m", "33m", LONG_AGO),
        f"/set gap mau 30m {RECENT} source=X release=Y",
        f"/set wechat mau 35m {RECENT} source=X release=Z",
    )
    answer = await room("/compare gap wechat mau", STRANGER)
    assert answer.startswith("WeChat is ahead of Gap.")
    assert "they alone do not change the confirmed state: Gap counts as ahead since" in answer


async def test_a_state_that_began_with_the_pair_shown_is_not_said_twice(room: Room) -> None:
    await enter(room, OVERTAKES)
    assert "counts as ahead" not in await room("/compare gap wechat mau", STRANGER)


# /stats


async def test_what_was_claimed_or_known_later_is_not_in_an_answer_of_an_earlier_day(room: Room) -> None:
    answer = await room("/stats eitaa as of 2023-03-20", STRANGER)
    assert "21,466,109" in answer
    assert "Claimed" not in answer
    assert "2024" not in answer
    await enter(room, f"/set gap mau 30m {LONG_AGO} source=X", f"/set wechat mau 33m {RECENT} source=X")
    assert "Next above: WeChat" in await room("/stats gap mau", STRANGER)
    assert "Next above" not in await room(f"/stats gap mau as of {LONG_AGO}", STRANGER)


async def test_a_claim_names_no_metric_and_stands_under_none(room: Room) -> None:
    assert "Claimed" in await room("/stats eitaa", STRANGER)
    assert "Claimed" not in await room("/stats eitaa mau", STRANGER)


async def test_who_is_next_above_follows_the_rules_as_they_are_set(room: Room) -> None:
    await enter(room, release("30m", "33m", RECENT))
    assert "Next above: WeChat with 33 million" in await room("/stats gap mau", STRANGER)
    await room("/rules noise_permille 500")
    await room("/record")
    assert "Level with WeChat: 33 million" in await room("/stats gap mau", STRANGER)


async def test_next_to_a_figure_without_an_upper_end_nobody_is_said_to_be_level(room: Room) -> None:
    await enter(room, f"/set gap mau more than 30m; wechat mau 33m {RECENT} source=X")
    assert "Which of it and WeChat is ahead cannot be told" in await room("/stats gap mau", STRANGER)


async def test_a_comparison_is_offered_only_where_there_is_one(room: Room) -> None:
    for platform in ("shad", "tango", "viber"):
        assert "/compare" not in await room(f"/stats {platform}", STRANGER)
    for platform in ("gap", "eitaa", "telegram", "line", "facebook"):
        (offered,) = [
            "/compare" + part.partition(" ·")[0]
            for part in (await room(f"/stats {platform}", STRANGER)).split("/compare")[1:]
        ]
        assert "cannot be compared" not in await room(offered, STRANGER)


async def test_shares_and_counts_do_not_stand_in_one_column(room: Room) -> None:
    answer = await room("/stats all", STRANGER)
    for line in answer.splitlines()[:-1]:
        assert ("%" in line) == ("In polls, " in line)
    assert "Bale: 15,972,690 monthly users" in answer, "a count says more than a share of the same year"
    assert "Telegram 39.3%" in answer


async def test_no_answer_of_figures_is_longer_than_a_phone_shows(room: Room) -> None:
    for text in ("/stats", "/stats eitaa", "/stats bale", "/stats rubika", "/stats telegram"):
        assert len((await room(text, STRANGER)).splitlines()) <= 7, text


async def test_what_there_was_no_room_for_comes_when_all_is_asked_for(room: Room) -> None:
    await enter(room, *(f"/set bale {metric} 20m {RECENT} source=X" for metric in ("registered", "installs")))
    short, whole = await room("/stats bale", STRANGER), await room("/stats bale all", STRANGER)
    assert len(short.splitlines()) <= 7
    assert "/stats bale all" in short
    assert "Daily active users" in whole


# What became of an announcement


async def told(room: Room) -> str:
    """The message that left last, as a subscriber reads it."""
    ((number,),) = room.rows("SELECT max(id) FROM message WHERE state = 'left'")
    parcel = await room.store.parcels.message(number)
    assert parcel is not None
    notes = [from_json(Note, note) for note in parcel.notes]
    spoken = await voice(room.store, bundled(), "en", datetime.now(UTC), UTC)
    basis = await retelling.basis(room.store, notes, asked=True)
    return announce(notes, spoken, basis).plain.translate(ISOLATES)


async def test_a_withdrawal_names_the_other_figure_that_was_corrected(room: Room) -> None:
    await overtake(room)
    why = "Another figure of WeChat (number 96, "
    preview = await room("/correct 96 26m")
    assert 'Taken back: "Gap has passed WeChat"' in preview
    assert why in preview
    assert "was corrected: 26 million, not 33 million." in preview
    await room("/record")
    await room.when_the_hold_is_over()
    alert = await told(room)
    assert why in alert
    assert "was corrected: 26 million, not 33 million." in alert


async def test_a_withdrawal_names_the_other_figure_that_was_withdrawn(room: Room) -> None:
    await overtake(room)
    await room("/retract 96 a slip")
    await room("/record")
    await room.when_the_hold_is_over()
    assert "Another figure of WeChat (number 96, " in await told(room)


async def test_a_withdrawal_names_the_figure_that_came_in_between(room: Room) -> None:
    await overtake(room)
    before = LONG_AGO - timedelta(days=20)
    await enter(room, f"/set gap mau 40m; wechat mau 33m {before} source=X release=R", "/retract 95", "/retract 96")
    await room.when_the_hold_is_over()
    assert "Another figure of Gap came in (number 99): 40 million" in await told(room)


async def test_why_tells_what_was_told_first_and_what_replaced_it(room: Room) -> None:
    await overtake(room)
    assert "told first" not in await room("/why 1", STRANGER)
    await enter(room, "/correct 97 37m")
    await room.when_the_hold_is_over()
    answer = await room("/why 1", STRANGER)
    first, change, later = (
        answer.index(part)
        for part in (
            "What was told first, ",
            "Figure 97 of Gap was corrected: 37 million, not 36 million; now figure 99 — person 1, ",
            "Told anew, ",
        )
    )
    assert answer.index("Gap: 36 million · WeChat: 33 million") > first
    assert answer.index("Gap: 37 million · WeChat: 33 million") > later
    assert first < change < later
    assert "(corrected) · /why 1" in await room("/overtakings", STRANGER)


async def test_why_tells_which_figure_took_the_announcement_back(room: Room) -> None:
    await overtake(room)
    await enter(room, "/correct 97 26m")
    await room.when_the_hold_is_over()
    answer = await room("/why 1", STRANGER)
    assert "This announcement has been taken back." in answer
    assert "Figure 97 of Gap was corrected: 26 million, not 36 million; now figure 99 — person 1, " in answer
    assert "Taken back: " in await room("/overtakings", STRANGER)


# /rank


async def test_an_order_says_of_when_it_is_and_what_is_newer(room: Room) -> None:
    answer = (await room("/rank poll", STRANGER)).splitlines()
    assert answer[0] == "Order as of December 2023–January 2024 / Dey 1402: share in polls, Iran; source: ISPA"
    assert len(answer) <= 7
    (newer,) = [line for line in answer if line.startswith("Newer, but not to be compared with these: ")]
    assert "Telegram 39.3%, WhatsApp 33.3% (14 September 2024, ISPA)" in newer


async def test_the_newest_order_is_shown_though_an_older_one_has_more_places(room: Room) -> None:
    answer = await room("/rank mau", STRANGER)
    assert "Esfand 1402" in answer.splitlines()[0]
    assert "1. Rubika: 44 million" in answer
    assert "Eitaa 30.5 million (1 June 2024, Ministry of ICT)" in answer
    assert "Bale: 15,972,690 (20 March 2023, IT Organization of Iran)" in await room("/rank mau all", STRANGER)


async def test_what_an_order_leaves_out_is_counted_and_can_be_asked_for(room: Room) -> None:
    short, whole = await room("/rank poll", STRANGER), await room("/rank poll all", STRANGER)
    assert "12 more: /rank poll all" in short
    apart = whole.partition("Apart, being of another source or time:\n")[2].splitlines()[:-1]
    assert len(apart) == 10
    shares = [float(line.partition(": ")[2].partition("%")[0]) for line in apart if "9 July 2019" in line]
    assert shares == sorted(shares, reverse=True)


async def test_an_order_holds_contestants_of_one_arena_alone(room: Room) -> None:
    await enter(
        room, f"/set eitaa mau 31m; gap mau 30m; aparat mau 50m; youtube mau 40m; telegram mau 45m {RECENT} source=X"
    )
    answer = await room("/rank mau")
    assert "1. Telegram: 45 million" in answer
    assert "Aparat" not in answer
    assert "YouTube" not in answer


@pytest.mark.parametrize("word", ["همه", "همه‌شون", "everything"])
@pytest.mark.parametrize("command", ["/rank poll", "/stats eitaa", "/history eitaa", "/overtakings", "/subscribe"])
async def test_the_whole_of_a_list_is_asked_for_by_every_word_for_it(command: str, word: str, room: Room) -> None:
    assert await room(f"{command} {word}", STRANGER) == await room(f"{command} all", STRANGER)
