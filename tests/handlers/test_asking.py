"""Questions in everyday language, mistyped lines and half-right ones: answered, or refused with a line that works."""

from __future__ import annotations

import re

import pytest

from sebghat.conversation import Address, ChatKind
from sebghat.platforms import bundled
from tests.handlers.room import OWNER, STRANGER, Room
from tests.sebghat.questions import NOT_ASKED


def offered(answer: str) -> list[str]:
    """The lines that an answer offers, one for each slash."""
    return [line.rstrip(" .:؛") for line in re.findall(r"(/[a-z]+(?: [a-z0-9-]+)*)", answer)]


@pytest.mark.parametrize(
    ("said", "command"),
    [
        ("ایتا؟", "/stats eitaa"),
        ("ایتا.", "/stats eitaa"),
        ("ایتا!", "/stats eitaa"),
        ("ایتا 🌹", "/stats eitaa"),
        ("🌹❤️ ایتا", "/stats eitaa"),
        ("@eitaa", "/stats eitaa"),
        ("«ایتا»", "/stats eitaa"),
        ('"eitaa"', "/stats eitaa"),
        ("آمار ایتا؟", "/stats eitaa"),
        ("آمار؟", "/stats"),
        ("/stats؟ ایتا؟", "/stats eitaa"),
        ("راهنما!", "/help"),
        ("چرا ۷؟", "/why 7"),
        ("سلام ایتا", "/stats eitaa"),
        ("ایتا ماهانه", "/stats eitaa mau"),
        ("ایتا چند تا کاربر داره؟", "/stats eitaa"),
        ("تعداد کاربران ایتا", "/stats eitaa"),
        ("تلگرام در جهان چند کاربر دارد؟", "/stats telegram world"),
        ("ایتا در سال ۱۴۰۱ چند کاربر داشت؟", "/stats eitaa 1401"),
        ("how many users has eitaa?", "/stats eitaa"),
        ("تلگرام بیشتره یا ایتا", "/compare eitaa telegram"),
        ("ایتا از تلگرام پیش افتاده؟", "/compare eitaa telegram"),
        ("روبیکا بیشتره یا اینستاگرام", "/compare rubika instagram"),
        ("ایتا،تلگرام سهم", "/compare eitaa telegram poll"),
        ("why is eitaa bigger than telegram", "/compare eitaa telegram"),
        ("how big is the gap between eitaa and telegram?", "/compare eitaa telegram"),
        ("آمار نظرسنجی تلگرام", "/stats telegram poll"),
        ("آمار کاربران ایتا رو بده", "/stats eitaa"),
        ("مقایسه کن ایتا و تلگرام رو", "/compare eitaa telegram"),
        ("مقایسه ایتا از تلگرام چقدر بیشتره", "/compare eitaa telegram"),
        ("compare eitaa and telegram please", "/compare eitaa telegram"),
        ("history of telegram", "/history telegram"),
        ("help", "/help"),
        ("Stats eitaa", "/stats eitaa"),
        ("language en", "/language en"),
    ],
)
async def test_in_private_it_is_understood_as(said: str, command: str, room: Room) -> None:
    assert await room(said, STRANGER) == await room(command, STRANGER)


@pytest.mark.parametrize(
    "text",
    ["ایتا؟", "تعداد کاربران ایتا", "تلگرام بیشتره یا ایتا", "help", "stats eitaa", "چرا تلگرام بیشتره؟", "eitaa mau"],
)
async def test_in_a_group_such_talk_is_not_answered(text: str, room: Room) -> None:
    assert await room.in_group(text, STRANGER) == ""


@pytest.mark.parametrize(
    ("begins", "texts"),
    [
        ("Hello. Ask how many users", ["سلام", "hi", "Hello!", "سلام خوبی؟", "خسته نباشید", "salam"]),
        ("You are welcome. ", ["مرسی", "ممنون", "ممنون 🌹", "بله ممنون", "سلام ممنون", "thanks"]),
        ("Ask how many users", ["ok", "باشه", "😀", "👍👍", "؟"]),
        ("sebghat tells how many users", ["این ربات چیه؟", "تو کی هستی", "چیکار می‌کنی", "what is this?"]),
    ],
)
async def test_talk_is_answered_in_its_kind_and_with_what_one_can_ask(
    begins: str, texts: list[str], room: Room
) -> None:
    for text in texts:
        answer = await room(text, STRANGER)
        assert answer.startswith(begins), text
        assert offered(answer) == ["/stats eitaa", "/compare eitaa telegram", "/help"]


@pytest.mark.parametrize("text", ["سلام دوست قدیمی من چطوری", "ممنون می‌شوم اگر هوا را بگویید"])
async def test_what_begins_politely_and_goes_on_is_no_talk(text: str, room: Room) -> None:
    answer = await room(text, STRANGER)
    assert "I did not understand" in answer


@pytest.mark.parametrize(
    "text",
    ["امروز هوا خوبه", "گپ بزنیم", "شاد باشی", "بله قربان", "کتاب", "https://x.com/foo", "forget it"],
)  # fmt: skip
async def test_what_would_be_a_guess_is_not_answered_with_a_name(text: str, room: Room) -> None:
    answer = await room(text, STRANGER)
    assert "I did not understand" in answer
    assert offered(answer.splitlines()[-1]) == ["/stats eitaa", "/help"]


@pytest.mark.parametrize(
    ("text", "understood", "lines"),
    [
        ("ایتا فیلتره؟", "Eitaa", ["/stats eitaa", "/compare eitaa telegram"]),
        ("گپ بزنیم درباره ایتا", "Eitaa", ["/stats eitaa", "/compare eitaa telegram"]),
        ("کدوم بهتره ایتا یا تلگرام", "Eitaa and Telegram", ["/compare eitaa telegram", "/stats eitaa"]),
        ("ایتا روبیکا بله", "Eitaa and Rubika", ["/compare eitaa rubika", "/stats eitaa"]),
        ("تعداد کاربران روزانه ایتا در تبریز", "Eitaa and daily", ["/stats eitaa dau", "/compare eitaa telegram"]),
        ("چند تا کاربر داره تلگارم", '"تلگارم"', ["/stats telegram"]),
    ],
)
async def test_what_was_understood_is_said_and_the_two_nearest_commands_offered(
    text: str, understood: str, lines: list[str], room: Room
) -> None:
    answer = await room(text, STRANGER)
    assert understood in answer
    assert offered(answer) == lines
    for line in lines:
        assert "did not understand" not in await room(line, STRANGER)


@pytest.mark.parametrize("text", ["ایتا چند کاربر داره؟", "ایتا", "آمار ایتا", "eitaa users", "کاربران ایتا"])
@pytest.mark.parametrize("address", [Address.MENTION, Address.REPLY])
async def test_a_group_may_speak_to_the_bot(text: str, address: Address, room: Room) -> None:
    assert await room.in_group(text, STRANGER, address=address) == await room("/stats eitaa", STRANGER)
    if text != "آمار ایتا":  # the plain command works by itself
        assert await room.in_group(text, STRANGER) == ""


@pytest.mark.parametrize(
    "text", [*sorted({*NOT_ASKED} - {"x", "line"}), "سلام", "مرسی", "چه جالب", "وای", "باورم نمیشه"]
)
async def test_people_who_answer_the_bot_to_each_other_are_left_alone(text: str, room: Room) -> None:
    assert await room.in_group(text, STRANGER, address=Address.REPLY) == ""
    assert await room.in_group(text, STRANGER) == ""


@pytest.mark.parametrize(
    "text", ["آمار ایتا خیلی بالاست", "مقایسه ایتا و تلگرام مسخره است", "آمار کانال ایتا", "رتبه ایتا بد نیست"]
)
async def test_a_groups_talk_that_begins_like_a_command_is_not_one(text: str, room: Room) -> None:
    assert await room.in_group(text, STRANGER) == ""


async def test_who_calls_the_bot_by_name_is_always_answered(room: Room) -> None:
    assert "I understood: Eitaa" in await room.in_group("ایتا فیلتره؟", STRANGER, address=Address.MENTION)
    assert "Ask how many" in await room.in_group("سلام", STRANGER, address=Address.MENTION)


async def test_a_channels_own_posts_ask_nothing(room: Room) -> None:
    for text in ("آمار ایتا", "ایتا چند کاربر داره؟"):
        assert await room(text, "-100", chat="-100", chat_kind=ChatKind.CHANNEL, address=Address.MENTION) == ""


@pytest.mark.parametrize(("word", "key"), [("بله", "bale"), ("گپ", "gap"), ("شاد؟", "shad"), ("لاین", "line")])
async def test_an_everyday_word_alone_is_offered_as_a_line_to_send(word: str, key: str, room: Room) -> None:
    answer = await room(word, STRANGER)
    assert "I did not understand" in answer
    assert f"/stats {key}" in offered(answer)


@pytest.mark.parametrize(
    ("said", "command"),
    [
        ("تعداد کاربران بله", "/stats bale"),
        ("گپ چند تا کاربر داره؟", "/stats gap"),
        ("تلگرام بیشتره یا بله؟", "/compare bale telegram"),
        ("بله، ایتا", "/stats eitaa"),
        ("کدوم پیام رسان از همه بیشتره", "/rank"),
        ("which messenger is the biggest", "/rank"),
    ],
)
async def test_an_everyday_word_is_a_name_only_in_clear_company(said: str, command: str, room: Room) -> None:
    assert await room(said, STRANGER) == await room(command, STRANGER)


@pytest.mark.parametrize(
    ("said", "line"),
    [
        ("/sats eitaa", "/stats eitaa"),
        ("/sats ایتا ماهانه", "/stats eitaa mau"),
        ("/comparee eitaa telegram", "/compare eitaa telegram"),
        ("/comparee eitaa", "/compare eitaa telegram"),
        ("/wyh 17", "/why 17"),
        ("/sats@sebghat_bot eitaa", "/stats eitaa"),
        ("/subscrib eitaa", "/subscribe eitaa"),
    ],
)
async def test_a_mistyped_command_is_offered_with_what_stood_after_it(said: str, line: str, room: Room) -> None:
    assert line in offered(await room(said, STRANGER))


async def test_an_editors_command_without_its_slash_is_offered_with_it_and_never_carried_out(room: Room) -> None:
    before = room.dump()
    assert "/set eitaa mau 30" in (await room("set eitaa mau 30m"))
    assert "/set" not in await room("set eitaa mau 30m", STRANGER)
    assert room.dump() == before


async def test_plain_words_with_more_behind_them_never_forget_anybody(room: Room) -> None:
    await room("/subscribe eitaa", STRANGER)
    for text in ("forget about it", "فراموشم کن لطفا"):
        await room(text, STRANGER)
        assert "Eitaa" in await room("/subscriptions", STRANGER)


# Half-right lines


async def test_two_platforms_after_stats_are_offered_to_be_compared(room: Room) -> None:
    assert offered(await room("/stats eitaa rubika", STRANGER)) == ["/compare eitaa rubika"]
    assert await room("آمار ایتا و روبیکا", STRANGER) == await room("/compare eitaa rubika", STRANGER)
    assert offered(await room("/stats eitaa youtube", STRANGER)) == ["/stats eitaa", "/stats youtube"]


async def test_stats_takes_a_scope(room: Room) -> None:
    world = await room("/stats telegram world", STRANGER)
    assert "(world): more than 1 billion" in world
    assert "Share in polls" not in world
    assert "world" not in await room("/stats telegram iran", STRANGER)
    assert "no such figure of Eitaa worldwide" in await room("/stats eitaa world", STRANGER)


@pytest.mark.parametrize("word", ["foo", "eitaa", "ایتا"])
async def test_rank_names_the_word_that_it_does_not_know(word: str, room: Room) -> None:
    answer = await room(f"/rank {word}", STRANGER)
    assert f'"{word}" is neither' in answer
    assert (await room("/rank iran", STRANGER)).startswith("Order as of ")
    assert (await room("/rank mau", STRANGER)).startswith("Order as of ")


async def test_compare_says_that_it_takes_no_date(room: Room) -> None:
    answer = await room("/compare eitaa telegram poll as of 2020-01-01", STRANGER)
    assert 'cannot take "2020-01-01"' in answer
    assert "/compare eitaa telegram" in answer
    assert '"foo" is no metric' in await room("/compare eitaa telegram foo", STRANGER)


async def test_compare_says_where_it_has_no_figures_to_compare(room: Room) -> None:
    answer = await room("/compare eitaa telegram world", STRANGER)
    assert "cannot be compared by their figures worldwide" in answer
    assert offered(answer) == ["/compare eitaa telegram"]


async def test_three_are_not_compared(room: Room) -> None:
    assert offered(await room("/compare eitaa telegram bale", STRANGER)) == ["/compare eitaa telegram"]


@pytest.mark.parametrize("key", sorted(bundled()))
async def test_no_answer_about_a_platform_offers_a_line_that_is_refused(key: str, room: Room) -> None:
    platform = bundled()[key]
    for text in (f"/stats {key}", f"/compare {key}", f"/compare {key} {key}", platform.name_fa, f"/history {key}"):
        for line in offered(await room(text, STRANGER)):
            if line.startswith(("/stats", "/compare", "/history")):
                answer = await room(line, STRANGER)
                for refused in ("not counted as rivals", "no messenger", "with whom", "do not know", "did not underst"):
                    assert refused not in answer, (text, line)


@pytest.mark.parametrize("text", ["ایتا " * 1600, "؟" * 8192, "بله کاربر " * 800, "۱۴۰۱ " * 1600, "a" * 8192 + " ایتا"])
@pytest.mark.timeout(20)
async def test_a_long_text_is_answered_soon(text: str, room: Room) -> None:
    answer = await room(text, OWNER)
    assert 0 < len(answer) < 1500
    assert "fault" not in answer
