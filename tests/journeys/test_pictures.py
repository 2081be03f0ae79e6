"""Alerts and answers with their pictures, and without where a picture fails."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.journeys.served import CHANNEL, EITAA, OWNER, PERSON, Town, facts
from tests.messengers.serving import Fields

FAILING = {
    "the renderer cannot be loaded": "raise ImportError('gone')",
    "the renderer refuses": "def svg_to_bytes(**options): raise ValueError('no')",
    "the renderer ends its process": "import os\nos._exit(1)",
    "the renderer hangs": "import time\ntime.sleep(600)",
}


def picture(sent: Fields) -> Fields:
    """The picture that came with a message; empty: it came alone."""
    if sent.get("method") == "sendPhoto":
        file: Fields = sent["file"]
        return file
    return {"filename": sent["filename"], "size": sent["size"]} if sent.get("method") == "sendFile" else {}


async def test_an_alert_arrives_with_its_picture_on_telegram_and_on_eitaa(here: Town) -> None:
    await here.serve()
    await here.ask(PERSON, "/subscribe gap")
    await here.overtake()
    for chat in (PERSON, CHANNEL, EITAA):
        alert = await here.alert(chat)
        shown = picture(alert)
        assert shown["filename"].startswith("card-")
        assert shown["filename"].endswith(".png")
        assert 10_000 < shown["size"] < 60_000
        assert facts(alert["text"])["figures"] == {"Gap": "36 million", "WeChat": "33 million"}


async def test_a_correction_arrives_with_a_picture_that_takes_the_first_one_back(here: Town) -> None:
    await here.serve()
    await here.overtake()
    alert = await here.alert(CHANNEL)
    (number,) = here.rows("SELECT max(id) FROM observation WHERE platform = 'gap'")[0]
    await here.enter(f"/correct {number} 26m")
    correction = await here.alert(CHANNEL, 2)
    assert correction["reply_to"] == alert["message_id"]
    assert picture(correction)["filename"] != picture(alert)["filename"]


@pytest.mark.parametrize("fault", FAILING.values(), ids=list(FAILING))
async def test_where_the_picture_fails_the_text_goes_alone(
    fault: str, here: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "resvg_py.py").write_text(fault)
    monkeypatch.setenv("PYTHONPATH", str(broken))
    bot = await here.serve()
    await here.overtake()
    for chat in (CHANNEL, EITAA):
        alert = await here.alert(chat)
        assert picture(alert) == {}
        assert facts(alert["text"])["winner"] == "Gap"
    answer = await here.ask(OWNER, "/chart eitaa")
    assert picture(answer) == {}
    assert "30.5 million" in answer["text"]
    assert await bot.stop() == 0


async def test_pictures_can_be_switched_off(here: Town) -> None:
    await here.serve(PICTURES="off")
    await here.overtake()
    for chat in (CHANNEL, EITAA):
        assert picture(await here.alert(chat)) == {}
    assert picture(await here.ask(OWNER, "/chart eitaa")) == {}


async def test_who_asks_for_a_chart_gets_the_figures_as_a_picture_and_in_words(here: Town) -> None:
    await here.serve()
    answer = await here.ask(PERSON, "نمودار ایتا تلگرام")
    assert picture(answer)["filename"].startswith("series-")
    assert "Eitaa: 25.2%" in answer["text"]
    assert "Telegram: 39.3%" in answer["text"]
    gap = await here.ask(PERSON, "/chart whatsapp telegram poll difference")
    assert picture(gap)["filename"].startswith("gap-")
    assert picture(await here.ask(PERSON, "/stats eitaa"))["filename"].startswith("series-")
    assert picture(await here.ask(PERSON, "/rank poll"))["filename"].startswith("rank-")
    assert picture(await here.ask(PERSON, "/stats")) == {}


async def test_a_picture_is_uploaded_once(here: Town) -> None:
    await here.serve()
    first, second = [await here.ask(PERSON, "/chart eitaa mau") for _ in range(2)]
    assert first["text"] == second["text"]
    photos = [call["parameters"]["photo"] for call in here.telegram.calls if call["method"] == "sendPhoto"]
    assert isinstance(photos[0], dict)
    assert isinstance(photos[1], str)
