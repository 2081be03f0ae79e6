"""The words of the shell."""

from __future__ import annotations

import pytest

from bot.__main__ import main, parser
from sebghat import __version__


@pytest.mark.parametrize(
    ("words", "word"),
    [([], None), (["run"], "run"), (["ask", "/stats"], "ask"), (["check"], "check"), (["verify"], "verify")],
)
def test_a_word_says_what_to_do(words: list[str], word: str | None) -> None:
    assert parser().parse_args(words).word == word


@pytest.mark.parametrize("words", [["dance"], ["ask"], ["check", "more"]])
def test_what_is_no_word_is_refused(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as refused:
        parser().parse_args(words)
    assert refused.value.code == 2
    assert "usage: sebghat" in capsys.readouterr().err


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as told:
        main(["--version"])
    assert told.value.code == 0
    assert capsys.readouterr().out == f"sebghat {__version__}\n"


def test_wrong_settings_are_told_and_nothing_is_started(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SEBGHAT_HOLD", "a-secret")
    monkeypatch.setenv("SEBGHAT_LISTEN", "a-secret")
    assert main([]) == 1
    said = capsys.readouterr().err
    assert [line.split(":")[0] for line in said.splitlines()] == ["SEBGHAT_HOLD", "SEBGHAT_LISTEN"]
    assert "secret" not in said
