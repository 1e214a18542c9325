"""Whether a tracker can reach the address of its webhook."""

from enum import StrEnum
from ipaddress import ip_address
from urllib.parse import urlsplit

from notifications.channels.guard import is_public

INSIDE = (".local", ".internal", ".lan", ".home.arpa")
"""Ends of names that networks give to machines of their own."""


class Reach(StrEnum):
    """From where an address can be reached: this machine, its own network, or anywhere as far as its name tells."""

    MACHINE = "machine"
    NETWORK = "network"
    ANYWHERE = "anywhere"


def reach_of(url: str) -> Reach:
    host = (urlsplit(url).hostname or "").rstrip(".")
    if host == "localhost" or host.endswith(".localhost"):
        return Reach.MACHINE
    try:
        ip = ip_address(host)
    except ValueError:
        return Reach.NETWORK if "." not in host or host.endswith(INSIDE) else Reach.ANYWHERE
    if ip.is_loopback or ip.is_unspecified:
        return Reach.MACHINE
    return Reach.ANYWHERE if is_public(ip) else Reach.NETWORK
