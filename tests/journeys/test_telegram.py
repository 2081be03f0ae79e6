"""On Telegram: people ask, an editor enters and vouches, chats come and go, groups talk."""

from __future__ import annotations

from itertools import cycle

import pytest

from tests.journeys.served import (
    ADMINISTRATOR,
    CHANNEL,
    FORUM,
    OWNER,
    PERSON,
    STRANGER,
    TOPIC,
    Town,
    arrives,
    facts,
)
from tests.messengers.serving import Fields
from tests.overtaking import BEHIND, LONG_AGO, OVERTAKES, RECENT, TODAY, release

GROUP, SUPERGROUP = -2001, -1002001


@pytest.fixture
async def here(here: Town) -> Town:
    await here.telegram.chat(GROUP, "group", members={ADMINISTRATOR: {"status": "creator"}})
    return here


# Asking ----------------------------------------------------------------------------------------------------------


async def test_somebody_asks_and_is_answered_in_form(here: Town) -> None:
    await here.serve()
    answer = await here.ask(PERSON, "/stats eitaa")
    assert answer["text"].startswith("Eitaa\nMonthly active users: 30.5 million")
    assert {"type": "bold", "offset": 0, "length": 5} in answer["entities"]
    assert answer["method"] == "sendPhoto"
    assert not (await here.ask(PERSON, "/stats"))["preview"]


async def test_what_is_known_is_sent_as_a_card_to_any_chat_by_people_who_never_started_the_bot(here: Town) -> None:
    await here.serve()
    shown: dict[str, list[Fields]] = {}
    for asked in ("ایتا", "ایتا تلگرام", "", "eitaab", "zzzzzz"):
        await here.telegram.query(999, asked, language_code="fa")
        await arrives(here.telegram, lambda: not here.telegram.queries)
        shown[asked] = answered(here)[-1]["results"]
        assert answered(here)[-1]["cache_time"] <= 300
        assert answered(here)[-1]["is_personal"] is (asked not in {"ایتا", "ایتا تلگرام"})
    eitaa = shown["ایتا"][0]
    text = eitaa["input_message_content"]["message_text"]
    assert eitaa["title"] == "ایتا"
    assert "۳۰٫۵ میلیون" in text
    assert "منبع: وزارت ارتباطات" in text
    assert "۱۲ خرداد ۱۴۰۳" in text
    assert [card["title"] for card in shown["eitaab"]] == ["ایتا"]
    assert "تلگرام" in shown["ایتا تلگرام"][0]["title"]
    assert shown[""][0]["title"] == "آمار همه‌ی پیام‌رسان‌ها"
    assert "zzzzzz" in shown["zzzzzz"][0]["title"]
    assert here.rows("SELECT count(*) FROM seen") == [(0,)]
    assert here.telegram.sent == []


def answered(here: Town) -> list[Fields]:
    return [call["parameters"] for call in here.telegram.calls if call["method"] == "answerInlineQuery"]


async def test_deep_links_go_straight_to_their_answer(here: Town) -> None:
    await here.serve()
    assert (await here.ask(PERSON, "/start stats_eitaa"))["text"] == (await here.ask(PERSON, "/stats eitaa"))["text"]
    await here.overtake()
    await here.alert(CHANNEL)
    why = await here.ask(PERSON, "/start why_1")
    assert "Gap has passed WeChat." in why["text"]
    assert why["text"] == (await here.ask(PERSON, "/why 1"))["text"]


async def test_names_that_come_near_are_buttons_that_work(here: Town) -> None:
    await here.serve()
    answer = await here.ask(PERSON, "/stats eitaab")
    assert answer["text"].startswith('I do not know "eitaab". Perhaps:')
    button = answer["buttons"][0][0]
    assert button == {"text": "Eitaa", "data": "/stats eitaa"}
    assert (await here.press(PERSON, button["data"]))["text"].startswith("Eitaa\n")
    await arrives(here.telegram, lambda: any(call["method"] == "answerCallbackQuery" for call in here.telegram.calls))


async def test_the_buttons_of_the_start_work(here: Town) -> None:
    await here.serve()
    (shown,), (compared,), (subscribed,) = (await here.ask(PERSON, "/start"))["buttons"]
    assert (await here.press(PERSON, shown["data"]))["text"].startswith("Eitaa\n")
    assert "Eitaa" in (await here.press(PERSON, compared["data"]))["text"]
    assert (await here.press(PERSON, subscribed["data"]))["text"].startswith("Alerts of all overtakings")


async def test_an_edited_question_is_answered_anew(here: Town) -> None:
    await here.serve()
    assert (await here.ask(PERSON, "/stats eitaa"))["text"].startswith("Eitaa\n")
    assert (await here.ask(PERSON, "/stats bale", edited=True))["text"].startswith("Bale\n")


async def test_the_answers_of_a_chat_come_in_the_order_of_its_questions(here: Town) -> None:
    await here.serve()
    asked = ["eitaa", "bale", "rubika", "gap", "soroush", "telegram"] * 5
    for platform in asked:
        await here.telegram.say(PERSON, f"/history {platform}")
    await arrives(here.telegram, lambda: len(here.to(PERSON)) == len(asked))
    heads = [answer["text"].split(",")[0] for answer in here.to(PERSON)]
    assert heads[:6] == ["Eitaa", "Bale", "Rubika", "Gap", "Soroush Plus", "Telegram"]
    assert heads == heads[:6] * 5


async def test_the_menu_is_set_in_both_languages_and_owners_see_theirs(here: Town) -> None:
    await here.serve()
    menus = here.telegram.commands
    everybody = {menu["language_code"]: menu["commands"] for menu in menus if "chat_id" not in menu["scope"]}
    owners = {menu["language_code"]: menu["commands"] for menu in menus if "chat_id" in menu["scope"]}
    assert everybody.keys() == owners.keys() == {"", "fa", "en"}
    for by_language in (everybody, owners):
        assert by_language["en"][0]["description"].isascii()
        assert not by_language["fa"][0]["description"].isascii()
    names = {language: {command["command"] for command in menu} for language, menu in everybody.items()}
    assert "stats" in names["fa"]
    assert "record" not in names["fa"]
    assert "record" in {command["command"] for command in owners["fa"]}
    assert {menu["scope"].get("chat_id") for menu in menus} == {None, OWNER}


async def test_an_owner_who_writes_for_the_first_time_gets_the_owners_menu(here: Town) -> None:
    del here.telegram.chats[OWNER]
    await here.serve()
    assert {menu["scope"].get("chat_id") for menu in here.telegram.commands} == {None}
    await here.ask(OWNER, "/start")
    await arrives(here.telegram, lambda: any(menu["scope"].get("chat_id") == OWNER for menu in here.telegram.commands))


# Entering --------------------------------------------------------------------------------------------------------


async def test_an_editor_enters_and_records_with_the_buttons(here: Town) -> None:
    await here.serve()
    await here.enter(BEHIND)
    preview = await here.ask(OWNER, OVERTAKES)
    assert "this goes to 2 channels (telegram:-1001600 and eitaa:123456) at once" in preview["text"]
    record, cancel = preview["buttons"][0]
    assert (record["text"], cancel["text"]) == ("record", "cancel")
    assert "The announcement has left." in (await here.press(OWNER, record["data"]))["text"]
    assert facts((await here.alert(CHANNEL))["text"])["figures"] == {"Gap": "36 million", "WeChat": "33 million"}
    assert "was recorded already" in (await here.press(OWNER, record["data"]))["text"]


@pytest.mark.parametrize("by", ["word", "button"])
async def test_vouched_for_a_lone_figure_announces(by: str, here: Town) -> None:
    await here.serve()
    await here.enter(BEHIND, f"/set wechat mau 33m {RECENT} source=X")
    preview = await here.ask(OWNER, f"/set gap mau 36m {RECENT} source=X")
    assert "recording and vouching announces it" in preview["text"]
    if by == "button":
        (vouch,) = (each for each in preview["buttons"][0] if each["text"] == "record and vouch")
        answer = await here.press(OWNER, vouch["data"])
    else:
        answer = await here.ask(OWNER, "/record reviewed")
    assert "The announcement has left." in answer["text"]
    assert facts((await here.alert(CHANNEL))["text"])["winner"] == "Gap"


async def test_a_correction_answers_the_alert_where_that_arrived_and_nowhere_else(here: Town) -> None:
    await here.serve()
    await here.ask(PERSON, "/subscribe")
    await here.ask(FORUM, "/subscribe", ADMINISTRATOR, thread=TOPIC)
    await here.overtake()
    told = {chat: await here.alert(chat) for chat in (PERSON, FORUM, CHANNEL)}
    await here.ask(PERSON, "/unsubscribe")
    await here.ask(STRANGER, "/subscribe")
    (number,) = here.rows("SELECT max(id) FROM observation WHERE platform = 'gap'")[0]
    await here.enter(f"/correct {number} 26m")
    for chat, alert in told.items():
        taken_back = await here.alert(chat, 2)
        assert taken_back["text"].startswith('Taken back: "Gap has passed WeChat".')
        assert taken_back["reply_to"] == alert["message_id"]
        assert taken_back["thread"] == alert["thread"]
    await here.ask(STRANGER, "/subscriptions")
    assert here.alerts(STRANGER) == []


# Block and return, migration, restart ----------------------------------------------------------------------------


@pytest.mark.parametrize("silent", [False, True], ids=["with a word from Telegram", "known by the refusal alone"])
async def test_who_blocks_the_bot_is_set_aside_and_back_with_the_next_message(silent: bool, here: Town) -> None:
    await here.serve()
    await here.ask(PERSON, "/subscribe")
    await here.telegram.block(PERSON, silent=silent)
    await here.overtake()
    await here.alert(CHANNEL)
    if silent:
        await arrives(here.telegram, lambda: tries(here, PERSON) == 2)
    await here.enter(release("36m", "39m", TODAY))
    await here.alert(CHANNEL, 2)
    await here.handled()
    assert tries(here, PERSON) == (2 if silent else 1)  # the answer to /subscribe among them
    await here.telegram.block(PERSON, blocked=False, silent=True)
    await here.ask(PERSON, "/subscriptions")
    await here.enter(
        f"/set rubika mau 20m; instagram mau 30m {LONG_AGO} source=X",
        f"/set rubika mau 40m; instagram mau 30m {RECENT} source=X",
    )
    assert facts((await here.alert(PERSON))["text"])["winner"] == "Rubika"


async def test_a_correction_waits_for_who_has_blocked_the_bot_meanwhile(here: Town) -> None:
    await here.serve()
    await here.ask(PERSON, "/subscribe")
    await here.overtake()
    alert = await here.alert(PERSON)
    await here.telegram.block(PERSON)
    await here.handled()
    (number,) = here.rows("SELECT max(id) FROM observation WHERE platform = 'gap'")[0]
    before = tries(here, PERSON)
    await here.enter(f"/correct {number} 26m")
    await here.alert(CHANNEL, 2)
    assert tries(here, PERSON) == before
    await here.telegram.block(PERSON, blocked=False)
    assert (await here.alert(PERSON, 2))["reply_to"] == alert["message_id"]


@pytest.mark.parametrize("told", [True, False], ids=["by both service messages", "by the refusal alone"])
async def test_a_group_that_becomes_a_supergroup_keeps_its_subscription(told: bool, here: Town) -> None:
    bot = await here.serve()
    await here.ask(GROUP, "/subscribe", ADMINISTRATOR)
    if told:
        await here.telegram.migrate(GROUP, SUPERGROUP)
        await here.handled()
    else:
        await bot.stop()
        await here.telegram.migrate(GROUP, SUPERGROUP)
        here.telegram.updates.clear()
        await here.serve()
    await here.overtake()
    alert = await here.alert(SUPERGROUP)
    (number,) = here.rows("SELECT max(id) FROM observation WHERE platform = 'gap'")[0]
    await here.enter(f"/correct {number} 26m")
    assert (await here.alert(SUPERGROUP, 2))["reply_to"] == alert["message_id"]
    assert tries(here, GROUP) == (1 if told else 2)
    await here.handled()
    assert len(here.alerts(SUPERGROUP)) == 2


@pytest.mark.parametrize(
    "kills",
    [
        (True, False),
        pytest.param((False, True), marks=pytest.mark.long),
        pytest.param((True,), marks=pytest.mark.long),
        pytest.param((False,), marks=pytest.mark.long),
    ],
    ids=["kill and stop in turn", "stop and kill in turn", "kill", "stop"],
)
async def test_a_restart_at_any_moment_repeats_and_loses_nothing(kills: tuple[bool, ...], here: Town) -> None:
    bot = await here.serve(HOLD="600")
    turns = cycle(kills)

    async def restart() -> None:
        nonlocal bot
        await here.handled()
        await here.settled()
        if next(turns):
            await bot.kill()
        else:
            assert await bot.stop() == 0
        bot = await here.serve(HOLD="600")

    await here.ask(PERSON, "/subscribe")
    await here.ask(GROUP, "/subscribe", ADMINISTRATOR)
    await here.ask(STRANGER, "/subscribe")
    await restart()
    await here.telegram.block(STRANGER)
    await restart()
    await here.enter(BEHIND)
    await here.ask(OWNER, OVERTAKES)
    await restart()
    assert "The announcement leaves at" in (await here.ask(OWNER, "/record"))["text"]
    await restart()
    await here.telegram.migrate(GROUP, SUPERGROUP)
    await restart()
    await here.ask(OWNER, "/release 1")
    for chat in (PERSON, SUPERGROUP, CHANNEL):
        await here.alert(chat)
    await restart()
    (number,) = here.rows("SELECT max(id) FROM observation WHERE platform = 'gap'")[0]
    await here.enter(f"/correct {number} 26m")
    await restart()
    await here.ask(OWNER, "/release 1")
    for chat in (PERSON, SUPERGROUP, CHANNEL):
        await here.alert(chat, 2)
    await restart()
    await here.settled()
    await bot.stop()
    assert [len(here.alerts(chat)) for chat in (PERSON, SUPERGROUP, CHANNEL, STRANGER, GROUP)] == [2, 2, 2, 0, 0]
    assert tries(here, STRANGER) == 1
    assert set(here.outbox().values()) == {"sent sent"}


async def test_what_telegram_was_not_told_to_be_handled_is_handled_once(here: Town) -> None:
    bot = await here.serve()
    await here.ask(PERSON, "/subscribe")
    await here.enter(BEHIND)
    await here.ask(OWNER, OVERTAKES)
    await here.handled()
    here.telegram.fail("hang", "getUpdates")
    recorded, asked = len(here.to(OWNER)), len(here.to(PERSON))
    await here.telegram.say(OWNER, "/record")
    await here.next(OWNER, recorded)
    await here.alert(PERSON)
    await here.settled()
    await bot.kill()
    assert here.telegram.updates
    await here.telegram.say(PERSON, "/subscriptions")
    await here.serve()
    await here.next(PERSON, asked + 1)
    await here.handled()
    assert len(here.to(OWNER)) == recorded + 1
    assert [each["text"][:6] for each in here.to(PERSON)[asked:]] == ["Gap ha", "Alerts"]
    assert len(here.alerts(CHANNEL)) == len(here.alerts(PERSON)) == 1


# Groups ----------------------------------------------------------------------------------------------------------


async def test_in_a_group_the_bot_answers_what_is_meant_for_it_and_nothing_else(here: Town) -> None:
    await here.serve()
    assert (await here.ask(GROUP, "/stats@our_bot eitaa", STRANGER))["text"].startswith("Eitaa\n")
    assert (await here.ask(GROUP, "/STATS@Our_Bot eitaa", STRANGER))["text"].startswith("Eitaa\n")
    assert (await here.ask(GROUP, "آمار ایتا", STRANGER))["text"].startswith("Eitaa\n")
    for text in ("/stats@other_bot eitaa", "/start@other_bot", "ایتا", "Who has seen my cat?", "بله", "eitaa", "🙂"):
        await here.silent(here.telegram.say(GROUP, text, STRANGER))
    for text in ("چرا؟", "چرا نیامدی", "کمک کنید", "زبان بدن", "آمارش را گرفتم", "رتبه چند شدی؟", "اشتراک گذاشتم"):
        await here.silent(here.telegram.say(GROUP, text, STRANGER))


async def test_a_topic_is_answered_in_the_topic(here: Town) -> None:
    await here.serve()
    assert (await here.ask(FORUM, "/stats eitaa", STRANGER, thread=TOPIC))["thread"] == str(TOPIC)
    assert (await here.ask(FORUM, "/stats eitaa", STRANGER))["thread"] == ""


async def test_what_is_kept_is_told_and_nothing_of_what_people_write_is_kept(here: Town) -> None:
    bot = await here.serve()
    assert "No name, no phone number, no text of messages." in (await here.ask(PERSON, "/privacy"))["text"]
    await here.ask(GROUP, "/stats@our_bot my-secret-plan", STRANGER)
    await here.telegram.say(GROUP, "my-secret-plan", STRANGER)
    await here.handled()
    await bot.stop()
    for file in here.database.parent.glob(f"{here.database.name}*"):
        assert b"my-secret-plan" not in file.read_bytes()
    assert "my-secret-plan" not in bot.err


# Channels --------------------------------------------------------------------------------------------------------


async def test_an_owner_who_makes_the_bot_administrator_of_a_channel_is_asked_and_the_button_adds_it(
    here: Town,
) -> None:
    await here.serve(CHANNELS="")
    await here.telegram.chat(-1001800, "channel", title="Other news", bot={"status": "left"})
    before = len(here.to(OWNER))
    await here.telegram.member(-1001800, OWNER, status="administrator", can_post_messages=True)
    question = await here.next(OWNER, before)
    assert question["text"] == 'I was made an administrator of "Other news". Shall alerts go there?'
    button = question["buttons"][0][0]
    assert "telegram:-1001800" in (await here.press(OWNER, button["data"]))["text"]
    rights = {"status": "administrator", "can_post_messages": True, "can_pin_messages": True}
    await here.silent(here.telegram.member(-1001800, OWNER, **rights))
    await here.overtake()
    await here.alert(-1001800)


async def test_a_stranger_who_does_so_is_not_asked_and_adds_nothing(here: Town) -> None:
    await here.serve()
    await here.telegram.chat(-1001800, "channel", title="Other news", bot={"status": "left"})
    await here.silent(here.telegram.member(-1001800, STRANGER, status="administrator", can_post_messages=True))
    answer = await here.press(STRANGER, "/channels add telegram:-1001800")
    assert answer["text"] == "This command is for the editors. Nothing changed."
    await here.overtake()
    await here.alert(CHANNEL)
    assert here.to(-1001800) == []


async def test_a_channel_that_the_bot_was_removed_from_is_set_aside_until_it_is_back(here: Town) -> None:
    await here.serve()
    await here.telegram.member(CHANNEL, STRANGER, status="left")
    await here.handled()
    assert f"telegram:{CHANNEL} — all: set aside" in (await here.ask(OWNER, "/channels"))["text"]
    await here.overtake()
    await here.alert("123456")
    assert tries(here, CHANNEL) == 0
    await here.telegram.member(CHANNEL, STRANGER, status="administrator", can_post_messages=True)
    await here.enter(release("36m", "39m", TODAY))
    assert facts((await here.alert(CHANNEL))["text"])["winner"] == "WeChat"


async def test_a_forum_that_the_bot_was_removed_from_is_set_aside_with_its_topics(here: Town) -> None:
    await here.serve()
    await here.ask(FORUM, "/subscribe", ADMINISTRATOR, thread=TOPIC)
    await here.telegram.member(FORUM, STRANGER, status="kicked")
    before = tries(here, FORUM)
    await here.overtake()
    await here.alert(CHANNEL)
    assert tries(here, FORUM) == before


def tries(here: Town, chat: int) -> int:
    """How often the bot tried to write there."""
    return sum(
        call["method"] in {"sendMessage", "sendPhoto"} and call["parameters"]["chat_id"] == chat
        for call in here.telegram.calls
    )
