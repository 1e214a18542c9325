"""Public pages answered from memory: an address is rendered once, and the answer given to everybody who asks.

An answer is rendered again when something has changed (the database notifies this process), and at the latest when
it is two seconds old, because time alone changes a page as well. Requests that come while it is rendered wait for
the same one. What the browser has already (RFC 9110, 13.1) is answered with 304 before anything else happens.
"""

import asyncio
import gzip
from collections import OrderedDict
from dataclasses import dataclass

from django.conf import settings
from django.urls import Resolver404, resolve
from django.utils.http import parse_etags, parse_http_date_safe

from core.asgi import App, Message, Receive, Scope, Send
from statuspages.middleware import BELOW, OWN_HOST
from statuspages.views.responses import host_name

Headers = list[tuple[bytes, bytes]]

RENDER_AFTER = 1.0  # seconds: from then on an answer is rendered again beside, and still given
OLDEST = 2.0  # seconds: an answer of that age is not given any more
MOST_BYTES = 64 * 1024 * 1024  # of all answers together
NOT_PASSED_ON = {
    b"accept-encoding", b"cookie", b"if-match", b"if-modified-since", b"if-none-match", b"if-range",
    b"if-unmodified-since", b"range",
}  # fmt: skip
"""Headers of a reader that an answer for everybody must not depend on."""
OF_A_304 = {b"cache-control", b"etag", b"expires", b"last-modified", b"vary"}


@dataclass(frozen=True)
class Key:
    """What an answer depends on, besides the data; however a reader writes it, so that nobody can fill the memory."""

    host: str
    is_secure: bool
    path: str


@dataclass
class Kept:
    """One answer; `change` counts the changes that had been notified when its rendering began."""

    status: int
    headers: Headers
    body: bytes
    zipped: bytes
    made_at: float
    change: int

    @property
    def size(self) -> int:
        return len(self.body) + len(self.zipped)

    @property
    def is_for_all(self) -> bool:
        """Whether it may be given to others later: a page, and nothing that was said to one reader."""
        named = dict(self.headers)
        return (
            self.status == 200
            and b"set-cookie" not in named
            and named.get(b"cache-control", b"").startswith(b"public")
        )


class AnswerCache:
    """An ASGI application before `app`, for requests to public pages only."""

    def __init__(self, app: App) -> None:
        self.app = app
        self.kept: OrderedDict[Key, Kept] = OrderedDict()
        self.bytes = 0
        self.change = 0
        self.rendering: dict[Key, asyncio.Task[Kept]] = {}

    def changed(self) -> None:
        """Something that a page may show has changed: every answer is rendered before it is given again."""
        self.change += 1

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        key = self._key(scope)
        kept = self.kept.get(key) if key else None
        if key is None or (kept is None and not _is_for_all(key)):
            await self.app(scope, receive, send)
            return
        age = asyncio.get_running_loop().time() - kept.made_at if kept else OLDEST
        if kept is None or kept.change != self.change or age >= OLDEST:
            kept = await asyncio.shield(self._rendered(key, scope))
        else:
            self.kept.move_to_end(key)
            if age >= RENDER_AFTER:
                self._rendered(key, scope)
        await _answer(kept, scope, send)

    def _key(self, scope: Scope) -> Key | None:
        """None for what is never kept. The query is no part of it: no page that is kept reads one."""
        if scope["method"] not in ("GET", "HEAD"):
            return None
        headers = dict(scope["headers"])
        is_secure = "https" in (scope["scheme"], headers.get(b"x-forwarded-proto", b"").decode("latin-1"))
        return Key(host_name(headers.get(b"host", b"").decode("latin-1")), is_secure, scope["path"])

    def _rendered(self, key: Key, scope: Scope) -> "asyncio.Task[Kept]":
        """The rendering that runs for this address, or a new one; a change since it began needs a new one."""
        running = self.rendering.get(key)
        if running is None or running.get_name() != str(self.change):
            running = asyncio.create_task(self._render(key, scope), name=str(self.change))
            running.add_done_callback(lambda done: self._ended(key, done))
            self.rendering[key] = running
        return running

    def _ended(self, key: Key, task: "asyncio.Task[Kept]") -> None:
        if self.rendering.get(key) is task:
            del self.rendering[key]
        if not task.cancelled():
            task.exception()  # whoever waits is told of it

    async def _render(self, key: Key, scope: Scope) -> Kept:
        change, began = self.change, asyncio.get_running_loop().time()
        kept = await _ask(self.app, scope, began, change)
        old = self.kept.get(key)
        if old is None or old.made_at <= began:  # else another one began later and was ready first
            self._keep(key, kept)
        return kept

    def _keep(self, key: Key, kept: Kept) -> None:
        if old := self.kept.pop(key, None):
            self.bytes -= old.size
        if kept.is_for_all:
            self.kept[key] = kept
            self.bytes += kept.size
        while self.bytes > MOST_BYTES:
            _, oldest = self.kept.popitem(last=False)
            self.bytes -= oldest.size


def _is_for_all(key: Key) -> bool:
    """Whether the view at this address is a public page: the same for whoever asks."""
    own_host = key.host in settings.STATUS_HOSTS
    if not own_host and not key.path.startswith(BELOW):
        return False
    try:
        view = resolve(key.path, OWN_HOST if own_host else None).func
    except Resolver404:
        return False
    return getattr(view, "is_for_all", False)


async def _ask(app: App, scope: Scope, began: float, change: int) -> Kept:
    """The whole answer to a GET that says nothing of the reader."""
    headers = [(name, value) for name, value in scope["headers"] if name.lower() not in NOT_PASSED_ON]
    plain = dict(scope) | {"method": "GET", "query_string": b"", "headers": headers}
    status, answered, parts = 0, [], []

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        nonlocal status, answered
        if message["type"] == "http.response.start":
            status, answered = message["status"], [(n.lower(), v) for n, v in message["headers"]]
        elif message["type"] == "http.response.body":
            parts.append(message.get("body", b""))

    await app(plain, receive, send)
    body = b"".join(parts)
    kept = [(name, value) for name, value in answered if name not in (b"content-length", b"vary")]
    zipped = await asyncio.to_thread(gzip.compress, body, 6, mtime=0) if len(body) > 200 else b""
    return Kept(status, kept, body, zipped, began, change)


async def _answer(kept: Kept, scope: Scope, send: Send) -> None:
    asked = dict(scope["headers"])
    is_zipped = bool(kept.zipped) and b"gzip" in asked.get(b"accept-encoding", b"")
    body = kept.zipped if is_zipped else kept.body
    headers = [*kept.headers, (b"vary", b"Accept-Encoding")]
    if is_zipped:  # another representation, as Django's own middleware says it
        headers = [(n, b"W/" + v if n == b"etag" and not v.startswith(b"W/") else v) for n, v in headers]
        headers.append((b"content-encoding", b"gzip"))
    status = kept.status
    if status == 200 and _has_it(kept, asked):
        status, body = 304, b""
        headers = [(name, value) for name, value in headers if name in OF_A_304]
    else:
        headers.append((b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})


def _has_it(kept: Kept, asked: dict[bytes, bytes]) -> bool:
    """Whether the reader has this very answer (RFC 9110, 13.1.2 and 13.1.3): the tag decides where there is one."""
    named = dict(kept.headers)
    if (tags := asked.get(b"if-none-match")) is not None:
        known = {tag.removeprefix("W/") for tag in parse_etags(tags.decode("latin-1"))}
        return "*" in known or named.get(b"etag", b"").decode("latin-1").removeprefix("W/") in known
    since = parse_http_date_safe(asked.get(b"if-modified-since", b"").decode("latin-1"))
    last = parse_http_date_safe(named.get(b"last-modified", b"").decode("latin-1"))
    return since is not None and last is not None and last <= since
