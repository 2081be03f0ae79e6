"""The pages: what /overtakings and /why say, for those who can only read."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from importlib.resources import files

from aiohttp import web
from jinja2 import Environment

from sebghat.conversation import Reply, Span, Style
from sebghat.wording import LANGUAGES, words

# What a command says in a language; None where there is no such thing.
Answer = Callable[[str, str, str], Awaitable[Reply | None]]

FRESH = 60  # seconds that a page may be shown again; what is put on record shows at once
KEPT = 256  # pages

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": f"public, max-age={FRESH}",
}
WHY = re.compile(r"/why[_ ](\d{1,9})", re.ASCII)
MARKS = re.compile("[\u2066-\u2069]")  # around a command: on a page each stands by itself
PAGE = Environment(autoescape=True, trim_blocks=True).from_string(
    files("bot.web").joinpath("page.html").read_text(encoding="utf-8")
)


class Pages:
    """Plain pages without scripts, in the bot's language, or in the one that `?lang=` names."""

    def __init__(self, answer: Answer, last: Callable[[], Awaitable[int]], language: str) -> None:
        """`last`: the number of the last entry on record."""
        self._answer = answer
        self._last = last
        self._language = language
        # One is made at a time, whoever asks for however many: messages are answered beside them.
        self._making = asyncio.Lock()
        self._kept: dict[tuple[str, str, str], tuple[int, float, str]] = {}  # with their entry and their end

    @property
    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/overtakings", self._overtakings),
            web.get(r"/overtakings/{number:\d{1,9}}", self._why),
        ]

    async def _overtakings(self, request: web.Request) -> web.Response:
        return await self._page(request, "overtakings", "")

    async def _why(self, request: web.Request) -> web.Response:
        return await self._page(request, "why", request.match_info["number"])

    async def _page(self, request: web.Request, command: str, rest: str) -> web.Response:
        asked = request.query.get("lang", "")
        language = asked if asked in LANGUAGES else self._language
        async with self._making:
            page = await self._fresh(command, rest, language)
        if page is None:
            return web.Response(status=404, text=words(language, "page.none"), headers=HEADERS)
        return web.Response(text=page, content_type="text/html", headers=HEADERS)

    async def _fresh(self, command: str, rest: str, language: str) -> str | None:
        """The page as it is now, made anew only where it may have changed."""
        name, last, now = (command, rest, language), await self._last(), asyncio.get_running_loop().time()
        of, until, page = self._kept.pop(name, (-1, now, ""))
        if of != last or until <= now:
            reply = await self._answer(command, rest, language)
            if reply is None:
                return None
            until, page = now + FRESH, self._written(reply, rest, language)
        self._kept[name] = last, until, page
        if len(self._kept) > KEPT:
            del self._kept[next(iter(self._kept))]
        return page

    def _written(self, reply: Reply, rest: str, language: str) -> str:
        suffix = f"?lang={language}" if language != self._language else ""
        here = f"/overtakings/{rest}" if rest else "/overtakings"
        links = [(words(language, "page.all"), f"/overtakings{suffix}")] if rest else []
        links += [(words(other, "page.language"), f"{here}?lang={other}") for other in LANGUAGES if other != language]
        return PAGE.render(
            language=language,
            direction="rtl" if language == "fa" else "ltr",
            title=MARKS.sub("", reply.plain.partition("\n")[0]),
            lines=[line for line in _lines(reply, suffix) if line],
            links=links,
        )


def _lines(reply: Reply, suffix: str) -> Iterator[list[Span]]:
    """The spans of each line. A command that has a page leads there, an address of the web where it says."""
    line: list[Span] = []
    for span in reply.spans:
        first, *others = span.text.split("\n")
        line += [_linked(replace(span, text=first), suffix)] if first else []
        for other in others:
            yield line
            line = [_linked(replace(span, text=other), suffix)] if other else []
    yield line


def _linked(span: Span, suffix: str) -> Span:
    if span.style is Style.COMMAND:
        text = MARKS.sub("", span.text)
        asked = WHY.fullmatch(text)
        return replace(span, text=text, href=f"/overtakings/{asked[1]}{suffix}" if asked else "")
    return replace(span, href=span.href if span.href.startswith(("https://", "http://")) else "")
