"""/undo, /pending, /release and /hold, and putting right what is on record: /correct, /retract, /review, /claim."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings, strategies

from handlers.verification import verify
from sebghat.platforms import bundled
from storage.store import open_store
from tests.handlers.room import OTHER_OWNER, Room
from tests.overtaking import BEHIND, OVERTAKES, RECENT, TODAY

HEADLINE = "Gap has passed WeChat."


async def enter(room: Room, text: str, how: str = "/record") -> str:
    await room(text)
    return await room(how)


async def overtake(room: Room) -> None:
    """Gap passes WeChat; the announcement waits. The figures are 95 to 98."""
    await enter(room, BEHIND)
    await enter(room, OVERTAKES)


def without_numbers(body: Any) -> Any:
    if isinstance(body, dict):
        return {name: without_numbers(value) for name, value in body.items() if name != "number"}
    return [without_numbers(part) for part in body] if isinstance(body, list) else body


async def standing(room: Room) -> dict[str, object]:
    """All that an undo must bring back: what holds, what was told, what waits, what is paired, the constants."""
    items = room.rows("SELECT domestic_platform, foreign_platform, metric, scope, lane, body, since FROM item")
    waiting = room.rows("SELECT release_group, due, body FROM message WHERE state = 'held' ORDER BY release_group")
    return {
        "items": sorted((*row[:5], str(without_numbers(json.loads(row[5]))), row[6]) for row in items),
        "waiting": [(group, due, without_numbers(json.loads(body))) for group, due, body in waiting],
        "live": sorted(room.rows("SELECT * FROM live")),
        "reviews": sorted(room.rows("SELECT domestic_root, foreign_root FROM review")),
        "rules": await room.store.ledger.rules(),
    }


# /undo


async def test_what_is_taken_back_within_the_hold_is_gone_and_nothing_leaves(room: Room) -> None:
    await enter(room, BEHIND)
    before = await standing(room)
    await enter(room, OVERTAKES)
    answer = await room("/undo")
    assert "97 and 98" in answer
    assert await standing(room) == before
    assert await room("/pending") == "No announcement waits."
    await room.when_the_hold_is_over()
    assert room.rows("SELECT state FROM message") == [("cancelled",)]


async def test_each_undo_takes_back_one_act_more(room: Room) -> None:
    before = await standing(room)
    await overtake(room)
    assert "97 and 98" in await room("/undo")
    assert "95 and 96" in await room("/undo")
    assert "nothing of yours" in await room("/undo")
    assert await standing(room) == before


async def test_a_vouched_record_is_taken_back_whole(room: Room) -> None:
    await enter(room, BEHIND)
    await enter(room, f"/set wechat mau 33m {RECENT} source=X")
    before = await standing(room)
    await enter(room, f"/set gap mau 36m {RECENT} source=X", "/record reviewed")
    assert room.rows("SELECT count(*) FROM review") == [(1,)]
    await room("/undo")
    assert await standing(room) == before


async def test_after_the_hold_it_is_too_late(room: Room) -> None:
    await overtake(room)
    await room.when_the_hold_is_over()
    told = await standing(room)
    answer = await room("/undo")
    assert answer.startswith("Too late to take back (the record of 97 and 98)")
    assert answer.splitlines()[1:] == ["/retract 97", "/retract 98"]
    assert await standing(room) == told


async def test_a_claim_can_be_taken_back_when_its_hold_is_over_too(room: Room) -> None:
    await room.without_hold()
    await room("/claim gap wechat source=X")
    assert "/undo" in await room("/record")
    assert "Gap has passed WeChat" in await room("/overtakings")
    assert (await room("/undo")).startswith("Taken back (the claim that Gap passed WeChat).")  # it was never announced
    assert "Gap has passed WeChat" not in await room("/overtakings")


async def test_a_messenger_and_a_name_are_taken_back_and_not_what_came_before_them(room: Room) -> None:
    await enter(room, f"/set gap mau 36m {RECENT} source=X")
    await enter(room, "/platform add nama fa=نما en=Nama origin=domestic")
    await enter(room, "/platform alias nama nnama")
    assert (await room("/undo")).startswith("Taken back (the name nnama)")
    assert "I do not know" in await room("/stats nnama")
    assert (await room("/undo")).startswith("Taken back (the messenger نما)")
    assert "I do not know" in await room("/stats nama")
    assert "95" in await room("/undo")


async def test_a_messenger_that_is_spoken_of_stays(room: Room) -> None:
    room.owners.add(("telegram", OTHER_OWNER))
    await enter(room, "/platform add nama fa=نما en=Nama origin=domestic")
    await room(f"/set nama mau 1m {RECENT} source=X", OTHER_OWNER)
    await room("/record", OTHER_OWNER)
    assert (await room("/undo")).startswith("Not taken back")
    assert "Nama" in await room("/stats nama")
    assert "95" in await room("/undo", OTHER_OWNER)
    assert (await room("/undo")).startswith("Taken back")


async def test_what_is_taken_back_is_told_by_its_figures(room: Room) -> None:
    await enter(room, f"/set gap mau 36m; gap dau 20m {RECENT} source=X")
    assert (await room("/undo")).endswith("Gap 36 million monthly users and Gap 20 million daily users")
    await enter(room, "/retract 86")
    assert "The figure counts again." in await room("/undo")
    await room("/rules fresh 60")
    assert (await room("/undo")).startswith("Taken back (change of fresh)")


async def test_without_a_hold_it_is_too_late_at_once(room: Room) -> None:
    await room.without_hold()
    await overtake(room)
    assert "Too late" in await room("/undo")


async def test_one_takes_back_only_ones_own(room: Room) -> None:
    room.owners.add(("telegram", OTHER_OWNER))
    await room(f"/set gap mau 36m {RECENT} source=X", OTHER_OWNER)
    await room("/record", OTHER_OWNER)
    assert "nothing of yours" in await room("/undo")
    assert "95" in await room("/undo", OTHER_OWNER)


async def test_what_was_sent_at_once_keeps_nothing_else_from_being_taken_back(room: Room) -> None:
    await overtake(room)
    assert "has left" in await room("/release 1")
    before = await standing(room)
    await enter(room, "/set eitaa mau 20m source=Another")
    assert "Taken back" in await room("/undo")
    assert await standing(room) == before
    assert (await verify(room.store, bundled()))[0] == "verify.whole"
    assert "Too late" in await room("/undo")  # that of the announcement itself


async def test_a_figure_that_only_repeated_counts_once_the_first_is_taken_back(room: Room) -> None:
    await enter(room, f"/set gap mau 36m {RECENT} source=X release=R")
    await enter(room, f"/set gap mau 36m {RECENT} source=X release=R")
    assert "95" in await room("/undo")
    assert room.rows("SELECT lo FROM observation WHERE id IN (SELECT observation FROM live) AND platform = 'gap'"
                     " AND metric = 'mau'") == [(36_000_000,)]  # fmt: skip


# /pending, /release, /hold


async def test_nothing_waits_where_nothing_was_announced(room: Room) -> None:
    assert await room("/pending") == "No announcement waits."
    assert "No announcement with the number 1 waits" in await room("/release 1")


async def test_what_waits_is_shown_with_its_time_and_can_be_sent_at_once(room: Room) -> None:
    await overtake(room)
    pending = await room("/pending")
    assert HEADLINE in pending
    assert "Leaves at" in pending
    assert await room("/release 1") == "Announcement 1 has left."
    assert room.rows("SELECT state FROM message") == [("left",)]
    assert await room("/pending") == "No announcement waits."
    assert "No announcement with the number 1 waits" in await room("/release 1")
    assert "Too late" in await room("/undo")


async def test_what_is_kept_back_waits_until_somebody_sends_it(room: Room) -> None:
    await overtake(room)
    await room("/hold 1")
    await room.when_the_hold_is_over()
    assert room.rows("SELECT state FROM message") == [("held",)]
    assert "Kept back until somebody sends it." in await room("/pending")
    await room("/release 1")
    assert room.rows("SELECT state FROM message") == [("left",)]


@pytest.mark.parametrize("command", ["release", "hold"])
@pytest.mark.parametrize("words", ["", " x", " -1", " 99999999999999"])
async def test_a_number_that_is_none_is_answered_with_what_waits(command: str, words: str, room: Room) -> None:
    assert await room(f"/{command}{words}") == "No announcement waits."
    await overtake(room)
    before = await standing(room)
    answer = await room(f"/{command}{words}")
    assert answer.startswith("Which announcement?")
    assert f"/{command} 1" in answer
    assert await standing(room) == before


async def test_each_is_offered_only_what_they_may_do_about_what_waits(room: Room) -> None:
    room.owners.add(("telegram", OTHER_OWNER))
    await room("/admins add telegram:71 reviewer")
    await overtake(room)
    assert (await room("/pending")).splitlines()[-1] == "/release 1 · /hold 1 · /undo"
    await room(f"/set eitaa mau 36m {RECENT} source=Y", OTHER_OWNER)
    await room("/record", OTHER_OWNER)  # their /undo takes back this, and not what waits
    assert (await room("/pending", OTHER_OWNER)).splitlines()[-1] == "/release 1 · /hold 1"
    assert (await room("/pending", "71")).splitlines()[-1] == "/hold 1"
    assert (await room("/hold 1", "71")).splitlines()[-1] == "/pending"
    assert (await room("/pending")).splitlines()[-1] == "/release 1 · /undo"


async def test_a_correction_that_is_sent_or_kept_is_called_one(room: Room) -> None:
    await overtake(room)
    await room("/release 1")
    await enter(room, "/correct 97 26m")
    assert (await room("/pending")).splitlines()[-1] == "/release 1 · /hold 1 · /undo"
    assert (await room("/hold 1")).startswith("The correction of announcement 1 waits")
    assert await room("/release 1") == "The correction of announcement 1 has left."


# Putting right


async def test_a_correction_within_the_hold_is_in_what_leaves(room: Room) -> None:
    await overtake(room)
    answer = await room("/correct 97 37m")
    assert "Figure 97 — Gap: 36 million" in answer
    assert "thirty-seven million" in answer
    await room("/record")
    await room.when_the_hold_is_over()
    (body,) = room.rows("SELECT body FROM message WHERE state = 'left'")[0]
    assert "37000000" in body
    assert "36000000" not in body
    assert room.rows("SELECT count(*) FROM message WHERE state = 'left'") == [(1,)]


async def test_a_correction_of_what_was_told_goes_out_as_one(room: Room) -> None:
    await overtake(room)
    await room.when_the_hold_is_over()
    answer = await enter(room, "/correct 97 37m")
    assert "leaves at" in answer
    assert "Corrected figures" in await room("/pending")
    assert "37 million — before: 27 million" in await room("/stats gap mau")


async def test_a_retraction_of_what_was_told_takes_the_announcement_back(room: Room) -> None:
    await overtake(room)
    await room.when_the_hold_is_over()
    answer = await room("/retract 97 it was a slip")
    assert 'Taken back: "Gap has passed WeChat"' in answer
    await room("/record")
    await room.when_the_hold_is_over()
    assert "taken back" in await room("/why 1")
    assert "Taken back" in await room("/overtakings")
    assert "27 million" in await room("/stats gap mau")


async def test_a_reviewed_pair_of_two_sources_can_be_compared(room: Room) -> None:
    await enter(room, f"/set gap mau 36m {RECENT} source=X")
    await enter(room, f"/set wechat mau 33m {RECENT} source=Y")
    assert "cannot be compared" in await room("/compare gap wechat mau")
    assert "Recorded." in await enter(room, "/review 96 95")
    assert "Grade C" in await room("/compare gap wechat mau")


async def test_nobody_reviews_what_they_entered_where_somebody_else_could(room: Room) -> None:
    room.owners.add(("telegram", OTHER_OWNER))
    await enter(room, f"/set gap mau 36m {RECENT} source=X")
    await enter(room, f"/set wechat mau 33m {RECENT} source=Y")
    answer = await room("/review 95 96")
    assert "has to be reviewed by somebody else" in answer
    assert answer.splitlines()[-1] == "/review 95 96"  # to be handed on
    assert "count as comparable" in await room("/review 95 96", OTHER_OWNER)


async def test_a_claim_is_listed_and_can_be_taken_back(room: Room) -> None:
    preview = await room('/claim gap wechat 2026-10-01 source=ISNA quote="Gap is the largest"')
    assert preview.startswith("Claim: Gap passed WeChat — 1 October 2026 (9 Mehr 1405), source: ISNA, Iran.")
    assert "Gap is the largest" not in await room("/overtakings gap")
    assert "Claim recorded" in await room("/record")
    assert '"Gap is the largest"' in await room("/overtakings gap")
    await room("/undo")
    assert "Gap is the largest" not in await room("/overtakings gap")


async def test_the_reason_of_a_withdrawal_is_kept_in_the_log(room: Room) -> None:
    await overtake(room)
    assert "Reason: a misprint" in await room("/retract 97 a misprint")
    await room("/record")
    ((body,),) = room.rows("SELECT body FROM log WHERE kind = 'retract'")
    assert json.loads(body)["why"] == "a misprint"


@pytest.mark.parametrize("text", ["/retract 9999", "/review 95", "/review 9999 95", "/correct 9999 3m"])
async def test_after_a_command_that_was_refused_a_yes_means_nothing(text: str, room: Room) -> None:
    await room(f"/set gap mau 36m {RECENT} source=X")
    await room(text)
    assert "No preview of yours" in await room("/record")


@pytest.mark.parametrize(
    "text",
    [
        "/correct", "/correct x", "/correct 9999 30m", "/correct 95", "/correct 95 lots", "/correct 95 scope=world",
        "/correct 95 2099-01-01", "/retract", "/retract 9999", "/review", "/review 95", "/review 95 95",
        "/review 95 9999", "/claim", "/claim gap", "/claim gap gap", "/claim gap nobody", "/rules nonsense 5",
        "/rules noise_permille lots", "/rules noise_permille -1", "/record 77", "/cancel 77",
    ],
)  # fmt: skip
async def test_what_cannot_be_done_is_said_and_changes_nothing(text: str, room: Room) -> None:
    await enter(room, f"/set gap mau 36m {RECENT} source=X")
    before = room.dump()
    answer = await room(text)
    assert len(answer) > 20
    assert "fault" not in answer
    assert room.dump() == before


async def test_rules_are_shown_changed_and_taken_back(room: Room) -> None:
    before = await room.store.ledger.rules()
    assert "noise_permille" in await room("/rules")
    await room("/rules noise_permille 30")
    assert (await room.store.ledger.rules()).noise_permille == 30
    await room("/undo")
    assert await room.store.ledger.rules() == before


async def test_a_changed_constant_that_is_taken_back_brings_back_what_it_hid(room: Room) -> None:
    await overtake(room)
    before = await standing(room)
    await room("/rules noise_permille 200")
    assert await room("/pending") == "No announcement waits."
    await room("/undo")
    assert await standing(room) == before


async def test_a_longer_hold_that_is_taken_back_makes_what_waits_due_as_before(room: Room) -> None:
    await overtake(room)
    before = await standing(room)
    await room("/rules hold_seconds 7200")
    assert await standing(room) != before
    await room("/undo")
    assert await standing(room) == before


# An undo is as if nothing had been


@dataclass(frozen=True)
class Step:
    """A release of one day, perhaps vouched for; `later`: first the holds of all before it end; `sent`: all that waits
    after it goes at once."""

    days: int
    figures: tuple[tuple[str, int], ...]
    source: str
    vouch: bool
    later: bool
    sent: bool

    @property
    def text(self) -> str:
        parts = "; ".join(f"{platform} mau {value}m" for platform, value in self.figures)
        return f"/set {parts} {TODAY - timedelta(days=self.days)} source={self.source}"


STEPS = strategies.builds(
    Step,
    days=strategies.sampled_from([5, 20, 40, 60, 130]),
    figures=strategies.lists(
        strategies.tuples(strategies.sampled_from(["gap", "eitaa", "wechat", "telegram"]), strategies.integers(25, 40)),
        min_size=1, max_size=4, unique_by=lambda figure: figure[0],
    ).map(tuple),
    source=strategies.sampled_from(["X", "Y"]),
    vouch=strategies.booleans(),
    later=strategies.booleans(),
    sent=strategies.booleans(),
)  # fmt: skip


async def take(room: Room, step: Step) -> str:
    if step.later:
        await room.when_the_hold_is_over()
    return await enter(room, step.text, "/record reviewed" if step.vouch else "/record")


async def undo_restores(loaded: Path, history: list[Step], last: Step) -> None:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "sebghat.db"
        shutil.copy(loaded, file)
        store = await open_store(f"sqlite:///{file}")
        room = Room(store, file)
        for step in history:
            await take(room, step)
            for parcel in await store.parcels.held() if step.sent else ():
                await room(f"/release {parcel.notes[0]['number']}")
        if last.later:
            await room.when_the_hold_is_over()
        before = await standing(room)
        if (await enter(room, last.text, "/record reviewed" if last.vouch else "/record")).startswith("Recorded"):
            assert "Taken back" in await room("/undo")
        assert await standing(room) == before
        assert (await verify(store, bundled()))[0] == "verify.whole"
        await store.close()


@settings(max_examples=25)
@given(strategies.lists(STEPS, max_size=4), STEPS)
async def test_an_undo_restores_exactly(loaded: Path, history: list[Step], last: Step) -> None:
    await undo_restores(loaded, history, last)


@pytest.mark.long
@pytest.mark.timeout(1800)
@settings(max_examples=1000)
@given(strategies.lists(STEPS, max_size=8), STEPS)
async def test_an_undo_restores_exactly_after_any_history(loaded: Path, history: list[Step], last: Step) -> None:
    await undo_restores(loaded, history, last)


@pytest.mark.parametrize("written", ["501", "0000000030", "30x", "99999999999999999999"])
async def test_a_constant_takes_no_number_beyond_its_range(written: str, room: Room) -> None:
    answer = await room(f"/rules noise_permille {written}")
    assert answer.startswith(f'noise_permille takes a number from 0 to 500, not "{written}".')
    assert "noise_permille = 20" in await room("/rules")


async def test_a_correction_that_cannot_be_read_shows_which_figure_it_is(room: Room) -> None:
    answer = await room("/correct 86")
    assert answer.startswith("Figure 86 — Eitaa: 30.5 million monthly users")
    assert "/correct 86 30.5 million" in answer
    assert (await room("/correct 86 12.345")).startswith("Figure 86 — Eitaa")


@pytest.mark.parametrize("said", ["ایتا از تلگرام گذشت", "ایتا از تلگرام پیش افتاد", "Eitaa has passed Telegram"])
async def test_a_claim_may_be_a_sentence(said: str, room: Room) -> None:
    answer = await room(f"/claim {said}")
    assert answer.startswith("Claim: Eitaa passed Telegram")
    assert f'"{said}"' in answer
