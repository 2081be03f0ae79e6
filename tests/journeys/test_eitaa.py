"""On Eitaa, which only takes: the same facts as elsewhere, in its own form."""

from __future__ import annotations

import re

import pytest

from tests.journeys.served import (
    ADMINISTRATOR,
    CHANNEL,
    EITAA,
    FORUM,
    OWNER,
    PERSON,
    STRANGER,
    TOPIC,
    Town,
    arrives,
    facts,
    numbers,
)
from tests.overtaking import BEHIND, OVERTAKES, RECENT, TODAY, release


async def test_the_same_facts_reach_a_person_a_topic_a_channel_and_eitaa(here: Town) -> None:
    await here.serve()
    await here.ask(PERSON, "/subscribe gap")
    await here.ask(FORUM, "/subscribe@our_bot", ADMINISTRATOR, thread=TOPIC)
    await here.overtake()
    told = [await here.alert(chat) for chat in (PERSON, FORUM, CHANNEL, EITAA)]
    first, *others = [facts(each["text"]) for each in told]
    assert others == [first] * 3
    assert (first["winner"], first["loser"]) == ("Gap", "WeChat")
    assert first["figures"] == {"Gap": "36 million", "WeChat": "33 million"}
    assert (first["source"], first["margin"], first["band"]) == ("X", "3 million", "1 million")
    assert str(RECENT.year) in str(first["date"])
    assert told[1]["thread"] == str(TOPIC)


async def test_the_same_facts_stand_in_both_languages(here: Town) -> None:
    await here.serve()
    await here.ask(PERSON, "/subscribe")
    await here.ask(STRANGER, "/language fa")
    await here.ask(STRANGER, "/subscribe")
    await here.overtake()
    english, persian = [(await here.alert(chat))["text"].splitlines() for chat in (PERSON, STRANGER)]
    assert persian[0] == "گپ از وی‌چت پیش افتاد."
    assert len(persian) == len(english)
    for line in range(4):
        assert numbers(persian[line]) == numbers(english[line])


async def test_the_reverse_has_the_same_form_everywhere(here: Town) -> None:
    await here.serve()
    await here.ask(PERSON, "/subscribe")
    await here.ask(FORUM, "/subscribe", ADMINISTRATOR, thread=TOPIC)
    await here.overtake()
    await here.enter(release("36m", "39m", TODAY))
    for chat in (PERSON, FORUM, CHANNEL, EITAA):
        there, back = [await here.alert(chat, count) for count in (1, 2)]
        assert facts(back["text"])["winner"] == "WeChat"
        assert form(back["text"].replace("WeChat", "A").replace("Gap", "B")) == form(
            there["text"].replace("Gap", "A").replace("WeChat", "B")
        )
        assert back.get("entities") == there.get("entities") or len(back["entities"]) == len(there["entities"])


async def test_where_nobody_can_ask_why_the_source_is_said_and_said_once(here: Town) -> None:
    await here.serve()
    await here.overtake()
    text = (await here.alert(EITAA))["text"]
    assert "/why" not in text
    assert text.count("source: X") == text.lower().count("source") == 1


@pytest.mark.parametrize("no_ids", [False, True], ids=["with ids", "without ids"])
async def test_what_was_told_on_eitaa_is_taken_back_there(no_ids: bool, here: Town) -> None:
    here.eitaa.no_ids = no_ids
    await here.serve()
    await here.overtake()
    await here.alert(EITAA)
    (number,) = here.rows("SELECT max(id) FROM observation WHERE platform = 'gap'")[0]
    await here.enter(f"/correct {number} 26m")
    taken_back = await here.alert(EITAA, 2)
    assert taken_back["text"].startswith('Taken back: "Gap has passed WeChat".')
    assert "26 million, not 36 million" in taken_back["text"]
    assert facts((await here.alert(EITAA))["text"])


async def test_a_long_text_is_parted_at_the_length_that_is_set_and_pinned_once(here: Town) -> None:
    here.eitaa.text_limit = 200
    await here.serve(EITAA_TEXT_LIMIT="200", EITAA_PIN="on")
    await here.overtake()
    telegram = await here.alert(CHANNEL)
    await arrives(here.eitaa, lambda: "was still behind" in here.eitaa.sent[-1]["text"] if here.eitaa.sent else False)
    parts = here.to(EITAA)
    assert [part["pinned"] for part in parts] == [True] + [False] * (len(parts) - 1)
    assert facts("\n".join(part["text"] for part in parts)) == facts(telegram["text"])


async def test_a_channel_that_is_not_ours_is_set_aside_and_the_others_go_on(here: Town) -> None:
    await here.serve()
    await here.ask(OWNER, "/channels add eitaa:999")
    await here.overtake()
    await here.alert(EITAA)
    await here.settled()
    assert here.outbox()["999"] == "failed"
    await here.enter(release("36m", "39m", TODAY))
    await here.alert(EITAA, 2)
    assert sum(call["parameters"].get("chat_id") == "999" for call in here.eitaa.calls) == 1
    assert "eitaa:999 — all: set aside" in (await here.ask(OWNER, "/channels"))["text"]


async def test_a_channel_on_eitaa_can_be_added_for_some_platforms_in_its_own_language(here: Town) -> None:
    here.eitaa.chats |= {"777", "888"}
    await here.serve()
    await here.ask(OWNER, "/channels add eitaa:777 gap fa")
    await here.ask(OWNER, "/channels add eitaa:888 bale")
    await here.enter(BEHIND)
    assert "this goes to 3 channels (" in (await here.ask(OWNER, OVERTAKES))["text"]
    await here.ask(OWNER, "/record")
    assert (await here.alert("777"))["text"].startswith("گپ از وی‌چت پیش افتاد.")
    await here.alert(EITAA)
    await here.settled()
    assert "888" not in here.outbox()


def form(text: str) -> list[str]:
    """An announcement without its figures and days."""
    return re.sub(r"\d+( [A-Z]\w+(?! users))?", "#", text).splitlines()
