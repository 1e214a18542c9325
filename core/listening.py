"""Reading an address that a process listens at."""

from django.core.exceptions import ImproperlyConfigured


def address_of(name: str, text: str, *, default: tuple[str, int]) -> tuple[str, int]:
    """Host and port of “host:port”, “[::1]:port” or a port alone; the default where there is no text.

    Raises ImproperlyConfigured naming the setting.
    """
    if not text:
        return default
    host, _, port = text.strip().rpartition(":")
    if not (port.isascii() and port.isdigit() and 0 < int(port) < 65536):
        raise ImproperlyConfigured(f"{name} is “{text}”. Write a host and a port, such as 127.0.0.1:2525.")
    return host.strip("[]") or default[0], int(port)
