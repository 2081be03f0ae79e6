"""`check`: a table of what is set and whether it works, without a secret in it."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.check import check
from bot.transports.transport import Kind, Outcome, Refused
from storage.store import Store, StoreFault, open_store
from tests.bot.mailbox import Mailbox
from tests.bot.test_app import TOKEN, settings


@pytest_asyncio.fixture
async def store(loaded: Path, tmp_path: Path) -> AsyncIterator[Store]:
    opened = await open_store(f"sqlite:///{shutil.copy(loaded, tmp_path / 'sebghat.db')}")
    yield opened
    await opened.close()


class Messenger(Mailbox):
    def __init__(self, rights: Kind = Kind.OK, *, refuses: bool = False) -> None:
        super().__init__()
        self._rights, self._refuses = rights, refuses
        self.closed = False

    async def start(self) -> str:
        if self._refuses:
            raise Refused
        return "@sebghat_bot"

    async def rights(self, chat: str) -> Outcome:
        return Outcome(self._rights, detail=f"asked of {chat}")

    async def close(self) -> None:
        self.closed = True


GIVEN = {"TELEGRAM_TOKEN": TOKEN, "CHANNELS": "telegram:@news", "ADMINS": "telegram:1001", "HOLD": "5"}


async def examined(
    store: Store | StoreFault, *transports: Mailbox, capsys: pytest.CaptureFixture[str]
) -> tuple[int, str]:
    given = {f"SEBGHAT_{name}": value for name, value in GIVEN.items()}
    status = await check(settings(**GIVEN), given, store, transports)
    return status, capsys.readouterr().out


async def test_all_is_well(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    box = Messenger()
    status, table = await examined(store, box, capsys=capsys)
    assert status == 0
    assert "FAIL" not in table
    for part in (
        "SEBGHAT_HOLD",
        "telegram:1001",
        "94 figures, 0 announcements waiting",
        "@sebghat_bot",
        "asked of @news",
    ):
        assert part in table
    assert box.delivered == []
    assert box.closed


async def test_no_secret_stands_in_the_table(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    _, table = await examined(store, Messenger(), capsys=capsys)
    assert "secret_part" not in table
    assert any(line.split() == ["ok", "SEBGHAT_TELEGRAM_TOKEN", "set"] for line in table.splitlines())


@pytest.mark.parametrize(
    ("box", "failed"),
    [(Messenger(Kind.PERMANENT), "telegram:@news"), (Messenger(refuses=True), "telegram")],
    ids=["no rights in the channel", "the token is wrong"],
)
async def test_what_is_wrong_at_a_messenger_fails(
    box: Messenger, failed: str, store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    status, table = await examined(store, box, capsys=capsys)
    assert status == 1
    assert [line.split()[1] for line in table.splitlines() if line.startswith("FAIL")] == [failed]


async def test_before_the_first_start_the_store_is_empty_and_that_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    empty = await open_store(f"sqlite:///{tmp_path / 'new.db'}")
    status, table = await examined(empty, Messenger(), capsys=capsys)
    await empty.close()
    assert status == 0
    assert "empty; the first start fills it" in table


async def test_a_store_that_cannot_be_used_fails(capsys: pytest.CaptureFixture[str]) -> None:
    status, table = await examined(StoreFault("store.foreign", file="x"), Messenger(), capsys=capsys)
    assert status == 1
    assert [line.split()[1] for line in table.splitlines() if line.startswith("FAIL")] == ["store"]
