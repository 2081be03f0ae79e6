"""Pictures: the same as last time, true to their figures, and whole whatever a name holds."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.pictures import scenes
from sebghat.charts.card import card
from sebghat.charts.choice import choose, gaps
from sebghat.charts.gap import gap, signed
from sebghat.charts.lines import Line, joins, lines
from sebghat.charts.palette import DARK, LIGHT, THEMES
from sebghat.charts.ranking import ranked
from sebghat.charts.scale import Scale, Timeline, reaching, ticks
from sebghat.charts.series import series
from sebghat.charts.sheet import SMALL, WIDTH
from sebghat.contest import Contest
from sebghat.conversation import Picture
from sebghat.observation import Observation, Qualifier, Value
from sebghat.pairing import ranking
from sebghat.periods import AsOf, Calendar, Precision
from sebghat.platforms import Origin, Platform, Platforms
from sebghat.sources import Name, Names
from sebghat.wording import LANGUAGES
from tests.sebghat.charts.test_text import hostile

SNAPSHOTS = Path(__file__).resolve().parents[2] / "snapshots" / "charts"
DRAWN = {f"{kind}-{language}-{theme}": picture for kind, language, theme, picture in scenes.everything()}
SVG = "{http://www.w3.org/2000/svg}"
ELEMENTS = {"svg", "title", "desc", "rect", "path", "circle", "polygon", "text", "pattern"}
every_picture = pytest.mark.parametrize("name", sorted(DRAWN))


def elements(picture: Picture) -> list[ET.Element]:
    return list(ET.fromstring(picture.svg).iter())


def texts(picture: Picture) -> list[str]:
    marks = dict.fromkeys(map(ord, "\u202a\u202b\u202c"))
    return [(e.text or "").translate(marks) for e in elements(picture) if e.tag == f"{SVG}text"]


def xs(path: str) -> list[tuple[int, int]]:
    return [(int(x), int(y)) for x, y in re.findall(r"(-?\d+) (-?\d+)", path)]


# Snapshots


@every_picture
def test_the_picture_is_the_one_that_was_looked_at(name: str) -> None:
    """A change of design shows here and in docs/gallery: `python -m benchmarks.pictures.gallery` writes both."""
    assert DRAWN[name].svg == (SNAPSHOTS / f"{name}.svg").read_text(encoding="utf-8")


def test_there_is_a_snapshot_of_every_kind_and_no_other() -> None:
    assert {file.stem for file in SNAPSHOTS.glob("*.svg")} == set(DRAWN)


@every_picture
def test_a_picture_says_what_it_is_in_words_too(name: str) -> None:
    picture = DRAWN[name]
    title, description = (ET.fromstring(picture.svg).findtext(f"{SVG}{tag}") for tag in ("title", "desc"))
    assert title
    assert description
    assert len(description.splitlines()) > 1


@every_picture
def test_every_picture_names_its_source_and_is_wide_as_a_phone_wants_it(name: str) -> None:
    picture = DRAWN[name]
    said = "\n".join(texts(picture))
    assert re.search(r"Sources?: |منبع(‌ها)?: ", said)
    assert re.search(r"As of |Figures of |تاریخ: |رقم‌های ", said)
    root = ET.fromstring(picture.svg)
    assert root.get("width") == str(WIDTH)
    assert int(root.get("height") or 0) <= 1500
    assert min(int(e.get("font-size") or 0) for e in root.iter(f"{SVG}text")) >= SMALL


@every_picture
def test_no_letter_of_a_picture_is_missing(name: str) -> None:
    assert "\ufffd" not in DRAWN[name].svg


@every_picture
def test_nothing_is_drawn_outside_the_sheet(name: str) -> None:
    root = ET.fromstring(DRAWN[name].svg)
    high = int(root.get("height") or 0)
    for element in root.iter(f"{SVG}rect"):
        if element.get("fill") == "none" or element.get("patternTransform"):
            continue
        x, y = int(element.get("x") or 0), int(element.get("y") or 0)
        assert 0 <= x <= x + int(element.get("width") or 0) <= WIDTH
        assert 0 <= y <= y + int(element.get("height") or 0) <= high


def test_the_same_content_has_the_same_name_and_another_has_another() -> None:
    assert len({picture.name for picture in DRAWN.values()}) == len(DRAWN)
    again = dict(scenes.pictures("fa", LIGHT))
    assert all(again[kind].name == DRAWN[f"{kind}-fa-light"].name for kind in again)


@pytest.mark.parametrize("kind", ["series", "polls", "card", "gap", "ranking-poll"])
def test_both_languages_tell_the_same_figures(kind: str) -> None:
    def figures(language: str) -> set[str]:
        found = set()
        for said in texts(DRAWN[f"{kind}-{language}-light"]):
            plain = said.translate(str.maketrans("۰۱۲۳۴۵۶۷۸۹٫", "0123456789."))
            found |= set(re.findall(r"\d+\.\d+", plain))
        return found

    assert figures("fa") == figures("en")


# Scales


@given(st.integers(1, 10**10))
def test_a_scale_begins_at_zero_and_reaches_the_greatest(most: int) -> None:
    top, distance = reaching(most)
    assert most <= top < most + distance
    assert top % distance == 0
    assert 1 <= top // distance <= 5


@given(st.integers(1, 10**10), st.lists(st.integers(0, 10**10), min_size=2, max_size=2, unique=True))
def test_heights_are_in_the_proportion_of_the_figures(most: int, values: list[int]) -> None:
    scale = Scale(0, 10**10, 1000, 0)
    low, high = sorted(values)
    assert scale.at(low) >= scale.at(high)
    for value in values:
        assert abs((1000 - scale.at(value)) * 10**10 - value * 1000) <= 10**10


@given(st.dates(date(1990, 1, 1), date(2060, 1, 1)), st.integers(1, 20_000), st.sampled_from(LANGUAGES))
def test_time_is_to_scale_and_its_names_do_not_meet(first: date, days: int, language: str) -> None:
    timeline = Timeline(first, first + timedelta(days=days), 100, 1000)
    assert timeline.at(timeline.first) == 100
    assert timeline.at(timeline.last) == 1000
    half = first + timedelta(days=days // 2)
    assert abs(timeline.at(half) - 100 - 900 * (days // 2) // days) <= 1
    found = ticks(timeline, language, SMALL)
    assert len(found) <= 16
    assert all(timeline.first <= tick.day <= timeline.last for tick in found)
    assert [tick.day for tick in found] == sorted({tick.day for tick in found})


def test_persian_years_begin_at_nowruz_and_gregorian_ones_in_january() -> None:
    timeline = Timeline(date(2023, 1, 1), date(2024, 6, 1), 0, 900)
    persian, english = (ticks(timeline, language, SMALL) for language in ("fa", "en"))
    assert (date(2023, 3, 21), "نوروز ۱۴۰۲") in [(tick.day, tick.label) for tick in persian]
    assert (date(2024, 1, 1), "January 2024") in [(tick.day, tick.label) for tick in english]


# Lines


def value_of(platform: str, millions: int, day: date, q: Qualifier = Qualifier.EXACT, source: str = "s") -> Observation:
    made = scenes.made_up(next(numbers), platform, millions, day, q)
    return replace(made, source=source)


numbers = iter(range(1000, 100_000))


def test_figures_of_two_sources_are_two_lines_that_are_never_joined() -> None:
    figures = [value_of("gap", 10 + n, date(2024, n + 1, 1), source="ab"[n % 2]) for n in range(6)]
    made = lines(figures)
    assert [len(line.points) for line in made] == [3, 3]
    picture = series(made, [], [], scenes.voice("en"), LIGHT)
    assert "Figures of different sources are not comparable" in "".join(texts(picture))
    assert len(drawn_lines(picture)) == sum(len(list(joins(line.points))) for line in made) == 4


def drawn_lines(picture: Picture) -> list[ET.Element]:
    """The thick strokes between two points; those of the legend are no such."""
    found = [e for e in elements(picture) if e.tag == f"{SVG}path" and e.get("stroke-linejoin")]
    return [e for e in found if e.get("stroke-width") == "6"]


def test_over_two_years_without_a_figure_no_line_is_drawn_and_the_picture_says_so() -> None:
    days = [date(2018, 1, 1), date(2019, 1, 1), date(2022, 1, 1)]
    made = lines([value_of("gap", 10, day) for day in days])
    picture = series(made, [], [], scenes.voice("en"), LIGHT)
    assert len(drawn_lines(picture)) == 1
    assert "No line" in "".join(texts(picture))


def test_at_least_is_an_arrow_and_joins_nothing() -> None:
    days = [date(2024, month, 1) for month in (1, 2, 3)]
    kinds = [Qualifier.EXACT, Qualifier.AT_LEAST, Qualifier.EXACT]
    made = lines([value_of("gap", 10, day, q) for day, q in zip(days, kinds, strict=True)])
    picture = series(made, [], [], scenes.voice("en"), LIGHT)
    assert drawn_lines(picture) == []
    assert "Arrow" in "".join(texts(picture))
    assert "more than 10 million" in "".join(texts(picture))


def test_a_range_is_a_band_between_its_ends() -> None:
    first = value_of("gap", 10, date(2024, 1, 1))
    wide = replace(first, value=Value(Qualifier.RANGE, 10_000_000, 20_000_000, 10**6))
    later = replace(wide, id="2", asof=value_of("gap", 10, date(2024, 6, 1)).asof)
    picture = series(lines([wide, later]), [], [], scenes.voice("en"), LIGHT)
    areas = [e for e in elements(picture) if e.tag == f"{SVG}path" and (e.get("d") or "").endswith("Z")]
    (low, *_, high) = sorted({y for _, y in xs(areas[0].get("d") or "")}, reverse=True)
    zero = [e for e in elements(picture) if (e.get("stroke"), e.get("stroke-width")) == (LIGHT.muted, "3")]
    (ground,) = {y for e in zero for _, y in xs(e.get("d") or "")}
    assert abs((ground - high) - 2 * (ground - low)) <= 2
    assert "Band" in "".join(texts(picture))


def test_bars_are_in_the_proportion_of_their_figures() -> None:
    crossing = scenes.note(scenes.example(), Contest("gap", "wechat", "mau", "ir", f"{scenes.EXAMPLE}/panel"))
    picture = card(crossing, 0, [], scenes.voice("en"), LIGHT)
    wide = {e.get("fill"): int(e.get("width") or 0) for e in elements(picture) if e.get("height") == "60"}
    one, other = (wide[LIGHT.tones[origin][0]] for origin in (Origin.DOMESTIC, Origin.FOREIGN))
    assert one / other == pytest.approx(36 / 33, abs=0.01)


def test_the_gap_is_the_difference_and_lies_on_the_side_of_who_is_ahead() -> None:
    one, other = scenes.P["whatsapp"], scenes.P["telegram"]
    made = gaps(scenes.readings(), one, other, scenes.RULES)
    assert [signed(s) for s in made] == [-1100, -4100, -3080, 40, 3950, 70, -600]
    assert "within the doubt; there nobody is ahead" in "".join(texts(gap(one, other, made, scenes.voice("en"), DARK)))


# Which figures


def test_several_platforms_come_from_the_source_that_most_of_them_share() -> None:
    platforms = [scenes.P[key] for key in ("rubika", "eitaa", "bale", "telegram")]
    chosen = choose(scenes.readings(), platforms, "mau")
    assert chosen is not None
    assert {line.lane.name for line in chosen.lines} == {"mcit/official"}
    assert [line.platform for line in chosen.lines] == ["rubika", "eitaa", "bale"]
    assert [platform.key for platform in chosen.absent] == ["telegram"]


def test_without_a_metric_the_one_is_taken_that_all_have() -> None:
    chosen = choose(scenes.readings(), [scenes.P["eitaa"], scenes.P["telegram"]])
    assert chosen is not None
    assert (chosen.metric, chosen.scope, len(chosen.lines)) == ("poll", "ir", 2)
    assert choose(scenes.readings(), [scenes.P["virasti"]]) is None
    assert choose(scenes.readings(), [scenes.P["eitaa"]], since=date(2026, 1, 1)) is None


# Whatever a name holds


@settings(max_examples=60)
@given(hostile, hostile, st.sampled_from(LANGUAGES), st.sampled_from(list(THEMES.values())))
def test_no_name_breaks_a_picture(name: str, source: str, language: str, theme: object) -> None:
    platforms = [Platform(key, name, name, origin, "social") for key, origin in
                 (("gap", Origin.DOMESTIC), ("wechat", Origin.FOREIGN))]  # fmt: skip
    voice = replace(
        scenes.voice(language), platforms=Platforms(platforms), sources=Names([Name(scenes.EXAMPLE, source, source)])
    )
    crossing = scenes.note(scenes.example(), Contest("gap", "wechat", "mau", "ir", f"{scenes.EXAMPLE}/panel"))
    made: list[Line] = lines(scenes.example())
    pairs = gaps(scenes.example(), platforms[0], platforms[1], scenes.RULES)
    for picture in (
        card(crossing, 0, made, voice, LIGHT),
        series(made, [], [name], voice, DARK),
        gap(platforms[0], platforms[1], pairs, voice, LIGHT),
    ):
        found = elements(picture)
        assert {element.tag for element in found} <= {f"{SVG}{tag}" for tag in ELEMENTS}
        attributes = {attribute for element in found for attribute in element.attrib}
        assert not any("href" in attribute or attribute.startswith("on") for attribute in attributes)
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\ufffe\uffff]", picture.svg)


# Whatever the figures are


@st.composite
def figures(draw: st.DrawFn) -> list[Observation]:
    """Of two platforms in one lane, of any size, kind and time."""
    metric, most = draw(st.sampled_from([("mau", 10**10), ("poll", 10_000)]))
    found = []
    for number in range(draw(st.integers(2, 8))):
        lo, hi = sorted(draw(st.tuples(st.integers(0, most), st.integers(0, most))))
        res = 10 ** draw(st.integers(0, 2 if metric == "poll" else 9))
        value = {
            Qualifier.EXACT: Value(Qualifier.EXACT, lo, lo, res),
            Qualifier.ABOUT: Value(Qualifier.ABOUT, lo, lo, res),
            Qualifier.AT_LEAST: Value(Qualifier.AT_LEAST, lo, None, res),
            Qualifier.AT_MOST: Value(Qualifier.AT_MOST, 0, hi, res),
            Qualifier.RANGE: Value(Qualifier.RANGE, lo, hi, res),
        }[draw(st.sampled_from(Qualifier))]
        precision, months = draw(st.sampled_from([(Precision.MONTH, 12), (Precision.SEASON, 4), (Precision.YEAR, 0)]))
        calendar, year = draw(st.sampled_from([(Calendar.JALALI, 1300), (Calendar.GREGORIAN, 1922)]))
        month = draw(st.integers(1, months)) if months else None
        asof = AsOf(calendar, precision, year + draw(st.integers(0, 160)), month)
        platform = ("gap", "wechat")[number % 2]
        made = value_of(platform, 1, date(2024, 1, 1))
        found.append(replace(made, metric=metric, value=value, asof=asof, release=f"r{number // 2}"))
    return found


@given(figures(), st.sampled_from(LANGUAGES))
def test_any_figures_make_a_whole_picture(observations: list[Observation], language: str) -> None:
    voice, by_id = scenes.voice(language), {o.id: o for o in observations}
    one, other = scenes.P["gap"], scenes.P["wechat"]
    made = [series(lines(observations), [], [], voice, LIGHT)]
    if pairs := gaps(observations, one, other, scenes.RULES):
        made.append(gap(one, other, pairs, voice, DARK))
    if order := ranking(observations, {key: p.origin.value for key, p in scenes.P.items()}, scenes.RULES):
        made.append(ranked(order, by_id, scenes.RULES, voice, LIGHT))
    for picture in made:
        root = ET.fromstring(picture.svg)
        high = int(root.get("height") or 0)
        for element in root.iter(f"{SVG}rect"):
            x, y, wide, tall = (int(element.get(name) or 0) for name in ("x", "y", "width", "height"))
            assert 0 <= x <= x + wide <= WIDTH
            assert 0 <= y <= y + tall <= high
        for element in root.iter(f"{SVG}text"):
            assert 0 <= int(element.get("x") or -1) <= WIDTH
            assert 0 <= int(element.get("y") or -1) <= high
