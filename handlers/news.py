"""A news text that somebody forwards or pastes: the figures in it, each with its quote, to be looked at one by one."""

from __future__ import annotations

import hashlib

from handlers.desk import Desk, Role
from handlers.preview.acts import Act
from sebghat import letters
from sebghat.almanac import write_date
from sebghat.claim import Said
from sebghat.codec import to_json
from sebghat.conversation import NOTHING, Button, ChatKind, Message, Reply
from sebghat.figures import write_value
from sebghat.news import News, Offered, read_news
from sebghat.observation import METRICS
from sebghat.periods import AsOf, Calendar, Precision
from sebghat.reading import Figure, read_figures
from sebghat.refusal import Refusal
from sebghat.sources import EDITOR
from storage.store import Record

FORWARDED, PASTED = 12, 80  # characters at least; what is shorter is a question
MOST = 10  # figures that are shown one by one
MOST_CLAIMS = 4
MOST_UNSURE = 5
QUOTE = 160  # characters of a quote that are shown


def is_news(message: Message, role: Role) -> bool:
    """Whether an editor's message may be a news text: nothing is recorded of one, so it may be forwarded."""
    least = FORWARDED if message.forwarded else PASTED
    return (
        role >= Role.ADMIN
        and message.chat_kind is ChatKind.PRIVATE
        and not (message.pressed or message.edited or message.text.lstrip().startswith(("/", "／")))
        and len(message.text) >= least
    )


def read(message: Message, desk: Desk) -> News | None:
    """What the text holds; None where it holds nothing that could be entered, or of what is forwarded no figure."""
    news = read_news(message.text, desk.voice.platforms, desk.voice.today)
    unsure = message.forwarded and news.figures  # nobody forwards a question
    return news if news.claims or _whole(news) or unsure else None


def _whole(news: News) -> list[Offered]:
    """The figures that are certain enough to be offered."""
    return [figure for figure in news.figures if not figure.missing]


async def offer(news: News, message: Message, desk: Desk) -> Reply:
    """The figures and claims of the text, as filled-in commands."""
    whole = _whole(news)
    text = hashlib.sha256(message.text.encode()).hexdigest()[:8]
    figures = tuple(_figure(found, f"news-{desk.voice.today.isoformat()}-{text}") for found in whole)
    said = news.claims[:MOST_CLAIMS]
    async with desk.store.transaction() as record:
        person = await record.people.number(message.messenger, message.sender)
        kept = [await _keep(Act(claim=each), record, person, message, desk) for each in said]
        number = await _keep(Act(figures), record, person, message, desk) if figures else 0
    shown = list(zip(whole, figures, strict=True))[:MOST]
    parts = [_head(len(figures), len(said), desk)]
    quoted = ""
    for place, (found, figure) in enumerate(shown, 1):
        parts.append(_line(place, found, figure, desk, again=found.quote == quoted))
        quoted = found.quote
    if len(figures) > MOST:
        parts.append(desk.say("news.more", count=desk.voice.number(len(figures) - MOST)))
    parts += [_claimed(each, desk) for each in said]
    parts += [_unsure(found, desk) for found in news.figures if found not in whole][:MOST_UNSURE]
    parts += [desk.say("news.unread", quote=letters.visible(each.quote, QUOTE)) for each in news.unread[:MOST_UNSURE]]
    reply = NOTHING.above(*parts)
    if len(figures) > 1:
        reply = reply.with_row(
            Button(f"/set {number}", desk.voice.words("news.all", count=desk.voice.number(len(figures))))
        )
    for place, (_, figure) in enumerate(shown, 1):
        press = f"/set {number} only={place}"
        label = f"{desk.voice.platform(figure.platform)} {desk.voice.value(figure.value, figure.metric)}"
        reply = reply.with_row(Button(_command(figure, desk) or press, label, press))
    for draft, each in zip(kept, said, strict=True):
        names = {"winner": desk.voice.platform(each.winner), "loser": desk.voice.platform(each.loser)}
        reply = reply.with_row(Button(f"/set {draft}", desk.voice.words("news.claim", **names)))
    return reply


async def _keep(act: Act, record: Record, person: int, message: Message, desk: Desk) -> int:
    """Kept without a preview: a yes to it shows the preview first."""
    return await record.drafts.keep(person, message.destination, to_json(act), desk.now)


def _figure(found: Offered, release: str) -> Figure:
    assert found.platform is not None
    assert found.metric is not None
    return Figure(
        found.platform,
        found.metric,
        found.value,
        found.asof,
        found.written,
        scope=found.scope,
        source=found.source,
        release=release,
        quote=found.quote,
    )


def _command(figure: Figure, desk: Desk) -> str:
    """The /set that says the same by itself; empty where none would be read just so."""
    assert figure.asof is not None
    options = f"date={_date(figure.asof)}"
    options += f" source={figure.source}" if figure.source else ""
    options += f" scope={figure.scope}" if figure.scope != "ir" else ""
    unit = METRICS[figure.metric].unit
    for written in (write_value(figure.value, unit, "en"), figure.written):
        line = f"{figure.platform} {figure.metric} {written} {options}"
        read = read_figures(line, desk.voice.platforms, desk.voice.today)
        if not isinstance(read, Refusal) and [_content(each) for each in read] == [_content(figure)]:
            return f"/set {line}"
    return ""


def _content(figure: Figure) -> tuple[object, ...]:
    days = figure.asof.interval if figure.asof else None
    return figure.platform, figure.metric, figure.value, days, figure.source, figure.scope


def _date(asof: AsOf) -> str:
    """As a command takes it: «1403-03-12», "Khordad 1403"."""
    if asof.precision is Precision.DAY:
        return f"{asof.year}-{asof.month:02}-{asof.day:02}"
    gregorian, _, jalali = write_date(asof, "en").rstrip(")").partition(" (")
    return gregorian if asof.calendar is Calendar.GREGORIAN else jalali


def _head(figures: int, claims: int, desk: Desk) -> Reply:
    voice = desk.voice
    if not figures and not claims:
        return voice.say("news.none")
    found = [voice.so_many("figure", figures)] if figures else []
    found += [voice.so_many("claim", claims)] if claims else []
    return voice.say("news.found", found=voice.list(found))


def _line(place: int, found: Offered, figure: Figure, desk: Desk, *, again: bool) -> Reply:
    voice = desk.voice
    quote = "" if again else letters.visible(found.quote, QUOTE)
    assert figure.asof is not None
    return voice.say(
        "news.figure",
        place=voice.number(place),
        platform=voice.platform(figure.platform),
        value=voice.value(figure.value, figure.metric),
        counted=voice.counted(figure.metric),
        date=voice.short_date(figure.asof),
        source=voice.sources.name(figure.source or EDITOR, voice.language),
        quote=voice.words("news.same_quote") if again else voice.words("news.quote", quote=quote),
    )


def _claimed(said: Said, desk: Desk) -> Reply:
    return desk.say(
        "news.said",
        winner=desk.voice.platform(said.winner),
        loser=desk.voice.platform(said.loser),
        quote=letters.visible(said.quote, QUOTE),
    )


def _unsure(found: Offered, desk: Desk) -> Reply:
    return desk.say(
        f"news.without_{found.missing[0]}", written=found.written, quote=letters.visible(found.quote, QUOTE)
    )
