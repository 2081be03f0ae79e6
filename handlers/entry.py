"""/set, /record and /cancel: what was understood, what it would do, and doing it."""

from __future__ import annotations

from dataclasses import replace

from handlers import outlook as looking
from handlers.acts import Act, carry_out
from handlers.desk import Desk, voice
from handlers.outlook import Outlook
from handlers.recording import Declined, Recorded
from sebghat import letters
from sebghat.announcement import announce
from sebghat.comparison import Grade, Verdict
from sebghat.conversation import NOTHING, Button, Message, Reply
from sebghat.figures import in_words, write_rounding
from sebghat.notes import from_json, to_json
from sebghat.observation import METRICS, Observation
from sebghat.reading import Figure, read_figures
from sebghat.refusal import Refusal
from sebghat.voice import Voice, hull
from storage.store import Draft, Record

REVIEWED = frozenset({"reviewed", "vouch", "تأیید", "تایید", "با تأیید", "با تایید"})
POPULATION = 92_000_000  # of Iran, rounded up: no more can use anything there
LEAP = 3  # a figure so many times the one before is probably misread (data/phrases, rule 3)


async def set_(message: Message, rest: str, desk: Desk) -> Reply:
    """The figures echoed in words, what they would change, whom that would reach; nothing is recorded yet."""
    figures = read_figures(rest, desk.voice.platforms, desk.voice.today)
    if isinstance(figures, Refusal):
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
    parts += [warning for o in outlook.observations for warning in _warnings(o, outlook, spoken)]
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


def _warnings(o: Observation, outlook: Outlook, voice: Voice) -> list[Reply]:
    """What looks like a slip of the finger: far from the last figure of any source, or more than there are people."""
    found = []
    last = outlook.before[o.id] or outlook.elsewhere[o.id]
    if last:
        was, now = max(1, hull(last).lo), max(1, o.value.lo)
        if max(was, now) >= LEAP * min(was, now):
            found.append(
                voice.say(
                    "set.warn_times" if now > was else "set.warn_fraction",
                    platform=voice.platform(o.platform),
                    times=voice.number(max(was, now) // min(was, now)),
                    value=voice.value(hull(last), o.metric),
                )
            )
    if o.scope == "ir" and o.metric in {"mau", "dau"} and o.value.lo > POPULATION:
        found.append(voice.say("set.warn_population", platform=voice.platform(o.platform)))
    return found


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
        chats=voice.number(chats),
        channels=voice.number(channels),
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
        return voice.say("set.silent_alone")
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
    if snapshot.verdict is Verdict.LEVEL:
        return voice.say("set.silent_level", **names)
    if snapshot.grade is Grade.B and outlook.vouched:
        return voice.say("set.silent_unconfirmed", **names)
    return voice.say("set.silent_same" if had_state else "set.silent_first", **names)


async def record(message: Message, rest: str, desk: Desk) -> Reply:
    """Records the newest own preview, or the one of that number; `reviewed` vouches for its new pairs."""
    words = letters.fold(rest).split()
    try:
        async with desk.store.transaction() as store:
            person = await store.people.number(message.messenger, message.sender)
            draft = await _draft(words, store, person, message)
            if draft is None or not await store.drafts.take(draft, desk.now):
                return desk.say("record.nothing").above(desk.voice.commands("/pending"))
            act, vouch = from_json(Act, draft.body), bool(REVIEWED.intersection(words))
            done = await carry_out(act, store, desk.voice.platforms, desk.now, person, vouch=vouch)
            spoken = await voice(store, desk.voice.platforms, desk.voice.language, desk.now, desk.voice.zone)
    except Declined as refused:
        return desk.say(f"engine.{refused.word}")
    return _recorded(done, desk, spoken)


def _recorded(done: Recorded, desk: Desk, voice: Voice) -> Reply:
    if done.duplicates and not done.ids:
        return voice.say(
            "record.repeats",
            ids=voice.list([voice.number(int(i)) for i in sorted(set(done.duplicates.values()))]),
        )
    text = {0: "record.done", 1: "record.one"}.get(len(done.ids), "record.several")
    head = voice.say(text, ids=voice.list([voice.number(int(i)) for i in done.ids] or [""]))
    if done.due is None or not done.notes:
        return head.and_(voice.say("record.quiet")).above(voice.commands("/undo"))
    if done.due <= desk.now:
        return head.and_(voice.say("record.left"))
    number = next((note.number for note in done.notes if note.number), None)
    leaves = voice.say("record.leaves", time=voice.clock(done.due))
    release = NOTHING if number is None else voice.say("record.sooner", number=number)
    return head.and_(leaves).above(voice.say("record.until"), release)


async def cancel(message: Message, rest: str, desk: Desk) -> Reply:
    """Throws the newest own preview away, or the one of that number."""
    async with desk.store.transaction() as store:
        person = await store.people.number(message.messenger, message.sender)
        draft = await _draft(letters.fold(rest).split(), store, person, message)
        if draft is None or not await store.drafts.take(draft, desk.now):
            return desk.say("cancel.nothing")
    return desk.say("cancel.done")


async def _draft(words: list[str], record: Record, person: int, message: Message) -> Draft | None:
    """The own draft that a number among the words names, or the newest of this chat."""
    named = next((int(word) for word in words if word.isdecimal() and len(word) < 12), None)
    if named is not None:
        return await record.drafts.waiting(person, named)
    return await record.drafts.newest(person, message.destination)
