"""The bundled figures: what the package ships is what the table of readings says."""

from __future__ import annotations

import csv
from datetime import UTC, date, datetime
from importlib.resources import files

import pytest

from sebghat.observation import METRICS, Qualifier
from sebghat.platforms import bundled
from sebghat.sources import bundled_sources, speakers
from sebghat.table import Fault, bundled_claims, bundled_readings, read_table

NOW = datetime(2026, 11, 24, tzinfo=UTC)
ROWS = list(csv.DictReader(files("sebghat.data").joinpath("readings.csv").read_text(encoding="utf-8").splitlines()))
RELEASES = bundled_readings(NOW)
FIGURES = [figure for release in RELEASES for figure in release]


def test_every_row_is_a_figure_and_every_release_one_publication() -> None:
    assert len(FIGURES) == len(ROWS)
    assert len(RELEASES) == len({row["release_id"] for row in ROWS})
    assert all(len({figure.release for figure in release}) == 1 for release in RELEASES)


def test_releases_come_in_the_order_of_time() -> None:
    newest = [max(figure.key for figure in release) for release in RELEASES]
    assert newest == sorted(newest)


def test_only_what_was_chosen_to_be_loaded_is_shipped() -> None:
    assert {row["load"] for row in ROWS} == {"yes"}


@pytest.mark.parametrize("figure", FIGURES, ids=lambda figure: f"{figure.release}-{figure.platform}-{figure.metric}")
def test_a_figure_is_what_its_row_says(figure: object) -> None:
    from sebghat.observation import Observation

    assert isinstance(figure, Observation)
    (row,) = [
        row for row in ROWS
        if (row["release_id"], row["platform"], row["metric"], row["scope"])
        == (figure.release, figure.platform, figure.metric, figure.scope)
        and row["as_of_first"] == figure.asof.first.isoformat()
    ]  # fmt: skip
    assert figure.asof.last.isoformat() == row["as_of_last"]
    assert figure.value.q is Qualifier(row["qualifier"])
    scale = 100 if figure.metric == "poll" else 1
    assert figure.value.lo == round(float(row["lo"] or 0) * scale)
    assert figure.value.hi == (round(float(row["hi"]) * scale) if row["hi"] else None)
    assert figure.value.lo % figure.value.res == 0 or figure.value.q is Qualifier.RANGE
    assert (str(figure.n) if figure.n else "") == row["n"]
    assert figure.quote == row["quote_fa"]


def test_every_name_in_the_readings_is_known_in_both_languages() -> None:
    sources = bundled_sources()
    for figure in FIGURES:
        assert figure.platform in bundled()
        assert figure.metric in METRICS
        assert sources.find(figure.source) is not None, figure.source
        own = sources.name(figure.source, "en")
        assert not figure.speaker or figure.speaker == own or figure.speaker in speakers(), figure.speaker
        assert not figure.via or figure.via in speakers(), figure.via


def test_the_statement_of_1403_is_there_as_what_it_is() -> None:
    isna = [figure for figure in FIGURES if figure.release == "isna-14030312"]
    assert {(figure.platform, figure.metric, figure.value.lo) for figure in isna} == {
        ("eitaa", "mau", 30_500_000),
        ("eitaa", "dau", 19_000_000),
    }
    claims = bundled_claims()
    assert {(claim.winner, claim.loser) for claim in claims} == {("eitaa", "telegram"), ("eitaa", "whatsapp")}
    assert {claim.asof.first for claim in claims} == {date(2024, 6, 1)}
    assert {claim.quote_fa for claim in claims} == {"عبور ایتا از تلگرام و واتساپ"}


ROW = {
    "platform": "eitaa", "metric": "poll", "lo": "25.2", "hi": "25.2", "as_of_calendar": "gregorian",
    "as_of_precision": "day", "as_of_y": "2024", "as_of_m": "6", "as_of_d": "1", "source_key": "isna", "n": "1000",
}  # fmt: skip


@pytest.mark.parametrize(
    ("hostile", "code"),
    [
        ({"lo": "1e900000", "hi": "1e900000"}, "value"),  # half a minute of arithmetic, were it reckoned
        ({"lo": "1e1", "hi": "1e1"}, "value"),
        ({"lo": "NaN", "hi": "NaN"}, "value"),
        ({"lo": "-5", "hi": "25.2"}, "value"),
        ({"n": "9" * 40}, "value"),  # no store has room for it
        ({"n": "0"}, "value"),
        ({"source_key": "", "source": "\u200b\u2060"}, "missing"),  # nobody would see who says so
    ],
)
def test_a_hostile_cell_is_a_fault_at_once(hostile: dict[str, str], code: str) -> None:
    assert not isinstance(read_table([(2, ROW)], bundled(), NOW.date(), NOW)[0], Fault)
    [fault] = read_table([(2, ROW | hostile)], bundled(), NOW.date(), NOW)
    assert isinstance(fault, Fault)
    assert fault.code == code
