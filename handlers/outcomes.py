"""How deliveries ended, in words: of a messenger, of a message, of a channel."""

from __future__ import annotations

from collections.abc import Sequence

from sebghat.voice import Voice
from storage.store import Tally


def went(tally: Tally, voice: Voice) -> str:
    """How many arrived, and why the others did not."""
    words = voice.words("deliveries.went", **counts([tally], voice))
    why = reasons(tally, voice)
    return voice.words("deliveries.because", went=words, reasons=voice.list(why)) if why else words


def counts(tallies: Sequence[Tally], voice: Voice) -> dict[str, str]:
    """Together: queued, arrived, uncertain, and what did not arrive for good."""
    sums = {
        "pending": sum(tally.open for tally in tallies),
        "sent": sum(tally.sent for tally in tallies),
        "uncertain": sum(tally.uncertain for tally in tallies),
        "failed": sum(tally.failed + tally.expired for tally in tallies),
    }
    return {name: voice.number(count) for name, count in sums.items()}


def reasons(tally: Tally, voice: Voice) -> list[str]:
    """Why those that did not arrive did not, each with how many."""
    counted = [*tally.reasons, ("expired", tally.expired)]
    return [
        voice.words(f"deliveries.{reason or 'failed'}", count=voice.number(many)) for reason, many in counted if many
    ]
