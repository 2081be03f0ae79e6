"""The forms that a message takes in the messengers, written down: once for all that show it alike."""

from __future__ import annotations

import html
from collections.abc import Iterator
from dataclasses import replace

from sebghat.capabilities import CAPABILITIES
from sebghat.conversation import Button, Reply, Span, Style, fit
from tests.messages.stage import Said

VISIBLE = str.maketrans({"\u2066": "⟨", "\u2067": "⟨", "\u2068": "⟨", "\u2069": "⟩", "\u202e": "⟪RLO⟫"})


def forms(said: Said) -> Iterator[tuple[tuple[str, ...], Reply]]:
    """Each form with the messengers that show it. Bold is an extra and makes no form of its own."""
    found: dict[Reply, list[str]] = {}
    for name, capability in CAPABILITIES.items():
        reply = said.unasked if said.unasked.spans and not capability.receives else said.reply
        form = replace(fit(reply, capability), picture=None, file=None)
        found.setdefault(form, []).append(name)
    return ((tuple(names), form) for form, names in found.items())


def tail(form: Reply, before: Reply) -> tuple[Span, ...] | None:
    """What this form has below the whole text of the one before; None where it is another text."""
    rest = form.spans[len(before.spans) :]
    return rest[1:] if before.spans and rest and form.spans == (*before.spans, Span("\n"), *rest[1:]) else None


def extras(said: Said) -> str:
    """What goes beside the text where the messenger takes it."""
    there = {"picture": said.reply.picture, "file": said.reply.file}
    return "".join(f" + {name}" for name, value in there.items() if value is not None)


# As a snapshot: marks that can be seen in a review ---------------------------------------------------------------


def shown(asked: str, said: Said) -> str:
    """`*bold*`, `` `command` ``, ⟨isolated⟩, [label → what a press says]."""
    parts = [f"» {asked.translate(VISIBLE)[:120]}{extras(said)}"]
    several = list(forms(said))
    for place, (names, form) in enumerate(several):
        if len(several) > 1:
            parts.append(f"‹{' '.join(names)}›")
        below = tail(form, several[0][1]) if place else None
        spans = form.spans if below is None else (Span("…\n"), *below)
        parts.append("".join(map(_marked, spans)).translate(VISIBLE) or "(nothing)")
        parts += [" ".join(map(_button, row)).translate(VISIBLE) for row in form.buttons]
    return "\n".join(parts)


def _marked(span: Span) -> str:
    mark = {Style.BOLD: "*", Style.COMMAND: "`", Style.PLAIN: ""}[span.style]
    return f"{mark}{span.text}{mark}" + (f"({span.href})" if span.href else "")


def _button(button: Button) -> str:
    return f"[{button.label or button.command} → {button.data}]"


# As a page to read ----------------------------------------------------------------------------------------------


def page(said: Said, language: str) -> str:
    """The message as people see it, in Markdown with the few tags that it takes."""
    side = ' dir="rtl"' if language == "fa" else ""
    several = list(forms(said))
    blocks = []
    for place, (names, form) in enumerate(several):
        below = tail(form, several[0][1]) if place else None
        spans = form.spans if below is None else (Span("…\n"), *below)
        whose = f"<sub>{', '.join(names)}</sub>\n" if len(several) > 1 else ""
        keys = "".join(
            "\n" + " ".join(f"<kbd>{html.escape(button.label or button.command)}</kbd>" for button in row)
            for row in form.buttons
        )
        blocks.append(f"{whose}<pre{side}>{''.join(map(_tagged, spans))}{keys}</pre>")
    return "\n\n".join(blocks)


def _tagged(span: Span) -> str:
    text = html.escape(span.text, quote=False).replace("\n\n", "\n&#8203;\n").replace("\u202e", "")
    if span.style is Style.BOLD:
        text = f"<b>{text}</b>"
    if span.style is Style.COMMAND:
        text = f"<code>{text}</code>"
    return f'<a href="{html.escape(span.href)}">{text}</a>' if span.href else text
