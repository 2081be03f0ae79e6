"""What an editor types after /set: figures of one release, or a refusal."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, strategies

from sebghat.observation import Qualifier, Value
from sebghat.platforms import bundled
from sebghat.reading import METRIC_NAMES, Figure, read_figures, take_metric
from sebghat.refusal import CODES, Refusal
from tests.sebghat.growth import grows_with_the_text

TODAY = date(2026, 11, 24)
PLATFORMS = bundled()
OWN_CODES = {
    "set_empty", "too_many_figures", "metric_missing", "value_missing", "value_or_date", "unknown_option",
    "option_twice", "option_length", "bad_sample", "bad_scope", "n_on_count", "unknown_platform",
}  # fmt: skip


def read(text: str) -> tuple[Figure, ...]:
    found = read_figures(text, PLATFORMS, TODAY)
    assert not isinstance(found, Refusal), found
    return found


def refused(text: str) -> Refusal:
    found = read_figures(text, PLATFORMS, TODAY)
    assert isinstance(found, Refusal), found
    return found


def days(figures: tuple[Figure, ...]) -> list[date | None]:
    return [figure.asof.first if figure.asof else None for figure in figures]


def test_one_figure_with_all_that_may_be_said_of_it() -> None:
    (figure,) = read("eitaa poll 25% 1405-08-20 source=ISPA scope=world method=poll n=1,500 release=autumn")
    assert figure.platform == "eitaa"
    assert figure.metric == "poll"
    assert figure.value == Value(Qualifier.EXACT, 2500, 2500, 100)
    assert figure.asof is not None
    assert figure.asof.first == date(2026, 11, 11)
    assert (figure.source, figure.scope, figure.method, figure.n, figure.release) == (
        "ISPA",
        "world",
        "poll",
        1500,
        "autumn",
    )


def test_what_is_not_said_is_left_open() -> None:
    (figure,) = read("eitaa mau 30.5m")
    assert (figure.asof, figure.source, figure.method, figure.n, figure.release) == (None, None, None, None, None)
    assert figure.scope == "ir"


@pytest.mark.parametrize(
    ("metric", "name"), [(metric, name) for metric, names in METRIC_NAMES.items() for name in names]
)
def test_every_name_of_a_metric_is_known(metric: str, name: str) -> None:
    assert take_metric([*name.upper().split(), "30"]) == (metric, ["30"])
    assert read(f"ایتا {name} {'25%' if metric == 'poll' else '30m'}")[0].metric == metric


def test_what_is_said_once_holds_for_all() -> None:
    figures = read("gap mau 36m; wechat mau 33m 2026-10-01 source=X method=panel")
    assert days(figures) == [date(2026, 10, 1)] * 2
    assert {(figure.source, figure.method) for figure in figures} == {("X", "panel")}


def test_what_each_says_holds_for_itself() -> None:
    figures = read("gap mau 36m 2026-10-01 source=X; wechat mau 33m 2026-09-01 source=Y; eitaa mau 40m")
    assert days(figures) == [date(2026, 10, 1), date(2026, 9, 1), None]
    assert [figure.source for figure in figures] == ["X", "Y", None]


def test_a_part_may_hold_nothing_but_options() -> None:
    figures = read("date=2026-10-01 source=X\ngap mau 36m\nwechat mau 33m")
    assert days(figures) == [date(2026, 10, 1)] * 2


@pytest.mark.parametrize(
    "text", ["gap mau 36m؛ wechat mau 33m", "gap mau 36m;;\n\n wechat mau 33m;", "گپ ماهانه ۳۶m\nوی‌چت ماهانه ۳۳m"]
)
def test_parts_are_parted_by_semicolons_of_both_scripts_and_by_lines(text: str) -> None:
    assert [(figure.platform, figure.value.lo) for figure in read(text)] == [
        ("gap", 36 * 10**6),
        ("wechat", 33 * 10**6),
    ]


@pytest.mark.parametrize(
    ("written", "source", "day"),
    [
        ("source=X 2026-10-01", "X", date(2026, 10, 1)),
        ("source=Big News 2026-10-01", "Big News", date(2026, 10, 1)),
        ("source=ایرنا ۹ مهر ۱۴۰۵", "ایرنا", date(2026, 10, 1)),
        ("source=«گزارش ۹ مهر ۱۴۰۵»", "گزارش ۹ مهر ۱۴۰۵", None),
        ('source="Report 2026-10-01" 2026-09-01', "Report 2026-10-01", date(2026, 9, 1)),
        ("source=Report 12", "Report 12", None),
        ("source = X", "X", None),
        ("منبع=X تاریخ=2026-10-01", "X", date(2026, 10, 1)),
        ("SOURCE=X", "X", None),
    ],
)
def test_a_source_ends_where_a_date_begins(written: str, source: str, day: date | None) -> None:
    (figure,) = read(f"gap mau 36m {written}")
    assert figure.source == source
    assert days((figure,)) == [day]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "set_empty"),
        (" ; \n", "set_empty"),
        ("source=X", "set_empty"),
        ("nobody mau 36m", "unknown_platform"),
        ("gap 36m", "metric_missing"),
        ("gap mau", "value_missing"),
        ("gap mau 36m colour=red", "unknown_option"),
        ("gap mau 36m quote=x", "unknown_option"),
        ("gap mau 36m source=X source=Y", "option_twice"),
        ("gap mau 36m 2026-10-01 date=2026-10-01", "option_twice"),
        ("gap mau 36m source=", "option_length"),
        ("gap mau 36m source=«»", "option_length"),
        ("gap mau 36m source=" + "x" * 81, "option_length"),
        ("eitaa poll 25% n=0", "bad_sample"),
        ("eitaa poll 25% n=10000001", "bad_sample"),
        ("gap mau 36m scope=a b", "bad_scope"),
        ("gap mau 36m n=5", "n_on_count"),
        ("gap mau 36m date=soon", "no_date"),
        ("gap mau 36m 2099-01-01", "future_date"),
        ("gap mau 36m source=X 2026-02-30", "impossible_day"),
        ("; ".join(["gap mau 36m"] * 51), "too_many_figures"),
        ("gap mau 36m source=ISNA هفته پیش", "which_day"),
        ("x" * 4097, "too_long"),
        ("gap mau \u202e36m", "override"),
    ],
)
def test_a_refusal_says_what_is_wrong(text: str, code: str) -> None:
    assert refused(text).code == code


@given(strategies.text(max_size=300) | strategies.text("gapeitmu 36.,۱۲٫%;=n\n«»\u202e\u200cمیلیوناد-/", max_size=120))
def test_whatever_is_typed_is_read_or_refused_with_a_code_that_has_words(text: str) -> None:
    for found in (
        read_figures(text, PLATFORMS, TODAY),
        read_figures(f"gap mau {text}", PLATFORMS, TODAY),
    ):
        if isinstance(found, Refusal):
            assert found.code in CODES or found.code in OWN_CODES
            assert len(found.written) <= 80


@pytest.mark.parametrize(
    "piece",
    ["a ", "دی ", "و ", "1 ", "بین ۱ و ", "۱ میلیون و ", "dau ", "eitaa ", "source=x ", "source=a 1 ", "\n1", "="],
)
def test_time_grows_with_the_text_and_no_faster(piece: str) -> None:
    assert grows_with_the_text(lambda text: read_figures(text, PLATFORMS, TODAY), piece, 4000, before="gap mau ")


# Candidates


@given(
    strategies.sampled_from(["12.345", "1.200"]),
    strategies.sampled_from(["", " 2026-10-01"]),
    strategies.sampled_from(["", " source=X", " source=Big News method=panel"]),
    strategies.sampled_from(["", "wechat mau 33m; "]),
    strategies.sampled_from(["", "; telegram mau 34m"]),
)
def test_what_has_two_readings_comes_with_lines_that_keep_all_the_rest(
    value: str, day: str, options: str, before: str, after: str
) -> None:
    found = refused(f"{before}gap mau {value}{day}{options}{after}")
    assert len(found.candidates) == 2
    whole = read(f"{before}gap mau 36m{day}{options}{after}")
    for candidate in found.candidates:
        figures = read(candidate.line)
        assert [(f.platform, f.metric, f.asof, f.source, f.method) for f in figures] == [
            (f.platform, f.metric, f.asof, f.source, f.method) for f in whole
        ]


@pytest.mark.parametrize(
    "text",
    [
        "eitaa mau 31m, bale mau 17m",
        "eitaa mau 31m و bale mau 17m",
        "ایتا ماهانه ۳۱ میلیون، بله ماهانه ۱۷ میلیون",
        "eitaa mau 31m; bale mau 17m",
        "eitaa mau 31m\nbale 17m mau",
    ],
)
def test_several_figures_are_parted_as_people_part_them(text: str) -> None:
    figures = read_figures(text, bundled(), date(2026, 11, 25))
    assert isinstance(figures, tuple)
    assert [(f.platform, f.metric, f.value.lo) for f in figures] == [
        ("eitaa", "mau", 31_000_000),
        ("bale", "mau", 17_000_000),
    ]


@pytest.mark.parametrize("text", ["eitaa mau 30.5m dau 19m", "eitaa mau 30.5m; dau 19m"])
def test_a_second_metric_goes_on_about_the_same_platform(text: str) -> None:
    figures = read_figures(text, bundled(), date(2026, 11, 25))
    assert isinstance(figures, tuple)
    assert [(f.platform, f.metric) for f in figures] == [("eitaa", "mau"), ("eitaa", "dau")]


def test_the_and_of_a_number_parts_nothing() -> None:
    figures = read_figures("eitaa mau ۱۵ میلیون و ۹۷۲ هزار و ۶۹۰ کاربر", bundled(), date(2026, 11, 25))
    assert isinstance(figures, tuple)
    assert [f.value.lo for f in figures] == [15_972_690]


def test_a_metric_that_is_none_is_named() -> None:
    refused = read_figures("eitaa mou 30m", bundled(), date(2026, 11, 25))
    assert isinstance(refused, Refusal)
    assert (refused.code, refused.written) == ("metric_unknown", "mou")
