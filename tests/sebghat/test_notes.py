from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from sebghat.codec import from_json, to_json
from sebghat.comparison import Rules, Slot, Verdict
from sebghat.contest import Contest, Fold, Style, fold, snapshots
from sebghat.ledger import Occasion, leave, match, settle, settled, told_by
from sebghat.notes import Item, Kind, Mode, Note, Place, facts, group, place
from sebghat.observation import LATEST, Lane, Qualifier

M = 1_000_000
CONTEST = Contest("eitaa", "telegram", "mau", "ir", "a/b")
START = date(2026, 9, 1)
NOW = datetime(2026, 10, 1, 8, tzinfo=UTC)


def figure(platform: str, number: int, millions: int, releases: str, name: str = "") -> Slot:
    day = START + timedelta(days=number)
    name = name or f"{platform}{number}"
    return Slot(platform, Lane("mau", "ir", "a/b"), (day, day), millions * M, millions * M, M, None,
                Qualifier.EXACT, frozenset(releases.split()), (name,), (name,))  # fmt: skip


def folded(sides: str, renamed: str = "", **sizes: int) -> Fold:
    """One release each day: A(head), B(ehind), L(evel), "." none. `A3=31`: Eitaa's figure of day 3, a correction."""
    days = [(n, side) for n, side in enumerate(sides) if side != "."]
    ours = [
        figure("eitaa", n, sizes.get(f"A{n}", {"A": 30, "B": 20, "L": 25}[side]), f"r{n}", renamed or f"eitaa{n}")
        for n, side in days
    ]
    return fold(snapshots(ours, [figure("telegram", n, 25, f"r{n}") for n, _ in days], Rules()), Rules())


def occasion(found: Fold, spoken: Verdict | None, dead: str = "", **more: Any) -> Occasion:
    said = {"at": NOW, "today": date(2026, 10, 1)} | more
    return Occasion(CONTEST, found, spoken, Rules(), lambda name: name not in dead.split(), **said)


def event() -> tuple[Item, ...]:
    """A ledger with one crossing waiting: behind on day 0, ahead on day 3."""
    return settle((), occasion(folded("B..A"), Verdict.BEHIND))


def told() -> tuple[Item, ...]:
    return tuple(leave(item) for item in event())


def test_news_waits_as_an_event() -> None:
    (item,) = event()
    assert item.note is not None
    assert (item.mode, item.told, item.note.kind, item.note.group) == (Mode.LOUD, None, Kind.EVENT, "r3")
    assert (item.note.winner, item.note.loser, item.note.since) == ("eitaa", "telegram", NOW)
    assert (item.note.reinstated, item.note.now, item.note.told) == (False, None, None)
    assert item.place == Place(*((START + timedelta(days=n),) * 2 for n in (3, 0, 3)))


@pytest.mark.parametrize(
    ("spoken", "more"),
    [
        (Verdict.AHEAD, {}),
        (Verdict.BEHIND, {"silent": True}),
        (Verdict.BEHIND, {"rules_changed": True}),
        (Verdict.BEHIND, {"today": date(2026, 12, 6)}),
    ],
    ids=["the present is what it was", "entered as history", "a changed constant", "93 days old"],
)
def test_what_is_no_news_is_kept_silently_for_good(spoken: Verdict, more: dict[str, Any]) -> None:
    items = settle((), occasion(folded("B..A"), spoken, **more))
    assert [(item.mode, item.note) for item in items] == [(Mode.SILENT, None)]
    again = settle(items, occasion(folded("B..A"), Verdict.BEHIND))
    assert again == items


def test_only_the_last_spoken_flip_is_news() -> None:
    items = settle((), occasion(folded("BABA"), Verdict.BEHIND))
    assert [item.mode for item in items] == [Mode.SILENT, Mode.SILENT, Mode.LOUD]


def test_an_unspoken_flip_has_no_mode() -> None:
    items = settle((), occasion(folded("BABAB"), Verdict.BEHIND))
    assert [item.mode for item in items] == [Mode.SILENT, Mode.SILENT, Mode.LOUD, None]


def test_an_untold_item_goes_with_its_flip() -> None:
    assert settle(event(), occasion(folded("B..L"), Verdict.AHEAD)) == ()


def test_a_waiting_note_keeps_its_time_while_it_says_the_same() -> None:
    later = NOW + timedelta(minutes=5)
    (same,) = settle(event(), occasion(folded("B..A"), Verdict.AHEAD, at=later))
    (other,) = settle(event(), occasion(folded("B..A", A3=31), Verdict.AHEAD, at=later))
    assert same.note is not None
    assert other.note is not None
    assert (same.note.since, other.note.since) == (NOW, later)


def test_a_withdrawal_keeps_its_time_while_the_present_is_the_same() -> None:
    later = NOW + timedelta(minutes=5)
    waiting = settle(told(), occasion(folded("B..L"), Verdict.AHEAD))
    (same,) = settle(waiting, occasion(folded("B..LL"), Verdict.AHEAD, at=later))
    (other,) = settle(waiting, occasion(folded("B..B"), Verdict.AHEAD, at=later))
    assert same.note is not None
    assert other.note is not None
    assert (same.note.since, other.note.since) == (NOW, later)


def test_told_figures_that_still_stand_are_not_told_again() -> None:
    # A second text moved the slot, but the version that was told is live.
    assert [item.note for item in settle(told(), occasion(folded("B..A", A3=31), Verdict.AHEAD))] == [None]


def test_equal_figures_of_a_new_version_are_not_told_but_noted() -> None:
    (item,) = settle(told(), occasion(folded("B..A", renamed="new"), Verdict.AHEAD, dead="eitaa3"))
    assert item.note is None
    assert item.told is not None
    assert item.told.ids == ("new", "telegram3")
    gone = replace(item, told=replace(item.told, foreign=replace(item.told.foreign, ids=("old",))))
    (renewed,) = settle((gone,), occasion(folded("B..A"), Verdict.AHEAD, dead="old"))
    assert renewed.told is not None
    assert renewed.told.ids == ("eitaa3", "telegram3")


def test_a_corrected_figure_is_an_update_with_old_and_new() -> None:
    (item,) = settle(told(), occasion(folded("B..A", A3=31), Verdict.AHEAD, dead="eitaa3"))
    note = item.note
    assert note is not None
    assert note.told is not None
    assert (note.kind, note.reinstated) == (Kind.UPDATE, False)
    assert (note.told.domestic.lo, note.facts.domestic.lo) == (30 * M, 31 * M)
    assert (note.group, note.facts.group) == ("r3", "r3")


def test_what_follows_up_stays_in_the_group_it_was_told_in() -> None:
    moved = occasion(folded("B.A"), Verdict.AHEAD, dead="eitaa3")
    (item,) = settle(told(), moved)
    assert item.note is not None
    assert (item.note.group, item.note.facts.group) == ("r3", "r3")
    assert (item.place.at, leave(item).place.at) == ((START + timedelta(days=3),) * 2, (START + timedelta(days=2),) * 2)


def test_an_update_of_an_unspoken_flip_keeps_the_style_that_was_told() -> None:
    (old,) = told()
    assert old.told is not None
    trading = replace(old, told=replace(old.told, style=Style.TRADING))
    found = folded("B..A", A3=31)
    hidden = replace(found, flips=tuple(replace(flip, spoken=None, style=None) for flip in found.flips))
    (item,) = settle((trading,), occasion(hidden, Verdict.AHEAD, dead="eitaa3"))
    assert item.note is not None
    assert item.note.facts.style is Style.TRADING


def test_a_told_item_without_its_flip_is_taken_back_once() -> None:
    gone = occasion(folded("B..L"), Verdict.AHEAD, dead="eitaa3")
    (item,) = settle(told(), gone)
    assert item.note is not None
    assert (item.note.kind, item.note.now, item.note.winner) == (Kind.CORRECTION, Verdict.LEVEL, "eitaa")
    assert item.note.told == item.told is not None
    assert item.flip is None
    withdrawn = leave(item)
    assert withdrawn.withdrawn
    assert settle((withdrawn,), gone) == (withdrawn,)
    (back,) = settle((withdrawn,), occasion(folded("B..A"), Verdict.BEHIND))
    assert back.note is not None
    assert (back.note.kind, back.note.reinstated) == (Kind.UPDATE, True)
    (fresh, old) = sorted(settle((withdrawn,), occasion(folded("B....A"), Verdict.BEHIND)), key=lambda i: i.withdrawn)
    assert fresh.note is not None
    assert (fresh.note.kind, old.note) == (Kind.EVENT, None)


def test_a_changed_constant_moves_what_was_told_without_a_word() -> None:
    assert settle(told(), occasion(folded("B..L"), Verdict.AHEAD, rules_changed=True)) == ()
    (item,) = settle(told(), occasion(folded("B..A", A3=31), Verdict.AHEAD, dead="eitaa3", rules_changed=True))
    assert item.note is None
    assert item.told is not None
    assert item.told.domestic.lo == 31 * M
    assert item.withdrawn is False
    (moved,) = settle(told(), occasion(folded("B.A"), Verdict.AHEAD, dead="eitaa3", rules_changed=True))
    assert moved.place == moved.flip == place(folded("B.A").flips[0])
    (gone,) = settle(told(), occasion(folded("B..L"), Verdict.AHEAD))
    (back,) = settle((leave(gone),), occasion(folded("B..A"), Verdict.AHEAD, rules_changed=True))
    assert (back.withdrawn, back.note) == (False, None)


def test_an_untold_item_goes_where_its_flip_goes() -> None:
    (item,) = settle(event(), occasion(folded("B.A"), Verdict.AHEAD))
    assert item.place == item.flip == place(folded("B.A").flips[0])
    assert item.note is not None
    assert item.note.place == item.place


def test_a_note_that_waited_follows_a_changed_constant() -> None:
    waiting = settle(told(), occasion(folded("B..L"), Verdict.AHEAD))
    (item,) = settle(waiting, occasion(folded("B..B"), Verdict.AHEAD, rules_changed=True))
    assert item.note is not None
    assert item.note.now is Verdict.BEHIND


def test_an_item_finds_its_flip_by_day_then_by_span() -> None:
    march, later = event()[0], folded("B.A.B.A")
    pairs, fresh = match([march], later.flips)
    assert [flip and (flip.at.key[0] - START).days for _, flip in pairs] == [2]  # (0, 3] meets (0, 2]
    assert [(flip.at.key[0] - START).days for flip in fresh] == [4, 6]
    pairs, _ = match([march], folded("BAAABA").flips)
    assert [flip and (flip.at.key[0] - START).days for _, flip in pairs] == [1]
    pairs, _ = match([march], folded("BABA").flips)
    assert [flip and (flip.at.key[0] - START).days for _, flip in pairs] == [3]  # its own day comes first


def test_an_item_takes_one_flip_and_only_of_its_own_side() -> None:
    (march,) = event()
    pairs, fresh = match([march], folded("A..B").flips)
    assert [flip for _, flip in pairs] == [None]
    assert [flip.side for flip in fresh] == [Verdict.BEHIND]
    days = [(START + timedelta(days=n),) * 2 for n in range(8)]
    wide = replace(march, place=Place(days[7], days[0], days[7]))
    pairs, fresh = match([wide], folded("B.A.B.A").flips)
    assert [flip and flip.at.key for _, flip in pairs] == [days[2]]
    assert [flip.at.key for flip in fresh] == [days[4], days[6]]
    home = replace(march, place=place(folded("B.A.B.A").flips[0]))
    pairs, _ = match([home, replace(wide, place=Place(days[7], days[5], days[7]))], folded("B.A.B.A").flips)
    assert [flip and flip.at.key for _, flip in pairs] == [days[2], days[6]]


def test_spans_that_only_touch_do_not_meet() -> None:
    one, two, three = ((START + timedelta(days=n),) * 2 for n in range(3))
    assert not Place(two, one, two).overlaps(Place(three, two, three))
    assert Place(three, one, three).overlaps(Place(three, two, three))


@pytest.mark.parametrize(
    ("ours", "theirs", "name"),
    [
        ((2, "a s r"), (2, "r t s"), "r"),
        ((2, "b"), (2, "a"), "a"),
        ((2, "b"), (1, "a"), "b"),
        ((1, "b"), (2, ""), "obs:telegram2"),
        ((2, ""), (2, ""), "obs:eitaa2"),
    ],
    ids=["least shared release", "least of both", "of the newer side", "newer side without", "none at all"],
)
def test_the_group(ours: tuple[int, str], theirs: tuple[int, str], name: str) -> None:
    (made,) = snapshots(
        [figure("eitaa", ours[0], 30, ours[1])], [figure("telegram", theirs[0], 25, theirs[1])], Rules()
    )
    assert group(made) == name


def test_the_facts_of_a_flip() -> None:
    found = folded("BABA")
    said = facts(CONTEST, found, found.flips[2], Rules())
    assert (said.margin, said.band, said.grade, said.previous) == (5 * M, M, "A", Verdict.BEHIND)
    assert said.before == (START + timedelta(days=2),) * 2
    assert said.between == (START + timedelta(days=2), START + timedelta(days=3))
    assert said.mute == START + timedelta(days=3 + 92)
    assert [facts(CONTEST, found, flip, Rules()).again for flip in found.flips] == [False, False, True]
    assert place(found.flips[0]).at == (START + timedelta(days=1),) * 2
    sides = [(one.winner, one.loser) for one in (facts(CONTEST, found, flip, Rules()) for flip in found.flips)]
    assert sides == [("eitaa", "telegram"), ("telegram", "eitaa"), ("eitaa", "telegram")]


def test_a_crossing_lies_between_the_first_day_before_and_the_last_day_of_its_start() -> None:
    found = folded("BA")
    days = [START + timedelta(days=n) for n in range(4)]
    (flip,) = (replace(flip, before=(days[1], days[0]), start=(days[3], days[2])) for flip in found.flips)
    said = facts(CONTEST, replace(found, flips=(flip,)), flip, Rules())
    assert (said.before, said.between) == ((days[0], days[1]), (days[0], days[3]))
    assert said.mute is None, "only trading is followed by silence"
    spoken = replace(flip.at, key=(days[3], days[2]))
    trading = replace(flip, spoken=spoken, style=Style.TRADING)
    muted = facts(CONTEST, replace(found, flips=(trading,)), trading, Rules())
    assert muted.mute == days[3] + timedelta(days=92)


def test_a_figure_keeps_its_sample_and_its_releases() -> None:
    found = folded("BA")
    (flip,) = found.flips
    ours = replace(flip.at.domestic, n=1_500, releases=frozenset("cab"))
    polled = replace(flip, at=replace(flip.at, domestic=ours, foreign=replace(ours, n=None)), spoken=None)
    said = facts(CONTEST, replace(found, flips=(polled,)), polled, Rules())
    assert (said.domestic.n, said.foreign.n, said.domestic.releases) == (1_500, None, ("a", "b", "c"))


def test_items_and_notes_survive_being_made_plain() -> None:
    items = [
        *event(),
        *told(),
        *settle(told(), occasion(folded("B..L"), Verdict.AHEAD)),
        *settle((), occasion(folded("BABAB"), Verdict.BEHIND)),
    ]
    for item in items:
        assert from_json(Item, json.loads(json.dumps(to_json(item)))) == item
        if item.note:
            assert from_json(Note, json.loads(json.dumps(to_json(item.note)))) == item.note


def test_a_fold_comes_back_from_json() -> None:
    whole = folded("BABAB")
    assert from_json(Fold, json.loads(json.dumps(to_json(whole.tail)))) == whole.tail


def test_how_far_an_item_reaches() -> None:
    first, second = (place(flip) for flip in folded("BAB").flips[:2])
    assert Item(Verdict.AHEAD, first, flip=second).reach == second.at
    assert Item(Verdict.AHEAD, second, flip=first).reach == second.at
    assert Item(Verdict.AHEAD, first, withdrawn=True).reach == first.at
    assert Item(Verdict.AHEAD, first).reach == LATEST, "it may still meet any flip"


def test_again_is_what_happened_before_whether_or_not_those_flips_are_kept() -> None:
    whole = folded("BABAB")
    (hidden,) = whole.tail.flips
    assert facts(CONTEST, whole.tail, hidden, Rules(), Style.PASS).again
    assert not facts(CONTEST, replace(whole.tail, earlier=1), hidden, Rules()).again


def test_an_unspoken_flip_borrows_a_style() -> None:
    whole = folded("BABAB")
    assert facts(CONTEST, whole, whole.flips[-1], Rules(), Style.TRADING).style is Style.TRADING
    assert facts(CONTEST, whole, whole.flips[-1], Rules()).style is Style.PASS


def test_plain_is_nothing_but_strings_numbers_lists_and_mappings() -> None:
    assert [type(to_json(value)) for value in (Verdict.AHEAD, NOW, START, ("a",), frozenset("a"))] == [
        str, str, str, list, list]  # fmt: skip
    assert to_json(frozenset("hgfedcba")) == list("abcdefgh")


def test_without_a_note_nothing_leaves() -> None:
    (item,) = settle(told(), occasion(folded("B..A"), Verdict.AHEAD))
    assert leave(item) is item


def test_an_item_keeps_its_number() -> None:
    (item,) = (replace(one, number=17) for one in event())
    (again,) = settle((item,), occasion(folded("B..A", A3=31), Verdict.AHEAD))
    assert again.note is not None
    assert (again.number, again.note.number) == (17, 17)
    *_, last = (replace(one, number=18, mode=Mode.LOUD) for one in settle((), occasion(folded("BABAB"), None)))
    (*_, hidden) = settle((last,), occasion(folded("BABAB"), None))
    assert (hidden.mode, hidden.number) == (None, 18)


def test_a_departure_tells_the_item_it_was_about() -> None:
    (item,) = event()
    note = item.note
    assert note is not None
    (silent,) = settle((), occasion(folded("B..A"), Verdict.AHEAD))
    departed = told_by(replace(note, number=17), replace(silent, number=3))
    assert (departed.told, departed.mode, departed.number) == (note.facts, Mode.LOUD, 17)
    assert told_by(note, replace(silent, number=3)).number == 3, "the store has numbered it since"
    assert departed.flip == silent.flip


def test_a_departure_without_an_item_makes_one() -> None:
    (item,) = event()
    note = item.note
    assert note is not None
    assert told_by(note, None) == Item(Verdict.AHEAD, note.place, told=note.facts, mode=Mode.LOUD)
    assert told_by(replace(note, number=17), None).number == 17
    (gone,) = settle((leave(item),), occasion(folded("B..L"), Verdict.AHEAD))
    assert gone.note is not None
    assert told_by(gone.note, None) == replace(leave(gone), flip=None, mode=Mode.LOUD)


def at_home(found: Fold) -> list[Item]:
    return [Item(flip.side, place(flip), mode=Mode.SILENT, flip=place(flip)) for flip in found.flips]


def test_items_at_their_flips_need_no_look_when_the_flips_are_the_same() -> None:
    found = folded("BABA")
    longer = replace(found, flips=(*found.flips, replace(found.flips[-1])))
    other = replace(found, flips=(*found.flips[:2], replace(found.flips[2])))
    assert settled(at_home(found), found, longer) == 3
    assert settled(at_home(found), found, other) == 2
    assert settled(at_home(found), found, folded("BABA")) == 0, "made anew, if alike"
    assert settled((), Fold(), found) == 0


def test_one_item_that_is_not_at_home_calls_for_a_look_at_all() -> None:
    found = folded("BABA")
    items = at_home(found)
    assert settled(items[:2], found, found) == 0
    assert settled([*items, items[0]], found, found) == 0
    for n in range(3):
        for stray in (replace(items[n], flip=None), replace(items[n], place=items[n - 1].place),
                      replace(items[n], flip=items[n - 1].flip)):  # fmt: skip
            assert settled([*items[:n], stray, *items[n + 1 :]], found, found) == 0
