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
    whole = await _rate(port, f"{head}\r\n", 200)
    tag = await _tag(port, head)  # now, as the page may have changed in those seconds
    return {"200": whole, "304": await _rate(port, f"{head}If-None-Match: {tag}\r\n\r\n", 304)}


async def _tag(port: int, head: str) -> str:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"{head}\r\n".encode())
    found = re.search(r"etag: (\S+)", (await _answer(reader)).decode(), re.IGNORECASE)
    writer.close()
    return found[1] if found else ""


async def _rate(port: int, request: str, status: int) -> float:
    until = time.monotonic() + SECONDS
    began = time.monotonic()
    counts = await asyncio.gather(*(_reader(port, request, status, until) for _ in range(CONNECTIONS)))
    return sum(counts) / (time.monotonic() - began)


async def _reader(port: int, request: str, status: int, until: float) -> int:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    count = 0
    while time.monotonic() < until:
        writer.write(request.encode())
        head = await _answer(reader)
        if not head.startswith(f"HTTP/1.1 {status}".encode()):
            raise RuntimeError(f"the public page answered {head[:200]!r}")
        count += 1
    writer.close()
    return count


async def _answer(reader: asyncio.StreamReader) -> bytes:
    head = await reader.readuntil(b"\r\n\r\n")
    length = re.search(rb"content-length: (\d+)", head, re.IGNORECASE)
    if length:
        await reader.readexactly(int(length[1]))
    return head
