"""How wide each letter of the pictures' fonts is, as `sebghat/charts/advances.csv` keeps it.

.venv/bin/python -m benchmarks.pictures.advances > sebghat/charts/advances.csv
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator
from importlib.resources import files

from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

WEIGHTS = ("Regular", "Bold")
FORMS = ("alone", "init", "medi", "fina")
Row = tuple[str, ...]


def rows() -> Iterator[Row]:
    """The code point, then the advance of each form in each weight, in thousandths of the size; forms that a letter
    does not have stay empty."""
    tables = [_advances(weight) for weight in WEIGHTS]
    yield "char", *(f"{weight.lower()}_{form}" for weight in WEIGHTS for form in FORMS)
    for char in sorted(set.intersection(*(set(table) for table in tables))):
        yield f"{char:04X}", *(cell for table in tables for cell in table[char])


def _advances(weight: str) -> dict[int, Row]:
    with files("sebghat.charts.fonts").joinpath(f"Vazirmatn-{weight}.ttf").open("rb") as file:
        font = TTFont(file)
        wide, unit = font["hmtx"], font["head"].unitsPerEm
        forms = {form: _forms(font, form) for form in FORMS[1:]}
        found = {}
        for char, glyph in font.getBestCmap().items():
            if 0xFB50 <= char <= 0xFEFE:
                continue  # shapes of letters that stand there under their own code points
            glyphs = [glyph, *(forms[form].get(glyph) for form in FORMS[1:])]
            found[char] = tuple("" if name is None else str(round(wide[name][0] * 1000 / unit)) for name in glyphs)
    return found


def _forms(font: TTFont, form: str) -> dict[str, str]:
    table, found = font["GSUB"].table, dict[str, str]()
    for record in table.FeatureList.FeatureRecord:
        if record.FeatureTag == form:
            for place in record.Feature.LookupListIndex:
                for part in table.LookupList.Lookup[place].SubTable:
                    found |= getattr(getattr(part, "ExtSubTable", part), "mapping", {})
    return found


if __name__ == "__main__":
    csv.writer(sys.stdout, lineterminator="\n").writerows(rows())
