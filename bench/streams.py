"""How soon a change is on every other screen while many are open."""

import asyncio
import time
from statistics import median, quantiles

from bench.client import Client

PARTS = ("head/", "rail/")


async def _open(port: int, cookie: str, path: str, heard: asyncio.Queue) -> asyncio.Task:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nCookie: {cookie}\r\nAccept: text/event-stream\r\n\r\n"
    writer.write(request.encode())
    await writer.drain()
    status = await reader.readline()
    if b"200" not in status:
        raise RuntimeError(f"{path} answered {status!r}")

    async def listen() -> None:
        while line := await reader.readline():
            if line.startswith(b"event: ") and b"hello" not in line:
                heard.put_nowait((time.perf_counter(), path, line[7:].strip().decode()))
        writer.close()

    return asyncio.create_task(listen())


def measure(
    port: int, people: list[dict[str, str]], references: list[str], streams: int, changes: int = 12
) -> dict:
    """Open `streams` streams, spread over people and running incidents, and change these one after the other.

    `people` are cookies; the first of them makes the changes.

    Seconds from sending a note to the event on every screen of that incident, and to the fetched part on one.
    """
    return asyncio.run(_measure(port, people, references, streams, changes))


async def _measure(
    port: int, people: list[dict[str, str]], references: list[str], streams: int, changes: int
) -> dict:
    cookies = ["; ".join(f"{k}={v}" for k, v in person.items()) for person in people]
    heard: asyncio.Queue = asyncio.Queue()
    paths = [f"/live/incidents/{references[n % len(references)]}/" for n in range(streams)]
    tasks = [await _open(port, cookies[n % len(cookies)], path, heard) for n, path in enumerate(paths)]
    await asyncio.sleep(2)
    rung, shown = [], []
    writer, reader = Client(port, dict(people[0])), Client(port, dict(people[0]))
    for n in range(changes):
        while not heard.empty():
            heard.get_nowait()
        reference = references[n % len(references)]
        waiting = paths.count(f"/live/incidents/{reference}/")
        began = time.perf_counter()
        sending = asyncio.create_task(asyncio.to_thread(_note, writer, reference, n))
        seen: set[int] = set()
        while len(seen) < waiting:
            at, path, what = await asyncio.wait_for(heard.get(), 20)
            if reference in path and what == "timeline":
                seen.add(len(seen))
                rung.append(at - began)
        await asyncio.to_thread(reader.get, f"/incidents/{reference}/news?after=0&stamp=0")
        shown.append(time.perf_counter() - began)
        await sending
    for task in tasks:
        task.cancel()
    return {
        "streams": streams,
        "heard_p50": median(rung),
        "heard_p95": quantiles(rung, n=20)[-1],
        "shown_p50": median(shown),
        "shown_p95": quantiles(shown, n=20)[-1],
    }


def _note(client: Client, reference: str, n: int) -> None:
    if not client.token:
        client.get(f"/incidents/{reference}/")
    answer = client.post(
        f"/incidents/{reference}/timeline/", {"text": f"Looked at graph {n}", "kind": "note"}
    )
    if answer.status != 302:
        raise RuntimeError(f"the note answered {answer.status}: {answer.body[:300]}")
