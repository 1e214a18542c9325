"""Whom a request comes from, where proxies stand in front: limits by address and the audit trail mean the client."""

import ipaddress

from core.asgi import Scope


def seen_through_proxies(scope: Scope, proxies: int) -> Scope:
    """The scope with the address that the outermost of `proxies` trusted proxies has seen.

    Each proxy adds whom it was called by at the end of X-Forwarded-For; what stands before was sent by the client and
    may be made up. Without a usable entry the address stays that of whoever connects.
    """
    if not proxies:
        return scope
    written = [value.decode("latin-1") for name, value in scope["headers"] if name == b"x-forwarded-for"]
    seen = [one.strip() for one in ",".join(written).split(",")]
    if len(seen) < proxies:
        return scope
    try:
        address = ipaddress.ip_address(seen[-proxies])
    except ValueError:
        return scope
    return {**scope, "client": (str(address), 0)}
