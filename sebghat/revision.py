"""What is typed after /correct and /claim: a change of a figure on record, a claim without figures of both."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sebghat import letters
from sebghat.claim import Said
from sebghat.dates import names_a_date, read_date
from sebghat.observation import METRICS, Value
from sebghat.options import named, read_only, refused_at_sight, within
from sebghat.periods import AsOf
from sebghat.platforms import Platforms, Unknown
from sebghat.reading import nobody, read_value
from sebghat.refusal import Refusal


@dataclass(frozen=True, slots=True)
class Change:
    """What a correction changes; None leaves as it is."""

    value: Value | None = None
    asof: AsOf | None = None
    n: int | None = None
    release: str | None = None


def read_change(text: str, metric: str, today: date) -> Change | Refusal:
    """What follows the number in /correct: a new value, a date, n or release, in any company."""
    if refusal := refused_at_sight(text):
        return refusal
    main, raw = named(text)
    read = read_only(raw, {"date", "n", "release"}, "not_to_correct", today)
    if isinstance(read, Refusal):
        return read
    if main:
        found = read_value(main.split(), METRICS[metric].unit, today)
        if isinstance(found, Refusal):
            alone = read_date(main, today)
            if isinstance(alone, Refusal):
                return alone if names_a_date(main) else within(found, "", text[len(main) :].strip())
            read["asof"] = alone.asof
        else:
            reading, dated = found
            read["value"] = reading.value
            if dated is not None:
                read["asof"] = dated.asof
    if "n" in read and metric != "poll":
        return Refusal("n_on_count", letters.visible(text, 40))
    if not read:
        return Refusal("change_missing", "")
    return Change(**read)  # type: ignore[arg-type]  # each option was checked where it was read


def read_claim(text: str, platforms: Platforms, today: date) -> Said | Refusal:
    """`/claim eitaa telegram [date] source=… quote=«…»`."""
    if refusal := refused_at_sight(text):
        return refusal
    main, raw = named(text)
    read = read_only(raw, {"date", "source", "scope", "quote"}, "unknown_option", today)
    if isinstance(read, Refusal):
        return read
    words, said = main.split(), text[len(main) :].strip()
    sides: list[str] = []
    for _ in range(2):
        platform, words = platforms.take(words)
        if isinstance(platform, Unknown):
            if not platform.written:
                return Refusal("claim_sides", "")
            return within(nobody(platform), " ".join(sides), " ".join([*words, said]).strip())
        sides.append(platform.key)
    if words:
        dated = read_date(" ".join(words), today)
        if isinstance(dated, Refusal):
            return within(dated, " ".join(sides), said)
        read["asof"] = dated.asof
    if sides[0] == sides[1]:
        return Refusal("claim_sides", letters.visible(main, 40))
    asof, source = read.get("asof"), read.get("source")
    return Said(
        sides[0],
        sides[1],
        asof if isinstance(asof, AsOf) else None,
        str(source) if source else None,
        str(read.get("scope", "ir")),
        str(read.get("quote", "")),
    )
