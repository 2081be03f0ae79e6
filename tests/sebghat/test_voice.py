"""How the bot says figures, dates, sources and lists, in both languages."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from sebghat import letters
from sebghat.conversation import Style
from sebghat.observation import Observation, Qualifier, Value
from sebghat.periods import AsOf, Calendar, Precision
from sebghat.platforms import bundled
from sebghat.sources import bundled_methods, bundled_sources
from sebghat.voice import Voice, hull

TODAY = date(2026, 11, 24)
ISOLATES = {ord(mark): None for mark in (letters.LRI, letters.RLI, letters.FSI, letters.PDI)}
M = 10**6


def voice(language: str) -> Voice:
    zone = timezone(timedelta(hours=3, minutes=30))
    return Voice(language, bundled(), bundled_sources(), bundled_methods(), TODAY, zone)


def figure(number: int, value: Value, **said: str) -> Observation:
    made = Observation(
        id=str(number), root=str(number), platform="eitaa", metric="mau", scope="ir", source="mcit", method="official",
        release="r", value=value, n=None, asof=AsOf(Calendar.JALALI, Precision.DAY, 1403, 3, 12),
        recorded_at=datetime(2026, 11, 1, tzinfo=UTC), recorded_by="",
    )  # fmt: skip
    return replace(made, **said)  # type: ignore[arg-type]


def exact(millions: int, res: int = M) -> Value:
    return Value(Qualifier.EXACT, millions * M, millions * M, res)


@pytest.mark.parametrize(
    ("seconds", "fa", "en"),
    [
        (1, "یک ثانیه", "1 second"),
        (5, "۵ ثانیه", "5 seconds"),
        (60, "یک دقیقه", "1 minute"),
        (90, "۹۰ ثانیه", "90 seconds"),
        (600, "۱۰ دقیقه", "10 minutes"),
        (3600, "یک ساعت", "1 hour"),
        (7200, "۲ ساعت", "2 hours"),
        (0, "۰ ثانیه", "0 seconds"),
    ],
)
def test_a_hold_is_said_in_the_largest_whole_unit(seconds: int, fa: str, en: str) -> None:
    assert voice("fa").duration(seconds) == fa
    assert voice("en").duration(seconds) == en


@pytest.mark.parametrize(
    ("names", "fa", "en"),
    [(["a"], "a", "a"), (["a", "b"], "a و b", "a and b"), (["a", "b", "c"], "a، b و c", "a, b and c")],
)
def test_a_list_is_said_as_people_say_it(names: list[str], fa: str, en: str) -> None:
    assert voice("fa").list(names).translate(ISOLATES) == fa
    assert voice("en").list(names) == en


def test_numbers_are_grouped_in_their_own_digits() -> None:
    assert voice("fa").number(1240) == "۱٬۲۴۰"
    assert voice("en").number(1240) == "1,240"


def test_a_time_is_said_where_the_people_are_and_its_day_if_it_is_another() -> None:
    assert voice("en").clock(datetime(2026, 11, 24, 10, 0, tzinfo=UTC)) == "13:30"
    assert voice("fa").clock(datetime(2026, 11, 24, 10, 0, tzinfo=UTC)) == "۱۳:۳۰"
    assert voice("en").clock(datetime(2026, 11, 24, 22, 0, tzinfo=UTC)) == "01:30, 25 November 2026 (4 Azar 1405)"


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        (date(2026, 10, 1), date(2026, 10, 1), "1 October 2026 (9 Mehr 1405)"),
        (date(2022, 11, 1), date(2022, 11, 30), "November 2022"),
        (date(2022, 11, 22), date(2022, 12, 21), "November–December 2022 (Azar 1401)"),
    ],
)
def test_a_period_goes_by_its_own_name(first: date, last: date, said: str) -> None:
    assert voice("en").span(first, last).startswith(said)


def test_a_short_date_has_no_brackets_of_its_own() -> None:
    month = AsOf(Calendar.JALALI, Precision.MONTH, 1402, 10)
    assert voice("en").short_date(month) == "December 2023–January 2024 / Dey 1402"
    assert voice("fa").short_date(month) == "دی ۱۴۰۲"


def test_who_spoke_for_a_source_is_named_unless_it_is_the_source_itself() -> None:
    spoken = figure(1, exact(30), speaker="Mohammadzadeh Lajevardi, deputy ICT minister")
    assert voice("en").source(spoken) == "Ministry of ICT (Mohammadzadeh Lajevardi, deputy ICT minister)"
    assert voice("fa").source(spoken) == "وزارت ارتباطات (محمدزاده لاجوردی، معاون وزیر ارتباطات)"
    assert voice("en").source(figure(1, exact(30), speaker="Ministry of ICT")) == "Ministry of ICT"


def test_what_nobody_knows_is_called_by_its_key() -> None:
    for language in ("fa", "en"):
        assert voice(language).platform("gone") == "gone"
        assert voice(language).scope("tr") == "tr"
        assert voice(language).sources.name("gone", language) == "gone"


def test_a_figure_is_old_after_half_a_year() -> None:
    assert not voice("en").is_old(TODAY - timedelta(days=180))
    assert voice("en").is_old(TODAY - timedelta(days=181))


def test_commands_to_tap_stand_on_one_line() -> None:
    reply = voice("en").commands("/stats eitaa", "/help")
    assert reply.plain == "/stats eitaa · /help"
    assert [span.text for span in reply.spans if span.style is Style.COMMAND] == ["/stats eitaa", "/help"]


@pytest.mark.parametrize(
    ("values", "shown"),
    [
        ([exact(30)], exact(30)),
        ([exact(30), exact(30)], exact(30)),
        ([exact(30), exact(36)], Value(Qualifier.RANGE, 30 * M, 36 * M, M)),
        ([exact(30), Value(Qualifier.AT_LEAST, 25 * M, None, M)], Value(Qualifier.AT_LEAST, 25 * M, None, M)),
        ([exact(30), Value(Qualifier.ABOUT, 30 * M, 30 * M, M)], Value(Qualifier.RANGE, 30 * M, 30 * M, M)),
    ],
    ids=["one", "two that agree", "two that differ", "one without an end", "two hedges"],
)
def test_texts_that_differ_are_shown_from_the_least_to_the_greatest(values: list[Value], shown: Value) -> None:
    assert hull([figure(number, value) for number, value in enumerate(values)]) == shown
