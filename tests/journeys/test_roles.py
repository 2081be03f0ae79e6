"""Roles by the real program: an invitation by a link, four eyes, and who is no longer an editor."""

from __future__ import annotations

from tests.journeys.program import run
from tests.journeys.served import CHANNEL, OWNER, PERSON, STRANGER, Town


async def test_by_a_link_somebody_becomes_a_reviewer_and_by_a_word_no_longer(here: Town) -> None:
    await here.serve()
    invitation = (await here.ask(OWNER, "/admins invite reviewer"))["text"]
    link = next(line for line in invitation.splitlines() if "t.me" in line).rpartition(" ")[2]
    address, _, word = link.partition("?start=")
    assert address == "https://t.me/our_bot"
    assert len(word) <= 64
    assert "editors" in (await here.ask(PERSON, "/audit"))["text"]
    assert "you have the role reviewer" in (await here.ask(PERSON, f"/start {word}"))["text"]
    assert "Who did what" in (await here.ask(PERSON, "/audit"))["text"]
    assert "does not hold" in (await here.ask(STRANGER, f"/start {word}"))["text"]
    for source, platform in (("One", "gap"), ("Two", "wechat")):
        await here.enter(f"/set {platform} mau 36m source={source}")
    two, one = (number for (number,) in here.rows("SELECT id FROM observation ORDER BY id DESC LIMIT 2"))
    assert "somebody else" in (await here.ask(OWNER, f"/review {one} {two}"))["text"]
    shown = await here.ask(PERSON, f"/review {one} {two}")
    assert "count as comparable" in shown["text"]
    assert "no longer" in (await here.ask(OWNER, f"/admins remove telegram:{PERSON}"))["text"]
    assert "editors" in (await here.press(PERSON, shown["buttons"][0][0]["data"]))["text"]
    assert here.rows("SELECT * FROM review") == []
    audit = (await here.ask(OWNER, "/audit"))["text"]
    assert f"telegram:{STRANGER}, /join: refused, an invitation that does not hold" in audit
    assert f"telegram:{PERSON}, /record: refused, not among those who may" in audit


async def test_a_role_outlives_the_program_and_is_of_the_terminal_too(here: Town) -> None:
    bot = await here.serve()
    await here.ask(OWNER, f"/admins add telegram:{PERSON} admin")
    assert await bot.stop() == 0
    await here.serve()
    assert "Gap" in (await here.ask(PERSON, "/set gap mau 36m"))["text"]
    listed = run(here.database, words=("ask", "/admins"), ADMINS=f"telegram:{OWNER}").out
    assert f"telegram:{PERSON} — admin" in listed


async def test_a_channel_is_tried_before_and_after(here: Town) -> None:
    await here.serve(CHANNELS="")
    await here.telegram.chat(-1001900, "channel", title="Other", bot={"status": "left"})
    assert "I may not post" in (await here.ask(OWNER, "/channels add telegram:-1001900"))["text"]
    assert "From now on" in (await here.ask(OWNER, f"/channels add telegram:{CHANNEL} gap en"))["text"]
    assert "The test post is in" in (await here.ask(OWNER, f"/channels test telegram:{CHANNEL}"))["text"]
    assert here.to(CHANNEL)[-1]["text"].startswith("A test:")


async def test_a_channel_of_the_settings_gets_its_number(here: Town) -> None:
    await here.telegram.chat(-1001901, "channel", title="Named", username="named")
    await here.serve(CHANNELS="telegram:@named")
    await here.ask(OWNER, "/channels add telegram:-1001901")
    assert here.rows("SELECT chat FROM chat WHERE kind = 'channel'") == [("-1001901",)]
    await here.overtake()
    await here.alert(-1001901)
    await here.settled()
    assert len(here.alerts(-1001901)) == 1
