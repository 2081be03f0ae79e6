"""What may have arrived and what did not: the admins are asked and told, each thing once, and decide once."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.transports.transport import Kind, Outcome
from sebghat.conversation import ChatKind, Destination
from tests.bot.mailbox import Mailbox
from tests.bot.test_carrying import several
from tests.bot.test_delivery import delivery as delivering
from tests.bot.test_delivery import overtake, row
from tests.handlers.room import OTHER_OWNER, OWNER, Room
from tests.overtaking import LONG_AGO, RECENT, release

DOUBT = Outcome(Kind.UNKNOWN, detail="no answer in time")
TITLE = "Gap has passed WeChat"


class Asking:
    """A bot whose admins are the owner and another one, of whom the second reads Persian."""

    def __init__(self, room: Room) -> None:
        self.room = room
        self.box = Mailbox()
        room.owners.add(("telegram", OTHER_OWNER))
        self.sending = self.new()

    def new(self) -> Any:
        async def admins() -> list[Destination]:
            return [Destination("telegram", OWNER), Destination("telegram", OTHER_OWNER)]

        sending = delivering(self.room, self.box)
        sending._admins = admins
        return sending

    async def deliver(self) -> None:
        await self.sending.once()

    def asked(self, who: str = OWNER) -> list[str]:
        return [text for chat, text in self.box.delivered if chat == who]

    def heard(self, chat: str) -> int:
        return sum(to == chat for to, _ in self.box.delivered)


@pytest.fixture
async def asking(room: Room) -> Asking:
    await several(room, "-100", "-200", kind=ChatKind.CHANNEL)
    asking = Asking(room)
    asking.box.outcomes["-100"] = [DOUBT]
    await room("/language fa", OTHER_OWNER)
    await overtake(room)
    return asking


async def test_the_admins_are_asked_each_in_their_language(asking: Asking) -> None:
    await asking.deliver()
    (question,), (persian,) = asking.asked(), asking.asked(OTHER_OWNER)
    assert question.splitlines()[0] == (
        f'Doubt 1: it is not known whether "{TITLE}" arrived at telegram:-100. Please look there.'
        " A second time it is sent only if you say so."
    )
    assert "/arrived 1" in question
    assert "/resend 1" in question
    assert "رسیده باشد" in persian
    assert "/resend 1" in persian


async def test_the_same_doubt_is_not_asked_about_twice_nor_by_the_next_start(asking: Asking) -> None:
    for _ in range(3):
        await asking.deliver()
    await asking.new().after_crash()
    await asking.new().once()
    assert len(asking.asked()) == 1


async def test_a_kill_between_doubt_and_question_loses_no_question(asking: Asking) -> None:
    await asking.sending._leave()
    await asking.sending._carry()  # and here it dies
    assert asking.asked() == []
    assert row(asking.room, "-100") == ("uncertain", 1)
    await asking.new().once()
    assert len(asking.asked()) == 1


async def test_many_doubts_are_one_question_with_their_number(room: Room) -> None:
    groups = [f"-{number}" for number in range(300, 340)]
    await several(room, *groups, kind=ChatKind.GROUP)
    asking = Asking(room)
    await overtake(room)
    await asking.sending._leave()
    assert len(await room.store.outbox.claim("telegram", datetime.now(UTC), 99)) == 40
    fresh = asking.new()
    await fresh.after_crash()
    await fresh.once()
    (question,) = asking.asked()
    assert "telegram:-300, telegram:-301, telegram:-302, telegram:-303, telegram:-304 and 35 more" in question
    assert [asking.heard(group) for group in groups] == [0] * 40


async def test_what_an_admin_has_seen_arrive_is_not_sent_again(asking: Asking) -> None:
    await asking.deliver()
    assert (await asking.room("/arrived 1")).startswith("Noted: arrived (1).")
    await asking.deliver()
    assert row(asking.room, "-100") == ("sent", 1)
    assert asking.heard("-100") == 1


async def test_what_an_admin_orders_is_sent_again_once(asking: Asking) -> None:
    await asking.deliver()
    assert (await asking.room("/resend 1")).startswith("1 sent again now.")
    await asking.deliver()
    await asking.deliver()
    assert row(asking.room, "-100") == ("sent", 2)
    assert asking.heard("-100") == 2


@pytest.mark.parametrize(("second", "who"), [("/resend 1", OWNER), ("/arrived 1", OTHER_OWNER), ("/resend ۱", "9")])
async def test_who_comes_second_hears_what_was_decided_and_changes_nothing(
    second: str, who: str, asking: Asking
) -> None:
    await asking.deliver()
    await asking.room("/resend 1")
    answer = await asking.room(second, who)
    assert "it was sent again" in answer or "دوباره فرستاده شد" in answer
    await asking.deliver()
    assert asking.heard("-100") == 2
    assert asking.room.rows("SELECT count(*) FROM trial WHERE person IS NOT NULL") == [(1,)]


async def test_a_doubt_that_comes_again_is_asked_about_anew(asking: Asking) -> None:
    asking.box.outcomes["-100"] = [DOUBT, DOUBT]
    await asking.deliver()
    await asking.room("/resend 1")
    await asking.deliver()
    assert [text.splitlines()[0][:8] for text in asking.asked()] == ["Doubt 1:", "Doubt 2:"]


async def test_one_place_of_several_can_be_decided_alone(asking: Asking) -> None:
    asking.box.outcomes["-200"] = [DOUBT]
    await asking.deliver()
    await asking.room("/resend 1 telegram:-200")
    assert "Nothing there is in doubt." in await asking.room("/resend 1 telegram:-999")
    await asking.deliver()
    assert (row(asking.room, "-100"), row(asking.room, "-200")) == (("uncertain", 1), ("sent", 2))
    assert "1 in doubt" not in await asking.room("/arrived 1")
    assert row(asking.room, "-100") == ("sent", 1)


async def test_after_a_day_nothing_is_sent_again(asking: Asking) -> None:
    await asking.deliver()
    async with asking.room.store._database.transaction() as verbs:
        await verbs.run("UPDATE message SET left_at = :old", old=datetime.now(UTC) - timedelta(hours=25))
    assert "more than a day old" in await asking.room("/resend 1")
    assert row(asking.room, "-100") == ("uncertain", 1)
    assert "Noted" in await asking.room("/arrived 1")


async def test_what_was_taken_back_there_since_is_not_sent_again(asking: Asking) -> None:
    await asking.deliver()
    await asking.room("/retract 97 a slip")
    await asking.room("/record")
    await asking.deliver()
    assert asking.heard("-100") == 2
    assert "1 not sent again: a correction has gone there since." in await asking.room("/resend 1")
    await asking.deliver()
    assert asking.heard("-100") == 2


@pytest.mark.parametrize("text", ["/arrived", "/resend x", "/arrived 99", "/resend -1", "/resend 99999999999999999999"])
async def test_what_names_no_doubt_is_refused_with_a_line_that_works(text: str, asking: Asking) -> None:
    await asking.deliver()
    answer = await asking.room(text)
    assert answer.splitlines()[-1] == "/status"
    assert row(asking.room, "-100") == ("uncertain", 1)


async def test_the_status_lists_what_is_open_until_it_is_decided(asking: Asking) -> None:
    await asking.deliver()
    assert "Doubt 1: it is not known" in await asking.room("/status")
    assert "1 uncertain" in await asking.room("/channels")
    await asking.room("/arrived 1")
    assert "Doubt 1" not in await asking.room("/status")
    assert "1 uncertain" not in await asking.room("/channels")


async def test_who_did_it_stands_in_the_audit(asking: Asking) -> None:
    await asking.deliver()
    await asking.room("/resend 1")
    assert "/resend: doubt 1, messages: 1" in await asking.room("/audit")


async def test_one_person_in_doubt_is_no_question(room: Room) -> None:
    asking = Asking(room)
    asking.box.outcomes["7"] = [DOUBT, DOUBT]
    await several(room, "7")
    await overtake(room)
    await asking.deliver()
    async with room.store._database.transaction() as verbs:
        await verbs.run("UPDATE outbox SET due = tried_at WHERE chat = '7'")
    await asking.deliver()
    assert row(room) == ("uncertain", 2)
    assert asking.asked() == []


# What did not arrive for good


async def test_what_failed_is_told_once_for_each_announcement_and_messenger_with_reasons(room: Room) -> None:
    asking = Asking(room)
    people = [str(number) for number in range(700, 720)]
    await several(room, *people)
    for person in people[:3]:
        asking.box.outcomes[person] = [Outcome(Kind.PERMANENT, detail="Forbidden: bot was blocked by the user")]
    asking.box.outcomes[people[3]] = [Outcome(Kind.REJECTED, detail="Bad Request: message is too long")]
    await overtake(room)
    for _ in range(3):
        await asking.deliver()
    (digest,) = asking.asked()
    assert digest.splitlines()[:3] == [
        f'"{TITLE}" on telegram: 0 queued, 16 arrived, 0 uncertain, 4 not arrived'
        " (3 where the bot may not write and 1 refused for what they say).",
        "telegram says: Forbidden: bot was blocked by the user",
        "telegram says: Bad Request: message is too long",
    ]


async def test_nothing_is_told_before_all_have_come_to_their_end(room: Room) -> None:
    asking = Asking(room)
    await several(room, "7", "8")
    asking.box.outcomes |= {"7": [Outcome(Kind.PERMANENT)], "8": [Outcome(Kind.RETRY_AFTER, retry_after=60)]}
    await overtake(room)
    await asking.deliver()
    assert asking.asked() == []
    async with room.store._database.transaction() as verbs:
        await verbs.run("UPDATE outbox SET due = tried_at WHERE chat = '8'")
    await asking.deliver()
    assert len(asking.asked()) == 1


# After a long outage


async def test_the_next_alert_says_in_one_line_what_did_not_come_before(room: Room) -> None:
    asking = Asking(room)
    await several(room, "7")
    asking.box.outcomes["7"] = [Outcome(Kind.TRANSIENT)]
    await overtake(room)
    await asking.deliver()
    async with room.store._database.transaction() as verbs:
        await verbs.run("UPDATE message SET left_at = :old", old=datetime.now(UTC) - timedelta(hours=25))
    await asking.deliver()
    assert row(room) == ("expired", 1)
    for text in (release("27m", "33m", LONG_AGO, "Y"), release("36m", "33m", RECENT, "Y")):
        await room(text.replace("gap", "rubika"))
        await room("/record")
    await asking.deliver()
    last = [text for chat, text in asking.box.delivered if chat == "7"]
    assert len(last) == 1
    assert last[0].splitlines()[-1] == "Announcements that did not reach this chat before: 1. See /overtakings"


# A messenger out of reach


@pytest.mark.parametrize(
    ("why", "said"), [("transient", "telegram is out of reach since "), ("auth", "does not accept the bot's token")]
)
async def test_the_status_says_which_messenger_is_out_of_reach(why: str, said: str, room: Room) -> None:
    assert said not in await room("/status")
    house = room.intake._house
    machine = replace(house.machine, out_of_reach=lambda: {"telegram": (datetime.now(UTC), why)})
    room.intake._house = replace(house, machine=machine)
    assert said in await room("/status")
