from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sebghat.comparison import Rules, Slot, Verdict
from sebghat.contest import EMPTY, Base, Fold, Snapshot, Style, base, before, crossed, extend, fold, snapshots
from sebghat.observation import Key, Lane, Qualifier

M = 1_000_000
RULES = Rules()
START = date(2026, 1, 1)


def figure(platform: str, number: int, millions: int, release: str | None) -> Slot:
    """A figure of the day of this number."""
    day = START + timedelta(days=number)
    name = f"{platform}{number}"
    releases = frozenset([release] if release else [])
    return Slot(platform, Lane("mau", "ir", "a/b"), (day, day), millions * M, millions * M, M, None,
                Qualifier.EXACT, releases, (name,), (name,))  # fmt: skip


def history(sides: str, graded: bool = True) -> list[Snapshot]:
    """One pair each day: A(head), B(ehind), L(evel); "." is a day without figures. Not graded: no releases."""
    days = [(n, side) for n, side in enumerate(sides) if side != "."]
    ours = [figure("eitaa", n, {"A": 30, "B": 20, "L": 25}[side], f"r{n}" if graded else None) for n, side in days]
    theirs = [figure("telegram", n, 25, f"r{n}" if graded else None) for n, _ in days]
    return list(snapshots(ours, theirs, RULES))


def crossings(found: Fold) -> list[tuple[str, int, int, int, int | None]]:
    """Side, and the days of `at`, `before`, `start` and `spoken`."""

    def number(key: Key) -> int:
        return (key[0] - START).days

    return [
        (f.side[0], number(f.at.key), number(f.before), number(f.start), number(f.spoken.key) if f.spoken else None)
        for f in found.flips
    ]


def test_there_is_no_snapshot_while_one_side_has_no_figure() -> None:
    ours = [figure("eitaa", n, 20, None) for n in (0, 2, 4)]
    theirs = [figure("telegram", n, 25, None) for n in (2, 3)]
    made = list(snapshots(ours, theirs, RULES))
    assert [(s.domestic.ids[0], s.foreign.ids[0]) for s in made] == [
        ("eitaa2", "telegram2"),
        ("eitaa2", "telegram3"),
        ("eitaa4", "telegram3"),
    ]


def test_a_reviewed_pair_is_seen_in_every_snapshot_that_holds_both() -> None:
    ours, theirs = [figure("eitaa", 0, 20, None)], [figure("telegram", n, 25, None) for n in (0, 1)]
    made = list(snapshots(ours, theirs, RULES, {("eitaa0", "telegram1")}))
    assert [s.reviewed for s in made] == [False, True]
    assert fold(made[1:], RULES).decisive is Verdict.BEHIND


def test_a_pair_is_reviewed_whichever_of_a_slot_s_figures_it_names() -> None:
    ours = replace(figure("eitaa", 0, 20, None), roots=("one", "other"))
    theirs = figure("telegram", 0, 25, None)
    for pairs, seen in (({("other", "telegram0")}, True), ({("third", "telegram0")}, False), (set(), False)):
        (made,) = snapshots([ours], [theirs], RULES, pairs)
        assert made.reviewed is seen


def test_a_pair_of_two_lanes_needs_no_other_beside_it() -> None:
    ours = figure("eitaa", 0, 20, None)
    theirs = replace(figure("telegram", 0, 25, None), lane=Lane("mau", "ir", "c/d"))
    (made,) = crossed([(ours, theirs)], RULES)
    assert (made.grade, fold([made], RULES).decisive) == ("C", Verdict.BEHIND)


def test_nothing_compared_is_unknown() -> None:
    assert EMPTY.displayed is Verdict.UNKNOWN


@pytest.mark.parametrize(
    ("sides", "flips"),
    [
        ("", []),
        ("B", []),
        ("BBB", []),
        ("BA", [("A", 1, 0, 1, 1)]),
        ("BLA", [("A", 2, 0, 2, 2)]),
        ("BLLB", []),
        ("BAB", [("A", 1, 0, 1, 1), ("B", 2, 1, 2, 2)]),
    ],
)
def test_grade_a_flips_at_once(sides: str, flips: list[tuple[str, int, int, int, int | None]]) -> None:
    assert crossings(fold(history(sides), RULES)) == flips


@pytest.mark.parametrize(
    ("sides", "flips"),
    [
        ("BBA", []),
        ("BBAA", [("A", 3, 1, 2, 3)]),
        ("BBALA", []),
        ("BBABA", []),
        ("BBLAA", [("A", 4, 1, 3, 4)]),
        ("BAA", []),  # the single B was never established
    ],
)
def test_grade_b_needs_two_in_a_row(sides: str, flips: list[tuple[str, int, int, int, int | None]]) -> None:
    assert crossings(fold(history(sides, graded=False), RULES)) == flips


def test_since_is_where_the_run_began() -> None:
    found = fold(history("BBLAA", graded=False), RULES)
    assert found.since == (START + timedelta(days=3),) * 2
    assert (found.displayed, found.decisive, found.spoken) == ("AHEAD", "AHEAD", "AHEAD")
    assert (found.run, found.established) == ((START + timedelta(days=3),) * 2, (START + timedelta(days=4),) * 2)


def test_what_moves_no_state_leaves_it_as_it_was() -> None:
    before_it, after_it = fold(history("BABA"), RULES), fold(history("BABAL"), RULES)
    same = {"last": None, "run": None, "count": 0}
    assert replace(after_it, **same) == replace(before_it, **same)  # type: ignore[arg-type]
    assert (after_it.displayed, after_it.run) == ("LEVEL", (START + timedelta(days=4),) * 2)


def test_after_three_changes_the_cooldown_hides_the_next() -> None:
    found = fold(history("BABAB"), RULES)
    assert [f.style for f in found.flips] == [Style.PASS, Style.PASS, Style.TRADING, None]
    assert (found.decisive, found.spoken) == (Verdict.BEHIND, Verdict.AHEAD)
    assert found.mute == START + timedelta(days=3 + 92)


def test_after_the_cooldown_a_stale_winner_is_put_right() -> None:
    still_muted = fold(history("BABAB" + "." * 90 + "B"), RULES)
    assert still_muted.flips[-1].spoken is None
    spoken = fold(history("BABAB" + "." * 91 + "B"), RULES)
    assert crossings(spoken)[-1] == ("B", 4, 3, 4, 96)
    assert spoken.spoken is Verdict.BEHIND


def test_the_cooldown_runs_from_last_day_to_last_day() -> None:
    def month(made: Snapshot, days: int) -> Snapshot:
        return replace(made, key=(made.key[0], made.key[1] - timedelta(days=days)))

    *quiet, trading, after = history("BABA" + "." * 92 + "B")
    found = fold([*quiet, month(trading, 2), month(after, 5)], RULES)
    assert found.flips[-1].spoken is not None
    assert fold([*quiet, month(trading, 2)], RULES).mute == START + timedelta(days=3 + 92)


def test_only_the_last_six_established_verdicts_count() -> None:
    calm = fold(history("BABBBBA"), RULES)
    assert [f.style for f in calm.flips] == [Style.PASS] * 3
    lively = fold(history("BABBBA"), RULES)
    assert [f.style for f in lively.flips] == [Style.PASS, Style.PASS, Style.TRADING]


@given(st.text("ABL.", max_size=40), st.booleans(), st.integers(0, 40))
def test_a_fold_taken_up_from_any_day_is_the_whole_fold(sides: str, graded: bool, day: int) -> None:
    made = history(sides, graded)
    key = (START + timedelta(days=day),) * 2
    kept = before(extend((), made, RULES), key)
    seen = kept[-1].last.key if kept and kept[-1].last else None
    again = extend(kept, [s for s in made if seen is None or s.key > seen], RULES)
    assert (again[-1] if again else EMPTY) == fold(made, RULES)


def test_a_long_history_keeps_few_folds() -> None:
    made = history("BA" * 200)
    kept = extend((), made, RULES)
    assert [f.count for f in kept] == [64, 128, 192, 256, 320, 384, 399, 400]
    assert kept[-1] == fold(made, RULES)
    assert kept[-2] == fold(made[:-1], RULES)
    assert [f.count for f in before(kept, made[300].key)] == [64, 128, 192, 256]
    assert before(kept, made[63].key) == ()


def test_what_moves_no_state_counts_all_the_same() -> None:
    kept = extend((), history("BL" * 70), RULES)
    assert [f.count for f in kept] == [64, 128, 139, 140]


@pytest.mark.parametrize(
    ("sides", "open_flips", "earlier", "closed"),
    [("B", 0, 0, 0), ("BA", 0, 1, 1), ("BABA", 0, 3, 3), ("BABAB", 1, 3, 3), ("BABABA", 0, 5, 5)],
    ids=["no flip", "a spoken one", "trading", "hidden by the cooldown", "hidden, but nothing left to say"],
)
def test_a_tail_keeps_the_flip_that_may_still_be_spoken(sides: str, open_flips: int, earlier: int, closed: int) -> None:
    whole = fold(history(sides), RULES)
    assert (len(whole.tail.flips), whole.tail.earlier) == (open_flips, earlier)
    kept = base(whole)
    assert kept is not None
    assert kept.closed == (START + timedelta(days=closed),) * 2


@given(st.text("ABL.", max_size=40), st.booleans(), st.integers(0, 40))
def test_a_fold_goes_on_from_a_tail_as_from_the_whole(sides: str, graded: bool, day: int) -> None:
    made = history(sides, graded)
    some, rest = made[:day], made[day:]
    (*_, whole) = (EMPTY, *extend((), made, RULES))
    (*_, end) = extend((fold(some, RULES).tail,), rest, RULES)
    assert end.flips == whole.flips[end.earlier :]
    assert replace(end, flips=(), earlier=0) == replace(whole, flips=())


def test_a_base_knows_its_last_snapshot_by_the_keys() -> None:
    ours = [figure("eitaa", n, 20, None) for n in (0, 3)]
    theirs = [figure("telegram", n, 25, None) for n in (1, 2)]
    whole = fold(snapshots(ours, theirs, RULES), RULES)
    days = [(START + timedelta(days=n),) * 2 for n in range(4)]
    assert base(whole) == Base(replace(whole, last=None), days[3], days[3], days[2])


def test_an_empty_fold_is_no_base() -> None:
    assert base(EMPTY) is None
