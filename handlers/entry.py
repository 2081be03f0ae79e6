"""/set, /record and /cancel: what was understood, what it would do, and doing it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from handlers import outlook as looking
from handlers.acts import Act, carry_out
from handlers.desk import Desk, set_aside, voice
from handlers.misgivings import contradictions, misgivings
from handlers.outlook import Outlook
from handlers.recording import Declined, Recorded
from sebghat import letters
from sebghat.announcement import announce
from sebghat.comparison import Grade, Verdict, untold
from sebghat.conversation import NOTHING, Button, Message, Reply
from sebghat.figures import in_words, write_rounding
from sebghat.notes import from_json, to_json
from sebghat.observation import METRICS, Observation
from sebghat.reading import Figure, read_figures
from sebghat.refusal import Refusal
from sebghat.voice import Voice, hull
from storage.store import Draft, Record

REVIEWED = frozenset(map(letters.fold, ("reviewed", "vouch", "تأیید", "تایید", "گواهی")))
LONGEST_NUMBER = 12  # digits; no store has so many previews
NAMED = 4  # figures that an answer names; of more it gives the count


async def set_(message: Message, rest: str, desk: Desk) -> Reply:
    """The figures echoed in words, what they would change, whom that would reach; nothing is recorded yet."""
    figures = read_figures(rest, desk.voice.platforms, desk.voice.today)
    if isinstance(figures, Refusal):
        await set_aside(message, desk)
        return desk.refuse(figures, "/set")
    async with desk.store.transaction() as record:
        person = await record.people.number(message.messenger, message.sender)
        draft = await record.drafts.keep(person, message.destination, to_json(Act(figures)), desk.now)
    return await _preview(figures, desk, person, draft)


async def _preview(figures: tuple[Figure, ...], desk: Desk, person: int, draft: int) -> Reply:
    outlook = await looking.of_figures(figures, desk.store, desk.voice.platforms, desk.now, str(person))
    if isinstance(outlook, str):
        return desk.say(f"engine.{outlook}")
    spoken = replace(
        desk.voice,
        sources=desk.voice.sources.with_((name.key, name.fa) for kind, name in outlook.names if kind == "source"),
        methods=desk.voice.methods.with_((name.key, name.fa) for kind, name in outlook.names if kind == "method"),
    )
    parts = [_head(outlook.observations, spoken)]
    parts += [_echo(o, outlook, spoken) for o in outlook.observations]
    for o in outlook.observations:
        if o.id not in outlook.duplicates:
            parts += misgivings(o, outlook.before[o.id] or outlook.elsewhere[o.id], spoken)
            parts += contradictions(o, outlook.beside[o.id], spoken)
    if outlook.clashes:
        parts.append(spoken.say("set.warn_clash", platforms=spoken.list(map(spoken.platform, outlook.clashes))))
    if len(outlook.duplicates) == len(outlook.observations):
        return parts[0].above(*parts[1:], spoken.say("set.nothing_new"))
    parts.append(await _consequence(outlook, desk, spoken))
    reply = parts[0].above(*parts[1:])
    record = Button("/record", spoken.words("set.record"), f"/record {draft}")
    cancel = Button("/cancel", spoken.words("set.cancel"), f"/cancel {draft}")
    if outlook.vouched and outlook.vouched != outlook.notes:
        return reply.with_row(
            record, Button("/record reviewed", spoken.words("set.vouch"), f"/record {draft} reviewed"), cancel
        )
    return reply.with_row(record, cancel)


def _head(observations: tuple[Observation, ...], voice: Voice) -> Reply:
    first = observations[0]
    shared = len({(o.asof.interval, o.source, o.scope) for o in observations}) == 1
    return voice.say(
        "set.read" if shared else "set.read_several",
        date=voice.date(first.asof),
        source=voice.sources.name(first.source, voice.language),
        method=voice.method(first.method),
        scope=voice.scope(first.scope),
    )


def _echo(o: Observation, outlook: Outlook, voice: Voice) -> Reply:
    """The figure in words, its rounding, and what stood there before."""
    unit = METRICS[o.metric].unit
    before = outlook.before[o.id]
    if o.id in outlook.duplicates:
        earlier = voice.words("set.on_record", id=voice.number(int(outlook.duplicates[o.id])))
    elif not before:
        earlier = voice.words("set.first")
    elif hull(before).lo == o.value.lo and hull(before).hi == o.value.hi:
        earlier = voice.words("set.unchanged")
    else:
        earlier = voice.words("set.before", value=voice.value(hull(before), o.metric))
    different = len({(p.asof.interval, p.source) for p in outlook.observations}) > 1
    line = voice.say(
        "set.figure",
        platform=voice.platform(o.platform),
        value=in_words(o.value, unit, voice.language),
        counted=voice.words(f"echoed.{o.metric}"),
        rounding=write_rounding(o.value.res, unit, voice.language),
        before=earlier,
    )
    if different:
        own = voice.words("set.own", date=voice.short_date(o.asof), source=voice.sources.name(o.source, voice.language))
        return line.and_(Reply(voice.say("set.aside", text=own).spans))
    return line


async def _consequence(outlook: Outlook, desk: Desk, voice: Voice) -> Reply:
    """What recording would say, to how many; or that nothing would be said, why, and what would."""
    if not outlook.notes:
        why = _why_silent(outlook, voice)
        return why.above(voice.say("set.vouching_would")) if outlook.vouched else why
    platforms = {key for note in outlook.notes for key in (note.winner, note.loser)}
    chats, channels = await desk.store.chats.reached_by(platforms)
    rules = await desk.store.ledger.rules()
    head = voice.say(
        "set.will_say" if rules.hold_seconds else "set.will_say_now",
        minutes=voice.duration(rules.hold_seconds),
        chats=voice.so_many("chat", chats),
        channels=voice.so_many("channel", channels),
    )
    return head.above(announce(outlook.notes, voice))


def _why_silent(outlook: Outlook, voice: Voice) -> Reply:
    """Why these figures alone announce nothing, by the contest that comes nearest to it."""
    rank = {Verdict.AHEAD: 0, Verdict.BEHIND: 0, Verdict.LEVEL: 1, Verdict.UNKNOWN: 2}
    ranked = sorted(outlook.standings, key=lambda found: (rank[found[1].verdict], not found[2]))
    if outlook.vouched:
        wanted = {note.contest for note in outlook.vouched}
        ranked.sort(key=lambda found: found[0] not in wanted)
    if not ranked:
        return voice.say("set.silent_older" if outlook.touched else "set.silent_alone")
    contest, snapshot, had_state = ranked[0]
    winner = snapshot.comparison.leader
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
    return voice.say("set.silent_same" if had_state else "set.silent_first", **names)


async def record(message: Message, rest: str, desk: Desk) -> Reply:
    """Records the newest own preview, or the one of that number; `reviewed` vouches for its new pairs."""
    asked = _asked(rest)
    if asked is None:
        return desk.say("record.how")
    number, vouch = asked
    try:
        async with desk.store.transaction() as store:
            person = await store.people.number(message.messenger, message.sender)
            draft = await _draft(number, store, person, message)
            if draft is None or not await store.drafts.take(draft, "recorded", desk.now):
                return desk.say("record.nothing").above(desk.voice.commands("/pending"))
            act = from_json(Act, draft.body)
            done = await carry_out(act, store, desk.voice.platforms, desk.now, person, vouch=vouch)
            entered = await store.observations.find(done.ids)
            hold = (await store.ledger.rules()).hold_seconds
            spoken = await voice(store, desk.voice.platforms, desk.voice.language, desk.now, desk.voice.zone)
    except Declined as refused:
        return desk.say(f"engine.{refused.word}")
    return _recorded(done, entered, desk.now, spoken, undoable=hold > 0)


def _asked(rest: str) -> tuple[int | None, bool] | None:
    """The number of a preview, if one is given, and whether its pairs are vouched for; None for anything else:
    a yes must be nothing but a yes."""
    words = letters.fold(rest).split()
    vouch = [word for word in words if word in REVIEWED]
    numbers = [word for word in words if word.isascii() and word.isdecimal() and len(word) < LONGEST_NUMBER]
    if len(vouch) > 1 or len(numbers) > 1 or len(vouch) + len(numbers) < len(words):
        return None
    return int(numbers[0]) if numbers else None, bool(vouch)


def _what(entered: list[Observation], voice: Voice) -> str:
    """«گپ ۳۶ میلیون و وی‌چت ۳۳ میلیون»: what a yes has recorded."""
    shown = [f"{voice.platform(o.platform)} {voice.value(o.value, o.metric)}" for o in entered[:NAMED]]
    more = len(entered) - NAMED
    return voice.list([*shown, voice.words("record.more", count=voice.number(more))] if more > 0 else shown)


def _recorded(done: Recorded, entered: list[Observation], now: datetime, voice: Voice, *, undoable: bool) -> Reply:
    if done.repeated and not done.ids:
        ids = sorted(set(map(int, done.duplicates.values())))
        if not ids:
            return voice.say("record.reviewed_before")
        return voice.say("record.repeats", ids=voice.list([voice.number(i) for i in ids]))
    if entered:
        text = "record.one" if len(entered) == 1 else "record.several"
        ids_said = voice.list([voice.number(int(o.id)) for o in entered])
        head, what = voice.say(text, ids=ids_said), voice.say("record.what", what=_what(entered, voice))
    else:
        head, what = voice.say("record.done"), NOTHING
    if done.due is None or not done.notes:
        quiet = head.and_(voice.say("record.quiet")).above(what)
        return quiet.above(voice.commands("/undo")) if undoable else quiet
    if done.due <= now:
        return head.and_(voice.say("record.left")).above(what)
    number = next((note.number for note in done.notes if note.number), None)
    leaves = voice.say("record.leaves", time=voice.clock(done.due))
    release = NOTHING if number is None else voice.say("record.sooner", number=number)
    return head.and_(leaves).above(what, voice.say("record.until"), release)


async def cancel(message: Message, rest: str, desk: Desk) -> Reply:
    """Throws the newest own preview away, or the one of that number."""
    asked = _asked(rest)
    if asked is None:
        return desk.say("record.how")
    async with desk.store.transaction() as store:
        person = await store.people.number(message.messenger, message.sender)
        draft = await _draft(asked[0], store, person, message)
        if draft is None or not await store.drafts.take(draft, "recorded", desk.now):
            return desk.say("cancel.nothing")
    return desk.say("cancel.done")


async def _draft(number: int | None, record: Record, person: int, message: Message) -> Draft | None:
    """The own draft of that number, or the newest of this chat."""
    if number is not None:
        draft = await record.drafts.find(number)
    else:
        draft = await record.drafts.newest(person, message.destination)
    return draft if draft and draft.person == person and draft.waits else None
