"""How many readers of a public page are answered in a second, by one web process beside the clients."""

import asyncio
import re
import time

CONNECTIONS = 32
SECONDS = 4


def crowd(port: int) -> dict[str, float]:
    """Requests a second: the page whole, and for browsers that have it already."""
    return asyncio.run(_crowd(port))


async def _crowd(port: int) -> dict[str, float]:
    head = f"GET /status/bench/ HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAccept-Encoding: gzip\r\n"
    return {"200": await _rate(port, head, keeps=False), "304": await _rate(port, head, keeps=True)}


async def _rate(port: int, head: str, *, keeps: bool) -> float:
    until = time.monotonic() + SECONDS
    began = time.monotonic()
    counts = await asyncio.gather(*(_reader(port, head, until, keeps=keeps) for _ in range(CONNECTIONS)))
    return sum(counts) / (time.monotonic() - began)


async def _reader(port: int, head: str, until: float, *, keeps: bool) -> int:
    """With `keeps` it has the page, and asks whether it is still right. Where it changed, the new one is had."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    count, condition = 0, ""
    while time.monotonic() < until:
        writer.write(f"{head}{condition}\r\n".encode())
        answer = await _answer(reader)
        if answer.startswith(b"HTTP/1.1 200"):
            if keeps:
                condition = f"If-None-Match: {_tag(answer)}\r\n"
        elif not (condition and answer.startswith(b"HTTP/1.1 304")):
            raise RuntimeError(f"the public page answered {answer[:200]!r}")
        count += 1
    writer.close()
    return count


def _tag(answer: bytes) -> str:
    return re.findall(r"etag: (\S+)", answer.decode(), re.IGNORECASE)[0]


async def _answer(reader: asyncio.StreamReader) -> bytes:
    head = await reader.readuntil(b"\r\n\r\n")
    length = re.search(rb"content-length: (\d+)", head, re.IGNORECASE)
    if length:
        await reader.readexactly(int(length[1]))
    return head
