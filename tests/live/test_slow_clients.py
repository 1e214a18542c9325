"""Can somebody who sends or reads slowly keep others waiting?"""

import asyncio
import contextlib
import socket
import time
import urllib.request
from threading import Event, Thread

import pytest
from a2wsgi import WSGIMiddleware
from django.db import OperationalError, connection

from core import time_limit, transfer
from core.time_limit import TimeLimit, TimeLimitExceededError
from core.transfer import TransferBuffer
from statuspages.models import StatusPage
from statuspages.workflow import keep_page
from tests.loops import run

UNFINISHED = 50
SIGN_IN = (
    b"POST /accounts/login/ HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    b"Cookie: csrf=" + b"a" * 32 + b"\r\nContent-Length: %d\r\n\r\nlogin=a"
)


@pytest.fixture
def web(webs) -> int:
    return webs.ports[0]


@pytest.fixture
def connect(web):
    with contextlib.ExitStack() as opened:
        yield lambda: opened.enter_context(socket.create_connection(("127.0.0.1", web), timeout=40))


def _seconds(port: int, path: str) -> float:
    began = time.monotonic()
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as response:
        assert response.status == 200
        response.read()
    return time.monotonic() - began


def test_unfinished_requests_keep_nobody_waiting(web, connect, admin):
    keep_page(by=admin, page=StatusPage(slug="shop", name="Shop", is_published=True, time_zone="UTC"))
    _seconds(web, "/status/shop/")
    for _ in range(UNFINISHED):
        connect().sendall(SIGN_IN % 1000)
    for path in ("/healthz", "/status/shop/", "/accounts/login/"):
        assert _seconds(web, path) < 1, path


def test_a_response_that_nobody_reads_frees_its_thread():
    """With 50 pieces, more than the queue between thread and event loop holds."""
    is_written = Event()

    def page(environ, start_response):
        start_response("200 OK", [])
        for _ in range(50):
            yield b"x" * 1000
        is_written.set()

    async def receive():
        return {"type": "http.request", "body": b""}

    async def send(message):
        if message["type"] == "http.response.body":
            await asyncio.Event().wait()  # a client that takes nothing

    async def request():
        buffer = TransferBuffer(WSGIMiddleware(page, workers=1), limit_of=lambda path: 1000, budget=1000)
        scope = {"type": "http", "method": "GET", "path": "/", "query_string": b"", "http_version": "1.1"}
        task = asyncio.create_task(buffer(scope | {"headers": []}, receive, send))
        try:
            assert await asyncio.to_thread(is_written.wait, 5)
        finally:
            task.cancel()

    run(request())


def test_a_body_that_is_declared_too_large_is_refused_at_once(connect):
    sender = connect()
    sender.sendall(SIGN_IN % 10**12)
    assert b" 413 " in sender.recv(1000).split(b"\r\n")[0]


def test_held_uploads_leave_room_for_forms_and_end_when_nothing_comes(monkeypatch):
    """Uploads that pause, however much of them has come, would else keep everybody from signing in for hours."""
    monkeypatch.setattr(transfer, "GRACE_SECONDS", 0.5)

    def page(environ, start_response):
        size = len(environ["wsgi.input"].read())
        start_response("200 OK", [])
        yield str(size).encode()

    buffer = TransferBuffer(
        WSGIMiddleware(page, workers=1), limit_of=lambda path: 10 * transfer.SMALL, budget=4 * transfer.SMALL
    )

    async def status(size, *, is_whole=True):
        sent, pieces = [], [b"x" * size]

        async def receive():
            if pieces:
                return {"type": "http.request", "body": pieces.pop(), "more_body": not is_whole}
            return await asyncio.Event().wait()  # a client that sends no more

        async def send(message):
            sent.append(message)

        scope = {"type": "http", "method": "POST", "path": "/", "query_string": b"", "http_version": "1.1"}
        await buffer(scope | {"headers": []}, receive, send)
        return sent[0]["status"]

    async def requests():
        held = asyncio.create_task(status(4 * transfer.SMALL, is_whole=False))
        await asyncio.sleep(0.05)
        assert await status(transfer.SMALL) == 200
        assert await status(2 * transfer.SMALL) == 503
        assert await asyncio.wait_for(held, 5) == 408
        assert await status(2 * transfer.SMALL) == 200

    run(requests())


def test_a_request_over_its_time_is_stopped_in_python_and_in_the_database(db, caplog):
    def count(environ, start_response):
        while True:
            pass

    def sleep(environ, start_response):
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_sleep(60)")
        finally:
            connection.close()

    for app, expected in (
        (count, TimeLimitExceededError),
        (sleep, (TimeLimitExceededError, OperationalError)),
    ):
        limit, raised = TimeLimit(app, seconds=0.2), []

        def request(limit=limit, raised=raised):
            try:
                list(limit({"PATH_INFO": "/slow/"}, None))
            except (TimeLimitExceededError, OperationalError) as error:
                raised.append(error)

        thread = Thread(target=request)
        thread.start()
        deadline = time.monotonic() + 10
        while thread.is_alive() and time.monotonic() < deadline:
            limit.stop_overdue()
            thread.join(time_limit.CHECK_SECONDS / 10)
        assert raised
        assert isinstance(raised[0], expected)
    assert "/slow/ worked for more than 0.2 s" in caplog.text
