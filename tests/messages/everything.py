"""Every text of the bot, said: by the scenes, by the readers' refusals, and the rest spelled out with samples."""

from __future__ import annotations

from dataclasses import dataclass

from sebghat import readout
from sebghat.refusal import Refusal
from sebghat.wording import LANGUAGES, catalogue
from tests.messages.refused import COMMAND, REFUSED
from tests.messages.samples import spelled
from tests.messages.scenes import NOW, SCENES
from tests.messages.stage import Said, hearing, stage

# Why texts of these sections are heard in no scene; the others are heard at least in part.
REASONS = {
    "": "said by the shell's words, or where the program itself fails",
    "import": "said by the shell's word `import`, and of a file that was sent",
    "export": "said with a file",
    "row": "said by the shell's word `import`, and of a file that was sent",
    "verify": "said by the shell's word `verify`",
    "settings": "said by the shell before it starts",
    "expected": "said by the shell before it starts",
    "store": "said where the record cannot be used",
    "chart": "drawn, not said",
    "deliveries": "said of what a messenger did with alerts",
    "engine": "refused before the engine is asked, in ordinary talk",
}


@dataclass(frozen=True)
class Everything:
    """What is said, by language and scene; and the names of the texts that no scene says."""

    scenes: dict[str, dict[str, list[Said]]]
    unheard: list[str]


async def everything() -> Everything:
    """Plays it all. A few seconds."""
    scenes: dict[str, dict[str, list[Said]]] = {language: {} for language in LANGUAGES}
    with hearing() as names:
        async with stage() as built:
            for language in LANGUAGES:
                for scene in SCENES:
                    scenes[language][scene[0]] = await built.play(scene, language)
                scenes[language]["what a reader refuses"] = [
                    Said(written[:60], readout.said(refused(code), language)) for code, (_, written) in REFUSED.items()
                ]
    unheard = [name for name in catalogue("fa") if name not in names]
    for language in LANGUAGES:
        scenes[language]["texts that no scene says"] = [Said(name, spelled(name, language)) for name in unheard]
    return Everything(scenes, unheard)


def refused(code: str) -> Refusal:
    """The refusal of that code, as its reader gives it."""
    wanted, written = REFUSED[code]
    if wanted == COMMAND:
        return Refusal(code, written)
    found = readout.read(written, wanted, NOW.date())
    assert isinstance(found, Refusal), written
    assert found.code == code, (written, found.code)
    return found
