"""New platforms, other names, sources, channels: shown first, kept in the log, understood at once."""

from __future__ import annotations

from dataclasses import replace

import pytest

from handlers.desk import Machine, Rights
from handlers.verification import verify
from sebghat.conversation import Destination, Reply
from sebghat.platforms import bundled
from tests.handlers.room import STRANGER, Room
from tests.overtaking import BEHIND, OVERTAKES

NAMA = "/platform add nama fa=نما en=Nama origin=domestic"


async def test_a_new_platform_is_understood_by_everybody_and_overtakes(room: Room) -> None:
    await room.without_hold()
    assert "I do not know" in await room("/stats nama", STRANGER)
    shown = await room(NAMA)
    assert "نما, in English Nama, key nama, domestic" in shown
    assert "I do not know" in await room("/stats nama", STRANGER)
    assert "Registered" in await room("/record")
    assert "There is no figure of Nama" in await room("/stats نما", STRANGER)
    for text in (BEHIND, OVERTAKES):
        await room(text.replace("gap", "nama"))
        await room("/record")
    assert "Nama has passed WeChat" in await room("/overtakings nama", STRANGER)
    assert (await verify(room.store, bundled()))[0] == "verify.whole"


async def test_a_platform_that_is_only_counted_meets_nobody(room: Room) -> None:
    assert "compared with nobody" in await room(f"{NAMA} arena=none")
    await room("/record")
    await room(OVERTAKES.replace("gap", "nama"))
    assert room.rows("SELECT arena FROM platform") == [("",)]


async def test_another_name_is_understood_after_the_yes(room: Room) -> None:
    assert '"eitaapp" means Eitaa' in await room("/platform alias eitaa eitaapp")
    await room("/cancel")
    assert "Perhaps" in await room("/stats eitaapp")
    await room("/platform alias eitaa eitaapp")
    assert "is understood from now on" in await room("/record")
    assert (await room("/stats eitaapp")).startswith("Eitaa\n")
    assert (await verify(room.store, bundled()))[0] == "verify.whole"


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("add nama fa=تلگرام en=Nama origin=foreign", "is a name of Telegram already"),
        ("add eitaa fa=نما en=Nama origin=foreign", "is a name of Eitaa already"),
        ("alias gap واتس اپ", "is a name of WhatsApp already"),
        ("alias nobody x", "I do not know"),
        ("alias gap", "/platform alias eitaa eitaapp"),
        (f"alias gap {'x' * 50}", "cannot be a name"),
        ("add NAMA fa=نما en=Nama origin=foreign", "small Latin letters"),
        ("add nama fa=نما en=Nama", "where it is from"),
        ("add nama fa=نما en=Nama origin=moon", "where it is from"),
        ("add nama odd fa=نما en=Nama origin=foreign", "where it is from"),
        ("add stats fa=نما en=Nama origin=foreign", "a command is called so"),
        ("add nama fa=آمار en=Nama origin=foreign", "a command is called so"),
        ("alias gap /record", "a command is called so"),
        ("", "/platform alias"),
        ("paint", "/platform alias"),
    ],
)
async def test_what_is_no_new_name_is_refused(said: str, answer: str, room: Room) -> None:
    before = room.dump()
    assert answer in await room(f"/platform {said}")
    assert room.dump() == before


async def test_of_two_who_take_the_same_name_the_second_is_told(room: Room) -> None:
    await room("/admins add telegram:71 admin")
    await room("/platform alias eitaa zed")
    await room("/platform alias gap zed", "71")
    await room("/record")
    assert "is understood" not in await room("/record", "71")
    assert room.rows("SELECT platform FROM alias") == [("eitaa",)]


async def test_a_changed_catalogue_is_found_out(room: Room) -> None:
    await room(NAMA)
    await room("/record")
    async with room.store.transaction() as record:
        await record.catalogue._verbs.run("UPDATE platform SET origin = 'foreign'")
    assert (await verify(room.store, bundled()))[0] == "verify.live_differs"
    async with room.store.transaction() as record:
        await record.catalogue._verbs.run("UPDATE platform SET origin = 'domestic'")


async def test_sources_are_named_and_renamed(room: Room) -> None:
    assert "`isna-poll` is called ISNA poll".replace("`", "") in await room("/source add ISNA poll")
    assert "already" in await room("/source add isna POLL")
    assert "keeps its name" in await room("/source name ispa Other")
    assert "There is no source" in await room("/source name nobody Other")
    await room("/set gap mau 36m source=ISNA poll")
    await room("/record")
    assert "is called ISNA's poll" in await room("/source name isna-poll ISNA's poll")
    assert "ISNA's poll" in await room("/history gap mau")
    assert "isna-poll — ISNA's poll" in await room("/source")
    assert "source isna-poll: ISNA poll → ISNA's poll" in await room("/audit")


# Channels


def with_rights(room: Room, rights: Rights, *, kind: str = "ok") -> list[tuple[Destination, str]]:
    """The room's messengers answer so about rights and test posts; what was posted."""
    posted: list[tuple[Destination, str]] = []

    async def ask(where: Destination) -> Rights:
        return rights

    async def post(where: Destination, reply: Reply) -> tuple[str, str]:
        posted.append((where, reply.plain))
        return kind, "" if kind == "unsupported" else "chat not found"

    room.intake._house = replace(room.intake._house, machine=Machine(rights=ask, post=post))
    return posted


async def test_where_the_bot_may_not_post_no_channel_is_added(room: Room) -> None:
    with_rights(room, Rights(False, "channel: member, may not post"))
    before = room.dump()
    assert "I may not post in telegram:@news: channel: member" in await room("/channels add telegram:@news")
    assert room.dump() == before


async def test_a_channel_by_name_and_by_number_is_one(room: Room) -> None:
    with_rights(room, Rights(True, "", "-100200"))
    await room("/channels add telegram:@News gap")
    await room("/channels add telegram:-100200 gap")
    assert room.rows("SELECT chat FROM chat WHERE kind = 'channel'") == [("-100200",)]
    async with room.store.transaction() as record:
        await record.chats.follow_settings([Destination("telegram", "@news")], room.message("").sent_at)
    assert room.rows("SELECT chat FROM chat WHERE kind = 'channel'") == [("-100200",)]
    await room("/channels remove telegram:@news")
    assert "no channel yet" in await room("/channels")


async def test_a_name_of_the_settings_becomes_the_number_once_it_is_known(room: Room) -> None:
    name, number = Destination("telegram", "@news"), Destination("telegram", "-100200")
    now = room.message("").sent_at
    async with room.store.transaction() as record:
        await record.chats.follow_settings([name], now)
        await record.chats.subscribe(number, room.message("").chat_kind, ["gap"], now)
        await record.chats.name("telegram", "@news", "-100200", now)
    assert await room.store.chats.subscriptions(number) == [""]
    async with room.store.transaction() as record:
        await record.chats.follow_settings([name, number], now)
        await record.chats.follow_settings([number], now)
    assert await room.store.chats.subscriptions(number) == [""]
    async with room.store.transaction() as record:
        await record.chats.follow_settings([], now)
    assert await room.store.chats.subscriptions(number) == []


@pytest.mark.parametrize(
    ("kind", "answer"),
    [("ok", "The test post is in"), ("unknown-outcome", "is not known"), ("rejected", "did not arrive")],
)
async def test_a_test_post_says_what_it_is_and_what_became_of_it(kind: str, answer: str, room: Room) -> None:
    posted = with_rights(room, Rights(True), kind=kind)
    await room("/channels add telegram:-100200 fa")
    assert answer in await room("/channels test telegram:-100200")
    ((where, text),) = posted
    assert where.chat == "-100200"
    assert text.startswith("پیام آزمایشی")


async def test_of_a_messenger_that_is_not_on_it_is_said_in_the_editors_language(room: Room) -> None:
    with_rights(room, Rights(), kind="unsupported")
    await room("/language fa")
    assert "eitaa:1 نرسید: eitaa روشن نیست." in await room("/channels test eitaa:1")


async def test_what_goes_to_a_channel_is_said_when_it_is_added(room: Room) -> None:
    with_rights(room, Rights(True))
    answer = await room("/channels add telegram:-100200 fa gap eitaa")
    assert answer.startswith(
        "From now on alerts go to telegram:-100200.\nOnly those about Gap and Eitaa.\nLanguage there: fa\n"
    )
    with_rights(room, Rights(on=False))
    answer = await room("/channels add eitaa:1")
    assert "eitaa is not on" in answer
    assert "Only" not in answer


@pytest.mark.parametrize("place", ["telegram:-100200/99999999999", "telegram:-100200/x", "telegram:../../x"])
async def test_what_is_no_place_is_no_channel(place: str, room: Room) -> None:
    assert "no address of a channel" in await room(f"/channels add {place}")
    assert "no channel yet" in await room("/channels")


async def test_changes_of_channels_are_in_the_audit(room: Room) -> None:
    await room("/channels add telegram:-100200 gap")
    await room("/channels add telegram:-100200")
    with_rights(room, Rights(True))
    await room("/channels test telegram:-100200")
    await room("/channels remove telegram:-100200")
    audit = await room("/audit")
    assert "/channels: test post to telegram:-100200" in audit
    assert "alerts to telegram:-100200: none → Gap" in audit
    assert "alerts to telegram:-100200: Gap → all" in audit
    assert "alerts to telegram:-100200: all → none" in audit
