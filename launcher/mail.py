"""One process that takes e-mail for integrations by SMTP, on a socket or on an address. It sends none."""

import argparse
import asyncio
import os
import signal
import socket

import django


def main() -> None:
    options = argparse.ArgumentParser(prog="python -m launcher.mail", description=__doc__)
    options.add_argument("--fd", type=int, help="a listening socket inherited from the parent")
    options.add_argument("--host", default="127.0.0.1")
    options.add_argument("--port", type=int, default=2525)
    chosen = options.parse_args()
    asyncio.run(_serve(chosen))


async def _serve(chosen: argparse.Namespace) -> None:
    django.setup()
    from integrations.smtp import listen_for_mail  # its models need the applications

    if chosen.fd is None:
        server = await listen_for_mail(host=chosen.host, port=chosen.port)
    else:
        server = await listen_for_mail(sock=socket.socket(fileno=chosen.fd))
    told, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, told.set)
    await told.wait()
    server.close()


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    main()
