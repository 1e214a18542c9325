"""One web process: uvicorn with the options this application needs, on a socket or on an address."""

import argparse
import asyncio
import contextlib
import socket
from collections.abc import Callable
from types import FrameType
from typing import Any

import uvicorn

from launcher.turns import Turns

GRACEFUL_SECONDS = 2  # open streams never end by themselves; without a limit SIGTERM would wait for them
LOOK_EVERY = 1.0  # seconds between two looks at the clock; uvicorn looks ten times as often
MAX_MESSAGE = 2 * 1024 * 1024  # bytes over a WebSocket; live.documents takes less and says why


class Server(uvicorn.Server):
    """Ends open streams when it is told to stop: uvicorn would wait for them, and report each as an error.

    With nothing to do it wakes once a second. Where it `shares` its socket with other processes, they take turns.
    """

    _wake: Callable[[], object] | None = None
    shares = False

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup([] if self.shares else sockets)
        if self.shares:
            turns: Any = (Turns(one, self._protocol) for one in sockets or [])
            self.servers += turns

    def _protocol(self) -> asyncio.Protocol:
        made: Any = self.config.http_protocol_class  # one of several, whose types have nothing in common
        return made(config=self.config, server_state=self.server_state, app_state=self.lifespan.state)

    async def main_loop(self) -> None:
        told, loop = asyncio.Event(), asyncio.get_running_loop()
        self._wake = lambda: loop.call_soon_threadsafe(told.set)
        while not await self.on_tick(0):
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(told.wait(), LOOK_EVERY)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        super().handle_exit(sig, frame)
        if self._wake:
            self._wake()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        from live.consumers import stream  # config.asgi, which uvicorn has loaded, made the registry it needs

        await stream.listener.stop()
        await super().shutdown(sockets)


def main() -> None:
    options = argparse.ArgumentParser(prog="python -m launcher.web", description=__doc__)
    options.add_argument("--fd", type=int, help="a listening socket inherited from the parent")
    options.add_argument("--shared", action="store_true", help="other processes have that socket too")
    options.add_argument("--host", default="127.0.0.1")
    options.add_argument("--port", type=int, default=8000)
    chosen = options.parse_args()
    config = uvicorn.Config(
        "config.asgi:application",
        host=chosen.host,
        port=chosen.port,
        lifespan="on",
        log_config=None,  # the settings' LOGGING speaks for uvicorn as well
        log_level="warning",
        access_log=False,
        server_header=False,
        ws_max_size=MAX_MESSAGE,
        proxy_headers=False,  # the settings say whether a proxy's word is taken; here anybody could claim one
        timeout_graceful_shutdown=GRACEFUL_SECONDS,
    )
    sockets = None if chosen.fd is None else [socket.socket(fileno=chosen.fd)]
    server = Server(config)
    server.shares = chosen.shared
    server.run(sockets=sockets)


if __name__ == "__main__":
    main()
