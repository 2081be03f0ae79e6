"""Chats: what each subscribed to, in which language, and where it went."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings, strategies

from sebghat.conversation import ChatKind, Destination
from storage.store import Store
from tests.storage.samples import NOON, rows, subscribe

NEWS = Destination("telegram", "-100")


async def test_all_takes_the_place_of_some_and_some_of_all(store: Store) -> None:
    async with store.transaction() as record:
        me = await subscribe(record, "7", "gap", "wechat")
        assert await record.chats.subscriptions(me) == ["gap", "wechat"]
        await subscribe(record, "7", "eitaa")
        assert await record.chats.subscriptions(me) == ["eitaa", "gap", "wechat"]
        await subscribe(record, "7")
        assert await record.chats.subscriptions(me) == [""]
        await subscribe(record, "7", "gap")
        assert await record.chats.subscriptions(me) == ["gap"]


async def test_subscribing_twice_is_subscribing_once(store: Store, tmp_path: Path) -> None:
    async with store.transaction() as record:
        for _ in range(2):
            await subscribe(record, "7", "gap")
            await subscribe(record, "8")
    assert rows(tmp_path / "sebghat.db", "SELECT chat, platform FROM subscription ORDER BY chat") == [
        (1, "gap"),
        (2, ""),
    ]
    assert await store.chats.subscribers() == 2


async def test_unsubscribing_takes_away_what_is_named_or_everything(store: Store) -> None:
    async with store.transaction() as record:
        me, other = await subscribe(record, "7", "gap", "wechat", "eitaa"), await subscribe(record, "8", "gap")
        assert await record.chats.unsubscribe(me, ["gap"])
        assert not await record.chats.unsubscribe(me, ["gap"])
        assert await record.chats.subscriptions(me) == ["eitaa", "wechat"]
        assert await record.chats.unsubscribe(me, [])
        assert not await record.chats.unsubscribe(me, [])
        assert await record.chats.subscriptions(other) == ["gap"]


async def test_wishes_that_nobody_has_any_more_leave_nothing(store: Store, tmp_path: Path) -> None:
    async with store.transaction() as record:
        for wish in (["gap"], ["eitaa"], ["eitaa", "gap"], []):
            me = await subscribe(record, "7", *wish)
        await subscribe(record, "8", "gap")
    audience = "SELECT wish, many FROM audience ORDER BY wish"
    assert rows(tmp_path / "sebghat.db", audience) == [("", 1), ("gap", 1)]
    async with store.transaction() as record:
        await record.chats.unsubscribe(me, [])
    assert rows(tmp_path / "sebghat.db", audience) == [("gap", 1)]


async def test_a_topic_is_a_destination_of_its_own(store: Store) -> None:
    topic = Destination("telegram", "-100", "42")
    async with store.transaction() as record:
        await record.chats.subscribe(topic, ChatKind.GROUP, ["gap"], NOON)
        assert await record.chats.subscriptions(NEWS) == []
        assert await record.chats.subscriptions(topic) == ["gap"]


async def test_a_language_belongs_to_its_chat(store: Store) -> None:
    async with store.transaction() as record:
        me = await subscribe(record, "7")
        assert await record.chats.language(me) is None
        await record.chats.set_language(me, ChatKind.PRIVATE, "en", NOON)
    assert await store.chats.language(me) == "en"
    assert await store.chats.language(NEWS) is None


async def test_a_paused_chat_is_counted_nowhere_until_it_writes_again(store: Store) -> None:
    async with store.transaction() as record:
        me = await subscribe(record, "7")
        await record.chats.pause(me, NOON)
        assert await record.chats.is_paused(me)
        assert await record.chats.reached_by(["gap"]) == (0, 0)
        await record.chats.wake(me)
        assert not await record.chats.is_paused(me)
        assert await record.chats.reached_by(["gap"]) == (1, 0)
        assert await record.chats.subscriptions(me) == [""]


async def test_who_is_reached_is_counted_by_platform_chats_apart_from_channels(store: Store) -> None:
    async with store.transaction() as record:
        await subscribe(record, "all")
        await subscribe(record, "both", "gap", "wechat")
        await subscribe(record, "other", "eitaa")
        await subscribe(record, "-100", kind=ChatKind.CHANNEL)
        await subscribe(record, "-200", "eitaa", kind=ChatKind.CHANNEL)
        await subscribe(record, "-300", "gap", kind=ChatKind.GROUP)
    assert await store.chats.reached_by(["gap", "wechat"]) == (3, 1)
    assert await store.chats.reached_by(["eitaa"]) == (2, 2)
    named = await store.chats.channels_reached_by(["eitaa", "gap"], 5)
    assert [str(channel) for channel in named] == ["telegram:-100", "telegram:-200"]
    assert len(await store.chats.channels_reached_by(["eitaa"], 1)) == 1


WISHES = strategies.sampled_from(["", "gap", "wechat", "eitaa"])
CHANGES = strategies.lists(
    strategies.tuples(
        strategies.sampled_from(["subscribe", "unsubscribe", "pause", "pause_all", "wake", "forget", "migrate"]),
        strategies.sampled_from(["7", "8", "-9"]),
        strategies.lists(WISHES, max_size=3),
    ),
    max_size=12,
)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changes=CHANGES)
async def test_what_is_counted_is_what_there_is(
    changes: list[tuple[str, str, list[str]]], store: Store, tmp_path: Path
) -> None:
    counted = """SELECT count(DISTINCT CASE WHEN kind <> 'channel' THEN chat.id END),
                        count(DISTINCT CASE WHEN kind = 'channel' THEN chat.id END)
                 FROM chat JOIN subscription ON subscription.chat = chat.id
                 WHERE paused_at IS NULL AND platform IN ('', 'gap', 'wechat')"""
    for what, chat, platforms in changes:
        where = Destination("telegram", chat)
        async with store.transaction() as record:
            match what:
                case "subscribe":
                    kind = ChatKind.CHANNEL if chat == "-9" else ChatKind.PRIVATE
                    await record.chats.subscribe(where, kind, platforms, NOON)
                case "unsubscribe":
                    await record.chats.unsubscribe(where, platforms)
                case "pause":
                    await record.chats.pause(where, NOON)
                case "pause_all":
                    await record.chats.pause_all("telegram", chat, NOON)
                case "wake":
                    await record.chats.wake(where)
                case "forget":
                    await record.chats.forget("telegram", chat)
                case _:
                    await record.chats.migrate("telegram", chat, "8" if chat == "7" else "7", NOON)
        assert [await store.chats.reached_by(["gap", "wechat"])] == rows(tmp_path / "sebghat.db", counted)


# Channels of the settings


async def test_channels_of_the_settings_come_and_go_with_them(store: Store) -> None:
    other = Destination("eitaa", "123456")
    async with store.transaction() as record:
        await record.chats.follow_settings([NEWS, other], NOON)
        assert [str(channel.where) for channel in await record.chats.channels()] == ["telegram:-100", "eitaa:123456"]
        await record.chats.follow_settings([other], NOON)
        assert [str(channel.where) for channel in await record.chats.channels()] == ["eitaa:123456"]
        await record.chats.follow_settings([NEWS, other], NOON)
        assert len(await record.chats.channels()) == 2


async def test_channels_that_people_added_are_left_alone_by_the_settings(store: Store) -> None:
    async with store.transaction() as record:
        await subscribe(record, "-200", "gap", kind=ChatKind.CHANNEL)
        await record.chats.follow_settings([NEWS], NOON)
        await record.chats.follow_settings([], NOON)
    (channel,) = await store.chats.channels()
    assert (channel.where.chat, channel.platforms, channel.paused) == ("-200", ("gap",), False)


async def test_what_people_changed_of_a_channel_outlives_a_start(store: Store) -> None:
    async with store.transaction() as record:
        await record.chats.follow_settings([NEWS], NOON)
        await subscribe(record, "-100", "gap", kind=ChatKind.CHANNEL)
        await record.chats.follow_settings([NEWS], NOON)
        assert await record.chats.subscriptions(NEWS) == ["gap"]
        await record.chats.unsubscribe(NEWS, [])
        await record.chats.follow_settings([NEWS], NOON)
        assert await record.chats.subscriptions(NEWS) == []


# Moving and forgetting


async def test_a_chat_that_moved_keeps_what_it_had(store: Store) -> None:
    async with store.transaction() as record:
        old = await subscribe(record, "-5", "gap", kind=ChatKind.GROUP)
        await record.chats.set_language(old, ChatKind.GROUP, "en", NOON)
        for _ in range(2):  # the messenger tells it twice: from the old chat and from the new one
            await record.chats.migrate("telegram", "-5", "-100", NOON)
    assert await store.chats.subscriptions(NEWS) == ["gap"]
    assert await store.chats.language(NEWS) == "en"
    assert not await store.chats.knows(old)


@pytest.mark.parametrize("there", ["subscribed", "only known"])
async def test_a_chat_that_moved_to_where_we_were_already_keeps_both(there: str, store: Store) -> None:
    async with store.transaction() as record:
        old = await subscribe(record, "-5", "gap", kind=ChatKind.GROUP)
        if there == "subscribed":
            await subscribe(record, "-100", "eitaa", kind=ChatKind.GROUP)
        else:
            await record.chats.set_language(NEWS, ChatKind.GROUP, "en", NOON)
        await record.chats.migrate("telegram", "-5", "-100", NOON)
    assert not await store.chats.knows(old)
    assert await store.chats.subscriptions(NEWS) == (["eitaa", "gap"] if there == "subscribed" else ["gap"])


async def test_a_forgotten_chat_is_nowhere_in_the_file(store: Store, tmp_path: Path) -> None:
    async with store.transaction() as record:
        me = await subscribe(record, "70071", "gap")
        other = await subscribe(record, "80081", "gap")
        await record.chats.forget("telegram", "70071")
    assert not await store.chats.knows(me)
    assert await store.chats.subscriptions(other) == ["gap"]
    assert await store.chats.subscribers() == 1
