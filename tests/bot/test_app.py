"""The composition: what is prepared at the start, how it works with several messengers, and how it ends."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio

from bot import supervision
from bot.app import App
from bot.running import finish, first_end, work
from bot.settings import Settings, read_settings
from bot.transports.transport import Handle, Refused
from sebghat.conversation import Destination
from storage.store import Store, open_store
from tests.bot.mailbox import Mailbox
from tests.handlers.room import Room
from tests.overtaking import OVERTAKING, RECENT

TOKEN = "123456789:AAF-secret_part_of_the_token_0123456"
NOWHERE = Path("/nowhere")


def settings(**given: str) -> Settings:
    found = read_settings({f"SEBGHAT_{name}": value for name, value in given.items()}, NOWHERE)
    assert isinstance(found, Settings), found
    return found


class Messenger(Mailbox):
    """One that receives until it is cancelled, or refuses the bot."""

    def __init__(self, messenger: str = "telegram", *, refuses: bool = False, receives: bool = True) -> None:
        super().__init__(messenger)
        self.capability = replace(self.capability, receives=receives)
        self.refuses = refuses
        self.handle: asyncio.Future[Handle] = asyncio.get_running_loop().create_future()

    async def start(self) -> str:
        if self.refuses:
            raise Refused
        return "mailbox"

    async def receive(self, handle: Handle) -> None:
        self.handle.set_result(handle)
        if self.capability.receives:
            await asyncio.Event().wait()


@pytest_asyncio.fixture
async def store(loaded: Path, tmp_path: Path) -> AsyncIterator[Store]:
    opened = await open_store(f"sqlite:///{shutil.copy(loaded, tmp_path / 'sebghat.db')}")
    yield opened
    await opened.close()


# At the start


async def test_an_empty_store_is_loaded_once_and_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    empty = await open_store(f"sqlite:///{tmp_path}/new.db")
    for _ in range(2):
        await App(settings(LANGUAGE="en", TELEGRAM_TOKEN=TOKEN), empty, [Messenger()]).prepare()
    assert await empty.observations.count() == 94
    assert capsys.readouterr().err.count("94 published figures") == 1
    assert await empty.ledger.crossings() == []
    assert await empty.chats.subscribers() == 0  # nobody is at a terminal
    await empty.close()


async def test_what_the_settings_say_is_on_record(store: Store) -> None:
    given = settings(HOLD="5", CHANNELS="telegram:@news", TELEGRAM_TOKEN=TOKEN)
    await App(given, store, [Messenger()]).prepare()
    assert (await store.ledger.rules()).hold_seconds == 5
    assert [str(channel.where) for channel in await store.chats.channels()] == ["telegram:@news"]
    before = await store.log.last_time()
    await App(given, store, [Messenger()]).prepare()
    assert await store.log.last_time() == before  # what has not changed is not logged again


async def test_it_is_ready_as_long_as_its_store_answers(tmp_path: Path, loaded: Path) -> None:
    own = await open_store(f"sqlite:///{shutil.copy(loaded, tmp_path / 'sebghat.db')}")
    app = App(settings(TELEGRAM_TOKEN=TOKEN), own, [Messenger()])
    assert await app.unready() == []
    (tmp_path / "sebghat.db").write_bytes(b"\xff" * 8192)
    for name in ("-wal", "-shm"):
        (tmp_path / f"sebghat.db{name}").unlink(missing_ok=True)
    assert await app.unready() == ["store"]
    await own.close()


# At work


async def test_it_answers_and_sends_until_it_is_told_to_stop(store: Store, tmp_path: Path) -> None:
    box, stop = Messenger(), asyncio.Event()
    given = settings(HOLD="0", LANGUAGE="en", TELEGRAM_TOKEN=TOKEN, ADMINS="telegram:1", TELEGRAM_CHAT_RATE="1000")
    app = App(given, store, [box])
    await app.prepare()
    room = Room(store, tmp_path / "sebghat.db")
    working = asyncio.create_task(work(app, stop))
    handle = await box.handle
    for text in ("/subscribe", *OVERTAKING):
        await handle([room.message(text)])
        await box.arrived.get()
    await box.arrived.get()
    assert box.delivered[-1][1].startswith("Gap has passed WeChat.")
    stop.set()
    assert await working == 0


async def test_a_messenger_that_refuses_the_bot_ends_it_with_a_line_and_no_token(
    store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    given = settings(LANGUAGE="en", TELEGRAM_TOKEN=TOKEN, BALE_TOKEN=TOKEN)
    app = App(given, store, [Messenger("telegram", refuses=True)])
    assert await work(app, asyncio.Event()) == 1
    said = capsys.readouterr().err
    assert "SEBGHAT_TELEGRAM_TOKEN" in said
    assert "secret" not in said


async def test_a_fault_in_receiving_from_one_messenger_stops_no_other(
    store: Store, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(supervision, "FIRST_PAUSE", 0.01)
    broken, box, stop = Messenger("bale"), Messenger(), asyncio.Event()
    usual, faults = broken.receive, 2

    async def receive(handle: Handle) -> None:
        nonlocal faults
        if faults:
            faults -= 1
            raise ZeroDivisionError
        await usual(handle)

    broken.receive = receive  # type: ignore[method-assign]
    app = App(settings(LANGUAGE="en", TELEGRAM_TOKEN=TOKEN, BALE_TOKEN=TOKEN), store, [broken, box])
    working = asyncio.create_task(work(app, stop))
    await box.handle
    await broken.handle
    assert not working.done()
    assert await app.unready() == ["receiving from bale"]
    assert caplog.text.count("a fault ended: receiving from bale") == 2
    assert "ZeroDivisionError" in caplog.text
    stop.set()
    assert await working == 0


async def test_a_messenger_that_only_sends_is_not_the_end(store: Store) -> None:
    box, stop = Messenger("eitaa", receives=False), asyncio.Event()
    working = asyncio.create_task(work(App(settings(TELEGRAM_TOKEN=TOKEN, EITAA_TOKEN=TOKEN), store, [box]), stop))
    await box.handle
    await asyncio.sleep(0)
    assert not working.done()
    stop.set()
    assert await working == 0


async def test_a_link_with_a_word_is_offered_where_a_messenger_has_such(store: Store) -> None:
    app = App(settings(TELEGRAM_TOKEN=TOKEN), store, [])
    assert app.link("telegram", "join_1") == ""  # its name there is not known yet
    app.names = dict.fromkeys(("telegram", "bale", "splus", "rubika"), "sebghat_bot")
    links = [app.link(name, "join_1") for name in app.names]
    assert links == ["https://t.me/sebghat_bot?start=join_1", "https://ble.ir/sebghat_bot?start=join_1", "", ""]


async def test_who_administers_is_asked_of_the_messenger(store: Store) -> None:
    app = App(settings(TELEGRAM_TOKEN=TOKEN), store, [Messenger()])
    assert await app.administers("telegram", "-100", "7") is None


async def test_a_single_administrator_may_review_what_nobody_else_could(store: Store, tmp_path: Path) -> None:
    app = App(settings(LANGUAGE="en", TELEGRAM_TOKEN=TOKEN, ADMINS="telegram:1"), store, [Messenger()])
    room = Room(store, tmp_path / "sebghat.db")
    for text in (f"/set gap mau 36m {RECENT} source=X", "/record", f"/set wechat mau 33m {RECENT} source=Y", "/record"):
        await app.intake.take(room.message(text))
    ((_, reply),) = await app.intake.take(room.message("/review 95 96"))
    assert "count as comparable" in reply.plain


async def test_a_chat_that_a_messenger_says_has_moved_is_moved(store: Store, tmp_path: Path) -> None:
    app = App(settings(TELEGRAM_TOKEN=TOKEN), store, [Messenger()])
    await Room(store, tmp_path / "sebghat.db")("/subscribe gap", "-5")
    await app.moved(Destination("telegram", "-5"), "-100")
    assert await store.chats.subscriptions(Destination("telegram", "-100")) == ["gap"]


# At the end


async def ends() -> None:
    """At once."""


async def breaks(fault: BaseException) -> None:
    raise fault


async def test_the_first_task_to_end_says_how() -> None:
    for_ever = asyncio.create_task(asyncio.Event().wait())
    assert await first_end([asyncio.create_task(ends()), for_ever], "en") == 0
    assert await first_end([asyncio.create_task(breaks(BrokenPipeError())), for_ever], "en") == 0
    assert await first_end([asyncio.create_task(breaks(Refused()), name="receive bale"), for_ever], "en") == 1
    with pytest.raises(ZeroDivisionError):
        await first_end([asyncio.create_task(breaks(ZeroDivisionError())), for_ever], "en")
    await finish([for_ever])
    assert for_ever.cancelled()
