"""Whatever the documents name, let type or show is held against the program: README, docs/*.md and the texts of /help.

An example that is added to one of them is under test from then on. What the answers of a whole day are is held by
test_editors_day.py, docs/messages.md by tests/messages, the figures of docs/overtakings.md by test_readings.py.
"""

from __future__ import annotations

import re
import shlex
import shutil
from collections.abc import AsyncIterator
from importlib.util import find_spec
from itertools import count, pairwise
from pathlib import Path

import pytest
import pytest_asyncio

from bot.__main__ import parser
from bot.check import check
from bot.settings import Problem, Settings, names, read_settings
from handlers.commands import COMMANDS
from handlers.examples import EXAMPLES
from sebghat import readout
from sebghat.refusal import Refusal
from sebghat.replay import replay
from sebghat.wording import LANGUAGES, MARKUP, catalogue
from storage.store import open_store
from tests.bot.mailbox import Mailbox
from tests.handlers.room import ISOLATES, Room
from tests.handlers.test_help import REFUSALS
from tests.journeys.documents import (
    COMMAND,
    MADE_ELSEWHERE,
    QUOTE,
    SETTING,
    TOLD_OF_THE_PAST,
    Document,
    document,
    documents,
)
from tests.journeys.program import HERE
from tests.messages.scenes import AFTER, BEFORE, NOW, OTHER, OWNER, STRANGER, Typed
from tests.messages.stage import Stage, stage

ALL = [each for each in documents() if each.name not in MADE_ELSEWHERE]
OF_TODAY = [each for each in ALL if not each.name.startswith(TOLD_OF_THE_PAST)]
READMES = {"en": document("README.md"), "fa": document("README.fa.md")}
ASKING, ENTERING = ("Ask it", "بپرسید"), ("Enter figures", "رقم وارد کنید")
FIRST_ALERT = ("From BotFather to the first alert in a Telegram channel", "از بات‌فادر تا نخستین خبر در کانال تلگرام")
SETTINGS, SHELL = ("Settings", "تنظیم‌ها"), ("Shell", "در ترمینال")

NOT_OURS = {"/newbot", "/setinline", "/revoke"}  # what is written to @BotFather
PAGES = {"/healthz", "/readyz"}
# These answer a question of the bot's own, or come with a file.
NEVER_FIRST = {"arrived", "resend", "import"}
POSTS = {"/channels test telegram:@name"}  # it needs a messenger; test_catalogue.py has one
OVERTAKEN = (BEFORE, "/record", AFTER, "/record")
# What must have happened before the examples of a command.
SITUATION: dict[str, tuple[str, ...]] = {
    "record": (AFTER,),
    "cancel": (AFTER,),
    "undo": (AFTER, "/record"),
    **dict.fromkeys(("why", "release", "hold"), OVERTAKEN),
    "unsubscribe": ("/subscribe eitaa",),
    "source": ("/source add ISNA poll",),
}
# What stands where the reader puts something of their own.
OWN = {"your-id": "1001", "the-number": "123456", "the-token": "x" * 35, "…": "x" * 35}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def played() -> AsyncIterator[Stage]:
    async with stage() as built:
        yield built


NUMBERS = count(1)


async def said(played: Stage, *typed: str, sender: str = OWNER, language: str = "en") -> list[str]:
    """What the bot answers to each line, as a messenger without buttons shows it; all but the last are the owner's."""
    file = Path(shutil.copy(played.loaded, played.folder / f"document-{next(NUMBERS)}.db"))
    store = await open_store(f"sqlite:///{file}")
    room = Room(store, file, language, clock=lambda: NOW)
    room.owners.add(("telegram", OTHER))
    try:
        return [await room(line, OWNER if line != typed[-1] else sender) for line in typed]
    finally:
        await store.close()


def refused(answer: str) -> bool:
    return not answer or any(words in answer.splitlines()[0] for words in (*REFUSALS, "I understood:"))


def name_of(line: str) -> str:
    return line.split(maxsplit=1)[0].removeprefix("/")


def whole(line: str) -> bool:
    """Whether it works as it stands: a name alone is often only spoken of, and a gap is the reader's to fill."""
    alone = line == f"/{name_of(line)}" and line not in EXAMPLES.get(name_of(line), ())
    return not alone and "…" not in line and line not in POSTS and name_of(line) not in NEVER_FIRST


def commands_of(texts: list[Document]) -> list[str]:
    return sorted({line for each in texts for line in each.commands} - NOT_OURS - PAGES)


def in_catalogues() -> list[str]:
    """The commands that stand in the bot's own texts, but for those that a value is put into."""
    spoken = (text for language in LANGUAGES for text in catalogue(language).values())
    marked = {found[2] for text in spoken for found in MARKUP.finditer(text) if found[2]}
    return sorted(line for line in marked if COMMAND.fullmatch(line) and "{" not in line)


# Lines for the bot


@pytest.mark.parametrize("each", ALL, ids=lambda each: each.name)
def test_every_command_that_is_spoken_of_is_one(each: Document) -> None:
    assert [line for line in commands_of([each]) if name_of(line) not in COMMANDS] == []


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("line", [*filter(whole, sorted({*commands_of(OF_TODAY), *in_catalogues()}))])
async def test_every_example_works(line: str, played: Stage) -> None:
    sender = OTHER if name_of(line) == "review" else OWNER
    *_, answer = await said(played, *SITUATION.get(name_of(line), ()), line, sender=sender)
    assert not refused(answer), answer


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("each", [each for each in OF_TODAY if [*each.conversations]], ids=lambda each: each.name)
async def test_what_is_typed_in_a_block_is_answered_as_it_says(each: Document, played: Stage) -> None:
    for typed, shown in each.conversations:
        answers = await said(played, *typed, language="fa" if each.name.endswith(".fa.md") else "en")
        assert not any(map(refused, answers))
        assert shown.translate(ISOLATES) in {"", answers[-1]}


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("language", READMES)
async def test_every_question_is_understood(language: str, played: Stage) -> None:
    asking = READMES[language].section(*ASKING)
    spans = [span for span in asking.spans if not COMMAND.fullmatch(span) and span[0] != "@"]
    questions = [*QUOTE.findall(asking.prose), *spans]
    assert len(questions) >= 3
    helped = catalogue(language)["help.more"]
    for question in (*questions, *QUOTE.findall(helped), *re.findall(r'"(.+)"', helped)):
        (answer,) = await said(played, question, sender=STRANGER)
        assert not refused(answer), (question, answer)
    for typed in [span.split(" ", 1)[1] for span in asking.spans if span[0] == "@"]:
        assert len(await played.play((f"inline {next(NUMBERS)}", (Typed(typed),)), language)) > 1, typed


@pytest.mark.parametrize("language", READMES)
def test_every_figure_is_read(language: str) -> None:
    entering = READMES[language].section(*ENTERING)
    figures = [*QUOTE.findall(entering.prose), *(span for span in entering.spans if span[0].isdecimal())]
    figures += re.findall(r'read "(.+?)"', READMES[language].section(*SHELL).text)
    assert len(figures) == 3
    assert not any(isinstance(readout.read(figure, None, NOW.date()), Refusal) for figure in figures)


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("language", READMES)
async def test_the_first_alert_comes_as_it_is_promised(language: str, played: Stage) -> None:
    step, record, _, release, undo, *_ = READMES[language].section(*FIRST_ALERT).commands[1:]
    later = step.replace("27m", "36m").replace("2026-08-11", "2026-11-11")
    assert later != step
    *_, waits = await said(played, step, record, later, record)
    assert release in waits
    assert undo in waits
    assert "Gap has passed WeChat" in (await said(played, step, record, later))[-1]
    for end in (release, undo):
        assert not refused((await said(played, step, record, later, record, end))[-1])


# The shell


@pytest.mark.parametrize("each", ALL, ids=lambda each: each.name)
def test_every_word_of_the_shell_is_one(each: Document) -> None:
    for line in each.shell:
        takes(re.sub(r"\[.*?\]", "", line).split("<")[0])


def takes(line: str) -> None:
    words = shlex.split(line)
    if words[:1] != ["test"]:  # run.py's own
        try:
            parser().parse_args(words)
        except SystemExit as end:
            assert end.code == 0, line  # noqa: PT017 - --version and --help end so


@pytest.mark.parametrize("language", READMES)
def test_the_table_of_the_shell_has_every_word_and_its_options(language: str) -> None:
    told = set()
    for first, second in READMES[language].section(*SHELL).rows():
        shown, options = Document("", first).spans, Document("", second).spans
        for line in shown:
            word = line.split()[0]
            told.add(word)
            takes(re.sub(r"\[.*?\]", "", line))
            inner = [option for option in re.findall(r"\[(--.+?)\]", line) if word != "test"]
            for option in [option for option in [*options, *inner] if option.startswith("--")]:
                flag, *values = re.split(r"[ |]", option)
                for value in values or [""]:
                    takes(f"{word} x {flag} {value}")
    assert told == {*re.findall(r"^    (\w+) ", parser().format_help(), re.MULTILINE), "test"}


class Reached(Mailbox):
    """A messenger that says who the bot is; without a name it says nothing in time."""

    def __init__(self, messenger: str, name: str) -> None:
        super().__init__(messenger)
        self._name = name

    async def start(self) -> str:
        if self._name:
            return self._name
        raise TimeoutError


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("each", OF_TODAY, ids=lambda each: each.name)
async def test_what_check_is_said_to_show(each: Document, played: Stage, capsys: pytest.CaptureFixture[str]) -> None:
    shown = [line for _, text in each.blocks for line in text.splitlines() if re.match("(?:ok  |FAIL) ", line)]
    reached = [Reached(line.split()[1], "" if line.startswith("FAIL") else line.split()[2]) for line in shown]
    given = {f"SEBGHAT_{box.capability.messenger}_TOKEN".upper(): "x" * 35 for box in reached}
    found = settings_of(given)
    assert isinstance(found, Settings)
    store = await open_store(f"sqlite:///{played.loaded}")
    await check(found, given, store, reached)
    await store.close()
    assert set(shown) <= set(capsys.readouterr().out.splitlines())


def test_a_log_and_what_it_prints() -> None:
    blocks = [text.splitlines() for _, text in document("docs/replay.md").blocks]
    pairs = [(log, printed) for log, printed in pairwise(blocks) if log[0].startswith('{"op"')]
    assert pairs
    for log, printed in pairs:
        assert list(replay(log)) == printed


# Settings


def settings_of(given: dict[str, str]) -> Settings | list[Problem]:
    return read_settings(given, Path("/nonexistent"))


def is_setting(name: str) -> bool:
    return name in names() or re.fullmatch(r"SEBGHAT_HOOK_\w+_(URL|SECRET)", name) is not None


@pytest.mark.parametrize("each", ALL, ids=lambda each: each.name)
def test_every_setting_exists_and_takes_what_is_shown(each: Document) -> None:
    assert [name for name in SETTING.findall(each.text) if not is_setting(name)] == []
    spans = [[span] for span in each.spans]
    for lines in (*spans, *(text.splitlines() for _, text in each.blocks)):
        given = dict(line.split("=", 1) for line in lines if SETTING.match(line) and "=" in line)
        for written, own in OWN.items():
            given = {name: value.replace(written, own) for name, value in given.items()}
        found = settings_of(given)
        problems = found if isinstance(found, list) else []
        assert [problem for problem in problems if problem.setting in given and not lines[1:]] == []
        assert not lines[1:] or problems == []


@pytest.mark.parametrize("language", READMES)
def test_the_defaults_of_the_readme_change_nothing(language: str) -> None:
    rows = READMES[language].section(*SETTINGS).rows()
    assert len(rows) >= 7
    for told, default, _ in rows:
        first, *others = Document("", told).spans
        assert all(is_setting(f"SEBGHAT_{other}_TOKEN") for other in others)
        stated = Document("", default).spans
        assert settings_of(dict.fromkeys([first], stated[0] if stated else "")) == settings_of({})
        assert stated or not getattr(settings_of({}), first.removeprefix("SEBGHAT_").lower(), None)


def test_the_defaults_of_the_example_file_change_nothing() -> None:
    text = (HERE / ".env.example").read_text(encoding="utf-8")
    stated = re.findall(r"^# (?:.* )?Default: (\S+)\n(SEBGHAT_\w+)=$", text, re.MULTILINE)
    assert len(stated) >= 8
    for default, name in stated:
        assert settings_of({name: default}) == settings_of({}), name


# What they lead to


@pytest.mark.parametrize("each", ALL, ids=lambda each: each.name)
def test_every_link_leads_somewhere(each: Document) -> None:
    for link in each.links:
        file, _, heading = link.partition("#")
        assert (HERE / file).exists(), link
        assert not heading or f"# {heading.replace('-', ' ')}" in (HERE / file).read_text(encoding="utf-8").lower()


@pytest.mark.parametrize("each", OF_TODAY, ids=lambda each: each.name)
def test_every_file_and_module_that_is_named_exists(each: Document) -> None:
    tops = [path.name for path in HERE.iterdir() if path.is_dir()]
    for span in (*each.spans, *each.shell):
        for word in span.split():
            if re.fullmatch(rf"(?:{'|'.join(map(re.escape, tops))})/[\w./-]*", word):
                assert (HERE / word).exists(), word
        if module := re.search(r"-m ((?:bot|tests|benchmarks)[\w.]*)", span):
            assert find_spec(module[1]), module[1]


def test_both_readmes_tell_of_the_same() -> None:
    english, persian = READMES.values()
    assert set(commands_of([english])) == set(commands_of([persian]))
    assert set(english.shell) == set(persian.shell)
    assert set(SETTING.findall(english.text)) == set(SETTING.findall(persian.text))
    assert set(english.links) - {"README.fa.md"} == {in_english(link) for link in persian.links} - {"README.md"}
    for section in (SETTINGS, SHELL, ASKING):
        assert len(english.section(*section).rows()) == len(persian.section(*section).rows())


def in_english(link: str) -> str:
    return link.replace(".fa.md", ".md")
