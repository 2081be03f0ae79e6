"""The words of the shell: run, ask, check."""

from __future__ import annotations

import argparse
import asyncio
import gc
import os
import sys
from datetime import UTC, datetime
from io import TextIOWrapper
from pathlib import Path

from bot.settings import Settings, home, read_settings
from sebghat import __version__


def main(words: list[str] | None = None) -> int:
    """Reads the words and the settings, then runs; the exit status."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="replace")  # Persian, whatever the terminal says it is
    arguments = parser().parse_args(_with_negative(sys.argv[1:] if words is None else words))
    if arguments.word == "replay":
        return replay(arguments.file)  # touches neither settings nor store
    if arguments.word == "read":
        return read(arguments.text, arguments.wanted)  # likewise
    settings = read_settings(os.environ, home())
    if not isinstance(settings, Settings):
        for problem in settings:
            persian = os.environ.get("SEBGHAT_LANGUAGE", "").strip() == "fa"
            print(problem.message_fa if persian else problem.message_en, file=sys.stderr)
        return 1
    try:
        return asyncio.run(carry_out(arguments, settings))
    except KeyboardInterrupt:
        return 0
    finally:
        leave_quietly()


def _with_negative(words: list[str]) -> list[str]:
    """«read -۳میلیون»: what is to be read may begin with a minus, and is no option all the same."""
    if words[:1] != ["read"] or words[-1][:1] != "-" or words[-1].startswith(("--", "-h")) or "--" in words:
        return words
    return [*words[:-1], "--", words[-1]]


def leave_quietly() -> None:
    """Where nobody reads on, what is left unsaid must not become a fault of the interpreter's end."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def replay(file: str) -> int:
    """Answers each line of a log as it is read."""
    from sebghat.replay import replay as answers  # noqa: PLC0415 - only for this word

    # What is read is kept to the end, so looking for garbage again and again would double the time.
    gc.set_threshold(200_000, 1_000, 1_000)
    try:
        with sys.stdin if file == "-" else open(file, encoding="utf-8", errors="replace") as lines:
            for answer in answers(lines):
                print(answer, flush=True)
    except BrokenPipeError:
        leave_quietly()
    except OSError as fault:
        print(f"{file}: {fault.strerror}", file=sys.stderr)
        return 1
    return 0


def read(text: str | None, wanted: str | None) -> int:
    """How the text is read, or each line of standard input."""
    from bot.read import read as answers  # noqa: PLC0415 - only for this word
    from handlers.desk import IRAN  # noqa: PLC0415

    try:
        return answers(text, wanted, (datetime.now(UTC) + IRAN).date())
    except BrokenPipeError:
        leave_quietly()
        return 0


async def carry_out(arguments: argparse.Namespace, settings: Settings) -> int:
    from bot import running, shell  # noqa: PLC0415 - settings that are wrong are told at once
    from bot.redaction import start_logging  # noqa: PLC0415
    from sebghat import wording  # noqa: PLC0415
    from storage.store import StoreFault  # noqa: PLC0415

    start_logging(settings)
    try:
        match arguments.word:
            case "ask":
                return await shell.ask(settings, arguments.text)
            case "import":
                return await shell.import_file(settings, Path(arguments.file), history=arguments.history)
            case "export":
                return await shell.export_file(settings, Path(arguments.file))
            case "verify":
                return await shell.verify(settings)
            case "check":
                return await shell.check(settings)
            case _:
                return await running.run(settings)
    except StoreFault as fault:
        print(wording.words(settings.language, fault.code, **fault.details), file=sys.stderr)
        return 1


def parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="sebghat", description="How many users a messenger has, says who, and who overtook whom."
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    words = parser.add_subparsers(dest="word", metavar="word")
    words.add_parser("run", help="start the bot (also without a word)")
    ask = words.add_parser("ask", help="one message as the owner, and its answer")
    ask.add_argument("text", help='e.g. "/stats eitaa"')
    words.add_parser("check", help="what is set, the store, and where the packages lie")
    imported = words.add_parser("import", help="record a table, all or nothing")
    imported.add_argument("file", help="CSV, XLSX or JSON Lines, with the columns of sebghat/data/readings.csv")
    imported.add_argument("--history", action="store_true", help="silently: nothing is announced")
    read = words.add_parser("read", help="how a number, a share, a date or a command is read, as JSON")
    read.add_argument("--as", dest="wanted", choices=("count", "percent", "date", "command"), help="what it should be")
    read.add_argument("text", nargs="?", help="without it, each line of standard input")
    exported = words.add_parser("export", help="the whole record as a table")
    exported.add_argument("file", help="readings.csv, .xlsx or .jsonl")
    words.add_parser("verify", help="is the record whole: the chain of its log, and what it adds up to")
    replayed = words.add_parser("replay", help="play a log of commands through the engine alone")
    replayed.add_argument("file", help="JSON Lines as docs/replay.md describes; - for standard input")
    return parser


if __name__ == "__main__":
    sys.exit(main())
