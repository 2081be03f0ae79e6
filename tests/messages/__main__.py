"""`python -m tests.messages > docs/messages.md`: every message in both languages; with --update the snapshots too."""

from __future__ import annotations

import asyncio
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from sebghat.wording import LANGUAGES
from tests.messages.everything import Everything, everything
from tests.messages.forms import extras, page, shown
from tests.messages.stage import Said

SNAPSHOTS = Path(__file__).resolve().parents[1] / "snapshots" / "messages"
HEAD = """# Every message, in Persian and English

Made by `.venv/bin/python -m tests.messages > docs/messages.md`, from scenes that the real handlers play
(`tests/messages/scenes.py`) on a store with the bundled figures, at a fixed time. Figures of sources called X, Y, Z, P
and Q are invented. Where messengers show a message in different forms, each form is headed by their names, and "…"
stands for the text above; bold is shown where a messenger has it. A frame round words is a button. What was answered
before, but for its numbers, is not shown again. `tests/snapshots/messages` holds the same to the letter, and
`.venv/bin/python -m tests.messages --update` renews both.
"""


def pages(all_: Everything) -> Iterator[str]:
    yield HEAD
    before: set[str] = set()
    for name, said in all_.scenes["en"].items():
        yield f"## {name[0].upper()}{name[1:]}\n"
        for fa, en in zip(all_.scenes["fa"][name], said, strict=True):
            shape = re.sub(r"\d+", "#", f"{page(fa, 'fa')}{page(en, 'en')}")
            if shape in before:
                continue
            before.add(shape)
            yield f"**{_asked(en)}**{extras(en)}\n\n{page(fa, 'fa')}\n\n{page(en, 'en')}\n"


def _asked(said: Said) -> str:
    asked = said.to.replace("\n", " ⏎ ").replace("\u202e", "")
    return f"`{asked or ' '}`" if len(asked) <= 100 else f"`{asked[:100]}…`"


def snapshots(all_: Everything) -> dict[Path, str]:
    """The text of each snapshot, by its path under SNAPSHOTS."""
    return {
        Path(language) / f"{re.sub('[^a-z]+', '-', name)}.txt": "\n\n".join(shown(said.to, said) for said in scene)
        + "\n"
        for language in LANGUAGES
        for name, scene in all_.scenes[language].items()
    }


def update(all_: Everything) -> None:
    """Writes the snapshots anew; what no scene makes any more goes."""
    made = snapshots(all_)
    for old in SNAPSHOTS.glob("*/*.txt"):
        if old.relative_to(SNAPSHOTS) not in made:
            old.unlink()
    for path, text in made.items():
        (SNAPSHOTS / path).parent.mkdir(parents=True, exist_ok=True)
        (SNAPSHOTS / path).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    found = asyncio.run(everything())
    text = "\n".join(pages(found))
    if "--update" in sys.argv[1:]:
        update(found)
        Path("docs/messages.md").write_text(text, encoding="utf-8")
    else:
        sys.stdout.write(text)
