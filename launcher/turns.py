"""Web processes on one listening socket take turns. Else the one that is awake takes every connection there is, and
a browser or proxy keeps its connections for long."""

import asyncio
import socket
from collections.abc import Callable

PAUSE = 0.001  # seconds after a connection in which the others may take theirs


class Turns:
    """Accepts one connection at a time. In the place of an asyncio.Server, of which uvicorn uses these two methods."""

    def __init__(self, listener: socket.socket, protocol: Callable[[], asyncio.Protocol]) -> None:
        self.loop = asyncio.get_running_loop()
        self.listener = listener
        self.protocol = protocol
        self.accepting: set[asyncio.Task[object]] = set()
        self.pause: asyncio.TimerHandle | None = None
        listener.setblocking(False)
        self._wait()

    def close(self) -> None:
        if self.pause:
            self.pause.cancel()
        self.loop.remove_reader(self.listener)

    async def wait_closed(self) -> None:
        await asyncio.gather(*self.accepting, return_exceptions=True)

    def _wait(self) -> None:
        self.loop.add_reader(self.listener, self._take)

    def _take(self) -> None:
        self.loop.remove_reader(self.listener)
        self.pause = self.loop.call_later(PAUSE, self._wait)
        try:
            connection, _ = self.listener.accept()
        except OSError:  # another process has it, its browser went away, or this process has too many open
            return
        task = self.loop.create_task(self.loop.connect_accepted_socket(self.protocol, connection))
        self.accepting.add(task)
        task.add_done_callback(self.accepting.discard)
