"""Two platforms side by side: in which lanes they can be compared, and which of these is shown."""

from __future__ import annotations

from datetime import UTC, date, datetime

from sebghat.comparison import Grade, Rules, Verdict
from sebghat.observation import Observation, Qualifier, Value
from sebghat.pairing import pairings, ranking, slots
from sebghat.periods import AsOf, Calendar, Precision

MAY, JUNE, JULY, OCTOBER = (date(2026, month, 1) for month in (5, 6, 7, 10))


def figure(
    number: int, platform: str, millions: int, day: date, *, source: str = "x", release: str | None = None,
    metric: str = "mau", scope: str = "ir",
) -> Observation:  # fmt: skip
    people = millions * 10**6
    return Observation(
        id=str(number), root=str(number), platform=platform, metric=metric, scope=scope, source=source, method="panel",
        release=release, value=Value(Qualifier.EXACT, people, people, 10**6), n=None,
        asof=AsOf(Calendar.GREGORIAN, Precision.DAY, day.year, day.month, day.day),
        recorded_at=datetime(2026, 11, 1, tzinfo=UTC), recorded_by="1",
    )  # fmt: skip


def both(first: int, day: date, ours: int, theirs: int, **said: str) -> list[Observation]:
    release = said.pop("release", f"r{first}")
    return [
        figure(first, "gap", ours, day, release=release, **said),
        figure(first + 1, "wechat", theirs, day, release=release, **said),
    ]


def test_without_a_common_lane_there_is_no_pairing() -> None:
    figures = [figure(1, "gap", 36, MAY), figure(2, "wechat", 33, MAY, source="y")]
    assert pairings(figures, "gap", "wechat", Rules()) == []


def test_the_newest_that_can_be_compared_is_shown_and_the_newer_alone_is_known() -> None:
    figures = [*both(1, MAY, 27, 33), *both(3, JUNE, 36, 33), figure(5, "gap", 40, OCTOBER)]
    (found,) = pairings(figures, "gap", "wechat", Rules())
    assert found.comparable
    assert found.snapshot is not None
    assert found.snapshot.key[0] == JUNE
    assert found.snapshot.grade is Grade.A
    assert found.fold.decisive is Verdict.AHEAD
    assert [slot.last for slot in found.latest] == [OCTOBER, JUNE]


def test_figures_too_far_apart_are_a_lane_that_cannot_be_compared() -> None:
    (found,) = pairings([figure(1, "gap", 36, MAY), figure(2, "wechat", 33, OCTOBER)], "gap", "wechat", Rules())
    assert not found.comparable


def test_iran_comes_before_elsewhere_and_the_newest_before_the_older() -> None:
    figures = [
        *both(1, OCTOBER, 36, 33, scope="world"),
        *both(3, MAY, 36, 33),
        *both(5, JULY, 36, 33, source="y"),
        figure(7, "gap", 36, OCTOBER, source="z"),
        figure(8, "wechat", 36, MAY, source="z"),
    ]
    found = pairings(figures, "gap", "wechat", Rules())
    assert [(each.lane.scope, each.lane.name) for each in found] == [
        ("ir", "y/panel"),
        ("ir", "x/panel"),
        ("world", "x/panel"),
        ("ir", "z/panel"),
    ]


def test_a_reviewed_pair_of_two_lanes_is_a_pairing_of_grade_c() -> None:
    figures = [figure(1, "gap", 36, MAY), figure(2, "wechat", 33, JUNE, source="y"), figure(3, "eitaa", 33, JUNE)]
    (found,) = pairings(figures, "gap", "wechat", Rules(), {("1", "2"), ("3", "2"), ("9", "2")})
    assert found.lane.name == "x/panel x y/panel"
    assert found.snapshot is not None
    assert (found.snapshot.grade, found.snapshot.verdict) == (Grade.C, Verdict.AHEAD)


def test_figures_of_one_period_share_a_slot() -> None:
    made = slots([figure(1, "gap", 36, MAY), figure(2, "gap", 30, MAY), figure(3, "gap", 40, JUNE)])
    assert [(slot.lo, slot.hi, slot.ids) for slot in made] == [
        (30_000_000, 36_000_000, ("1", "2")),
        (40_000_000, 40_000_000, ("3",)),
    ]


# The order

ORIGINS = {"gap": "domestic", "eitaa": "domestic", "bale": "domestic", "wechat": "foreign"}


def release(first: int, day: date, **millions: int) -> list[Observation]:
    return [
        figure(first + n, platform, value, day, release=f"r{first}")
        for n, (platform, value) in enumerate(millions.items())
    ]


def order(figures: list[Observation]) -> list[list[tuple[str, int]]]:
    found = ranking(figures, ORIGINS, Rules())
    assert found is not None
    return [[(s.platform, s.lo // 10**6) for s in some] for some in (found.ranked, found.newer, found.apart)]


def test_a_fuller_order_comes_before_a_pair_that_is_little_newer() -> None:
    figures = [*release(1, MAY, gap=3, eitaa=30, bale=15), *release(4, OCTOBER, gap=4, eitaa=31)]
    assert order(figures) == [[("eitaa", 30), ("bale", 15), ("gap", 3)], [("eitaa", 31), ("gap", 4)], []]


def test_a_pair_that_is_much_newer_comes_before_a_fuller_order() -> None:
    figures = [*release(1, date(2025, 5, 1), gap=3, eitaa=30, bale=15), *release(4, OCTOBER, gap=4, eitaa=31)]
    assert order(figures) == [[("eitaa", 31), ("gap", 4)], [], [("bale", 15)]]


def test_newer_figures_of_the_ranked_are_named_whatever_their_source() -> None:
    figures = [
        *release(1, MAY, gap=30, wechat=33),
        figure(3, "gap", 40, OCTOBER, source="y"),
        figure(4, "bale", 15, MAY, source="y"),
        figure(5, "eitaa", 16, MAY, source="z"),
        figure(6, "gap", 20, date(2026, 1, 1), source="y"),
    ]
    assert order(figures) == [[("wechat", 33), ("gap", 30)], [("gap", 40)], [("eitaa", 16), ("bale", 15)]]
