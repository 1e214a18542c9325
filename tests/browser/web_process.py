"""`python -m tests.browser.web_process PORT`: the product's web process, which also tells the tests when it rests.

On SIGUSR1 it writes where each of its threads is; on SIGUSR2 it hangs, as a process does that cannot go on.
"""

import faulthandler
import signal
import sys
import time

import uvicorn
from django.conf import settings

from config.asgi import application, forget_answers
from core.asgi import Receive, Scope, Send

BETWEEN_TESTS = "/between-tests/"
AS_DEMO = b"demo"


class Counted:
    """The product's application; at `BETWEEN_TESTS` it says how many requests it is answering.

    The tests empty the tables without its hearing of it, so that it forgets its kept pages there. Asked for
    `AS_DEMO`, it is one of the demo until it is asked the next time.
    """

    def __init__(self) -> None:
        self.answering = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await application(scope, receive, send)
        elif scope["path"] == BETWEEN_TESTS:
            forget_answers()
            settings.DEMO = scope["query_string"] == AS_DEMO
            await self._say(send)
        else:
            self.answering += 1  # in the one thread of the event loop
            try:
                await application(scope, receive, send)
            finally:
                self.answering -= 1

    async def _say(self, send: Send) -> None:
        headers = [(b"content-type", b"text/plain"), (b"connection", b"close")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": str(self.answering).encode()})


def main(port: int) -> None:
    faulthandler.register(signal.SIGUSR1)
    signal.signal(signal.SIGUSR2, lambda *_: time.sleep(3600))  # in its main thread, that of the event loop
    uvicorn.run(
        Counted(),
        interface="asgi3",
        port=port,
        lifespan="on",
        log_config=None,
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=1,
    )


if __name__ == "__main__":
    main(int(sys.argv[1]))
