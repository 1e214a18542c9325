"""Streams: people who are signed in and may see the subject get notifications, with names of parts only. No thread, no
database connection is held while a stream is open."""

import asyncio
from collections.abc import Callable
from typing import TypeGuard

from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection
from django.http import HttpRequest, parse_cookie

from accounts.middleware import PersonMiddleware
from accounts.models import User
from core.asgi import Receive, Scope, Send
from core.listen import HOME, INBOX, Listener, Topic, person_topic
from incidents.models import Incident
from incidents.workflow import end_presence, note_presence
from retros.models import Retrospective

KEEP_ALIVE = 20.0  # seconds between comments that keep proxies from closing the stream
PRESENCE = 45.0  # seconds between notes that somebody is still here; their session is checked again then
MOST_STREAMS = 40  # open at once for one person in one process
HEADERS = [
    (b"content-type", b"text/event-stream"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
    (b"x-content-type-options", b"nosniff"),
]


class Stream:
    """The ASGI application of /live/…: server-sent events (HTML standard, 9.2)."""

    def __init__(self) -> None:
        self.listener = Listener()

    async def lifespan(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                self.listener.start()
                await send({"type": "lifespan.startup.complete"})
            else:
                await self.listener.stop()
                await send({"type": "lifespan.shutdown.complete"})
                return

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD"):
            await _refuse(send, 405)
            return
        user, topic = await in_thread(_authorise, scope)
        if user is None:
            await _refuse(send, 404)
            return
        if self.listener.subscribers(person_topic(user.pk)) >= MOST_STREAMS:
            await _refuse(send, 429)
            return
        try:
            with self.listener.subscription(topic, HOME, person_topic(user.pk)) as queue:
                await self._stream(scope, receive, send, user, topic, queue)
        finally:
            if _is_incident(topic):
                await in_thread(end_presence, incident_id=topic, by=user)

    @staticmethod
    async def _stream(
        scope: Scope, receive: Receive, send: Send, user: User, topic: Topic, queue: asyncio.Queue[str | None]
    ) -> None:
        """Say hello once nothing is missed any more, and pass on what comes."""
        await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
        await _write(send, "retry: 1000\nevent: hello\ndata: \n\n")
        gone = asyncio.create_task(_until_gone(receive))
        watch = asyncio.create_task(_watch(scope, user, topic))
        try:
            await _pump(queue, send, gone, watch)
        finally:
            gone.cancel()
            watch.cancel()


async def _pump(queue: asyncio.Queue, send: Send, gone: asyncio.Task, watch: asyncio.Task) -> None:
    """Pass notifications on until the browser goes or may not listen any more; several at once become one each."""
    while True:
        waiting = asyncio.create_task(queue.get())
        done, _ = await asyncio.wait(
            {waiting, gone, watch}, timeout=KEEP_ALIVE, return_when=asyncio.FIRST_COMPLETED
        )
        if waiting not in done:
            waiting.cancel()
            if done:
                return
            await _write(send, ": alive\n\n")
            continue
        rings = {waiting.result()}
        while not queue.empty():
            rings.add(queue.get_nowait())
        if None in rings:  # this process stops: the browser comes back to another one and resyncs
            await send({"type": "http.response.body", "body": b""})
            return
        await _write(send, "".join(f"event: {what}\ndata: \n\n" for what in sorted(rings)))


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _watch(scope: Scope, user: User, topic: Topic) -> None:
    """Keep the person present, and end when the session ended or the incident left their reach."""
    while True:
        if _is_incident(topic):
            await in_thread(note_presence, incident_id=topic, by=user)
        await asyncio.sleep(PRESENCE)
        again, _ = await in_thread(_authorise, scope)
        if again is None:
            return


def _is_incident(topic: Topic) -> TypeGuard[int]:
    return isinstance(topic, int) and topic > HOME


def person_of(scope: Scope) -> User | None:
    """Who is signed in, or None."""
    sent = "; ".join(value.decode("latin-1") for name, value in scope["headers"] if name == b"cookie")
    key = parse_cookie(sent).get(settings.SESSION_COOKIE_NAME, "")
    if "\0" in key:
        return None
    request = HttpRequest()
    request.session = SessionStore(key or None)
    user = get_user(request)
    if not user.is_authenticated or not user.is_active or PersonMiddleware.is_too_old(request):
        return None
    return user


def _authorise(scope: Scope) -> tuple[User | None, Topic]:
    """(user, topic), or (None, HOME) for whoever may not listen here."""
    user = person_of(scope)
    if user is None:
        return None, HOME
    place = scope["path"].removeprefix("/live/").strip("/")
    if place in ("home", "inbox"):
        return user, HOME if place == "home" else INBOX
    kind, _, reference = place.partition("/")
    if kind == "retrospectives":
        return _retrospective(user, reference)
    incident = (
        Incident.objects.visible_to(user).of_reference(reference).first() if kind == "incidents" else None
    )
    return (user, incident.pk) if incident else (None, HOME)


def _retrospective(user: User, number: str) -> tuple[User | None, Topic]:
    if not (number.isascii() and number.isdigit() and len(number) < 19):
        return None, HOME
    found = Retrospective.objects.visible_to(user).filter(pk=int(number)).first()
    return (user, found.chain) if found else (None, HOME)


async def in_thread[**P, R](function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Run database work in a thread and give the connection back at once."""

    def work() -> R:
        try:
            return function(*args, **kwargs)
        finally:
            connection.close()

    return await sync_to_async(work, thread_sensitive=False)()


async def _write(send: Send, text: str) -> None:
    await send({"type": "http.response.body", "body": text.encode(), "more_body": True})


async def _refuse(send: Send, status: int) -> None:
    await send(
        {"type": "http.response.start", "status": status, "headers": [(b"content-type", b"text/plain")]}
    )
    await send({"type": "http.response.body", "body": b"Not here."})


stream = Stream()
