"""/set, /record and /cancel: what was understood is said, what would follow is said, and just that is done."""

from __future__ import annotations

import re

import pytest

from tests.handlers.room import OWNER, STRANGER, Room
from tests.overtaking import BEHIND, LONG_AGO, OVERTAKES, RECENT, TODAY, release

HEADLINE = "Gap has passed WeChat."
KEPT = ("observation", "live", "log", "item", "message", "announcement", "setting", "named", "review")


def figures(room: Room) -> list[tuple[object, ...]]:
    """What people put on record, in order."""
    return room.rows(
        "SELECT platform, metric, scope, q, lo, hi, source, first_day FROM observation"
        " WHERE recorded_by <> '' AND id IN (SELECT observation FROM live) ORDER BY id"
    )


async def enter(room: Room, text: str, how: str = "/record") -> str:
    await room(text)
    return await room(how)


async def before(room: Room) -> None:
    """Gap is behind WeChat, long ago."""
    await enter(room, BEHIND)


# The preview


async def test_a_figure_is_echoed_in_words_with_its_rounding_and_what_stood_there(room: Room) -> None:
    await before(room)
    answer = await room(OVERTAKES)
    lines = answer.splitlines()
    assert lines[0].startswith("I read, as one release: ")
    for part in ("source: X", "method: not stated", "Iran", str(RECENT.year), str(RECENT.day)):
        assert part in lines[0]
    day = f"{LONG_AGO.day} {LONG_AGO:%B} {LONG_AGO.year}"
    assert (
        lines[1]
        == f"Gap: thirty-six million monthly active users (rounded to the million) — before: 27 million ({day})"
    )
    assert (
        lines[2]
        == f"WeChat: thirty-three million monthly active users (rounded to the million) — unchanged since {day}"
    )


async def test_a_preview_in_persian_says_the_same(room: Room) -> None:
    await before(room)
    await room("/language fa")
    answer = await room(OVERTAKES)
    assert "گپ: سی‌وشش میلیون کاربر فعال ماهانه (گردشده به میلیون) — پیش‌تر ۲۷ میلیون (" in answer
    assert "این خبر ۱۰ دقیقه بعد" in answer
    assert "گپ از وی‌چت پیش افتاد." in answer


async def test_a_preview_shows_the_very_announcement_and_whom_it_reaches(room: Room) -> None:
    await before(room)
    await room("/subscribe gap", "7")
    await room("/channels add telegram:@news wechat")
    await room("/channels add telegram:@other eitaa")
    answer = await room(OVERTAKES)
    assert "this goes to 2 chats and 1 channel (telegram:@news) in 10 minutes:" in answer
    shown = answer[answer.index(HEADLINE) : answer.index("/record")].strip()
    await room("/record")
    (text,) = room.rows("SELECT body FROM message WHERE state = 'held'")[0]
    assert '"margin":3000000' in text
    assert "The margin is 3 million; up to 1 million may be rounding." in shown
    assert shown.endswith("Why? /why 1")  # the number that it will have


async def test_a_preview_records_nothing(room: Room) -> None:
    await before(room)
    kept = room.dump(*KEPT)
    await room(OVERTAKES)
    assert room.dump(*KEPT) == kept


async def test_without_a_date_it_is_today_and_without_a_source_the_editor(room: Room) -> None:
    answer = await room("/set gap mau 36m")
    assert "source: the editor" in answer
    assert f"{TODAY.day} " in answer.splitlines()[0]
    await room("/record")
    assert figures(room)[0][6:] == ("editor", TODAY.isoformat())


@pytest.mark.parametrize(
    ("text", "warning"),
    [
        ("/set eitaa mau 305m", "10 times the one before (30.5 million)"),
        ("/set eitaa mau 305m", "more than the population of Iran"),
        ("/set eitaa mau 3.05m", "before (30.5 million) was 10 times this one"),
    ],
)
async def test_what_looks_like_a_slip_is_warned_of(text: str, warning: str, room: Room) -> None:
    assert warning in await room(text)


async def test_what_is_plausible_is_not_warned_of(room: Room) -> None:
    assert "Warning" not in await room("/set eitaa mau 40m source=mcit")
    assert "Warning" not in await room("/set line mau 1.1b scope=world")


@pytest.mark.parametrize(
    ("texts", "why"),
    [
        (["/set gap mau 36m source=X"], "no figure of the other side from the same source and method"),
        ([release("27m", "33m", RECENT)], "this is the first comparison of Gap and WeChat from this source; WeChat"),
        ([BEHIND, release("28m", "33m", RECENT)], "WeChat is still ahead of Gap"),
        ([release("33.4m", "33.0m", RECENT)], "the difference between Gap and WeChat is within the doubt"),
        (
            [f"/set wechat mau 33m {LONG_AGO} source=X", "/set gap mau 36m source=X"],
            "the figures of Gap and WeChat lie 130 days apart and cannot be compared",
        ),
    ],
)
async def test_why_nothing_would_be_announced_is_said(texts: list[str], why: str, room: Room) -> None:
    for text in texts[:-1]:
        await enter(room, text)
    answer = await room(texts[-1])
    assert "nothing is announced" in answer
    assert why in answer
    assert "Nothing is announced." in await room("/record")
    assert room.rows("SELECT * FROM message") == []


async def test_a_lone_figure_says_that_vouching_would_announce(room: Room) -> None:
    await before(room)
    await enter(room, f"/set wechat mau 33m {RECENT} source=X")
    answer = await room(f"/set gap mau 36m {RECENT} source=X")
    assert "are from two releases (0 days apart), and this is the first time that Gap is seen ahead" in answer
    assert "recording and vouching announces it" in answer
    assert "/record reviewed record and vouch" in answer


# Recording


async def test_a_lone_figure_is_silent_and_vouched_for_it_announces(room: Room) -> None:
    await before(room)
    await enter(room, f"/set wechat mau 33m {RECENT} source=X")
    await room(f"/set gap mau 36m {RECENT} source=X")
    answer = await room("/record reviewed")
    assert "The announcement leaves at" in answer
    assert "/release 1" in answer
    assert HEADLINE in await room("/pending")
    assert room.rows("SELECT count(*) FROM review") == [(1,)]


async def test_the_same_without_vouching_announces_nothing(room: Room) -> None:
    await before(room)
    await enter(room, f"/set wechat mau 33m {RECENT} source=X")
    assert "Nothing is announced" in await enter(room, f"/set gap mau 36m {RECENT} source=X")
    assert room.rows("SELECT count(*) FROM review") == [(0,)]


async def test_a_release_that_overtakes_waits_for_its_hold(room: Room) -> None:
    await before(room)
    answer = await enter(room, OVERTAKES)
    assert re.match(r"Recorded \(numbers 97 and 98\)\. The announcement leaves at \d\d:\d\d", answer)
    assert "/undo" in answer
    pending = await room("/pending")
    assert HEADLINE in pending
    assert "/release 1" in pending


async def test_a_draft_is_recorded_once(room: Room) -> None:
    await room("/set gap mau 36m source=X")
    assert "Recorded" in await room("/record")
    assert "No preview of yours" in await room("/record")
    assert len(figures(room)) == 1


async def test_the_newest_preview_is_recorded_and_a_number_names_an_older(room: Room) -> None:
    await room("/set gap mau 36m source=X")
    await room("/set wechat mau 33m source=X")
    await room("/record")
    assert [row[0] for row in figures(room)] == ["wechat"]
    (number,) = room.rows("SELECT id FROM draft WHERE taken_at IS NULL")[0]
    await room(f"/record {number}")
    assert [row[0] for row in figures(room)] == ["wechat", "gap"]


async def test_a_pressed_button_records_the_preview_it_stands_under(room: Room) -> None:
    ((_, first),) = await room.replies("/set gap mau 36m source=X")
    await room("/set wechat mau 33m source=X")
    record, cancel = first.buttons[0]
    await room(record.data, pressed="callback")
    assert [row[0] for row in figures(room)] == ["gap"]
    await room(cancel.data, pressed="callback")
    await room("/record")
    assert [row[0] for row in figures(room)] == ["gap", "wechat"]


async def test_somebody_elses_draft_cannot_be_recorded(room: Room) -> None:
    await room("/set gap mau 36m source=X", messenger="telegram")
    async with room.store.transaction() as record:
        other = await record.people.number("telegram", "9")
        await record.drafts.keep(other, room.message("").destination, {"figures": []}, room.message("").sent_at)
    (number,) = room.rows("SELECT id FROM draft WHERE person = 2")[0]
    for word in ("record", "cancel"):
        assert f"Preview {number} is somebody else's" in await room(f"/{word} {number}")
    assert room.rows("SELECT became FROM draft ORDER BY id") == [("",), ("",)]
    assert figures(room) == []


async def test_a_preview_of_one_chat_is_not_recorded_from_another(room: Room) -> None:
    await room("/set gap mau 36m source=X")
    assert "No preview of yours" in await room.in_group("/record", OWNER)
    assert figures(room) == []


async def test_what_is_cancelled_is_not_recorded(room: Room) -> None:
    await room("/set gap mau 36m source=X")
    assert "nothing was recorded" in await room("/cancel")
    assert "No preview of yours" in await room("/record")
    assert "No preview of yours" in await room("/cancel")
    assert figures(room) == []


async def test_the_same_entered_twice_is_on_record_once(room: Room) -> None:
    await before(room)
    await enter(room, OVERTAKES)
    again = await room(OVERTAKES)
    assert "already on record as 97" in again
    assert "there is nothing to record" in again
    assert "/record" not in again
    assert "these figures are there already (number 97 and 98)" in await room("/record")
    assert len(figures(room)) == 4
    assert room.rows("SELECT count(*) FROM message") == [(1,)]


@pytest.mark.parametrize(
    "other",
    [
        release("۳۶ میلیون", "33,000,000", RECENT),
        f"/set wechat mau 33m; gap mau 36m; date={RECENT} source=x",
        f"/set گپ ماهانه ۳۶m\nوی‌چت ماهانه ۳۳ میلیون\n{RECENT}".replace(f"\n{RECENT}", f" {RECENT} source=X"),
    ],
)
async def test_the_same_in_other_words_is_the_same(other: str, room: Room) -> None:
    await enter(room, OVERTAKES)
    assert "there is nothing to record" in await room(other)


async def test_notes_that_say_the_same_of_two_contests_are_both_announced(room: Room) -> None:
    three = "/set gap mau {}m; wechat mau 33m; telegram mau 33m {} source=X release={}"
    await enter(room, three.format(27, LONG_AGO, "old"))
    await enter(room, f"/set gap mau 36m; wechat mau 33m {RECENT} source=X release=new")
    answer = await room(f"/set telegram mau 33m {RECENT} source=X release=new")
    assert "Gap has passed Telegram." in answer
    assert "The announcement leaves" in await room("/record")
    pending = await room("/pending")
    assert HEADLINE in pending
    assert "Gap has passed Telegram." in pending


# How it may be written


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "/set gap mau 36m; wechat mau 33m 2026-10-01 source=X",
            [("gap", 36_000_000, "x", "2026-10-01"), ("wechat", 33_000_000, "x", "2026-10-01")],
        ),
        (
            "/set\ngap mau 36m\nwechat mau 33m\n2026-10-01 source=X".replace("\n2026", " 2026"),
            [("gap", 36_000_000, "x", "2026-10-01"), ("wechat", 33_000_000, "x", "2026-10-01")],
        ),
        (
            "/set gap mau 36m 2026-10-01; wechat mau 33m 2026-09-01; source=X",
            [("gap", 36_000_000, "x", "2026-10-01"), ("wechat", 33_000_000, "x", "2026-09-01")],
        ),
        (
            "/set gap mau 36m source=X; wechat mau 33m source=Y; date=2026-10-01",
            [("gap", 36_000_000, "x", "2026-10-01"), ("wechat", 33_000_000, "y", "2026-10-01")],
        ),
        (
            "/set گپ ماهانه ۳۶ میلیون ۹ مهر ۱۴۰۵ منبع=ایکس",
            [("gap", 36_000_000, "source-1", "2026-10-01")],
        ),
        (
            "/set gap mau 36m source=Big News Agency 2026-10-01",
            [("gap", 36_000_000, "big-news-agency", "2026-10-01")],
        ),
        (
            '/set gap mau 36m source="Report of 2026" date=2026-10-01',
            [("gap", 36_000_000, "report-of-2026", "2026-10-01")],
        ),
        (
            "/set gap mau 36m source=«گزارش ۱۴۰۴» 2026-10-01",
            [("gap", 36_000_000, "1404", "2026-10-01")],
        ),
        (
            "/set gap mau 36m 2026-10-01 source=ISNA scope=world",
            [("gap", 36_000_000, "isna", "2026-10-01")],
        ),
    ],
)
async def test_figures_are_entered_as(text: str, expected: list[tuple[object, ...]], room: Room) -> None:
    await enter(room, text)
    entered = [(row[0], row[4], row[6], row[7]) for row in figures(room)]
    if expected[0][2] == "1404":  # a number is no key: the source is called after its kind
        expected = [(*expected[0][:2], entered[0][2], expected[0][3])]
    assert entered == expected


async def test_a_source_is_known_again_whatever_its_letters_and_shown_as_first_written(room: Room) -> None:
    await enter(room, "/set gap mau 36m 2026-10-01 source=ایسنا‌نیوز")
    assert "منبع: ایسنا‌نیوز" in await persian(room, "/set wechat mau 33m 2026-10-01 source=ايسنا نيوز")
    await room("/record")
    assert len({row[6] for row in figures(room)}) == 1
    assert room.rows("SELECT name FROM named") == [("ایسنا‌نیوز",)]


async def persian(room: Room, text: str) -> str:
    await room("/language fa")
    answer = await room(text)
    await room("/language en")
    return answer


async def test_a_bundled_source_is_known_by_any_of_its_names(room: Room) -> None:
    for name in ("ispa", "ISPA", "ایسپا"):
        assert "source: ISPA" in await room(f"/set eitaa poll 30% 2026-10-01 source={name}")


async def test_the_method_is_the_one_last_used_with_that_source(room: Room) -> None:
    assert "method: poll" in await room("/set eitaa poll 30% 2026-10-01 source=ISPA")
    assert "method: not stated" in await room("/set eitaa poll 30% 2026-10-01 source=Z")
    await enter(room, "/set eitaa poll 30% 2026-10-01 source=Z method=panel")
    assert "method: panel" in await room("/set eitaa poll 31% 2026-10-02 source=Z")


async def test_hedges_ranges_and_sample_sizes_are_kept(room: Room) -> None:
    await enter(room, "/set gap mau more than 12.5m; wechat mau 30-33m 2026-10-01 source=X")
    await enter(room, "/set eitaa poll 30.5% 2026-10-01 n=1500 source=X")
    assert [row[3:6] for row in figures(room)] == [
        ("at_least", 12_500_000, None),
        ("range", 30_000_000, 33_000_000),
        ("exact", 3050, 3050),
    ]
    assert room.rows("SELECT n FROM observation WHERE metric = 'poll' ORDER BY id DESC LIMIT 1") == [(1500,)]


@pytest.mark.parametrize(
    "text",
    [
        "/set",
        "/set ;;;",
        "/set gap",
        "/set gap mau",
        "/set gap 36m",
        "/set gap what 36m",
        "/set nobody mau 36m",
        "/set gap mau lots",
        "/set gap mau -36m",
        "/set gap mau 12.345",
        "/set gap mau 36m 36m",
        "/set gap mau 36m 2026-02-30",
        "/set gap mau 36m 1405-07-31",
        "/set gap mau 36m 2099-01-01",
        "/set gap mau 36m 1499-01-01",
        "/set gap mau 36m 03/04/2026",
        "/set gap mau 36m date=",
        "/set gap mau 36m source=",
        "/set gap mau 36m source=" + "x" * 100,
        "/set gap mau 36m colour=red",
        "/set gap mau 36m source=A source=B",
        "/set gap mau 36m n=5",
        "/set gap mau 36m scope=!!",
        "/set eitaa poll 120%",
        "/set eitaa poll 30m",
        "/set eitaa poll 30% n=0",
        "/set eitaa poll 30% n=many",
        "/set gap mau \u202e36m",
        "/set gap mau 36m; wechat mau",
        "/set " + "; ".join(["gap mau 36m"] * 60),
        "/set gap mau " + "9" * 4000,
    ],
)
@pytest.mark.parametrize("language", ["fa", "en"])
async def test_what_cannot_be_read_is_refused_in_a_sentence_and_nothing_is_kept(
    text: str, language: str, room: Room
) -> None:
    await room(f"/language {language}")
    kept = room.dump()
    answer = await room(text)
    assert 20 < len(answer) < 700
    assert "Traceback" not in answer
    assert "fault" not in answer
    assert "خطا از برنامه" not in answer
    assert room.dump() == kept


REST = "; wechat mau 33m source=X"


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("/set gap mau 12.345", ["/set gap mau 12345", "/set gap mau 12.345m"]),
        ("/set gap mau 7/3m 2026-10-01", ["/set gap mau 7.3 m 2026-10-01", "/set gap mau 3.7 m 2026-10-01"]),
        (f"/set gap mau 12.345{REST}", [f"/set gap mau 12345{REST}", f"/set gap mau 12.345m{REST}"]),
        (
            f"/set gap mau 12.345 2026-10-01{REST}",
            [f"/set gap mau 12345 2026-10-01{REST}", f"/set gap mau 12.345m 2026-10-01{REST}"],
        ),
        (
            "/set wechat mau 33m\ngap mau 36m 03/04/2026 source=X",
            [f"/set wechat mau 33m; gap mau 36m {day} source=X" for day in ("2026-04-03", "2026-03-04")],
        ),
        (
            "/set gap mau 36m date=03/04/2026 source=X",
            [f"/set gap mau 36m date={day} source=X" for day in ("2026-04-03", "2026-03-04")],
        ),
        (
            "/set gap mau 36m source=Big News 03/04/2026",
            [f"/set gap mau 36m source=Big News {day}" for day in ("2026-04-03", "2026-03-04")],
        ),
        (
            f"/set eitae mau 36m 2026-10-01{REST}",
            [f"/set eitaa mau 36m 2026-10-01{REST}"],
        ),
    ],
)
async def test_what_may_have_been_meant_is_offered_as_whole_lines_that_work(
    text: str, lines: list[str], room: Room
) -> None:
    ((_, reply),) = await room.replies(text)
    offered = [button.command for row in reply.buttons for button in row]
    assert set(lines) <= set(offered)
    for command in offered:
        assert "I read" in await room(command)


@pytest.mark.parametrize("day", ["1405-07-31", "2026-02-30", "2099-01-01", "03/04/2026"])
async def test_a_date_that_cannot_be_is_no_part_of_the_source(day: str, room: Room) -> None:
    assert "I read" not in await room(f"/set gap mau 36m source=Big News {day}")


async def test_a_source_may_end_in_a_number(room: Room) -> None:
    assert "source: Report 12;" in await room("/set gap mau 36m source=Report 12")


async def test_a_yes_in_plain_words_is_not_taken_but_shown(room: Room) -> None:
    await room(release("27m", "33m", RECENT))
    for said, meant in (("ثبت", "/record"), ("record", "/record"), ("انصراف", "/cancel")):
        assert (await room(said)).splitlines()[-1] == meant
        assert meant not in await room(said, STRANGER)
    assert "Recorded" in await room("/record")
