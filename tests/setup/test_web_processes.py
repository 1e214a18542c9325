"""Do web processes on one socket share the connections, however many come at once?"""

import socket
import subprocess
import sys
import time
from collections import Counter
from http.client import HTTPResponse

import pytest

PROCESS = """
import asyncio, os, socket, sys
import uvicorn
from launcher.web import Server

async def app(scope, receive, send):
    if scope["type"] == "http":
        number = str(os.getpid()).encode()
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", str(len(number)).encode())]})
        await send({"type": "http.response.body", "body": number})

server = Server(uvicorn.Config(app, log_level="error", lifespan="off"))
server.shares = True
server.run(sockets=[socket.socket(fileno=int(sys.argv[1]))])
"""


@pytest.fixture
def address():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(2048)
        descriptor = listener.fileno()
        started = [
            subprocess.Popen([sys.executable, "-c", PROCESS, str(descriptor)], pass_fds=(descriptor,))
            for _ in range(2)
        ]
        address = listener.getsockname()
        while len(_answering(address, 20)) < 2:
            time.sleep(0.2)
        yield address
        for process in started:
            process.kill()
            process.wait()


def _answering(address, count: int) -> Counter[bytes]:
    """How many of `count` connections that are opened at once each process has."""
    connections = [socket.create_connection(address) for _ in range(count)]
    answered: Counter[bytes] = Counter()
    for one in connections:
        one.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        answer = HTTPResponse(one)
        answer.begin()
        answered[answer.read()] += 1
    for one in connections:
        one.close()
    return answered


def test_connections_that_come_at_once(address):
    shares = sorted(max(_answering(address, 32).values()) for _ in range(9))
    assert shares[4] <= 22


def test_very_many_are_accepted_without_delay(address):
    began = time.monotonic()
    assert sum(_answering(address, 800).values()) == 800
    assert time.monotonic() - began < 3
