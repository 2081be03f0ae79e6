from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sebghat.comparison import Comparison, Grade, Rules, Slot, Verdict, band, compare, distance, slot, untold
from sebghat.observation import Lane, Observation, Qualifier, Value
from sebghat.periods import AsOf, Calendar, Precision

M = 1_000_000
RULES = Rules()
DAY = date(2026, 10, 1)


def figure(
    lo: int,
    hi: int | None = -1,
    *,
    half: int = M,
    n: int | None = None,
    on: date = DAY,
    until: date | None = None,
    metric: str = "mau",
    releases: str = "r",
    platform: str = "eitaa",
    source: str = "ditaak",
) -> Slot:
    """A slot; `hi` as `lo` and 1 M of rounding if not said otherwise, `half` is twice the half-unit."""
    lane = Lane(metric, "ir", f"{source}/panel")
    top = lo if hi == -1 else hi
    return Slot(
        platform, lane, (until or on, on), lo, top, half, n, Qualifier.EXACT, frozenset(releases.split()), (), ()
    )


def share(lo: int, n: int | None, releases: str = "r", half: int = 10) -> Slot:
    return figure(lo, half=half, n=n, metric="poll", releases=releases)


@pytest.mark.parametrize(
    ("ours", "theirs", "said"),
    [
        (figure(34 * M), figure(33 * M), Verdict.AHEAD),
        (figure(34 * M), figure(33_100_000, half=100_000), Verdict.AHEAD),
        (figure(33_900_000, half=100_000), figure(33_300_000, half=100_000), Verdict.LEVEL),
        (figure(33 * M), figure(34 * M), Verdict.BEHIND),
        (figure(34 * M, None, half=0), figure(50 * M, None, half=0), Verdict.LEVEL),
        (figure(0, 20 * M, half=0), figure(25 * M), Verdict.BEHIND),
        (figure(0, half=1), figure(0, half=1), Verdict.LEVEL),
        (figure(0, half=0), figure(0, half=0), Verdict.LEVEL),
        (figure(1, half=1), figure(0, half=1), Verdict.AHEAD),
        (figure(100 * M, None, half=0), figure(90 * M), Verdict.AHEAD),
        (figure(90 * M, None, half=0), figure(100 * M), Verdict.LEVEL),
    ],
    ids=[
        "a gap as wide as the rounding",
        "a clear gap",
        "a gap inside the noise",
        "the other way round",
        "two without an upper end",
        "less than, below",
        "nobody against nobody",
        "nobody against nobody, without any doubt",
        "one against nobody",
        "at least, above",
        "at least, below: it may be more",
    ],
)
def test_only_a_gap_wider_than_the_doubt_counts(ours: Slot, theirs: Slot, said: Verdict) -> None:
    assert compare(ours, theirs, RULES).verdict is said
    assert compare(theirs, ours, RULES).verdict is said.opposite


def test_a_comparison_tells_its_margin_and_band() -> None:
    assert compare(figure(42 * M), figure(33 * M), RULES) == Comparison(Verdict.AHEAD, Grade.A, 9 * M, M, 0, "eitaa")


def test_level_tells_what_was_missing() -> None:
    found = compare(figure(33_900_000, half=100_000), figure(33_300_000, half=100_000), RULES)
    assert (found.verdict, found.margin, found.band, found.leader) == (Verdict.LEVEL, 600_000, 678_000, None)


def test_a_comparison_tells_how_far_apart_the_periods_lie() -> None:
    for days in (30, 100):
        earlier = figure(34 * M, on=DAY - timedelta(days=days), releases="other")
        assert compare(figure(34 * M), earlier, RULES).distance == days


def test_the_band_of_a_comparison_follows_its_grade() -> None:
    assert compare(share(3100, 1500), share(2750, 1500, "r"), RULES).band == 387
    assert compare(share(3100, 1500), share(2750, 1500, "other"), RULES).band == 326


def test_of_two_gaps_alike_the_domestic_one_is_told() -> None:
    wide, narrow = figure(20 * M, 30 * M, half=2), figure(25 * M, half=2)
    assert (compare(wide, narrow, RULES).margin, compare(wide, narrow, RULES).band) == (-5 * M, 400_000)
    assert compare(narrow, wide, RULES).band == 500_000


@pytest.mark.parametrize(
    ("ours", "theirs", "said"),
    [
        (figure(34 * M), figure(33_500_000), False),
        (figure(34 * M), figure(34 * M), False),
        (figure(34 * M, 36 * M), figure(35 * M, 37 * M), True),
        (figure(10, 12), figure(11, 13), True),
        (figure(90 * M), figure(12 * M, None, half=0), True),
        (figure(34 * M, None, half=0), figure(33_900_000), True),
        (figure(12 * M, None, half=0), figure(12 * M, None, half=0), True),
        (figure(42 * M), figure(33 * M), False),
        (figure(42 * M, None, half=0), figure(33 * M), False),
    ],
    ids=["within the doubt", "equal", "ranges that overlap", "by a single user", "no upper end",
         "no upper end, just above", "none on either side", "ahead",
         "ahead without an upper end"],
)  # fmt: skip
def test_level_may_mean_that_it_cannot_be_told(ours: Slot, theirs: Slot, said: bool) -> None:
    assert untold(ours, theirs, compare(ours, theirs, RULES)) is said
    assert untold(theirs, ours, compare(theirs, ours, RULES)) is said


def test_there_is_no_band_above_what_has_no_upper_end() -> None:
    assert band(figure(90 * M), figure(12 * M, None, half=0), Grade.A, RULES) is None


def test_the_band_is_rounded_up() -> None:
    assert band(figure(1_000_001, half=1), figure(1, half=2), Grade.A, RULES) == 20_001
    assert band(figure(1, half=1), figure(1, half=2), Grade.A, RULES) == 2


@pytest.mark.parametrize(
    ("p", "q", "grade", "width"),
    [
        (share(3000, 1500), share(2750, 1500), Grade.A, 384),
        (share(3200, 1500), share(2800, 1500), Grade.A, 392),
        (share(3100, 1500), share(2750, 1500), Grade.B, 326),
        (share(6100, 1000), share(5500, 1000), Grade.A, 567),
        (share(3460, None), share(2500, 1500), Grade.A, 400),
        (share(3460, 1500), share(2500, None), Grade.A, 400),
        # Widths just above a whole number, or just below: no constant of the formula may differ.
        (share(4000, 300), share(4000, 300), Grade.B, 784),
        (share(9400, 100), share(5400, 100), Grade.A, 1176),
        (share(2300, 1000), share(2200, 1000), Grade.B, 367),
        (share(8500, 1200), share(3100, 1200), Grade.A, 420),
        (share(5000, 10**9, half=0), share(5000, 10**9, half=0), Grade.B, 1),
        (share(10_000, 1, half=0), share(0, 1, half=0), Grade.B, 0),
        (share(10_000, 1), share(0, 1), Grade.B, 10),  # no variance: the rounding is left
    ],
)
def test_the_band_of_polls(p: Slot, q: Slot, grade: Grade, width: int) -> None:
    assert band(p, q, grade, RULES) == width


@given(st.integers(0, 10_000), st.integers(0, 10_000), st.integers(1, 10**6), st.integers(1, 10**6), st.booleans())
def test_the_band_of_polls_is_the_least_integer_that_is_wide_enough(
    p: int, q: int, n_p: int, n_q: int, one_poll: bool
) -> None:
    grade = Grade.A if one_poll else Grade.B
    width = band(share(p, n_p), share(q, n_q), grade, Rules())
    assert width is not None
    # In units of 1/10⁸: (h/10⁴)² against 1.96² V, both multiplied out.
    if one_poll:
        above, below = min(p + q, 20_000 - p - q) * 10_000 - (p - q) ** 2, min(n_p, n_q)
    else:
        above, below = p * (10_000 - p) * n_q + q * (10_000 - q) * n_p, n_p * n_q

    def enough(h: int) -> bool:
        return h * h * 10_000 * below >= 38_416 * above

    assert enough(width)
    assert width == 10 or not enough(width - 1)


@pytest.mark.parametrize(
    ("ours", "theirs", "days"),
    [
        ((date(2026, 6, 21), date(2026, 6, 21)), (date(2026, 6, 21), date(2026, 6, 21)), 0),
        ((date(2026, 6, 21), date(2026, 5, 22)), (date(2026, 6, 21), date(2026, 5, 22)), 0),
        ((date(2026, 6, 21), date(2026, 5, 22)), (date(2026, 6, 21), date(2026, 6, 21)), 30),
        ((date(2026, 5, 21), date(2026, 4, 21)), (date(2026, 6, 21), date(2026, 5, 22)), 61),
    ],
    ids=["one day", "one month", "a month and its last day", "two months"],
)
def test_the_distance_is_the_longest_that_may_lie_between(
    ours: tuple[date, date], theirs: tuple[date, date], days: int
) -> None:
    assert distance(ours, theirs) == distance(theirs, ours) == days


@pytest.mark.parametrize(
    ("theirs", "grade"),
    [
        (figure(1, on=date(2026, 10, 1)), Grade.A),
        (figure(1, on=date(2026, 9, 1), until=date(2026, 10, 1)), Grade.A),
        (figure(1, on=date(2026, 9, 1), until=date(2026, 10, 31)), Grade.A),
        (figure(1, on=date(2026, 9, 1), until=date(2026, 9, 30)), Grade.B),
        (figure(1, on=date(2026, 7, 1), releases="other"), Grade.B),
        (figure(1, on=date(2026, 6, 30), releases="other"), Grade.N),
        (figure(1, on=date(2025, 10, 1), until=date(2026, 10, 1)), Grade.A),
        (figure(1, source="mcit"), Grade.C),
        (figure(1, source="mcit", on=date(2026, 6, 30)), Grade.N),
        (figure(1, releases=""), Grade.B),
    ],
    ids=[
        "one release",
        "the periods share their last day",
        "the day lies inside the period",
        "before and after in one release",
        "92 days",
        "93 days",
        "no window in one release",
        "two lanes",
        "two lanes too far apart",
        "no release",
    ],
)
def test_the_grade(theirs: Slot, grade: Grade) -> None:
    found = compare(figure(M), theirs, RULES)
    assert found.grade is grade
    assert (found.verdict is Verdict.UNKNOWN) is (grade is Grade.N)


def observation(name: str, value: Value, at: int = 0, **more: Any) -> Observation:
    said = {"release": "r", "n": None} | more
    asof = AsOf(Calendar.GREGORIAN, Precision.DAY, 2026, 10, 1)
    recorded = datetime(2026, 10, 1, 8, at, tzinfo=UTC)
    return Observation(name, "eitaa", "mau", "ir", "ditaak", "panel", said["release"], value, said["n"], asof, recorded,
                       "a", root=name)  # fmt: skip


@pytest.mark.parametrize(
    ("value", "half"),
    [
        (Value(Qualifier.EXACT, 30, 30, 10), 10),
        (Value(Qualifier.ABOUT, 30, 30, 10), 20),
        (Value(Qualifier.AT_LEAST, 30, None, 10), 0),
        (Value(Qualifier.AT_MOST, 0, 30, 10), 0),
        (Value(Qualifier.RANGE, 30, 40, 10), 10),
    ],
    ids=lambda given: given.q.value if isinstance(given, Value) else None,
)
def test_the_half_unit_follows_the_hedge(value: Value, half: int) -> None:
    assert slot([observation("o1", value)]).half == half


def test_figures_without_a_release_share_none() -> None:
    value = Value(Qualifier.EXACT, 30 * M, 30 * M, M)
    assert slot([observation("o1", value, release=None)]).releases == frozenset()
    assert slot([observation("o1", value, release=None), observation("o2", value)]).releases == {"r"}


def test_a_slot_is_the_hull_of_its_observations() -> None:
    one = observation("o2", Value(Qualifier.EXACT, 36 * M, 36 * M, M), at=1, n=500)
    other = observation("o1", Value(Qualifier.ABOUT, 30 * M, 30 * M, 100_000), at=2, release="s", n=400)
    made = slot([other, one])
    assert (made.lo, made.hi, made.half, made.n, made.q) == (30 * M, 36 * M, M, 400, Qualifier.RANGE)
    assert made.releases == {"r", "s"}
    assert (made.ids, made.roots) == (("o2", "o1"), ("o2", "o1"))  # the first entered is quoted
    assert (made.platform, made.lane, made.key) == ("eitaa", Lane("mau", "ir", "ditaak/panel"), (DAY, DAY))
    only = slot([one])
    assert (only.platform, only.lane, only.key, only.n, only.ids) == ("eitaa", made.lane, made.key, 500, ("o2",))
    assert made == slot([one, other])


def test_equal_figures_keep_their_hedge_and_an_unknown_sample_stays_unknown() -> None:
    about = Value(Qualifier.ABOUT, 30 * M, 30 * M, M)
    made = slot([observation("o1", about, n=400), observation("o2", about)])
    assert (made.q, made.n, made.half) == (Qualifier.ABOUT, None, 2 * M)


def test_a_hull_with_an_open_end_is_open() -> None:
    made = slot(
        [
            observation("o1", Value(Qualifier.AT_LEAST, 30 * M, None, M)),
            observation("o2", Value(Qualifier.EXACT, 36 * M, 36 * M, M)),
        ]
    )
    assert (made.lo, made.hi, made.q) == (30 * M, None, Qualifier.RANGE)


@pytest.mark.parametrize(
    "values", [{"noise_permille": -1}, {"cooldown": True}, {"fresh": 10**9}, {"hold_seconds": 1.5}]
)
def test_impossible_rules_are_refused(values: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="whole number"):
        Rules(**values)


def test_the_constants_of_the_specification() -> None:
    assert Rules() == Rules(noise_permille=20, poll_unknown=400, cooldown=92, fresh=92, hold_seconds=600)


@pytest.mark.parametrize(
    ("name", "most"),
    [("noise_permille", 10**6), ("poll_unknown", 10_000), ("cooldown", 36_525), ("fresh", 36_525),
     ("hold_seconds", 366 * 86_400)],
)  # fmt: skip
def test_rules_reach_so_far_and_no_further(name: str, most: int) -> None:
    assert getattr(Rules(**{name: most}), name) == most
    assert getattr(Rules(**{name: 0}), name) == 0
    with pytest.raises(ValueError, match=name):
        Rules(**{name: most + 1})
