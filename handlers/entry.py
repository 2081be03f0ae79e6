"""/set, /record and /cancel: what was understood, what it would do, and doing it."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta

from handlers.desk import FRESH, Desk, numbered, set_aside, voice
from handlers.preview.acts import Act, amended, carry_out
from handlers.preview.meanwhile import meanwhile
from handlers.preview.outlook import Outlook, of_act
from handlers.preview.showing import propose, show
from handlers.recording.departure import at, depart_due
from handlers.recording.transaction import Declined, Recorded
from sebghat import letters
from sebghat.codec import from_json
from sebghat.conversation import NOTHING, Message, Reply, Span
from sebghat.observation import Observation
from sebghat.options import read_options
from sebghat.reading import faults, read_figures
from sebghat.refusal import Refusal
from sebghat.voice import Voice
from storage.store import Draft, Record

REVIEWED = frozenset(map(letters.fold, ("reviewed", "vouch", "تأیید", "تایید", "گواهی")))
MOST_FAULTS = 10  # lines that could not be read
AMEND = re.compile(r"(\d{1,12})(?:\s+(\w+\s?=.+))?", re.DOTALL)  # «12 source=ISNA»: a preview, what changes in it
ONLY = re.compile(r"only\s?=\s?(\d{1,3})")  # of several figures one
OF_FIGURE = re.compile(r"#(\d{1,12})")  # «release=#95»: the publication of that figure


async def set_(message: Message, rest: str, desk: Desk) -> Reply:
    """The figures echoed in words, what they would change, whom that would reach; nothing is recorded yet."""
    if amend := AMEND.fullmatch(rest.strip()):
        return await _amend(message, int(amend[1]), amend[2] or "", desk)
    figures = read_figures(rest, desk.voice.platforms, desk.voice.today)
    if isinstance(figures, Refusal):
        await set_aside(message, desk)
        found = faults(rest, desk.voice.platforms, desk.voice.today)
        return desk.refuse(figures, "/set") if len(found) < 2 else _faulty(found, desk)
    return await propose(Act(figures), message, desk)


def _faulty(found: list[tuple[int, str, Refusal]], desk: Desk) -> Reply:
    """Every line that could not be read, not only the first."""
    voice, lines = desk.voice, []
    for place, part, refusal in found[:MOST_FAULTS]:
        why = Reply(desk.refuse(refusal, "/set").spans)
        near = [Span(f" {candidate.line}") for candidate in refusal.candidates if refusal.code == "unknown_platform"]
        head = voice.say("set.fault", place=voice.number(place), part=letters.visible(part, 40))
        lines.append(head.and_(why).and_(Reply(tuple(near))))
    return voice.say("set.faults", count=voice.number(len(found))).above(*lines)


async def _amend(message: Message, number: int, options: str, desk: Desk) -> Reply:
    """An own preview shown anew: as it is, one of its figures, or with another source, date, release …"""
    only = ONLY.fullmatch(options)
    changed = {} if only else read_options(options, desk.voice.today)
    if isinstance(changed, Refusal):
        return desk.refuse(changed, f"/set {number}")
    async with desk.store.transaction() as record:
        person = await record.people.number(message.messenger, message.sender)
        draft = await record.drafts.find(number)
        if fate := _fate(draft, number, person, desk):
            return fate
        assert draft is not None
        act = _act(draft)
        if only and act and 1 <= int(only[1]) <= len(act.figures):
            one = replace(act, figures=(act.figures[int(only[1]) - 1],))
            return (await show(one, record, person, message.destination, desk))[0]  # the others go on waiting
        if act is None or only or (options and not act.figures):
            return desk.say("record.nothing").above(desk.voice.commands("/pending"))
        if of := OF_FIGURE.fullmatch(str(changed.get("release", ""))):
            known = await record.observations.find([of[1]])
            if not known or known[0].release is None:
                return desk.say("revise.unknown", number=desk.voice.number(int(of[1])))
            changed["release"] = known[0].release
        if "n" in changed and any(figure.metric != "poll" for figure in act.figures):
            return desk.refuse(Refusal("n_on_count", letters.visible(options, 40)), f"/set {number}")
        reply, successor = await show(amended(act, **changed), record, person, message.destination, desk)
        await record.drafts.take(draft, "replaced", desk.now, successor=successor)
        return reply


async def record(message: Message, rest: str, desk: Desk) -> Reply:
    """Records the newest own preview, or the one of that number; `reviewed` vouches for its new pairs. What has grown
    old, or would do something else by now, is shown anew instead."""
    asked = _asked(rest)
    if asked is None:
        return desk.say("record.how")
    number, vouch = asked
    try:
        async with desk.store.transaction() as store:
            person = await store.people.number(message.messenger, message.sender)
            draft = await _draft(number, store, person, message)
            if fate := _fate(draft, number, person, desk):
                return fate
            assert draft is not None
            act = _act(draft)
            if act is None:
                return desk.say("record.how")
            if act.role > desk.role:
                return desk.say("not_allowed")
            await depart_due(store, await at(store, desk.now))
            outlook = await of_act(act, store, desk.voice.platforms, desk.now, person)
            if isinstance(outlook, str) or outlook.effect != draft.effect or desk.now - draft.at > FRESH:
                return await _anew(act, outlook, draft, store, message, desk)
            if act.partner and desk.several_may_review and str(person) in {o.recorded_by for o in outlook.about}:
                return desk.say("review.own").above(desk.voice.commands(f"/review {act.target} {act.partner}"))
            await store.drafts.take(draft, "recorded", desk.now)
            done = await carry_out(act, store, desk.voice.platforms, desk.now, person, vouch=vouch)
            entered = await store.observations.find(done.ids)
            hold = (await store.ledger.rules()).hold_seconds
            spoken = await voice(store, desk.voice.platforms, desk.voice.language, desk.now, desk.voice.zone)
    except Declined as refused:
        return desk.say(f"engine.{refused.word}")
    if act.claim is not None:
        return desk.say("claim.done").above(desk.voice.commands("/overtakings", "/undo"))
    return _recorded(done, entered, desk.now, spoken, hold)


async def _anew(act: Act, outlook: Outlook | str, draft: Draft, record: Record, message: Message, desk: Desk) -> Reply:
    """Nothing is recorded: why, what happened meanwhile, and how things stand now, to say yes to."""
    old = desk.now - draft.at > FRESH
    reply, successor = await show(act, record, draft.person, message.destination, desk)
    await record.drafts.take(draft, "replaced" if successor else "refused", desk.now, successor=successor)
    shown = outlook if isinstance(outlook, Outlook) else None
    about = [*shown.figures, *shown.about, *(o for some in shown.elsewhere.values() for o in some)] if shown else []
    about += await record.observations.find([i for i in (act.target, act.partner) if i])
    # What was kept without having been shown has seen nothing that could have changed.
    lanes = {o.lane for o in about} if draft.effect else set()
    happened = await meanwhile(lanes, draft.entry, draft.person, record, desk)
    if happened or not old:
        why = desk.say("moved.head" if draft.effect else "moved.unseen").above(*happened)
    else:
        why = NOTHING
    aged = desk.say("moved.old", minutes=desk.voice.duration(int(FRESH.total_seconds()))) if old else NOTHING
    return NOTHING.above(why, aged, reply)


def _asked(rest: str) -> tuple[int | None, bool] | None:
    """The number of a preview, if one is given, and whether its pairs are vouched for; None for anything else:
    a yes must be nothing but a yes."""
    words = letters.fold(rest).split()
    vouch = [word for word in words if word in REVIEWED]
    numbers = [number for word in words if (number := numbered(word)) is not None]
    if len(vouch) > 1 or len(numbers) > 1 or len(vouch) + len(numbers) < len(words):
        return None
    return numbers[0] if numbers else None, bool(vouch)


def _recorded(done: Recorded, entered: list[Observation], now: datetime, voice: Voice, hold: int) -> Reply:
    if done.repeated and not done.ids:
        ids = sorted(set(map(int, done.duplicates.values())))
        if not ids:
            return voice.say("record.reviewed_before")
        return voice.say("record.repeats", ids=voice.list([voice.number(i) for i in ids]))
    if entered:
        text = "record.one" if len(entered) == 1 else "record.several"
        ids_said = voice.list([voice.number(int(o.id)) for o in entered])
        head, what = voice.say(text, ids=ids_said), voice.say("record.what", what=voice.entered(entered))
    else:
        head, what = voice.say("record.done"), NOTHING
    if done.due is None or not done.notes:
        quiet = head.and_(voice.say("record.quiet")).above(what)
        until = voice.clock(now + timedelta(seconds=hold)) if hold else ""
        return quiet.above(voice.say("record.until_then", time=until)) if hold else quiet
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
        if draft is None or (asked[0] is None and not draft.waits):
            return desk.say("cancel.nothing")
        if fate := _fate(draft, asked[0], person, desk):
            return fate
        await store.drafts.take(draft, "cancelled", desk.now)
    return desk.say("cancel.done")


async def _draft(number: int | None, record: Record, person: int, message: Message) -> Draft | None:
    """The draft of that number, whosesoever, or the newest own one of this chat."""
    if number is not None:
        return await record.drafts.find(number)
    return await record.drafts.newest(person, message.destination)


def _act(draft: Draft) -> Act | None:
    """What the draft asks for, if it is an act: a table is another's business."""
    return from_json(Act, draft.body) if "figures" in draft.body else None


def _fate(draft: Draft | None, number: int | None, person: int, desk: Desk) -> Reply | None:
    """Why this preview cannot be recorded or dropped; None where it waits for just this person."""
    if draft is not None and draft.person == person and draft.waits:
        return None
    if number is None or draft is None or draft.became == "refused":
        return desk.say("record.nothing").above(desk.voice.commands("/pending"))
    said = desk.voice.number(number)
    if draft.person != person:
        return desk.say("record.not_yours", number=said)
    if draft.became == "replaced":
        return desk.say("record.replaced", number=said, successor=draft.successor)
    return desk.say(f"record.was_{draft.became}", number=said)
