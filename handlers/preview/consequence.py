"""What recording an act would lead to, in words: the comparisons it touches, what would be said and to whom."""

from __future__ import annotations

from collections.abc import Iterable

from handlers.preview.outlook import Outlook, Reach
from handlers.preview.standing import Standing
from sebghat.announcement import announce, headline_of
from sebghat.comparison import Grade, Verdict, untold
from sebghat.contest import Contest
from sebghat.conversation import Reply, Span
from sebghat.notes import Kind
from sebghat.voice import Voice
from storage.store import Record

MOST_CONTESTS = 5  # that a preview shows; of more it gives the count
GAP = Reply((Span("\n\n"),))


# What it is compared with


def compared(outlook: Outlook, voice: Voice) -> list[Reply]:
    """A line for each contest that it touches, the most telling first; of many the count of the rest. Where two were
    too far apart before and are still, there is nothing to tell."""
    news = {note.contest for note in outlook.notes}
    vouched = {note.contest for note in outlook.vouched}
    touched = [each for each in outlook.standings if _compares(each) or _moved(each)]
    ranked = sorted(touched, key=lambda each: _telling(each, news, vouched))
    fields = {(each.contest.metric, each.contest.scope) for each in ranked}
    lines = [_standing(each, voice, named=len(fields) > 1) for each in ranked[:MOST_CONTESTS]]
    if len(ranked) > MOST_CONTESTS:
        lines.append(voice.say("preview.more", count=voice.number(len(ranked) - MOST_CONTESTS)))
    return lines


def _compares(each: Standing) -> bool:
    return each.now is not None and each.now.verdict is not Verdict.UNKNOWN


def _moved(each: Standing) -> bool:
    now = each.now.verdict if each.now else Verdict.UNKNOWN
    return each.before is not None and each.before.verdict is not now


def _telling(each: Standing, news: Iterable[Contest], vouched: Iterable[Contest]) -> tuple[bool | int, ...]:
    """News and changes first; then who is level, and who is nearly so."""
    found = each.now.comparison if each.now else None
    clear = found.margin * 1000 // max(found.band, 1) if found and found.margin is not None and found.band else 0
    return each.contest not in news, each.contest not in vouched, not _moved(each), clear


def _standing(each: Standing, voice: Voice, *, named: bool) -> Reply:
    contest, now = each.contest, each.now
    values = {"domestic": voice.platform(contest.domestic), "foreign": voice.platform(contest.foreign)}
    where = voice.words("preview.of", metric=voice.metric(contest.metric), scope=voice.scope(contest.scope))
    head = voice.say("preview.compared", of=where) if named else voice.say("preview.compared_alone")
    if now is None:
        return head.and_(voice.say("preview.none", **values))
    found = now.comparison
    if now.verdict is Verdict.UNKNOWN:
        return head.and_(voice.say("preview.unknown", days=voice.number(found.distance), **values))
    if untold(now.domestic, now.foreign, found) or found.margin is None or found.band is None:
        return head.and_(voice.say("preview.untold", grade=now.grade.value, **values))
    values |= {
        "margin": voice.amount(found.margin, contest.metric),
        "band": voice.amount(found.band, contest.metric),
        "grade": now.grade.value,
    }
    if found.leader is None:
        return head.and_(voice.say("preview.level", **values))
    loser = contest.foreign if found.leader == contest.domestic else contest.domestic
    return head.and_(
        voice.say("preview.ahead", winner=voice.platform(found.leader), loser=voice.platform(loser), **values)
    )


# What would be said


async def consequence(outlook: Outlook, record: Record, voice: Voice) -> Reply:
    """What recording would say, to how many; or that nothing would be said, why, and what would."""
    if outlook.act.claim is not None:
        return voice.say("claim.will")
    if outlook.notes:
        said = await _announced(outlook, record, voice)
        more = [note for note in outlook.vouched if note.contest not in {n.contest for n in outlook.notes}]
        headlines = [headline_of(note.facts, voice) for note in more]
        return said.above(*([voice.say("preview.vouching_more"), *headlines] if more else []))
    if not outlook.act.figures:
        return voice.say("revise.silent")
    why = _why_silent(outlook, voice)
    if not outlook.vouched:
        return why
    reaches = outlook.heard.chats or outlook.heard.channels
    text = "set.vouching_would" if reaches else "set.vouching_would_nobody"
    return why.above(
        voice.say(text, whom=_whom(outlook.heard, voice)),
        announce(outlook.vouched, voice, outlook.basis),
    )


async def _announced(outlook: Outlook, record: Record, voice: Voice) -> Reply:
    hold = (await record.ledger.rules()).hold_seconds
    news = any(note.kind is Kind.EVENT for note in outlook.notes)
    corrects = any(note.kind is not Kind.EVENT for note in outlook.notes)
    text, reach = ("set.will_say", outlook.heard) if news else ("preview.will_correct", outlook.corrected)
    if reach.chats or reach.channels:
        said = voice.say(text if hold else f"{text}_now", minutes=voice.duration(hold), whom=_whom(reach, voice))
    else:
        said = voice.say(f"{text}_nobody")
    parts = [said]
    if news and corrects and (outlook.corrected.chats or outlook.corrected.channels):
        parts.append(voice.say("preview.corrects", whom=_whom(outlook.corrected, voice)))
    for number, message in enumerate(outlook.messages):
        if await record.ledger.is_kept_back(message[0].group):
            parts.append(voice.say("preview.kept"))
        told = announce(message, voice, outlook.basis)
        parts.append(GAP.and_(told) if number else told)
    return parts[0].above(*parts[1:])


def _whom(reach: Reach, voice: Voice) -> str:
    """«۱٬۲۴۰ گفت‌وگو و ۳ کانال», with the first of the channels by name."""
    channels = voice.so_many("channel", reach.channels)
    if reach.named:
        names = [str(where) for where in reach.named]
        if (more := reach.channels - len(names)) > 0:
            names.append(voice.words("preview.more_channels", count=voice.number(more)))
        channels = voice.words("preview.channels", channels=channels, names=voice.list(names))
    chats = [voice.so_many("chat", reach.chats)] if reach.chats or not reach.channels else []
    return voice.list([*chats, *([channels] if reach.channels else [])])


def _why_silent(outlook: Outlook, voice: Voice) -> Reply:
    """Why these figures alone announce nothing, by the contest that comes nearest to it."""
    rank = {Verdict.AHEAD: 0, Verdict.BEHIND: 0, Verdict.LEVEL: 1, Verdict.UNKNOWN: 2}
    wanted = {note.contest for note in outlook.vouched}
    standing = [(each, each.now) for each in outlook.standings if each.now is not None]
    if not standing:
        return voice.say("set.silent_older" if outlook.touched else "set.silent_alone")
    each, snapshot = min(
        standing,
        key=lambda found: (
            found[0].contest not in wanted, rank[found[1].verdict], not found[0].had_state, found[1].comparison.distance
        ),
    )  # fmt: skip
    contest, winner = each.contest, snapshot.comparison.leader
    names = {
        "domestic": voice.platform(contest.domestic),
        "foreign": voice.platform(contest.foreign),
        "winner": voice.platform(winner or ""),
        "loser": voice.platform(contest.foreign if winner == contest.domestic else contest.domestic),
        "days": voice.number(snapshot.comparison.distance),
    }
    if snapshot.verdict is Verdict.UNKNOWN:
        return voice.say("set.silent_unknown", **names)
    if untold(snapshot.domestic, snapshot.foreign, snapshot.comparison):
        return voice.say("set.silent_no_test", **names)
    if snapshot.verdict is Verdict.LEVEL:
        return voice.say("set.silent_level", **names)
    if snapshot.grade is Grade.B and outlook.vouched:
        return voice.say("set.silent_unconfirmed", **names)
    text = "set.silent_same" if each.had_state else "set.silent_first"
    several = sum(found.verdict is not Verdict.UNKNOWN for _, found in standing) > 1
    return voice.say(f"{text}_several" if several else text, **names)
