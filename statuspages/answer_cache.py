"""Public pages answered from memory: an address is rendered once, and the answer given to everybody who asks.

An answer is rendered again when something has changed (the database notifies this process), and at the latest when
it is two seconds old, because time alone changes a page as well. Requests that come while it is rendered wait for
the same one; where that takes too long, because the database hangs, they get the copy on disk, which says how old it
is. What the browser has already (RFC 9110, 13.1) is answered with 304 before anything else happens.

Addresses that are not kept yet are rendered one after the other: whoever asks for thousands of made-up ones keeps no
reader of a page waiting.
"""

import asyncio
import gzip
import re
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

from django.conf import settings
from django.urls import Resolver404, resolve
from django.utils.http import parse_etags, parse_http_date_safe

from core.asgi import App, Message, Receive, Scope, Send
from statuspages.middleware import BELOW, OWN_HOST
from statuspages.public_routes import Answer
from statuspages.views.responses import CACHING, host_name

Headers = list[tuple[bytes, bytes]]

RENDER_AFTER = 1.0  # seconds: from then on an answer is rendered again beside, and still given
OLDEST = 2.0  # seconds: an answer of that age is not given any more
PATIENCE = 3.0  # seconds: a reader waits no longer for a rendering where there is a copy
MOST_BYTES = 64 * 1024 * 1024  # of all answers together
BESIDE = 2048  # bytes that an answer takes besides its body
MOST_AT_ONCE = 2  # renderings of one address
MOST_NEW = 100  # renderings of addresses that are not kept, running or waiting
NO_WEIGHT = re.compile(r"q\s*=\s*0(\.0*)?")
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
        return len(self.body) + len(self.zipped) + BESIDE

    @property
    def is_for_all(self) -> bool:
        """Whether it may be given to others later: a page, and nothing that was said to one reader."""
        named = dict(self.headers)
        return (
            self.status == 200
            and b"set-cookie" not in named
            and named.get(b"cache-control", b"").startswith(b"public")
        )


BUSY = Kept(
    503,
    [(b"content-type", b"text/plain"), (b"retry-after", b"2"), (b"cache-control", b"no-store")],
    b"Too many addresses are asked for at once. Try again in a few seconds.",
    b"", 0.0, -1,
)  # fmt: skip


@dataclass(eq=False)
class Rendering:
    """`change` as in its answer; None until it begins."""

    asked_at: float
    is_new: bool  # nothing is kept of its address, and no other rendering of it runs
    change: int | None = None
    task: "asyncio.Task[Kept]" = field(init=False)


def no_copy(host: str, path: str) -> Answer | None:
    return None


class AnswerCache:
    """An ASGI application before `app`, for requests to public pages only.

    `copy` reads what is given instead of a rendering that takes too long, by host and path.
    """

    def __init__(self, app: App, copy: Callable[[str, str], Answer | None] = no_copy) -> None:
        self.app = app
        self.copy = copy
        self.kept: OrderedDict[Key, Kept] = OrderedDict()
        self.bytes = 0
        self.change = 0
        self.rendering: dict[Key, list[Rendering]] = {}
        self.one_new_at_once = asyncio.Semaphore(1)
        self.new = 0

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
            kept = await self._in_time(key, scope)
        else:
            self.kept.move_to_end(key)
            if age >= RENDER_AFTER:
                self._rendered(key, scope)
        await _answer(kept, scope, send)

    def _key(self, scope: Scope) -> Key | None:
        """None for what is never kept. The query is no part of it: no page that is kept reads one."""
        if scope["method"] not in ("GET", "HEAD"):
            return None
        return Key(host_name(_header(scope, b"host")), _is_secure(scope), scope["path"])

    async def _in_time(self, key: Key, scope: Scope) -> Kept:
        """The answer; where it takes too long, the copy, if there is one. Too many new addresses are refused."""
        if key not in self.kept and key not in self.rendering and self.new >= MOST_NEW:
            return await self._copied(key) or BUSY
        rendering = self._rendered(key, scope)
        waited = asyncio.get_running_loop().time() - rendering.asked_at
        done, _ = await asyncio.wait({rendering.task}, timeout=max(PATIENCE - waited, 0.0))
        if not done and (copied := await self._copied(key)):
            return copied
        return await asyncio.shield(rendering.task)

    async def _copied(self, key: Key) -> Kept | None:
        found = await asyncio.to_thread(self.copy, key.host, key.path)
        if found is None:
            return None
        headers = [(b"content-type", found.type.encode()), (b"cache-control", CACHING.encode())]
        return Kept(200, headers, found.body, b"", 0.0, -1)

    def _rendered(self, key: Key, scope: Scope) -> Rendering:
        """One that runs for this address and began after the last change, or waits to begin; else a new one."""
        for rendering in self.rendering.get(key, ()):
            if rendering.change in (None, self.change):
                return rendering
        is_new = key not in self.kept and key not in self.rendering
        rendering = Rendering(asyncio.get_running_loop().time(), is_new)
        self.new += is_new
        self.rendering.setdefault(key, []).append(rendering)
        rendering.task = asyncio.create_task(self._render(key, scope, rendering))
        rendering.task.add_done_callback(lambda _: self._ended(key, rendering))
        return rendering

    def _ended(self, key: Key, rendering: Rendering) -> None:
        self.new -= rendering.is_new
        self.rendering[key].remove(rendering)
        if not self.rendering[key]:
            del self.rendering[key]
        if not rendering.task.cancelled():
            rendering.task.exception()  # whoever waits is told of it

    async def _render(self, key: Key, scope: Scope, rendering: Rendering) -> Kept:
        while len(begun := self._begun(key)) >= MOST_AT_ONCE:
            await asyncio.wait(begun, return_when=asyncio.FIRST_COMPLETED)
        if not rendering.is_new:
            return await self._ask(key, scope, rendering)
        async with self.one_new_at_once:
            return await self._ask(key, scope, rendering)

    def _begun(self, key: Key) -> "list[asyncio.Task[Kept]]":
        return [r.task for r in self.rendering.get(key, ()) if r.change is not None and not r.task.done()]

    async def _ask(self, key: Key, scope: Scope, rendering: Rendering) -> Kept:
        rendering.change, began = self.change, asyncio.get_running_loop().time()
        kept = await _ask(self.app, scope, began, rendering.change)
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


def _header(scope: Scope, name: bytes) -> str:
    """The first header of that name; empty where there is none."""
    return next((value.decode("latin-1") for known, value in scope["headers"] if known == name), "")


def _is_secure(scope: Scope) -> bool:
    """As Django says it of the same request (SECURE_PROXY_SSL_HEADER): by the first of several."""
    told = _header(scope, b"x-forwarded-proto").partition(",")[0].strip()
    return "https" in (scope["scheme"], told)


async def _ask(app: App, scope: Scope, began: float, change: int) -> Kept:
    """The whole answer to a GET that says nothing of the reader: only where they ask, and how they came there."""
    scheme = b"https" if _is_secure(scope) else b"http"
    headers = [(b"host", _header(scope, b"host").encode("latin-1")), (b"x-forwarded-proto", scheme)]
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
    is_zipped = bool(kept.zipped) and _takes_gzip(_header(scope, b"accept-encoding"))
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


def _takes_gzip(accepted: str) -> bool:
    """Whether a reader takes it (RFC 9110, 12.5.3): named, and not with a weight of nothing."""
    for coding in accepted.lower().split(","):
        name, _, weight = coding.partition(";")
        if name.strip() == "gzip":
            return not NO_WEIGHT.fullmatch(weight.strip())
    return False


def _has_it(kept: Kept, asked: dict[bytes, bytes]) -> bool:
    """Whether the reader has this very answer (RFC 9110, 13.1.2 and 13.1.3): the tag decides where there is one."""
    named = dict(kept.headers)
    if (tags := asked.get(b"if-none-match")) is not None:
        known = {tag.removeprefix("W/") for tag in parse_etags(tags.decode("latin-1"))}
        return "*" in known or named.get(b"etag", b"").decode("latin-1").removeprefix("W/") in known
    since = parse_http_date_safe(asked.get(b"if-modified-since", b"").decode("latin-1"))
    last = parse_http_date_safe(named.get(b"last-modified", b"").decode("latin-1"))
    return since is not None and last is not None and last <= since
