"""Bale: a Bot API like Telegram's that always reads a text as light Markdown, https://docs.bale.ai."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from bot.transports.answers import Dialect
from bot.transports.thin import Profile
from sebghat.capabilities import BALE
from sebghat.conversation import Reply, Span, Style

# At the edge of a word these begin or end bold and slanted text, and nothing takes that from them: a letter that
# looks alike stands for them there. Within a word, and alone, they are what they are.
LOOKALIKE = {"*": "\u2217", "_": "\uff3f"}
EDGE = re.compile(r"(?<!\S)[*_]+(?=\S)|(?<=\S)[*_]+(?!\S)")
LINK = re.compile(r"\](?=\()")

DIALECT = Dialect(
    "Bale",
    closed=re.compile(r"permission_denied|no such group or user|chat not found|not enough rights", re.IGNORECASE),
    busy=re.compile(r"bot limit exceed|local_rate_limited", re.IGNORECASE),
    stranger=re.compile(r"token not found|unauthorized", re.IGNORECASE),
)


def written(reply: Reply) -> Reply:
    """The text with its markup in it, and without what would be read as markup by accident."""
    return replace(reply, spans=tuple(_written(reply.spans)))


def _written(spans: Sequence[Span]) -> Iterator[Span]:
    for place, span in enumerate(spans):
        before = spans[place - 1].text[-1:] if place else ""
        after = spans[place + 1].text[:1] if place + 1 < len(spans) else ""
        text = LINK.sub("] ", EDGE.sub(lambda found: "".join(map(LOOKALIKE.__getitem__, found[0])), span.text))
        alone = not before.strip() and not after.strip() and "\n" not in text and text == text.strip() != ""
        if span.href:
            label = text.replace("[", "(").replace("]", ")")
            yield replace(span, text=f"[{label}]({span.href.replace('(', '%28').replace(')', '%29')})")
        elif span.style is Style.BOLD and alone and "*" not in text:
            yield replace(span, text=f"*{text}*")
        else:
            yield replace(span, text=text)


PROFILE = Profile(
    capability=BALE,
    api="https://tapi.bale.ai",
    dialect=DIALECT,
    quiet={},
    members=True,
    reply_to_files=True,
    written=written,
)
