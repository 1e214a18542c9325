"""Outbound calls reach public addresses only, whatever a name resolves to and whichever library connects.

Checked where a socket connects, by Python's own audit event, so that it holds for the address that is really called:
a name that resolves to something else by then, a redirect, a proxy. Self-hosters allow networks and hosts of theirs
by ALLCLEAR_OUTBOUND_ALLOW.
"""

import functools
import ipaddress
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar

from django.conf import settings
from requests_hardened.ip_filter import EXTRA_BLOCKED_NET_RANGES

_NAT64 = [ipaddress.IPv6Network("64:ff9b::/96"), ipaddress.IPv6Network("64:ff9b:1::/48")]
_GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")
_COMPATIBLE = ipaddress.IPv6Network("::/96")


class NotAllowedError(PermissionError):
    """The address is not a public one. An OSError, so that every library treats it as a failed connection."""


class Leash:
    """What one call may reach, and whether it tried for something else.

    `cut` ends the call in the middle of whatever it waits for: `was_cut` says so afterwards.
    """

    def __init__(self, host: str, *, is_ours: bool = True) -> None:
        allowed = {entry.lower() for entry in settings.OUTBOUND_ALLOW} if is_ours else set()
        self.reaches_all = host.lower() in allowed
        self.networks = [network for entry in allowed if (network := _network(entry))]
        self.was_pulled = self.was_cut = self.is_timed = False
        self._connections: list[socket.socket] = []

    def keep(self, connection: socket.socket) -> None:
        """A second handle on what was connected: the first is given away where the connection is encrypted."""
        self._connections.append(connection.dup())

    def cut(self) -> None:
        self.was_cut = True
        for connection in self._connections:
            with suppress(OSError):  # not connected yet, or closed by the other end
                connection.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        for connection in self._connections:
            connection.close()

    def check(self, address: object) -> None:
        if self.was_cut:
            raise TimeoutError("no time is left")
        if self.reaches_all or self._may_reach(address):
            return
        self.was_pulled = True
        raise NotAllowedError("not a public address")

    def _may_reach(self, address: object) -> bool:
        if not isinstance(address, tuple):
            return False  # a Unix socket
        try:
            ip = ipaddress.ip_address(str(address[0]).partition("%")[0])
        except ValueError:
            return False
        return any(ip in network for network in self.networks) or is_public(ip)


_leash: ContextVar[Leash | None] = ContextVar("leash", default=None)


@contextmanager
def outbound_to(host: str, *, is_ours: bool = True, within: float | None = None) -> Iterator[Leash]:
    """Inside, this thread connects to public addresses only, or to what the installation allows for `host`.

    An address that is not `is_ours`, as a stranger gave it, gets nothing but public ones. `within` seconds all of it
    must be done, however slowly something comes: a library's own limit begins anew with every byte.
    """
    _install()
    leash = Leash(host, is_ours=is_ours)
    token = _leash.set(leash)
    timer = threading.Timer(within, leash.cut) if within is not None else None
    if timer:
        timer.daemon = True
        leash.is_timed = True
        timer.start()
    try:
        yield leash
    finally:
        _leash.reset(token)
        if timer:
            timer.cancel()
        leash.close()


def is_public(ip: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    """Whether everybody on the internet could reach it; addresses carried inside IPv6 count by themselves."""
    embedded = _embedded(ip) if isinstance(ip, ipaddress.IPv6Address) else []
    if embedded:
        return all(map(is_public, embedded))
    if (ip.version == 6 and ip not in _GLOBAL_UNICAST) or any(
        ip in network for network in EXTRA_BLOCKED_NET_RANGES
    ):
        return False
    return ip.is_global and not (ip.is_multicast or ip.is_reserved)


def _embedded(ip: ipaddress.IPv6Address) -> list[ipaddress.IPv4Address]:
    if ip.ipv4_mapped:
        return [ip.ipv4_mapped]
    if ip.sixtofour:
        return [ip.sixtofour]
    if ip.teredo:
        return list(ip.teredo)
    if any(ip in network for network in _NAT64) or (ip in _COMPATIBLE and int(ip) > 1):
        return [ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)]
    return []


def _network(entry: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    try:
        return ipaddress.ip_network(entry, strict=False)
    except ValueError:
        return None


@functools.cache
def _install() -> None:
    sys.addaudithook(_hook)  # stays for the life of the process, and does nothing outside `outbound_to`


def _hook(event: str, arguments: tuple) -> None:
    if event in ("socket.connect", "socket.sendto") and (leash := _leash.get()):
        leash.check(arguments[1])
        if leash.is_timed and event == "socket.connect":
            leash.keep(arguments[0])
