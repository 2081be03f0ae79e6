"""One HTTP client for each transport: bounded answers, and whether a request that failed may have arrived."""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from types import SimpleNamespace
from typing import IO, Any, TypeVar
from urllib.parse import unquote, urlsplit

import aiohttp

from bot.redaction import redactor
from bot.transports.transport import Kind, Outcome, Unfetchable

BODY_LIMIT = 16 * 1024 * 1024  # bytes; a hundred updates with the longest texts need less
WORDS_LIMIT = 200  # characters of a messenger's own words that are kept
LONGEST_WAIT = 24 * 3600  # seconds that a messenger may ask us to wait
LONGEST_NUMBER = 40  # digits; Python reads no more than 4300
IDLE = 15.0  # seconds that a connection is kept; shorter than servers do, so that none closes under a request

# What aiohttp and aiohttp-socks raise where a connection fails; all errors of TLS and sockets are OSErrors.
FAILURES: tuple[type[Exception], ...] = (aiohttp.ClientError, OSError, TimeoutError, EOFError)
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]+")


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds; tests have less time than people."""

    poll: int = 30  # that a messenger holds a question for updates
    answer: float = 20  # for everything else
    transfer: float = 60  # for a picture or file, in or out
    between: float = 2  # between two questions for updates, where the messenger does not hold them
    connect: float = 10
    first_pause: float = 1
    longest_pause: float = 30
    conflict: float = 60  # that the poll of a killed process may live on
    remember: float = 60  # that it is known who administers a chat
    patience: float = 30  # that one call may wait until the rest of a long text can be sent


USUAL = Timing()
Part = TypeVar("Part")


@dataclass(frozen=True)
class Answer:
    """What came back; a body that was too long or broke off is empty."""

    status: int
    body: bytes
    retry_after: str = ""  # the header

    @cached_property
    def fields(self) -> Mapping[str, Any] | None:
        """The JSON object in the body, if there is one."""
        try:
            found = json.loads(self.body.decode("utf-8", "replace"), parse_int=_whole_number)
        except (ValueError, RecursionError):
            return None
        return found if isinstance(found, dict) else None


def _whole_number(digits: str) -> int | None:
    """One number that no id is must not make a whole batch unreadable."""
    return int(digits) if len(digits) <= LONGEST_NUMBER else None


class Wire:
    """Posts to one messenger. The base address holds the token: nothing here tells an address to anybody."""

    def __init__(self, base: str, token: str, proxy: str | None = None, connect: float = 10.0) -> None:
        self._base = base
        self._proxy = proxy
        self._connect = connect
        self._session: aiohttp.ClientSession | None = None
        self._closed = False
        self._failures = (*FAILURES, *_proxy_failures(proxy))
        password = urlsplit(proxy).password if proxy else None
        self._redact = redactor({token, password or "", unquote(password or "")})

    async def post(self, method: str, seconds: float, *, json: object = None, form: object = None) -> Answer | Outcome:
        """The answer; an outcome where none came: `transient` if no byte can have left, else `unknown`."""
        return await self.post_to(f"{self._base}/{method}", seconds, json=json, form=form)

    async def post_to(
        self,
        address: str,
        seconds: float,
        *,
        json: object = None,
        form: object = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer | Outcome:
        """The same to any address."""
        if self._closed:
            return Outcome(Kind.TRANSIENT, detail="closed")
        progress = SimpleNamespace(begun=False)
        try:
            async with self._opened().post(
                address,
                json=json,
                data=form,
                headers=headers,
                allow_redirects=False,
                timeout=aiohttp.ClientTimeout(total=seconds, connect=self._connect, sock_connect=self._connect),
                trace_request_ctx=progress,
            ) as answer:
                body = await _bounded(answer)
                return Answer(answer.status, body, answer.headers.get("Retry-After", ""))
        except self._failures as error:
            # The error's own text may hold the address.
            kind = Kind.UNKNOWN if progress.begun else Kind.TRANSIENT
            return Outcome(kind, detail=type(error).__name__)

    async def fetch(self, address: str, seconds: float, limit: int) -> bytes:
        """What lies at an address, at most `limit` bytes. Raises Unfetchable."""
        if self._closed:
            raise Unfetchable("unreachable")
        try:
            async with self._opened().get(
                address,
                allow_redirects=False,
                timeout=aiohttp.ClientTimeout(total=seconds, connect=self._connect, sock_connect=self._connect),
                trace_request_ctx=SimpleNamespace(begun=False),
            ) as answer:
                if answer.status != 200:
                    raise Unfetchable("gone" if 400 <= answer.status < 500 else "unreachable")
                body = await _read(answer, limit)
        except self._failures:
            raise Unfetchable("unreachable") from None
        if body is None:
            raise Unfetchable("large")
        return body

    def words(self, text: object) -> str:
        """A messenger's own words, safe to keep and to show: a server may repeat what it was asked."""
        return CONTROL.sub(" ", self._redact(str(text)))[:WORDS_LIMIT].strip()

    async def close(self) -> None:
        self._closed = True
        if self._session is not None:
            await self._session.close()

    def _opened(self) -> aiohttp.ClientSession:
        """The session, made with the first request since it belongs to the running loop."""
        if self._session is None:
            trace = aiohttp.TraceConfig()
            trace.on_connection_create_end.append(_begin)
            trace.on_connection_reuseconn.append(_begin)
            self._session = aiohttp.ClientSession(
                connector=_connector(self._proxy), cookie_jar=aiohttp.DummyCookieJar(), trace_configs=[trace]
            )
        return self._session


def form_of(fields: Mapping[str, str]) -> aiohttp.FormData:
    """A form that takes files too; their names go as they are, which servers read better than percent signs."""
    return aiohttp.FormData(fields, quote_fields=False)


def attach(form: aiohttp.FormData, field: str, name: str, content: bytes | IO[bytes], media_type: str) -> None:
    form.add_field(field, content, filename=CONTROL.sub("", name), content_type=media_type)


def sent_id(value: object) -> str:
    """The id of a message that was sent, as text; empty where none is told (Bale tells 0 for none)."""
    told = isinstance(value, int | str) and not isinstance(value, bool) and value != 0
    return str(value)[:64] if told else ""


def refusal(answer: Answer, wait: int) -> Outcome | None:
    """What holds for every messenger before its own words are looked at: refused for load, a fault of the
    server's, an answer that is none. `wait` is for a refusal that names no time."""
    detail = f"HTTP {answer.status}"
    if answer.status == 429:
        return Outcome(Kind.RETRY_AFTER, retry_after=waiting(answer, wait), detail=detail)
    if answer.status >= 500:
        return Outcome(Kind.UNKNOWN, detail=detail)
    if answer.fields is None and answer.status < 300:
        return Outcome(Kind.UNKNOWN, detail=f"{detail}, not readable")
    return None


def waiting(answer: Answer, wait: int) -> int:
    """The seconds that an answer asks us to wait."""
    parameters = (answer.fields or {}).get("parameters")
    named = parameters.get("retry_after") if isinstance(parameters, dict) else None
    for given in (named, answer.retry_after):
        try:
            seconds = int(float(given)) if isinstance(given, str | int | float) else 0
        except (ValueError, OverflowError):  # a date, or no number at all
            continue
        if seconds > 0:
            return min(seconds, LONGEST_WAIT)
    return wait


def repeatable(outcome: Outcome) -> Outcome:
    """Of what may be asked again without harm: that it may have been done is as good as that it was not."""
    return Outcome(Kind.TRANSIENT, detail=outcome.detail) if outcome.kind is Kind.UNKNOWN else outcome


async def in_parts(parts: Sequence[Part], send: Callable[[Part], Awaitable[Outcome]], timing: Timing) -> Outcome:
    """Sends one part after the other; the outcome of the first stands for all if each arrived.

    What stopped after some had arrived is tried again from there as long as it is known not sent and patience
    lasts, and is never reported as `known not sent`: nobody should send the first parts twice."""
    first = Outcome(Kind.REJECTED, detail="nothing to send")
    deadline = time.monotonic() + timing.patience
    for number, part in enumerate(parts):
        outcome = await send(part)
        while number and outcome.kind in {Kind.RETRY_AFTER, Kind.TRANSIENT}:
            pause = outcome.retry_after or timing.first_pause
            if time.monotonic() + pause > deadline:
                break
            await asyncio.sleep(pause)
            outcome = await send(part)
        first = first if number else outcome
        if outcome.kind is not Kind.OK:
            if not number:
                return outcome
            detail = f"{number} of {len(parts)} parts arrived, then: {outcome.detail or outcome.kind}"
            for_good = outcome.kind in {Kind.PERMANENT, Kind.REJECTED}
            return Outcome(outcome.kind if for_good else Kind.UNKNOWN, detail=detail)
    return first


async def _begin(session: aiohttp.ClientSession, context: SimpleNamespace, parameters: object) -> None:
    """There is a connection: from here on, bytes may have left."""
    context.trace_request_ctx.begun = True


async def _bounded(answer: aiohttp.ClientResponse) -> bytes:
    try:
        return await _read(answer, BODY_LIMIT) or b""
    except FAILURES:
        return b""  # the status has arrived, and says enough where the body does not


async def _read(answer: aiohttp.ClientResponse, limit: int) -> bytes | None:
    """The body; None if it is longer."""
    body = bytearray()
    async for chunk in answer.content.iter_chunked(65_536):
        body += chunk
        if len(body) > limit:
            answer.close()  # the rest is not read either
            return None
    return bytes(body)


def _connector(proxy: str | None) -> aiohttp.BaseConnector:
    if proxy is None:
        return aiohttp.TCPConnector(keepalive_timeout=IDLE)
    from aiohttp_socks import ProxyConnector  # noqa: PLC0415 - only where there is a proxy

    # Names are resolved at the proxy: where a messenger is filtered, its name often is too.
    return ProxyConnector.from_url(proxy, rdns=True, keepalive_timeout=IDLE)


def _proxy_failures(proxy: str | None) -> tuple[type[Exception], ...]:
    if proxy is None:
        return ()
    from aiohttp_socks import ProxyConnectionError, ProxyError, ProxyTimeoutError  # noqa: PLC0415

    return (ProxyConnectionError, ProxyError, ProxyTimeoutError)
