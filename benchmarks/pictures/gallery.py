"""Draws the gallery and the snapshots anew: a change of design is then seen as a change of pictures.

.venv/bin/python -m benchmarks.pictures.gallery
"""

from __future__ import annotations

import asyncio
from pathlib import Path

from benchmarks.pictures.scenes import everything
from bot.picture import Pictures

HERE = Path(__file__).resolve().parents[2]
GALLERY, SNAPSHOTS = HERE / "docs" / "gallery", HERE / "tests" / "snapshots" / "charts"
ABOUT = {
    "card": "The card of an alert. These two figures are made up and say so: the bundled readings have no such"
    " crossing. The stretch behind the loser's bar is the doubt; the grey field holds the days of the crossing.",
    "card-poll": "The same of a crossing that ISPA's polls do show, between two foreign ones.",
    "withdrawn": "An announcement that was taken back is told as loudly.",
    "series": "One platform: two sources are two lines that never meet; an arrow is “more than”.",
    "several": "Several platforms in the source that most of them share; who has no such figure is named.",
    "polls": "Over more than two years without a figure no line is drawn; an announcement is a numbered mark.",
    "world": "Worldwide figures.",
    "ranking-mau": "The order of what may be compared; the rest stands apart, without a bar.",
    "ranking-poll": "Who ends within another's pale stretch is not behind it.",
    "gap": "The gap of two over time, and the noise round zero in which nobody is ahead.",
}
HEAD = """# Gallery

Every kind of picture, from the bundled readings, Persian and English, light and dark. Made by
`.venv/bin/python -m benchmarks.pictures.gallery`, which also writes the snapshots that the tests compare with; look at
the pictures before you commit them, also at a third of their size, as a phone shows them.

Chats get the light ones: they are legible on a light and on a dark ground, are the ones that newspapers and other
channels take over as they are, and a picture that is forwarded cannot know the ground it will stand on. `/chart …
dark` draws the other.

What every picture keeps to: bars and scales begin at zero, time is to scale, nothing is smoothed; source and date stand
in it. Domestic platforms are filled and warm, foreign ones hollow and cool, each with a shape of its own.
"""


async def main() -> None:
    GALLERY.mkdir(parents=True, exist_ok=True)
    SNAPSHOTS.mkdir(parents=True, exist_ok=True)
    drawn = Pictures(limit=20)
    shown: dict[str, dict[str, str]] = {}
    for kind, language, theme, picture in everything():
        name = f"{kind}-{language}-{theme}"
        (SNAPSHOTS / f"{name}.svg").write_text(picture.svg, encoding="utf-8")
        image = await drawn.image(picture, alert=True)
        assert image is not None, name
        (GALLERY / f"{name}.png").write_bytes(image.png)
        shown.setdefault(kind, {})[f"{language}-{theme}"] = name
        print(f"{len(image.png):6} {name}")
    await drawn.close()
    parts = [HEAD]
    for kind, names in shown.items():
        cells = " | ".join(f'<img src="gallery/{name}.png" width="360" alt="{name}">' for name in names.values())
        heads = " | ".join(names)
        parts.append(f"\n## {kind}\n\n{ABOUT[kind]}\n\n| {heads} |\n|{' --- |' * len(names)}\n| {cells} |\n")
    (HERE / "docs" / "gallery.md").write_text("".join(parts), encoding="utf-8")


if __name__ == "__main__":
    asyncio.run(main())
