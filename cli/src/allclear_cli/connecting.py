"""What most commands begin with."""

from allclear_cli.offline import deliver_waiting
from allclear_cli.server import Server
from allclear_cli.settings import load_settings


def connect() -> Server:
    """The server, with what was declared offline delivered first."""
    server = Server(load_settings())
    deliver_waiting(server)
    return server
