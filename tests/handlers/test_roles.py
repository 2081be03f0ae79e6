"""Roles: given, taken at once, by invitation; four eyes; and the audit of all that was done and refused."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from handlers.admins import MOST_MISSES
from handlers.desk import Role
from sebghat.conversation import ChatKind
from tests.handlers.room import OWNER, Room
from tests.overtaking import BEHIND, OVERTAKING, RECENT

ANNA, BORIS = "71", "72"
FOR_EDITORS = "This command is for the editors. Nothing changed."


async def token(room: Room, role: str = "admin", sender: str = OWNER) -> str:
    """The line that an invitation consists of."""
    return next(line for line in (await room(f"/admins invite {role}", sender)).splitlines() if "/start join_" in line)


async def test_an_owner_gives_and_takes_roles(room: Room) -> None:
    assert await room("/set gap mau 36m", ANNA) == FOR_EDITORS
    assert "has the role admin from now on" in await room(f"/admins add telegram:{ANNA} admin")
    assert "Gap" in await room("/set gap mau 36m", ANNA)
    assert "telegram:71 — admin" in await room("/admins")
    assert await room("/admins", ANNA) == FOR_EDITORS
    assert "no longer has the role admin" in await room(f"/admins remove telegram:{ANNA}")
    assert await room("/set gap mau 36m", ANNA) == FOR_EDITORS


async def test_a_removed_admins_draft_and_buttons_are_dead(room: Room) -> None:
    await room(f"/admins add telegram:{ANNA} admin")
    await room("/set gap mau 36m source=X", ANNA)
    await room(f"/admins remove telegram:{ANNA}")
    before = room.dump()
    for text in ("/record", "/record 1", "/record 1 reviewed", "/undo"):
        assert await room(text, ANNA, pressed="7") == FOR_EDITORS
    assert room.dump() == before


async def test_who_loses_the_role_while_the_command_is_on_its_way_records_nothing(room: Room) -> None:
    """Taken away between the reading of the message and the transaction that would record it."""
    await room(f"/admins add telegram:{ANNA} admin")
    await room("/set gap mau 36m source=X", ANNA)
    before = room.dump("observation", "log")
    async with room.store.transaction() as record:  # whoever wants to write waits for this
        asked = asyncio.create_task(room("/record", ANNA))
        async with asyncio.timeout(5):
            while not room.store._database._turn._waiters:  # type: ignore[attr-defined] # noqa: ASYNC110
                await asyncio.sleep(0)
        await record.people.give((await record.people.holders())["telegram", ANNA].number, 0)
    answer = await asked
    assert answer == FOR_EDITORS
    assert room.dump("observation", "log") == before


@pytest.mark.parametrize(
    "words",
    [
        "paint telegram:1 admin", "add", "add telegram:71", "add telegram:anna admin", "add @anna admin",
        "add telegram:@anna admin", "add eitaa:5 admin", "add nowhere:5 admin", "add telegram:71 king",
        "remove telegram:71", "remove", "invite", "invite king", "add telegram:71 admin now",
    ],
)  # fmt: skip
async def test_what_names_no_person_or_role_changes_nothing(words: str, room: Room) -> None:
    before = room.dump()
    answer = await room(f"/admins {words}")
    assert "/admins" in answer
    assert room.dump() == before


@pytest.mark.parametrize("words", ["add telegram:71", "invite"])
async def test_a_role_that_was_not_named_is_chosen_from_all(words: str, room: Room) -> None:
    answer = await room(f"/admins {words}")
    assert answer.startswith("Which role? A reviewer vouches")
    lines = answer.splitlines()[1:]
    assert lines == [f"{role} — /admins {words} {role}" for role in ("reviewer", "admin", "owner")]
    assert await room(lines[0].partition(" — ")[2]) != answer
    assert len(await room.store.people.holders()) == (1 if words.startswith("add") else 0)


async def test_owners_of_the_settings_are_removed_only_there(room: Room) -> None:
    before = room.dump()
    assert "SEBGHAT_ADMINS" in await room(f"/admins remove telegram:{OWNER}")
    assert "SEBGHAT_ADMINS" in await room(f"/admins add telegram:{OWNER} reviewer")
    assert room.dump() == before


async def test_the_last_owner_cannot_be_removed_nor_forgotten(room: Room) -> None:
    await room(f"/admins add telegram:{ANNA} owner")
    room.owners.clear()
    for text in (f"/admins remove telegram:{ANNA}", f"/admins add telegram:{ANNA} reviewer", "/forget"):
        assert "last owner" in await room(text, ANNA)
    assert "from now on" in await room(f"/admins add telegram:{BORIS} owner", ANNA)
    assert "no longer" in await room(f"/admins remove telegram:{ANNA}", ANNA)
    assert "last owner" in await room(f"/admins remove telegram:{BORIS}", BORIS)


async def test_a_role_is_of_one_messenger(room: Room) -> None:
    await room(f"/admins add bale:{ANNA} admin")
    assert await room("/set gap mau 36m", ANNA) == FOR_EDITORS
    assert "Gap" in await room("/set gap mau 36m", ANNA, messenger="bale")


@pytest.mark.parametrize(
    ("role", "may", "may_not"),
    [
        ("reviewer", ["/pending", "/hold 1", "/audit", "/review 1 2"], ["/set gap mau 36m", "/undo", "/release 1"]),
        ("admin", ["/set gap mau 36m", "/undo", "/release 1", "/audit"], ["/admins", "/rules", "/channels"]),
        ("owner", ["/admins", "/rules", "/channels", "/set gap mau 36m"], []),
    ],
)
async def test_each_role_may_its_own(role: str, may: list[str], may_not: list[str], room: Room) -> None:
    await room(f"/admins add telegram:{ANNA} {role}")
    for text in may:
        assert await room(text, ANNA) != FOR_EDITORS
    for text in may_not:
        assert await room(text, ANNA) == FOR_EDITORS


async def test_four_eyes_as_soon_as_a_second_person_has_a_role(room: Room) -> None:
    """Of one source each; they are near in time."""
    for source, platform, value in (("One", "gap", "36m"), ("Two", "wechat", "33m")):
        await room(f"/set {platform} mau {value} {RECENT} source={source}")
        await room("/record")
    a, b = (number for (number,) in room.rows("SELECT id FROM observation ORDER BY id DESC LIMIT 2"))
    assert "somebody else" not in await room(f"/review {b} {a}")
    await room(f"/admins add telegram:{ANNA} reviewer")
    assert "somebody else" in await room(f"/review {b} {a}")
    assert "somebody else" not in await room(f"/review {b} {a}", ANNA)
    await room(f"/admins remove telegram:{ANNA}")
    assert "somebody else" not in await room(f"/review {b} {a}")


# Invitations


async def test_an_invitation_makes_one_person_an_admin(room: Room) -> None:
    line = await token(room)
    assert "you have the role admin" in await room(line, ANNA)
    assert "Gap" in await room("/set gap mau 36m", ANNA)
    assert "does not hold" in await room(line, BORIS)
    assert await room("/set gap mau 36m", BORIS) == FOR_EDITORS


async def test_used_expired_unknown_and_garbled_ones_get_the_same_answer(room: Room) -> None:
    used, expired = await token(room), await token(room)
    await room(used, ANNA)
    async with room.store.transaction() as record:
        long_ago = (datetime.now(UTC) - timedelta(days=2)).isoformat()
        await record.people._verbs.run("UPDATE invitation SET expires = :at WHERE used_by IS NULL", at=long_ago)
    lines = [used, expired, f"/start join_{'0' * 32}", "/start join_x y", f"/start join_{'9' * 3000}"]
    answers = {await room(line, BORIS) for line in lines}
    assert len(answers) == 1
    assert "does not hold" in answers.pop()
    assert ("telegram", BORIS) not in await room.store.people.holders()


async def test_whoever_guesses_too_often_is_not_even_listened_to(room: Room) -> None:
    line = await token(room)
    for number in range(MOST_MISSES):
        await room(f"/start join_{number:032}", BORIS)
    assert "does not hold" in await room(line, BORIS)
    await room("/forget", BORIS)
    assert "does not hold" in await room(line, BORIS)  # being forgotten gives nobody ten more
    assert "From now on you have" in await room(line, ANNA)


async def test_an_invitation_is_not_taken_up_by_accident(room: Room) -> None:
    line = await token(room)
    assert "private" in await room.in_group(line, ANNA)
    assert "forwarded" in await room(line, ANNA, forwarded=True)
    assert "forwarded" in await room(line, ANNA, edited=True)
    assert "already" in await room(line, OWNER)
    assert "From now on you have" in await room(line, ANNA)  # none of them has used it up


async def test_an_invitation_is_given_where_nobody_else_reads_it(room: Room) -> None:
    before = room.dump()
    assert "private" in await room.in_group("/admins invite admin", OWNER)
    assert room.dump() == before


async def test_an_invitation_gives_more_and_never_less(room: Room) -> None:
    await room(f"/admins add telegram:{ANNA} reviewer")
    lower, higher = await token(room, "reviewer"), await token(room, "owner")
    assert "already" in await room(lower, ANNA)
    assert "role owner" in await room(higher, ANNA)


@pytest.mark.parametrize("how", [f"/admins remove telegram:{ANNA}", f"/admins add telegram:{ANNA} admin", "/forget"])
async def test_what_an_owner_invited_who_is_none_any_more_opens_nothing(how: str, room: Room) -> None:
    await room(f"/admins add telegram:{ANNA} owner")
    hers, other = await token(room, "owner", ANNA), await token(room)
    await room(how, ANNA if how == "/forget" else OWNER)
    assert "does not hold" in await room(hers, BORIS)
    assert "From now on you have" in await room(other, BORIS)


async def test_what_an_owner_invited_whom_the_settings_name_no_more_opens_nothing(room: Room) -> None:
    room.owners.add(("telegram", ANNA))
    hers, other = await token(room, "owner", ANNA), await token(room)
    room.owners.remove(("telegram", ANNA))
    assert "does not hold" in await room(hers, BORIS)
    assert "From now on you have" in await room(other, BORIS)


async def test_where_private_chats_have_ids_of_their_own_they_are_learned(room: Room) -> None:
    line = await token(room)
    await room(line, "u0a", messenger="rubika", chat="b0a")
    await room("/admins add rubika:u0b admin")
    await room("/pending", "u0b", messenger="rubika", chat="b0b")
    chats = {desk.chat for desk in await room.store.people.desks(Role.ADMIN, {})}
    assert chats == {"b0a", "b0b"}


# The audit


async def test_the_audit_says_who_did_what_from_where(room: Room) -> None:
    await room(f"/admins add telegram:{ANNA} admin")
    await room(BEHIND, ANNA)
    await room("/record", ANNA)
    (gap,) = (number for (number,) in room.rows("SELECT max(id) - 1 FROM observation"))
    await room.in_group(f"/correct {gap} 26m", ANNA)
    await room.in_group("/record", ANNA)
    await room("/rules fresh 60")
    await room("/rules fresh 50")
    await room("/undo")
    await room("/set gap mau 1", BORIS)
    await room("/set gap mau 1", BORIS)
    await room("/set gap mau 1", ANNA, forwarded=True)
    lines = (await room("/audit 20")).splitlines()
    said = [line.partition(" — ")[2] for line in lines]
    assert "telegram:72, /set: refused, not among those who may; 2 times since" in "\n".join(said)
    assert "telegram:71, /set: refused, forwarded, edited or anonymous" in said
    assert "person 1 (telegram:1), /undo: took back: fresh: 60 → 50" in said
    assert "person 1 (telegram:1), /rules: fresh: 60 → 50" in said
    assert "person 1 (telegram:1), /rules: fresh: 92 → 60" in said
    corrected = next(line for line in said if "→ figure" in line)
    assert corrected.startswith("person 2 (telegram:71) in telegram:-100, /record: figure")
    assert "27 million" in corrected.partition("→")[0]
    assert "26 million" in corrected.partition("→")[2]
    entered = next(line for line in said if "entered" in line)
    assert entered.startswith("person 2 (telegram:71), /record: entered figure")  # in private: nothing to tell
    assert "Gap 27 million" in entered
    assert "WeChat 33 million" in entered
    assert any("person 2: no role → admin" in line for line in said)
    days = [line for line in lines[1:] if " — " not in line]
    assert len(days) == 1  # said once for all that happened on it
    assert " (" in days[0]  # in both calendars


async def test_the_audit_names_what_was_kept_back_and_sent_by_its_headline(room: Room) -> None:
    for line in OVERTAKING:
        await room(line)
    await room("/hold 1")
    await room("/release 1")
    answer = await room("/audit 2")
    assert '/release: sent "Gap has passed WeChat" before its time' in answer
    assert '/hold: kept back "Gap has passed WeChat"' in answer


async def test_the_audit_shows_as_many_as_asked_for(room: Room) -> None:
    for number in range(1, 15):
        await room(f"/rules fresh {number}")
    assert len((await room("/audit")).splitlines()) == 1 + 1 + 10 + 1
    assert len((await room("/audit ۱۲")).splitlines()) == 1 + 1 + 12 + 1
    assert len((await room("/audit 50")).splitlines()) == 1 + 1 + 14
    for wrong in ("0", "51", "many", "-1", "9999999999"):
        assert "from 1 to 50" in await room(f"/audit {wrong}")


async def test_deeds_are_told_in_persian_too(room: Room) -> None:
    await room("/language fa")
    await room(f"/admins add telegram:{ANNA} admin")
    await room(BEHIND, ANNA)
    await room("/record", ANNA)
    answer = await room("/audit")
    assert "بی‌نقش ← گرداننده" in answer
    assert "ثبت رقم" in answer


async def test_the_audit_of_somebody_forgotten_names_them_no_more(room: Room) -> None:
    await room("/admins add telegram:70071 admin")
    await room("/set gap mau 36m source=X", "70071")
    await room("/record", "70071")
    await room("/forget", "70071")
    assert "70071" not in str(room.dump())
    answer = await room("/audit")
    assert "person 2 (forgotten)" in answer
    assert await room("/set gap mau 36m", "70071") == FOR_EDITORS


async def test_a_flood_of_strangers_leaves_the_record_small(room: Room) -> None:
    for number in range(60):
        await room("/set gap mau 1", str(1000 + number % 3), chat_kind=ChatKind.GROUP, chat="-5")
    assert len(room.rows("SELECT * FROM refused")) == 3
    assert room.rows("SELECT count(*) FROM deed WHERE person IS NOT NULL") == [(0,)]
