"""A note in words: the same facts, the same order, the same prominence, whoever won."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given, strategies

from sebghat import letters
from sebghat.almanac import day_of
from sebghat.announcement import Basis, announce, headline
from sebghat.comparison import Grade, Verdict
from sebghat.contest import Contest, Style
from sebghat.notes import Facts, Kind, Note, Place, Side
from sebghat.observation import Observation, Qualifier, Value
from sebghat.periods import Calendar
from sebghat.platforms import bundled
from sebghat.sources import bundled_methods, bundled_sources
from sebghat.voice import Voice

TODAY = date(2026, 11, 24)
ISOLATES = {ord(mark): None for mark in (letters.LRI, letters.RLI, letters.FSI, letters.PDI)}
MILLION = 10**6


def voice(language: str) -> Voice:
    zone = timezone(timedelta(hours=3, minutes=30))
    return Voice(language, bundled(), bundled_sources(), bundled_methods(), TODAY, zone)


def side(platform: str, lo: int, day: date = date(2026, 10, 1), q: Qualifier = Qualifier.EXACT) -> Side:
    hi = None if q is Qualifier.AT_LEAST else lo
    return Side(platform, "ispa/panel", lo, hi, q, None, day, day, (f"{platform}-1",), ("r",))


def facts(domestic: Side, foreign: Side, winner: Verdict = Verdict.AHEAD, **said: object) -> Facts:
    fixed = Facts(
        contest=Contest(domestic.platform, foreign.platform, "mau", "ir", "ispa/panel"),
        side=winner, style=Style.PASS, grade=Grade.A, domestic=domestic, foreign=foreign,
        margin=abs(domestic.lo - foreign.lo), band=MILLION,
        before=(date(2026, 6, 1), date(2026, 6, 1)), between=(date(2026, 6, 1), date(2026, 10, 1)),
        group="r", again=False, mute=None,
    )  # fmt: skip
    return replace(fixed, **said)  # type: ignore[arg-type]


def note(what: Facts, kind: Kind = Kind.EVENT, **said: object) -> Note:
    key = (date(2026, 10, 1), date(2026, 10, 1))
    made = Note(kind, what, Place(key, key, key), key, "r", datetime(2026, 11, 24, tzinfo=UTC), number=17)
    return replace(made, **said)  # type: ignore[arg-type]


NOTHING_MORE = Basis()


def text(*notes: Note, language: str = "en", basis: Basis = NOTHING_MORE) -> str:
    return announce(notes, voice(language), basis).plain.translate(ISOLATES)


GAP_AHEAD = facts(side("gap", 36 * MILLION), side("wechat", 33 * MILLION))


def test_an_event_says_everything_in_its_order() -> None:
    assert text(note(GAP_AHEAD)).splitlines() == [
        "Gap has passed WeChat.",
        "Gap: 36 million · WeChat: 33 million monthly users in Iran",
        "Both as of: 1 October 2026 (9 Mehr 1405); source: ISPA",
        "The margin is 3 million; up to 1 million may be rounding.",
        "As of 1 June 2026 (11 Khordad 1405), Gap was still behind;"
        " the change came between that day and 1 October 2026.",
        "Why? /why 17",
    ]


def test_and_so_in_persian() -> None:
    assert text(note(GAP_AHEAD), language="fa").splitlines() == [
        "گپ از وی‌چت پیش افتاد.",
        "گپ: ۳۶ میلیون · وی‌چت: ۳۳ میلیون کاربر ماهانه در ایران",
        "هر دو: ۹ مهر ۱۴۰۵ (۱ اکتبر ۲۰۲۶)، منبع: ایسپا",
        "فاصله ۳ میلیون است؛ تا ۱ میلیون را خطای گردکردن می‌گیریم.",
        "گپ در ۱۱ خرداد ۱۴۰۵ (۱ ژوئن ۲۰۲۶) هنوز عقب‌تر بود؛ جابه‌جایی میان آن روز و ۹ مهر ۱۴۰۵ رخ داده است.",
        "چرا؟ /why 17",
    ]


# Symmetry


def mirrored(what: Facts) -> Facts:
    """The same, with the other side as the winner: every number keeps its role, the names change places."""
    return replace(
        what,
        side=what.side.opposite,
        domestic=replace(what.foreign, platform=what.domestic.platform),
        foreign=replace(what.domestic, platform=what.foreign.platform),
    )


def swapped(said: str, language: str) -> str:
    one, other = (voice(language).platform(key) for key in ("gap", "wechat"))
    return said.replace(one, "\0").replace(other, one).replace("\0", other)


DAYS = strategies.dates(date(2025, 1, 1), TODAY)
SIDES = strategies.builds(
    side, strategies.just("gap"), strategies.integers(1, 90).map(lambda value: value * MILLION), DAYS,
    strategies.sampled_from([Qualifier.EXACT, Qualifier.ABOUT, Qualifier.AT_LEAST]),
)  # fmt: skip


@given(
    ours=SIDES,
    theirs=SIDES,
    language=strategies.sampled_from(["fa", "en"]),
    kind=strategies.sampled_from(Kind),
    grade=strategies.sampled_from([Grade.A, Grade.B, Grade.C]),
    again=strategies.booleans(),
    trading=strategies.booleans(),
    now=strategies.sampled_from(Verdict),
    in_full=strategies.booleans(),
)
def test_whoever_won_it_is_said_alike(
    ours: Side, theirs: Side, language: str, kind: Kind, grade: Grade, again: bool, trading: bool, now: Verdict,
    in_full: bool,
) -> None:  # fmt: skip
    theirs = replace(theirs, platform="wechat", ids=("wechat-1",))
    style, mute = (Style.TRADING, date(2027, 1, 1)) if trading else (Style.PASS, None)
    what = facts(ours, theirs, grade=grade, again=again, style=style, mute=mute)
    told = replace(what, domestic=replace(ours, lo=ours.lo + 5, hi=None, q=Qualifier.AT_LEAST))
    basis = Basis({ours.ids[0]: None}) if in_full else Basis()
    mirrored_basis = Basis({theirs.ids[0]: None}) if in_full else Basis()
    other = mirrored(what)
    other = replace(
        other, domestic=replace(other.domestic, ids=ours.ids), foreign=replace(other.foreign, ids=theirs.ids)
    )
    one = text(note(what, kind, told=told, now=now), language=language, basis=basis)
    two = text(note(other, kind, told=mirrored(told), now=now.opposite), language=language, basis=mirrored_basis)
    assert two == swapped(one, language)


# What else may be said


@pytest.mark.parametrize(
    ("said", "head"),
    [
        ({"again": True}, "Gap has passed WeChat again."),
        ({"grade": Grade.B}, "Gap has passed WeChat."),
        ({"grade": Grade.C}, "According to two different sources, Gap seems to have passed WeChat."),
        (
            {"style": Style.TRADING, "mute": date(2027, 1, 1)},
            "Gap and WeChat keep trading places; Gap is ahead now. Until 1 January 2027",
        ),
    ],
)
def test_the_headline_says(said: dict[str, object], head: str) -> None:
    assert text(note(replace(GAP_AHEAD, **said))).startswith(head)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("now", "line"),
    [
        (Verdict.BEHIND, "Now: Gap is behind WeChat."),
        (Verdict.AHEAD, "Now: Gap is ahead, but the figures no longer show that it passed WeChat."),
        (Verdict.LEVEL, "Now: neither Gap nor WeChat is known to be ahead."),
        (Verdict.UNKNOWN, "Now: it is not known which of Gap and WeChat is ahead."),
    ],
)
def test_a_withdrawal_says_how_it_stands_now(now: Verdict, line: str) -> None:
    said = text(note(GAP_AHEAD, Kind.CORRECTION, now=now)).splitlines()
    assert said[0] == 'Taken back: "Gap has passed WeChat".'
    assert line in said
    assert said[-1] == "Why? /why 17"


def test_a_withdrawal_says_of_what_when_and_by_whom_the_figures_were_as_the_alert_did() -> None:
    alert, said = text(note(GAP_AHEAD)), text(note(GAP_AHEAD, Kind.CORRECTION, now=Verdict.BEHIND))
    assert said.splitlines()[1] == f"The figures of that announcement: {alert.splitlines()[1]}"
    assert said.splitlines()[2] == alert.splitlines()[2]


def test_a_period_before_is_named_and_the_days_of_the_change_too() -> None:
    december = (date(2025, 12, 22), date(2026, 1, 20))  # Dey 1404
    said = text(note(replace(GAP_AHEAD, before=december, between=(december[0], date(2026, 10, 1)))))
    assert "the change came between 22 December 2025 and 1 October 2026." in said


FULL = Observation(
    id="97", platform="gap", metric="mau", scope="ir", source="ispa", method="poll", release=None,
    value=Value(Qualifier.EXACT, 36 * MILLION, 36 * MILLION, MILLION), n=None,
    asof=day_of(date(2026, 10, 1), Calendar.GREGORIAN), recorded_at=datetime(2026, 11, 24, tzinfo=UTC),
    recorded_by="1", via="ISNA", address="https://isna.ir/1",
)  # fmt: skip


@pytest.mark.parametrize("kind", [Kind.EVENT, Kind.UPDATE, Kind.CORRECTION])
@pytest.mark.parametrize("pages", ["", "https://example.org/overtakings"], ids=["without a page", "with a page"])
def test_where_nobody_can_ask_each_source_is_said_once(kind: Kind, pages: str) -> None:
    basis = Basis(sources={"gap-1": FULL, "wechat-1": replace(FULL, platform="wechat")}, pages=pages)
    said = text(note(GAP_AHEAD, kind, told=GAP_AHEAD, now=Verdict.BEHIND), basis=basis)
    assert said.count("ISPA") == 1
    assert said.count("https://") == 1
    assert "/why" not in said
    assert ("reported by ISNA, https://isna.ir/1" in said) == (not pages)
    assert said.endswith(f": {pages}/17") == bool(pages)


def test_sources_that_differ_stand_each_with_its_figure() -> None:
    sources = {"gap-1": FULL, "wechat-1": replace(FULL, platform="wechat", address="https://isna.ir/2")}
    said = text(note(GAP_AHEAD), basis=Basis(sources=sources)).splitlines()
    assert said[2].startswith("Gap as of: 1 October 2026")
    assert said[2].endswith("https://isna.ir/1")
    assert said[3].startswith("WeChat as of: 1 October 2026")
    assert said[3].endswith("https://isna.ir/2")


def test_an_update_shows_what_was_told() -> None:
    told = replace(GAP_AHEAD, domestic=side("gap", 40 * MILLION))
    said = text(note(GAP_AHEAD, Kind.UPDATE, told=told)).splitlines()
    assert said[0] == "Corrected figures: Gap is still ahead of WeChat."
    assert said[1] == "The announcement said: Gap: 40 million · WeChat: 33 million"


def test_sides_of_different_days_have_a_line_each_and_old_ones_are_marked() -> None:
    said = text(note(facts(side("gap", 36 * MILLION), side("wechat", 33 * MILLION, date(2026, 1, 1)))))
    assert "Gap as of: 1 October 2026 (9 Mehr 1405); source: ISPA\n" in said
    assert "WeChat as of: 1 January 2026 (11 Dey 1404); source: ISPA (an old figure)\n" in said


def test_figures_of_one_old_day_are_marked_too() -> None:
    old = date(2026, 1, 1)
    said = text(note(facts(side("gap", 36 * MILLION, old), side("wechat", 33 * MILLION, old))))
    assert "source: ISPA (an old figure)\n" in said


def test_hedges_stay() -> None:
    said = text(
        note(facts(side("gap", 36 * MILLION, q=Qualifier.AT_LEAST), side("wechat", 33 * MILLION, q=Qualifier.ABOUT)))
    )
    assert "Gap: more than 36 million · WeChat: about 33 million" in said


def test_the_notes_of_one_message_are_parted_by_an_empty_line() -> None:
    other = facts(side("eitaa", 40 * MILLION), side("wechat", 33 * MILLION))
    said = text(note(GAP_AHEAD), note(other, number=18))
    first, second = said.split("\n\n")
    assert first == text(note(GAP_AHEAD))
    assert second.startswith("Eitaa has passed WeChat.")


def test_a_poll_speaks_of_points_and_sampling() -> None:
    poll = facts(side("gap", 3460), side("wechat", 2520), margin=940, band=400)
    poll = replace(poll, contest=poll.contest._replace(metric="poll"))
    assert "The margin is 9.4 points; up to 4 points may be sampling." in text(note(poll))


@pytest.mark.parametrize("language", ["fa", "en"])
def test_a_headline_names_the_winner_first(language: str) -> None:
    names = [voice(language).platform(key) for key in ("gap", "wechat")]
    contest = Contest("gap", "wechat", "mau", "ir", "x/y")
    ahead = headline(contest, Verdict.AHEAD, voice(language)).plain
    behind = headline(contest, Verdict.BEHIND, voice(language)).plain
    assert ahead.index(names[0]) < ahead.index(names[1])
    assert behind == swapped(ahead, language)
