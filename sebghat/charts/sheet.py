"""The sheet that a picture is drawn on: its margins, sizes of type, and the strokes that the drawings share."""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import sha256
from html import escape

from sebghat.charts import text
from sebghat.charts.palette import Look, Shape, Theme
from sebghat.conversation import Picture

WIDTH, MARGIN = 1080, 64
ROOM = WIDTH - 2 * MARGIN
# A phone shows a third of these: nothing is smaller than ten of its points.
SMALL, BODY, LEAD, TITLE, FIGURE = 30, 34, 40, 60, 84
LEADING = 3, 2  # a line's height over its size, as a fraction
LEFT, RIGHT = MARGIN, WIDTH - MARGIN


@dataclass(slots=True)
class Sheet:
    """`y` is where the next block begins. Positions along a line are counted from its beginning: at the right in
    Persian, at the left in English."""

    theme: Theme
    language: str
    y: int = MARGIN
    parts: list[str] = field(default_factory=list)

    @property
    def persian(self) -> bool:
        return self.language == "fa"

    def across(self, along: int) -> int:
        """The place on the page that lies so far from where lines begin."""
        return RIGHT - along if self.persian else LEFT + along

    # Text

    def write(
        self, said: str, along: int, y: int, size: int = BODY, *, bold: bool = False, tone: str = "", end: bool = False
    ) -> None:
        """A line of text that begins (`end`: ends) there."""
        # The renderer turns nothing round by itself: "start" is the left end, whatever the language.
        anchor = "end" if self.persian is not end else "start"
        self.put(said, self.across(along), y, size, bold=bold, tone=tone, anchor=anchor)

    def put(
        self,
        said: str,
        x: int,
        y: int,
        size: int = SMALL,
        *,
        bold: bool = False,
        tone: str = "",
        anchor: str = "middle",
    ) -> None:
        weight = ' font-weight="700"' if bold else ""
        self.parts.append(
            f'<text x="{x}" y="{y}" font-size="{size}"{weight} text-anchor="{anchor}" fill="{tone or self.theme.ink}">'
            f"{text.markup(said, self.language)}</text>"
        )

    def block(self, said: str, size: int = BODY, *, bold: bool = False, tone: str = "", most: int = 3) -> None:
        """Lines of text over the whole width, and the place below them."""
        high, of = LEADING if size < LEAD else (4, 3)
        for line in text.wrap(said, size, ROOM, most, bold=bold):
            self.y += size * high // of
            self.write(line, 0, self.y - size * (high - of) // (2 * of), size, bold=bold, tone=tone)

    # Strokes

    def rect(self, x: int, y: int, wide: int, high: int, tone: str, *, opacity: int = 100, radius: int = 0) -> None:
        seen = f' fill-opacity=".{opacity:02}"' if opacity < 100 else ""
        round_ = f' rx="{radius}"' if radius else ""
        self.parts.append(f'<rect x="{x}" y="{y}" width="{wide}" height="{high}"{round_} fill="{tone}"{seen}/>')

    def line(self, x1: int, y1: int, x2: int, y2: int, tone: str, thick: int = 2, dash: str = "") -> None:
        dashed = f' stroke-dasharray="{dash}"' if dash else ""
        self.parts.append(f'<path d="M{x1} {y1}L{x2} {y2}" stroke="{tone}" stroke-width="{thick}"{dashed}/>')

    def path(self, points: list[tuple[int, int]], tone: str, thick: int = 6, dash: str = "") -> None:
        dashed = f' stroke-dasharray="{dash}"' if dash else ""
        drawn = "L".join(f"{x} {y}" for x, y in points)
        self.parts.append(
            f'<path d="M{drawn}" fill="none" stroke="{tone}" stroke-width="{thick}" stroke-linejoin="round"'
            f' stroke-linecap="{"butt" if dash else "round"}"{dashed}/>'
        )

    def area(self, points: list[tuple[int, int]], tone: str, opacity: int = 20) -> None:
        drawn = "L".join(f"{x} {y}" for x, y in points)
        self.parts.append(f'<path d="M{drawn}Z" fill="{tone}" fill-opacity=".{opacity:02}"/>')

    def mark(self, look: Look, x: int, y: int, r: int = 13) -> None:
        """The platform's shape; hollow ones let no line show through."""
        fill = self.theme.paper if look.hollow else look.tone
        if look.shape is Shape.CIRCLE:
            shape = f'<circle cx="{x}" cy="{y}" r="{r}"'
        else:
            corners = " ".join(f"{x + r * dx // 100},{y + r * dy // 100}" for dx, dy in _CORNERS[look.shape])
            shape = f'<polygon points="{corners}"'
        self.parts.append(f'{shape} fill="{fill}" stroke="{look.tone}" stroke-width="5" stroke-linejoin="round"/>')

    def arrow(self, x: int, y: int, tone: str, towards: tuple[int, int], long: int = 54) -> None:
        """From a point on: what is known to be there or beyond."""
        dx, dy = towards
        tip_x, tip_y = x + dx * long, y + dy * long
        back = 16
        wings = [
            (tip_x - dx * back + dy * back, tip_y - dy * back + dx * back),
            (tip_x, tip_y),
            (tip_x - dx * back - dy * back, tip_y - dy * back - dx * back),
        ]
        self.path([(x, y), (tip_x, tip_y)], tone, 5)
        self.path(wings, tone, 5)

    # The whole

    def finish(self, kind: str, title: str, description: str) -> Picture:
        """The picture, as high as what was drawn; the name is one for each content."""
        theme, height = self.theme, self.y + MARGIN * 2 // 3
        # The direction marks of the texts mean nothing to who reads them aloud.
        told = f"<title>{escape(_bare(title))}</title><desc>{escape(_bare(description))}</desc>"
        svg = (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}"'
            f' font-family="Vazirmatn" role="img" xml:lang="{self.language}">{told}'
            f'<rect width="{WIDTH}" height="{height}" fill="{theme.paper}"/>{"".join(self.parts)}</svg>\n'
        ).replace("><", ">\n<")
        return Picture(f"{kind}-{sha256(svg.encode()).hexdigest()[:20]}", svg)


_CORNERS = {
    Shape.SQUARE: ((-88, -88), (88, -88), (88, 88), (-88, 88)),
    Shape.DIAMOND: ((0, -122), (122, 0), (0, 122), (-122, 0)),
    Shape.TRIANGLE: ((0, -118), (112, 84), (-112, 84)),
    Shape.DOWN: ((0, 118), (112, -84), (-112, -84)),
    Shape.HEXAGON: ((-56, -98), (56, -98), (112, 0), (56, 98), (-56, 98), (-112, 0)),
}


def _bare(said: str) -> str:
    """The text without what XML forbids."""
    return "".join(char if char in "\n\t" or char.isprintable() or char == "\u200c" else " " for char in said)
