"""What is put above an announcement that was corrected since, where its messenger lets it be edited."""

from __future__ import annotations

from collections.abc import Iterable

from sebghat.announcement import PARAGRAPH, headline_of
from sebghat.conversation import NOTHING, Reply
from sebghat.notes import Kind, Note
from sebghat.voice import Voice


def marked(text: Reply, corrections: Iterable[Note], voice: Voice) -> Reply:
    """The text below a line for each announcement of it that something became of since; the last word counts."""
    last = {note.number: note for note in corrections if note.kind is not Kind.EVENT}
    lines = [
        voice.say(
            f"marked.{'withdrawn' if note.kind is Kind.CORRECTION else 'reinstated' if note.reinstated else 'updated'}",
            headline=headline_of(note.facts, voice).plain,
        )
        for note in last.values()
    ]
    return NOTHING.above(*lines).and_(PARAGRAPH).and_(text) if lines else text
