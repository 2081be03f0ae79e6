"""What messengers get wrong: nothing is doubled, nothing is lost, and no secret comes out."""

from __future__ import annotations

import json
import random
import sqlite3
import sys
import time
from typing import Any
from urllib.parse import quote

import pytest

from tests.journeys.served import CHANNEL, EITAA, FORUM, OWNER, PERSON, STRANGER, Town, arrives
from tests.overtaking import LONG_AGO, RECENT, TODAY, release

NOWHERE = "http://127.0.0.1:9"  # refuses every connection
CONFLICT = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
# The same program with everything logged that can be, by every library.
LOUD = [
    sys.executable,
    "-c",
    """
import logging, sys
from bot import redaction
start = redaction.start_logging
def start_loudly(*given):
    start(*given)
    for name in (None, *redaction.TALKATIVE, "aiohttp.client", "aiohttp.access"):
        logging.getLogger(name).setLevel(logging.DEBUG)
redaction.start_logging = start_loudly
from bot.__main__ import main
sys.exit(main())
""",
]


# Tokens, webhooks, rivals ----------------------------------------------------------------------------------------


async def test_a_wrong_token_is_one_line_and_the_end_where_no_other_messenger_receives(here: Town) -> None:
    bot = await here.start(TELEGRAM_TOKEN="123456789:AAF-another_secret_of_some_bot_0123456")
    assert await bot.ended() == 1
    lines = [line for line in bot.err.splitlines() if " INFO " not in line]
    assert lines == [
        "telegram does not accept this bot: the token is wrong or was taken back. Set SEBGHAT_TELEGRAM_TOKEN right."
    ]


async def test_a_wrong_token_of_one_messenger_stops_no_other(here: Town) -> None:
    bot = await here.serve(EITAA_TOKEN="bot999:another-secret")
    await bot.says(
        "eitaa does not accept this bot: the token is wrong or was taken back. Set SEBGHAT_EITAA_TOKEN right."
    )
    assert (await here.ask(PERSON, "/stats eitaa"))["text"].startswith("Eitaa\n")


async def test_a_token_taken_back_while_it_runs_is_one_line_and_the_end(here: Town) -> None:
    bot = await here.serve()
    here.telegram.revoked = True
    await here.telegram.changed()
    assert await bot.ended() == 1
    lines = [line for line in bot.err.splitlines() if " INFO " not in line]
    assert lines == [
        "telegram does not accept this bot: the token is wrong or was taken back. Set SEBGHAT_TELEGRAM_TOKEN right."
    ]


async def test_eitaas_token_taken_back_while_it_runs_is_told_and_telegram_goes_on(here: Town) -> None:
    bot = await here.serve()
    here.eitaa.revoked = True
    await here.overtake()
    await here.alert(CHANNEL)
    await bot.says("eitaa does not accept this bot")
    assert (await here.ask(PERSON, "/stats eitaa"))["text"].startswith("Eitaa\n")
    here.eitaa.revoked = False
    await here.alert(EITAA)


async def test_a_webhook_of_somebody_elses_is_told_and_alerts_go_on(here: Town) -> None:
    await here.wait_to_leave()
    here.telegram.webhook = "https://elsewhere.example/hook"
    bot = await here.serve()
    await bot.says("to a webhook that another program has set")
    await here.alert(CHANNEL)
    await here.alert(EITAA)
    assert bot.process.returncode is None
    assert here.telegram.webhook == "https://elsewhere.example/hook"


async def test_the_poll_of_a_killed_program_is_outlived(here: Town) -> None:
    bot = await here.serve()
    await bot.kill()
    conflict = json.dumps({"ok": False, "error_code": 409, "description": CONFLICT})
    here.telegram.fail("answer", "getUpdates", status=409, body=conflict)
    bot = await here.serve()
    await bot.says("another poll of this bot is still open")
    assert (await here.ask(PERSON, "/stats eitaa"))["text"].startswith("Eitaa\n")


# What comes in ---------------------------------------------------------------------------------------------------


async def test_odd_updates_in_the_middle_of_a_batch_cost_nobody_the_answer(here: Town) -> None:
    bot = await here.serve()
    here.telegram.fail("hang", "getUpdates")
    await here.telegram.say(PERSON, "/privacy")
    await here.next(PERSON, 0)
    await bot.stop()
    chat = {"id": PERSON, "type": "private"}
    person = {"id": PERSON, "is_bot": False, "first_name": "S"}
    await here.telegram.say(PERSON, "/stats eitaa")
    several: tuple[object, ...] = (
        "rubbish",
        None,
        17,
        {},
        {"message": None},
        {"message": {}},
        {"message": {"message_id": 1, "date": 1, "chat": chat}},
        {"message": {"message_id": 1, "date": 1, "chat": chat, "from": person, "text": {"deep": [1]}}},
        {"message": {"message_id": 1, "date": "soon", "chat": chat, "from": person, "text": "/stats"}},
        {
            "message": {
                "message_id": 1,
                "date": 1,
                "chat": {"id": PERSON, "type": "planet"},
                "from": person,
                "text": "/",
            }
        },
        {"message": {"message_id": 1, "date": 1, "chat": chat, "from": person, "photo": []}},
        {"message": {"message_id": 1, "date": 1, "chat": chat, "from": person, "new_chat_members": [person]}},
        {"edited_message": {"message_id": 1, "date": 1, "chat": chat, "from": person, "location": {"latitude": 1}}},
        {"callback_query": {"id": "71", "from": person}},
        {"callback_query": {"id": "71", "from": person, "chat_instance": "1", "game_short_name": "chess"}},
        {"my_chat_member": {"chat": chat}},
        {"inline_query": {"id": "1", "from": person, "query": "eitaa", "offset": ""}},
        {"message_reaction": {"chat": chat, "message_id": 1}},
        {"purchased_paid_media": {"from": person}},
        {"a_kind_never_seen": {"with": ["whatever"]}},
    )
    for odd in several:
        await here.telegram.update(odd)
    await here.telegram.say(STRANGER, "/stats bale")
    bot = await here.serve()
    await here.handled()
    assert (await here.next(STRANGER, 0))["text"].startswith("Bale\n")
    assert (await here.next(PERSON, 1))["text"].startswith("Eitaa\n")
    assert (await here.ask(PERSON, "/privacy"))["text"].startswith("What is kept about you")
    assert len(here.to(PERSON)) == 3
    assert "Traceback" not in bot.err


# What goes out ---------------------------------------------------------------------------------------------------


async def test_each_fault_ends_an_alert_in_its_state_and_nothing_that_may_have_arrived_is_sent_again(
    here: Town,
) -> None:
    faults: dict[int, tuple[str, dict[str, Any], str, int]] = {
        -1: ("500", {}, "uncertain", 1),
        -2: ("html", {}, "uncertain", 1),
        -3: ("garbage", {}, "uncertain", 1),
        -4: ("cut", {}, "uncertain", 1),
        -5: ("500", {"taken": True}, "uncertain", 1),
        -6: ("echo", {"status": 400}, "failed", 1),
        -7: ("redirect", {}, "sent", 2),
        -8: ("429", {"retry_after": 1}, "sent", 2),
        -9: ("429-text", {"retry_after": 1}, "sent", 2),
        PERSON: ("500", {}, "sent", 2),
        STRANGER: ("cut", {"times": 2}, "uncertain", 2),
    }
    for chat in faults:
        if chat < 0:
            await here.telegram.chat(chat, "channel")
    here.eitaa.chats |= {"1", "2", "3"}
    eitaa = {"1": ("500", "uncertain", 1), "2": ("cut", "uncertain", 1), "3": ("echo", "failed", 1)}
    named = [f"telegram:{chat}" for chat in faults if chat < 0] + [f"eitaa:{chat}" for chat in eitaa]
    await here.serve(CHANNELS=",".join(named), PICTURES="off")
    for person in (PERSON, STRANGER):
        await here.ask(person, "/subscribe")
    for chat, (fault, more, _, _) in faults.items():
        here.telegram.fail(fault, "sendMessage", chat=str(chat), **more)
    for place, (fault, _, _) in eitaa.items():
        here.eitaa.fail(fault, "sendMessage", chat=place, status=400)
    await here.overtake()
    await here.alert(-7)
    await here.settled()
    states, tried = here.outbox(), dict(here.rows("SELECT chat, attempts FROM outbox"))
    assert {chat: states[str(chat)] for chat in faults} == {chat: state for chat, (_, _, state, _) in faults.items()}
    assert {chat: tried[str(chat)] for chat in faults} == {chat: count for chat, (_, _, _, count) in faults.items()}
    assert {chat: states[chat] for chat in eitaa} == {chat: state for chat, (_, state, _) in eitaa.items()}
    assert {chat: tried[chat] for chat in eitaa} == {chat: count for chat, (_, _, count) in eitaa.items()}
    assert all(len(here.to(chat)) == 1 for chat in (-5, -7, -8, -9))


async def test_what_was_being_sent_at_a_kill_is_never_sent_again_to_a_channel_and_once_more_in_private(
    here: Town,
) -> None:
    bot = await here.serve(PICTURES="off")  # a picture goes by another method than the one that hangs
    await here.ask(PERSON, "/subscribe")
    for chat in (CHANNEL, PERSON):
        here.telegram.fail("hang", "sendMessage", chat=str(chat), taken=True)
    here.eitaa.fail("hang", "sendMessage", taken=True)
    await here.overtake()
    for place in (CHANNEL, PERSON, EITAA):
        await here.alert(place)
    await bot.kill()
    bot = await here.serve(PICTURES="off")
    await here.alert(PERSON, 2)
    await here.settled()
    assert here.outbox() == {str(CHANNEL): "uncertain", EITAA: "uncertain", str(PERSON): "sent"}
    await bot.kill()
    await here.serve(PICTURES="off")
    await here.enter(release("36m", "39m", TODAY))
    for place, count in ((CHANNEL, 2), (EITAA, 2), (PERSON, 3)):
        await here.alert(place, count)
    await here.settled()
    assert [len(here.alerts(place)) for place in (CHANNEL, EITAA, PERSON)] == [2, 2, 3]


async def test_a_chat_that_telegram_slows_down_delays_no_other(here: Town) -> None:
    await here.serve(PICTURES="off")
    await here.ask(PERSON, "/subscribe")
    here.telegram.fail("429", "sendMessage", chat=str(CHANNEL), retry_after=2)
    here.telegram.fail("429", "sendMessage", chat=str(STRANGER), retry_after=2)
    await here.telegram.say(STRANGER, "/stats eitaa")
    await here.telegram.say(STRANGER, "/stats bale")
    quick = await here.ask(PERSON, "/stats gap")
    await here.overtake()
    alert = await here.alert(PERSON)
    assert (await here.alert(CHANNEL))["number"] > alert["number"]
    await here.next(STRANGER, 1)
    first, second = here.to(STRANGER)
    assert quick["number"] < first["number"] < second["number"]
    assert (first["text"][:6], second["text"][:5]) == ("Eitaa\n", "Bale\n")


async def test_a_question_of_ours_that_telegram_leaves_open_holds_nobody_up_for_long(here: Town) -> None:
    await here.serve()
    here.telegram.fail("hang", "getChatMember")
    await here.telegram.say(FORUM, "/subscribe", STRANGER)
    await arrives(here.telegram, lambda: any(call["method"] == "getChatMember" for call in here.telegram.calls))
    asked = time.time()
    await here.ask(PERSON, "/stats eitaa")
    assert time.time() - asked < 10
    assert here.to(FORUM)[0]["text"] == "In a group or channel this is for its administrators. Nothing changed."


@pytest.mark.long
async def test_stopped_while_telegram_does_not_answer_it_ends_in_time_and_sends_nothing_twice(here: Town) -> None:
    bot = await here.serve(PICTURES="off")
    here.telegram.fail("hang", "sendMessage", chat=str(CHANNEL), taken=True)
    await here.overtake()
    await here.alert(CHANNEL)
    await here.alert(EITAA)
    began = time.monotonic()
    assert await bot.stop() == 0
    assert time.monotonic() - began < 10
    await here.serve(PICTURES="off")
    await here.settled()
    assert here.outbox() == {str(CHANNEL): "uncertain", EITAA: "sent"}
    assert len(here.alerts(CHANNEL)) == len(here.alerts(EITAA)) == 1


@pytest.mark.parametrize("away", ["telegram", "eitaa"])
async def test_a_messenger_out_of_reach_delays_not_the_other_and_gets_its_alert_when_it_is_back(
    away: str, here: Town
) -> None:
    await here.wait_to_leave()
    gone, there = (CHANNEL, EITAA) if away == "telegram" else (EITAA, CHANNEL)
    bot = await here.start(**{f"{away.upper()}_API": NOWHERE})
    await here.alert(there)
    await bot.says(f"{away} does not answer as it should")
    assert here.to(gone) == []
    assert await bot.stop() == 0
    await here.serve()
    await here.alert(gone)
    await here.settled()
    assert len(here.alerts(gone)) == len(here.alerts(there)) == 1


# check -----------------------------------------------------------------------------------------------------------


async def test_check_prints_identity_and_rights_in_each_channel(here: Town) -> None:
    check = await here.start("check")
    assert await check.ended() == 0
    lines = [" ".join(line.split()) for line in check.out.splitlines()]
    for line in (
        "ok telegram our_bot",
        f"ok telegram:{CHANNEL} channel: administrator, may post",
        "ok eitaa sebghat",
        f"ok eitaa:{EITAA} Eitaa tells only by a test post",
    ):
        assert line in lines
    assert here.telegram.sent == here.eitaa.sent == []


async def test_check_prints_what_is_wrong(here: Town) -> None:
    await here.telegram.chat(-1, "channel", bot={"status": "administrator", "can_post_messages": False})
    await here.telegram.chat(-2, "channel", bot={"status": "left"})
    here.telegram.webhook = "https://elsewhere.example/hook"
    here.eitaa.revoked = True
    check = await here.start("check", CHANNELS="telegram:-1,telegram:-2,telegram:-3,telegram:@nobody")
    assert await check.ended() == 1
    lines = [" ".join(line.split()) for line in check.out.splitlines() if line.startswith("FAIL")]
    assert lines[1:] == [
        "FAIL telegram:-1 channel: administrator, may not post",
        "FAIL telegram:-2 channel: left, may not post",
        "FAIL telegram:-3 Bad Request: chat not found",
        "FAIL telegram:@nobody Bad Request: chat not found",
        "FAIL eitaa refuses this bot: SEBGHAT_EITAA_TOKEN is wrong or was taken back",
    ]
    assert lines[0].startswith("FAIL telegram")
    assert "webhook" in lines[0]


# Secrets ---------------------------------------------------------------------------------------------------------


async def test_no_token_comes_out_under_any_fault_though_everything_is_logged(here: Town) -> None:
    faults = ["500", "html", "garbage", "echo", "redirect", "cut", "429-text"]
    places = [f"telegram:{-number}" for number in range(1, len(faults) + 1)]
    places += [f"eitaa:{number}" for number in range(1, len(faults) + 1)]
    for number, fault in enumerate(faults, 1):
        await here.telegram.chat(-number, "channel")
        here.eitaa.chats.add(str(number))
        here.telegram.fail(fault, "sendMessage", chat=str(-number), status=400)
        here.eitaa.fail(fault, "sendMessage", chat=str(number), status=400)
    said = ""
    for method in ("getMe", "setMyCommands", "getUpdates"):
        here.telegram.fail("echo", method, status=502)
    here.eitaa.fail("html", "getMe")
    bot = await here.serve(CHANNELS=",".join(places), program=LOUD, LOG="json", PICTURES="off")
    await bot.says("telegram answers again")
    await here.overtake()
    for fault in ("echo", "cut"):
        here.telegram.fail(fault, "getUpdates", status=400)
        here.telegram.fail(fault, "answerCallbackQuery", status=400)
        here.telegram.fail(fault, "getChatMember", status=400)
        here.telegram.fail(fault, "sendMessage", chat=str(PERSON), status=400)
        await here.telegram.press(PERSON, "/stats eitaa")
        await here.telegram.say(FORUM, "/subscribe", STRANGER)
        await here.handled()
    await here.alert(-5)
    said += f"{await bot.stop()}" + bot.out + bot.err
    assert sum('"level": "DEBUG"' in line for line in bot.err.splitlines()) > 10
    here.telegram.fail("echo", "getChat", status=400)
    for words, changed in (
        (("check",), {}),
        (("check",), {"TELEGRAM_TOKEN": here.telegram.token.replace("AAF", "AAG")}),
        ((), {"TELEGRAM_TOKEN": here.telegram.token.replace(":", "")}),
        ((), {"TELEGRAM_PROXY": NOWHERE.replace("//", "//user:secret-word@"), "EITAA_API": NOWHERE}),
    ):
        bot = await here.start(*words, CHANNELS="telegram:-1", program=LOUD, LOG="json", **changed)
        if "EITAA_API" in changed:
            await bot.says("eitaa does not answer")
            await bot.says("telegram does not answer")
            await bot.stop()
        await bot.ended()
        said += bot.out + bot.err
    here.telegram.revoked = True
    bot = await here.start(program=LOUD, LOG="json")
    assert await bot.ended() == 1
    said += bot.out + bot.err
    assert len(here.rows("SELECT detail FROM outbox WHERE detail <> ''")) >= 8
    connection = sqlite3.connect(here.database)
    said += "\n".join(connection.iterdump())
    connection.close()
    for file in here.database.parent.iterdir():
        said += file.read_bytes().decode(errors="replace")
    tokens = (here.telegram.token, here.eitaa.token)
    for secret in (*tokens, *(token.partition(":")[2] for token in tokens), here.telegram.token.replace(":", "")):
        for form in (
            secret,
            quote(secret, safe=""),
            quote(secret, safe="").replace("%3A", "%3a"),
            json.dumps(secret)[1:-1],
        ):
            assert form not in said
    assert "***" in said  # the tokens were there to come out
    assert "AAG-secret" not in said
    assert "secret-word" not in said


# Many kills ------------------------------------------------------------------------------------------------------


@pytest.mark.long
@pytest.mark.timeout(600)
async def test_twenty_kills_in_a_conversation_of_thirty_chats_double_and_lose_nothing_that_is_recorded(
    here: Town,
) -> None:
    chance = random.Random(4)
    people = range(1001, 1031)
    subscribed = people[:10]
    for person in people:
        await here.telegram.chat(person, "private")
    bot = await here.serve()
    for person in subscribed:
        await here.ask(person, "/subscribe")
    for kill in range(20):
        for figures in (release("27m", "33m", LONG_AGO, f"S{kill}"), release("36m", "33m", RECENT, f"S{kill}")):
            await here.telegram.say(OWNER, figures)
            await here.telegram.say(OWNER, "/record")
        for person in people:
            await here.telegram.say(person, f"/stats eitaa-{kill}-{person}")
        calls = len(here.telegram.calls) + chance.randrange(60)
        await arrives(here.telegram, lambda calls=calls: len(here.telegram.calls) >= calls)  # type: ignore[misc]
        await bot.kill()
        bot = await here.serve()
    await here.handled()
    assert len(here.rows("SELECT 1 FROM message WHERE state = 'left'")) == 20
    await here.settled()
    assert await bot.stop() == 0
    assert len(here.rows("SELECT 1 FROM observation WHERE id > 94")) == 80
    in_doubt = dict(here.rows("SELECT chat, count(*) FROM outbox WHERE state = 'uncertain' GROUP BY chat"))
    places: dict[int | str, int] = {CHANNEL: 1, EITAA: 1, **dict.fromkeys(subscribed, 2)}
    for place, most in places.items():
        texts = [alert["text"] for alert in here.alerts(place)]
        came = [sum(f"source: S{kill}\n" in text for text in texts) for kill in range(20)]
        assert max(came) <= most
        assert came.count(0) <= in_doubt.get(str(place), 0)
    for person in people:
        texts = [answer["text"] for answer in here.to(person)]
        assert all(sum(f"eitaa-{kill}-" in text for text in texts) <= 1 for kill in range(20))
    verify = await here.start("verify")
    assert await verify.ended() == 0, verify.out
