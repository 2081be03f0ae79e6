"""What everybody may ask: /stats, /compare, /overtakings, /why, /help and /start, however they are written."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings, strategies

from handlers.commands import COMMANDS, TABLE, Command
from handlers.desk import Role
from tests.handlers.room import OWNER, STRANGER, Room
from tests.overtaking import BEHIND, LONG_AGO, OVERTAKES, RECENT, release

EVERYBODYS = [command for command in TABLE if command.role is Role.EVERYBODY]


# /start and /help


async def test_start_says_what_the_bot_is_for_and_gives_examples_that_work(room: Room) -> None:
    answer = await room("/start", STRANGER)
    assert "who overtook" in answer or "passes a foreign one" in answer
    examples = [line.rpartition("/")[2] for line in answer.splitlines() if "/" in line]
    assert len(examples) >= 3
    for example in examples:
        assert "is no command" not in await room(f"/{example}", STRANGER)


@pytest.mark.parametrize(
    ("link", "command"),
    [
        ("stats_eitaa", "/stats eitaa"),
        ("why_17", "/why 17"),
        ("compare_eitaa_telegram", "/compare eitaa telegram"),
        ("nonsense", "/start"),
    ],
)
async def test_a_deep_link_goes_straight_to_its_answer(link: str, command: str, room: Room) -> None:
    assert await room(f"/start {link}", STRANGER) == await room(command, STRANGER)


@pytest.mark.parametrize(("sender", "role"), [(OWNER, Role.OWNER), (STRANGER, Role.EVERYBODY)])
async def test_help_lists_exactly_what_one_may_use(sender: str, role: Role, room: Room) -> None:
    listed = [line.split()[0] for line in (await room("/help all", sender)).splitlines() if line.startswith("/")]
    assert listed == [f"/{command.name}" for command in TABLE if command.role <= role]


@pytest.mark.parametrize("language", ["fa", "en"])
@pytest.mark.parametrize("command", TABLE, ids=lambda command: command.name)
async def test_every_command_is_explained_in_both_languages(command: Command, language: str, room: Room) -> None:
    await room(f"/language {language}")
    name = command.name
    explained = await room(f"/help {name}")
    assert len(explained.splitlines()) >= 2
    assert explained != await room("/help nonsense")
    assert explained == await room(f"/help /{name.upper()}")


async def test_help_does_not_explain_what_one_may_not_use(room: Room) -> None:
    assert await room("/help set", STRANGER) == await room("/help", STRANGER)


@pytest.mark.parametrize("command", [c for c in TABLE if c.name != "forget"], ids=lambda command: command.name)
@pytest.mark.parametrize("language", ["fa", "en"])
async def test_every_command_answers_with_and_without_words(command: Command, language: str, room: Room) -> None:
    await room(f"/language {language}")
    for said in ("", " ", " eitaa", " 999", " بله و شاد", " ; ; ", " «»", " = ="):
        answer = await room(f"/{command.name}{said}")
        assert answer
        assert "fault" not in answer
        assert "خطا از برنامه" not in answer


# /stats


async def test_stats_of_a_platform_tells_value_date_source_age_and_the_next_above(room: Room) -> None:
    answer = await room("/stats eitaa", STRANGER)
    assert answer.splitlines()[0] == "Eitaa"
    for part in (
        "Monthly active users: 30.5 million — before: 16.45 million, 24 December 2022",
        "Daily active users: 19 million",
        "1 June 2024 (12 Khordad 1403), 2 years",
        "Ministry of ICT",
        "Next above: Telegram with 34.6%",
        "9.4 points more",
        '"Eitaa passed Telegram and WhatsApp"; no figures were given for Telegram and WhatsApp',
    ):
        assert part in answer


async def test_stats_takes_a_metric_and_a_day(room: Room) -> None:
    answer = await room("/stats eitaa mau as of 2022-12-31", STRANGER)
    assert "16.45 million" in answer
    assert "30.5" not in answer
    assert "Daily" not in answer
    assert answer == await room("/stats eitaa mau 1401-10-10", STRANGER)


async def test_what_is_not_known_is_said_to_be_unknown(room: Room) -> None:
    assert "There is no figure of Wispi" in await room("/stats wispi", STRANGER)
    assert 'no figure of Eitaa for "installs"' in await room("/stats eitaa installs", STRANGER)
    assert "no figure of Eitaa up to 1 January 2010" in await room("/stats eitaa 2010-01-01", STRANGER)


async def test_stats_alone_puts_domestic_and_foreign_side_by_side(room: Room) -> None:
    answer = await room("/stats", STRANGER)
    domestic, foreign = answer.partition("\nForeign — ")[::2]
    assert "Eitaa: 30.5 million" in domestic
    assert "Telegram" in foreign
    assert "Telegram" not in domestic
    everybody = await room("/stats all", STRANGER)
    assert len(everybody.splitlines()) > len(answer.splitlines())


@pytest.mark.parametrize(
    ("written", "offered"), [("eitae", "/stats eitaa"), ("telegrom", "/stats telegram"), ("ایتاا", "/stats eitaa")]
)
async def test_an_unknown_name_is_answered_with_those_that_come_near(written: str, offered: str, room: Room) -> None:
    answer = await room(f"/stats {written}", STRANGER)
    assert f'"{written}"' in answer
    assert offered in answer
    assert answer == await room(f"/stats {written} mau", STRANGER)


async def test_a_name_near_to_nobodys_is_answered_with_how_to_write_one(room: Room) -> None:
    answer = await room("/stats zzzzzzzz", STRANGER)
    assert '"zzzzzzzz"' in answer
    assert "/stats eitaa" in answer


# /compare


async def test_compared_are_the_newest_figures_that_can_be(room: Room) -> None:
    answer = await room("/compare eitaa telegram", STRANGER)
    assert answer.splitlines()[0] == "As of December 2023–January 2024 / Dey 1402, Telegram was ahead of Eitaa."
    for part in (
        "Eitaa: 25.2%",
        "Telegram: 34.6%",
        "December 2023–January 2024 (Dey 1402)",
        "ISPA",
        "The margin is 9.4 points; up to 4 points may be sampling.",
        "Grade A",
        "Telegram counts as ahead since 9 July 2019",
        "Telegram's newer figure (39.3%, 14 September 2024) has no counterpart",
    ):
        assert part in answer


async def test_who_comes_first_makes_no_difference(room: Room) -> None:
    assert await room("/compare telegram eitaa", STRANGER) == await room("/compare eitaa telegram", STRANGER)


async def test_what_cannot_be_compared_says_why_and_what_can_be(room: Room) -> None:
    answer = await room("/compare eitaa telegram mau", STRANGER)
    assert answer.splitlines()[0] == "Eitaa and Telegram cannot be compared by the figures on record."
    assert "Eitaa: 30.5 million monthly users (1 June 2024, Ministry of ICT)" in answer
    assert "Telegram: no figure" in answer
    assert "/compare eitaa telegram poll" in answer


async def test_where_nothing_can_be_compared_it_says_what_would_be_needed(room: Room) -> None:
    answer = await room("/compare wispi signal", STRANGER)
    assert "Wispi: no figure for Iran on record." in answer
    assert "one source gave figures of both" in answer


async def test_platforms_of_different_arenas_are_no_rivals(room: Room) -> None:
    assert "not counted as rivals" in await room("/compare eitaa youtube", STRANGER)
    assert "not counted as rivals" in await room("/compare shad telegram", STRANGER)


async def test_a_platform_is_not_compared_with_itself(room: Room) -> None:
    answer = await room("/compare eitaa ایتا", STRANGER)
    assert "Eitaa cannot be compared with itself" in answer
    assert "/compare eitaa telegram" in answer


async def test_two_figures_in_each_others_noise_are_level(room: Room) -> None:
    await room(release("33.4m", "33.0m", RECENT))
    await room("/record")
    answer = await room("/compare gap wechat mau", STRANGER)
    assert answer.splitlines()[0] == "Gap and WeChat are level; the difference is within the doubt."


async def test_grade_b_says_how_far_apart(room: Room) -> None:
    await room(f"/set gap mau 36m {RECENT} source=X")
    await room("/record")
    await room(f"/set wechat mau 33m {LONG_AGO} source=X")
    await room("/record")
    assert "Grade B: one source and one method, 90 days apart." in await room("/compare gap wechat mau", STRANGER)


@pytest.mark.parametrize("text", ["/compare", "/compare eitaa", "/compare eitaa telegram whatever"])
async def test_half_a_comparison_is_answered_with_a_whole_one(text: str, room: Room) -> None:
    assert "/compare eitaa" in await room(text, STRANGER)


# /overtakings and /why


async def test_overtakings_name_claims_that_cannot_be_checked(room: Room) -> None:
    answer = await room("/overtakings", STRANGER)
    assert answer.startswith("No overtaking has been seen")
    assert '"Eitaa passed Telegram and WhatsApp" — Ministry of ICT, 1 June 2024' in answer
    assert "Eitaa passed" not in await room("/overtakings bale", STRANGER)


async def overtake(room: Room) -> None:
    await room(BEHIND)
    await room("/record")
    await room(OVERTAKES)
    await room("/record")


async def test_an_overtaking_is_listed_with_its_state_and_explained(room: Room) -> None:
    await overtake(room)
    assert "(not sent yet) · /why 1" in await room("/overtakings gap", STRANGER)
    assert "It has not been sent yet." in await room("/why 1", STRANGER)
    await room.when_the_hold_is_over()
    assert "not sent" not in await room("/overtakings", STRANGER)
    answer = await room("/why 1", STRANGER)
    assert answer.splitlines()[0] == "Gap has passed WeChat."
    for part in (
        "Gap: 36 million",
        "WeChat: 33 million",
        "X, method: not stated",
        "person 1",
        "3 million",
        "1 million",
    ):
        assert part in answer
    assert answer.index("Gap: 36") < answer.index("WeChat: 33")


async def test_an_overtaking_that_was_taken_back_keeps_its_number(room: Room) -> None:
    await overtake(room)
    await room("/undo")
    assert "taken back before it left" in await room("/why 1", STRANGER)
    assert "Gap" not in await room("/overtakings", STRANGER)


@pytest.mark.parametrize("text", ["/why", "/why 7", "/why abc", "/why 99999999999999999999", "/why -1", "/why ۷"])
async def test_a_number_that_names_nothing_is_said_to(text: str, room: Room) -> None:
    answer = await room(text, STRANGER)
    assert "/overtakings" in answer
    assert "fault" not in answer


# However it is written


@pytest.mark.parametrize(
    ("said", "command"),
    [
        ("آمار ایتا", "/stats eitaa"),
        ("آمار", "/stats"),
        ("مقایسه ایتا تلگرام", "/compare eitaa telegram"),
        ("مقایسه ایتا و تلگرام", "/compare eitaa telegram"),
        ("مقایسه‌ی ایتا با تلگرام سهم", "/compare eitaa telegram poll"),
        ("پیشی‌گرفتن‌ها", "/overtakings"),
        ("راهنما", "/help"),
        ("چرا ۷", "/why 7"),
        ("ایتا", "/stats eitaa"),
        ("واتس اپ", "/stats whatsapp"),
        ("Telegram", "/stats telegram"),
        ("/stats@sebghat_bot eitaa", "/stats eitaa"),
        ("/STATS Eitaa", "/stats eitaa"),
        ("／stats eitaa", "/stats eitaa"),
        ("/stats\teitaa", "/stats eitaa"),
        ("/stats\u00a0eitaa", "/stats eitaa"),
        ("/stats\neitaa", "/stats eitaa"),
        ("  /stats   eitaa  ", "/stats eitaa"),
        ("\u2066/stats eitaa\u2069", "/stats eitaa"),
        ("\u200f/stats eitaa", "/stats eitaa"),
        ("/آمار ایتا", "/stats eitaa"),
        ("/stats ایتا ماهانه", "/stats eitaa mau"),
        ("/stats soroush plus", "/stats soroush"),
    ],
)
async def test_it_is_understood_as(said: str, command: str, room: Room) -> None:
    assert await room(said, STRANGER) == await room(command, STRANGER)


@pytest.mark.parametrize("word", ["بله", "گپ", "شاد", "لاین"])
async def test_everyday_words_alone_are_no_question(word: str, room: Room) -> None:
    answer = await room(word, STRANGER)
    assert "million" not in answer
    assert "%" not in answer
    assert await room(f"آمار {word}", STRANGER) == await room(f"/stats {word}", STRANGER)


@pytest.mark.parametrize("text", ["ایتا", "سلام", "Telegram", "خوبی؟"])
async def test_a_groups_own_talk_is_not_answered(text: str, room: Room) -> None:
    assert await room.in_group(text, STRANGER) == ""


async def test_in_a_group_commands_and_plain_words_are_answered(room: Room) -> None:
    assert await room.in_group("/stats eitaa", STRANGER) == await room("/stats eitaa", STRANGER)
    assert await room.in_group("آمار ایتا", STRANGER) == await room("/stats eitaa", STRANGER)


@pytest.mark.parametrize(
    ("text", "offered"), [("/stat eitaa", "/stats"), ("/comparee", "/compare"), ("/hlep", "/help")]
)
async def test_a_mistyped_command_is_answered_with_those_that_come_near(text: str, offered: str, room: Room) -> None:
    answer = await room(text, STRANGER)
    assert "is no command I know" in answer
    assert offered in answer


async def test_a_stranger_is_not_offered_what_they_may_not_use(room: Room) -> None:
    assert "/record\n" not in await room("/recordd", STRANGER) + "\n"
    assert "/record\n" in await room("/recordd") + "\n"


@pytest.mark.parametrize("text", ["سلام", "?", "😀", "how are you", "\u200f\u200f", "\u202e"])
async def test_small_talk_is_answered_with_what_one_can_ask(text: str, room: Room) -> None:
    answer = await room(text, STRANGER)
    assert "/" in answer
    assert len(answer.splitlines()) <= 3


DIGITS = [dict(zip("0123456789", row, strict=True)) for row in ("0123456789", "۰۱۲۳۴۵۶۷۸۹", "٠١٢٣٤٥٦٧٨٩")]
LOOKS = {"ی": "یيى", "ک": "کك", "ه": "هة", "\u200c": "\u200c ", " ": [" ", "  ", "\u00a0"]}
QUESTIONS = [
    "/stats eitaa",
    "/stats eitaa mau as of 2022-12-31",
    "/stats soroush 1401-10-10",
    "آمار روبیکا",
    "آمار سروش‌پلاس",
    "واتس‌اپ",
    "مقایسه روبیکا با تلگرام سهم",
    "/compare Eitaa Telegram poll",
    "/history rubika mau",
    "/why 12",
]


@strategies.composite
def ways_to_write(draw: strategies.DrawFn) -> tuple[str, str]:
    """A question, and the same in another hand."""
    text = draw(strategies.sampled_from(QUESTIONS))
    digits = draw(strategies.sampled_from(DIGITS))
    written = ""
    for char in text:
        looks = [char.lower(), char.upper()] if char.isascii() and char.isalpha() else list(LOOKS.get(char, char))
        written += digits.get(char) or draw(strategies.sampled_from(looks))
    return text, draw(strategies.sampled_from(["", " ", "\u200f", "\ufeff"])) + written


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(ways_to_write())
async def test_letter_case_digits_half_spaces_and_kinds_of_letters_make_no_difference(
    room: Room, ways: tuple[str, str]
) -> None:
    text, written = ways
    assert await room(written, STRANGER) == await room(text, STRANGER)


def test_no_word_calls_two_commands() -> None:
    spoken = [word for command in TABLE for word in command.words]
    assert len(COMMANDS) == len(spoken)
    assert EVERYBODYS


@pytest.mark.parametrize("said", ["/stop", "stop", "خبر نده", "دیگه خبر نده"])
async def test_who_has_had_enough_gets_no_more_alerts(said: str, room: Room) -> None:
    await room("/subscribe", STRANGER)
    assert "No more alerts" in await room(said, STRANGER)
    assert not await room.in_group(said.lstrip("/"), STRANGER)  # there it is talk


async def test_who_asks_why_is_told_of_the_last_announcement_that_has_left(room: Room) -> None:
    for text in (BEHIND, OVERTAKES):
        await room(text)
        await room("/record")
    assert "Write the announcement's number" in await room("چرا؟", STRANGER)  # what waits is nobody's question yet
    await room("/release 1")
    assert (await room("چرا؟", STRANGER)).startswith("Gap has passed WeChat.")
    assert await room("/why", STRANGER) == await room("/why 1", STRANGER)
    assert not await room.in_group("چرا؟", STRANGER)


async def test_who_wants_to_be_told_is_offered_the_subscription(room: Room) -> None:
    answer = await room("هر وقت ایتا از تلگرام جلو زد خبرم کن", STRANGER)
    assert answer.splitlines()[-1].startswith("/subscribe eitaa telegram · ")
    assert "/subscribe" not in await room("به گزارش خبرگزاری‌ها ایتا در تهران جشن گرفت", STRANGER)


async def test_an_office_is_not_named_twice(room: Room) -> None:
    assert "IT Organization of Iran (Mozaffari)" in await room("/stats rubika")
    await room("/language fa")
    assert "سازمان فناوری اطلاعات (مظفری)" in await room("/stats rubika")
    assert "(محمدزاده لاجوردی، معاون وزیر ارتباطات)" in await room("/stats eitaa")


@pytest.mark.parametrize("text", ["کی گفته؟", "منبعش چیه؟", "مطمئنی؟", "از کجا می‌دونی", "Says who?"])
async def test_who_asks_who_says_so_is_told_where_it_stands(text: str, room: Room) -> None:
    answer = await room(text, STRANGER)
    assert "with its source, date and method" in answer
    assert "/stats eitaa" in answer
    assert await room.in_group(text, STRANGER) == ""


@pytest.mark.parametrize(("sender", "meant"), [(STRANGER, "/unsubscribe"), (OWNER, "/cancel · /unsubscribe")])
async def test_a_word_for_several_commands_names_those_that_one_may_use(sender: str, meant: str, room: Room) -> None:
    assert (await room("لغو", sender)).splitlines()[-1] == meant
