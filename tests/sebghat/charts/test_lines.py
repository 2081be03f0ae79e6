"""Of very many figures a picture shows those that give its line its shape."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sebghat.charts.lines import MOST, thinned


@given(st.lists(st.integers(0, 10**9), max_size=2_000).map(lambda some: list(enumerate(some))))
def test_a_thinned_line_keeps_its_ends_and_its_extremes(points: list[tuple[int, int]]) -> None:
    shown = thinned(points, lambda point: point[1])
    assert len(shown) <= MOST
    assert list(shown) == sorted(shown)
    assert set(shown) <= set(points)
    if points:
        assert (shown[0], shown[-1]) == (points[0], points[-1])
        heights = [height for _, height in points]
        assert {min(heights), max(heights)} <= {height for _, height in shown}
    if len(points) <= MOST:
        assert list(shown) == points
