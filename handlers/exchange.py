"""/import and /export: the table of a message is shown, then recorded, all or nothing; the record as a file."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

from handlers.desk import FRESH, Desk, Page, Progress, Role, noted, set_aside, whence, yes_or_no
from handlers.recording.importing import Done, Order
from handlers.recording.publication import naming
from sebghat import letters
from sebghat.announcement import announce, headline_of
from sebghat.conversation import NOTHING, Attachment, File, Message, Reply
from sebghat.observation import Observation
from sebghat.table import Fault, written
from sebghat.voice import Voice
from storage.store import Draft, Record

LARGEST = 20_000_000  # bytes; Telegram gives its bots no larger files (Bot API, getFile)
LARGEST_EXPORT = 45_000_000  # it takes up to 50 MB from them
PAGE = 500  # rows that are written between two looks at what else is to be done
SHOWN = 5  # rows, faults and announcements of many
WORD_FOR_WORD = 2  # announcements; of more the headlines
MODES = {
    letters.fold(word): mode
    for mode, words in (("try", ("dry run", "dry", "آزمایشی")), ("history", ("history", "تاریخچه")))
    for word in words
}
FORMS = {"": "csv", "csv": "csv", "jsonl": "jsonl"}


async def import_(message: Message, rest: str, desk: Desk) -> Reply:
    """Reads the table that came with the message and shows what recording it would do."""
    wanted = letters.fold(rest)
    mode = MODES.get(wanted, "")
    if wanted and not mode:
        return desk.say("import.modes")
    if message.file is None:
        await set_aside(message, desk)
        return desk.say("import.in_shell" if message.messenger == "console" else "import.how")
    if (message.file.size or 0) > LARGEST:
        return _refused("large", desk)
    file = message.file

    async def work(progress: Progress) -> Reply:
        return await _shown(file, mode, message, desk, progress)

    desk.machine.aside(message, work)
    return NOTHING


async def record_table(message: Message, draft: Draft, desk: Desk) -> Reply:
    """The yes to a table: it is fetched and tried anew, and recorded if it still does what was shown."""
    if desk.role < Role.ADMIN:
        return desk.say("not_allowed")

    async def work(progress: Progress) -> Reply:
        said = draft.body["table"]
        assert isinstance(said, dict)
        file = Attachment(said["id"], said["name"], said["size"])
        expected = draft.effect if desk.now - draft.at <= FRESH else "too old"
        done = await _tried(file, said["mode"], message, desk, progress, draft=draft, expected=expected)
        if isinstance(done, Reply):
            return done
        if done.recorded:
            return await _recorded(done, desk)
        number = await _kept(file, said["mode"], done, message, desk)
        async with desk.store.transaction() as record:
            await record.drafts.take(draft, "replaced", desk.now, successor=number)
        why = desk.say("import.old" if expected == "too old" else "import.moved")
        return why.above(await _preview(done, said["mode"], number, desk))

    desk.machine.aside(message, work)
    return NOTHING


async def _shown(file: Attachment, mode: str, message: Message, desk: Desk, progress: Progress) -> Reply:
    done = await _tried(file, mode, message, desk, progress)
    if isinstance(done, Reply):
        await set_aside(message, desk)
        return done
    number = None if mode == "try" else await _kept(file, mode, done, message, desk)
    return await _preview(done, mode, number, desk)


async def _tried(
    file: Attachment,
    mode: str,
    message: Message,
    desk: Desk,
    progress: Progress,
    *,
    draft: Draft | None = None,
    expected: str | None = None,
) -> Done | Reply:
    """What became of it; a reply where it cannot be read or recorded."""
    content = await desk.machine.fetch(replace(message, file=file), LARGEST)
    if isinstance(content, str):
        return _refused(content, desk)

    async def tell(stage: str, done: int, of: int) -> None:
        voice = desk.voice
        await progress(voice.say(f"import.stage_{stage}", done=voice.number(done), of=voice.number(of)))

    person = await _person(message, desk)
    settled = (message.messenger, message.sender) in desk.owners
    order = Order(
        name=letters.visible(file.name, 60) or "table.csv",
        now=desk.now,
        person=person,
        record=draft is not None,
        silent=mode == "history",
        expected=expected,
        draft=draft.id if draft else None,
        where=whence(message),
        by=None if settled else (message.messenger, message.sender),
    )
    done = await desk.machine.workshop(order, content, tell)
    if done.unreadable:
        return desk.say(done.unreadable, file=order.name)
    if done.faults:
        return faults(done, desk.voice)
    if done.declined == "taken":
        return desk.say("record.nothing").above(desk.voice.commands("/pending"))
    if done.declined:
        return desk.say("not_allowed" if done.declined == "not_allowed" else f"engine.{done.declined}")
    return done


async def _person(message: Message, desk: Desk) -> int:
    async with desk.store.transaction() as record:
        return await record.people.number(message.messenger, message.sender)


async def _kept(file: Attachment, mode: str, done: Done, message: Message, desk: Desk) -> int:
    """The preview waits: of the file its id with the messenger, which stands for one content for ever."""
    body = {"table": {"id": file.id, "name": file.name, "size": file.size, "mode": mode}}
    async with desk.store.transaction() as record:
        person = await record.people.number(message.messenger, message.sender)
        return await record.drafts.keep(
            person, message.destination, body, desk.now, effect=done.effect, entry=await record.log.last()
        )


def _refused(why: str, desk: Desk) -> Reply:
    return desk.say(f"import.fetch_{why}", most=desk.voice.number(LARGEST // 1_000_000))


def faults(done: Done, voice: Voice) -> Reply:
    """Every line that is wrong, or of many the first and how many there are."""
    lines = [fault(each, voice) for each in done.faults[: SHOWN * 2]]
    return voice.say("import.nothing", count=voice.number(done.faulty)).above(*lines)


def fault(each: Fault, voice: Voice) -> Reply:
    said = voice.words(f"row.{each.code}", cell=letters.visible(each.cell, 60))
    return voice.say("import.line", line=voice.number(each.line), said=said)


async def _preview(done: Done, mode: str, number: int | None, desk: Desk) -> Reply:
    """What was read as a table, what would be announced, and the way on."""
    voice = naming(desk.voice, done.names)
    desk = replace(desk, voice=voice)
    head = voice.say(
        "import.read",
        figures=voice.number(done.figures + done.repeated),
        releases=voice.number(done.releases),
    )
    rows = [_row(o, voice) for o in done.sample[:SHOWN]]
    more = done.figures + done.repeated - len(rows)
    if more > 0:
        rows.append(voice.say("import.more", count=voice.number(more)))
    if done.repeated:
        rows.append(voice.say("import.repeated", count=voice.number(done.repeated)))
    reply = head.above(*rows, *await _said(done, mode, desk))
    if number is None:
        return reply.above(voice.say("import.tried"))
    return reply.with_row(*yes_or_no(number, voice))


async def _said(done: Done, mode: str, desk: Desk) -> list[Reply]:
    voice = desk.voice
    if not done.noted:
        return [voice.say("import.silent_history" if mode == "history" else "import.silent")]
    head = voice.say("import.would_say", count=voice.number(done.noted))
    if done.noted <= WORD_FOR_WORD:
        return [head, announce(done.notes, voice)]
    lines = [headline_of(note.facts, voice) for note in done.notes[:SHOWN]]
    more = done.noted - len(lines)
    return [head, *lines, *([voice.say("import.more_notes", count=voice.number(more))] if more > 0 else [])]


def _row(o: Observation, voice: Voice) -> Reply:
    return voice.say(
        "import.row",
        platform=voice.platform(o.platform),
        value=voice.value(o.value, o.metric),
        counted=voice.counted(o.metric),
        date=voice.short_date(o.asof),
        source=voice.source(o),
    )


async def _recorded(done: Done, desk: Desk) -> Reply:
    voice = desk.voice
    counts = {name: voice.number(getattr(done, name)) for name in ("figures", "repeated", "releases")}
    if done.repeated and not done.figures:
        return voice.say("import.nothing_new", repeated=counts["repeated"]).above(voice.commands("/audit"))
    said = voice.say("import.recorded", **counts)
    if done.repeated:
        said = said.and_(voice.say("import.there_before", repeated=counts["repeated"]))
    hold = (await desk.store.ledger.rules()).hold_seconds
    if not done.noted:
        said = said.and_(voice.say("record.quiet"))
    else:
        said = said.and_(voice.say("import.waiting" if hold else "import.left", notes=voice.number(done.noted)))
    ways = [*(["/pending"] if done.noted and hold else []), *(["/undo"] if hold else []), "/audit"]
    return said.above(voice.commands(*ways))


# Out


async def export(message: Message, rest: str, desk: Desk) -> Reply:
    """The whole record as a file, with the columns of readings.csv."""
    form = FORMS.get(letters.fold(rest).lstrip("."))
    if form is None:
        return desk.say("export.forms")
    if message.messenger == "console":
        return desk.say("export.in_shell")
    async with desk.store.transaction() as record:
        await noted("export", {"file": f"sebghat.{form}"}, record, message, desk)

    async def work(progress: Progress) -> Reply:
        name = f"sebghat-{desk.voice.today.isoformat()}.{form}"
        content = await desk.machine.table(name, pages(desk.store), LARGEST_EXPORT)
        if content is None:
            return desk.say("export.too_large", most=desk.voice.number(LARGEST_EXPORT // 1_000_000))
        count = desk.voice.number(await desk.store.observations.count())
        return Reply(desk.say("export.done", count=count).spans, file=File(name, content))

    desk.machine.aside(message, work)
    return NOTHING


async def pages(record: Record) -> AsyncIterator[Page]:
    """All that holds, page by page, in the order in which it was entered."""
    after = 0
    while found := await record.observations.page(after, PAGE):
        yield [written(o) for o in found]
        after = int(found[-1].id)
