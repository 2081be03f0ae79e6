"""The process that turns drawings into pixels: the renderer holds the interpreter while it works, so it has one of its
own. Started by picture.py as a program, with the fonts as its words.

In: four bytes of length, then so many of SVG; out: the same with a PNG, or with a line that says what failed. It ends
when its input does.
"""

from __future__ import annotations

import re
import signal
import sys
from io import BytesIO

LENGTH = 4  # bytes, big-endian
SHADES = 4  # between the paper and each colour: enough for smooth edges
NEAR = 64  # of 255
COLOUR = re.compile(r"#[0-9a-f]{6}")


def main(fonts: list[str]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is meant for the bot, which ends this by ending its input
    inlet, outlet = sys.stdin.buffer, sys.stdout.buffer
    while len(head := inlet.read(LENGTH)) == LENGTH:
        svg = inlet.read(int.from_bytes(head, "big"))
        try:
            made = develop(svg.decode(), fonts)
        except Exception as fault:  # noqa: BLE001 - told to who asked; the next picture may be well
            made = f"{type(fault).__name__}: {fault}".encode(errors="replace")[:500]
        outlet.write(len(made).to_bytes(LENGTH, "big") + made)
        outlet.flush()


def develop(svg: str, fonts: list[str]) -> bytes:
    """The drawing as a PNG of few colours: a third of the size, and no letter is less sharp for it."""
    # Only here, so that a renderer that cannot be loaded is told like any other fault.
    from PIL import Image  # noqa: PLC0415
    from resvg_py import svg_to_bytes  # noqa: PLC0415

    png = svg_to_bytes(svg_string=svg, font_files=fonts, skip_system_fonts=True, font_family="Vazirmatn")
    with Image.open(BytesIO(bytes(png))) as whole, Image.new("P", (1, 1)) as palette:
        palette.putpalette(shades(svg))
        few, made = whole.convert("RGB").quantize(palette=palette, dither=Image.Dither.NONE), BytesIO()
        few.save(made, "PNG", compress_level=6)
        return made.getvalue()


def shades(svg: str) -> list[int]:
    """Red, green and blue of 256 colours: those of the drawing, the first of which is its paper, and between it and
    each of the others some steps."""
    paper, *tones = [tuple(bytes.fromhex(found[1:])) for found in dict.fromkeys(COLOUR.findall(svg))]
    found = [paper]
    for tone in tones[: 255 // SHADES]:
        # Steps from a tone that is nearly the paper's would be taken for the paper.
        first = 1 if max(abs(t - p) for p, t in zip(paper, tone, strict=True)) > NEAR else SHADES
        found += [
            tuple(p + (t - p) * step // SHADES for p, t in zip(paper, tone, strict=True))
            for step in range(first, SHADES + 1)
        ]
    return [part for colour in [*found, *[paper] * (256 - len(found))] for part in colour]


if __name__ == "__main__":
    main(sys.argv[1:])
