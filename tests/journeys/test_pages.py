"""The pages say what /overtakings and /why say; on Eitaa an announcement leads to its own."""

from __future__ import annotations

import html
import re

import aiohttp
import pytest

from tests.handlers.room import ISOLATES
from tests.journeys.served import EITAA, PERSON, Served, Town

PUBLIC = "https://stats.example.org"


async def get(served: Served, path: str) -> tuple[int, str, str]:
    """Status, page, and its policy; the address is the one that the program says that it serves on."""
    await served.says("serving on http://")
    found = re.search(r"serving on (http://\S+)", served.err)
    assert found
    async with aiohttp.ClientSession() as session, session.get(found[1] + path) as answer:
        return answer.status, await answer.text(), answer.headers.get("Content-Security-Policy", "")


def read(page: str) -> list[str]:
    """The lines that people read."""
    lines = re.findall(r"<p>(.*?)</p>", page, re.DOTALL)
    return [html.unescape(re.sub(r"<[^>]+>", "", line)).translate(ISOLATES).strip() for line in lines]


async def test_on_eitaa_an_announcement_leads_to_its_page_which_says_what_why_says(here: Town) -> None:
    served = await here.serve(PUBLIC_URL=PUBLIC, TRANSPORTS="telegram,eitaa")
    await here.overtake()
    alert = await here.alert(EITAA)
    assert alert["text"].endswith(f"{PUBLIC}/overtakings/1")  # where else it ends in its sources
    said = (await here.ask(PERSON, "/why 1"))["text"].translate(ISOLATES)
    status, page, policy = await get(served, "/overtakings/1")
    assert status == 200
    assert read(page) == [line.strip() for line in said.splitlines() if line.strip()]
    assert "default-src 'none'" in policy
    assert "<script" not in page
    listed = read((await get(served, "/overtakings"))[1])
    assert any("Gap has passed WeChat" in line for line in listed)


async def test_a_page_is_written_in_both_directions(here: Town) -> None:
    served = await here.serve()
    await here.overtake()
    english, persian = [(await get(served, f"/overtakings/1{more}"))[1] for more in ("", "?lang=fa")]
    assert '<html lang="en" dir="ltr">' in english
    assert '<html lang="fa" dir="rtl">' in persian
    assert read(persian)[0].startswith("گپ از وی‌چت پیش افتاد")
    assert len(read(persian)) == len(read(english))


@pytest.mark.parametrize("path", ["/overtakings/99", "/overtakings/0", "/overtakings/x", "/overtakings/1234567890123"])
async def test_what_is_no_announcement_has_no_page(here: Town, path: str) -> None:
    served = await here.serve()
    assert (await get(served, path))[0] == 404


async def test_what_people_named_is_text_on_a_page(here: Town) -> None:
    served = await here.serve()
    await here.enter('/set gap mau 27m; wechat mau 33m 2026-07-18 source="<script>alert(1)</script>"')
    await here.enter('/set gap mau 36m; wechat mau 33m 2026-10-16 source="<script>alert(1)</script>"')
    await here.alert(EITAA)
    page = (await get(served, "/overtakings/1"))[1]
    assert "<script" not in page
