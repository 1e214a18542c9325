"""What a request says of its body, before Django reads it: Django fails where it cannot, outside of its own answers."""

from collections.abc import Callable, Iterable
from email.message import Message
from typing import Any

from django.utils.http import parse_header_parameters


class ReadableContentType:
    """WSGI middleware: take the character set away from Content-Type, and all of it where nobody can read it.

    Everything here is UTF-8. Django decodes addresses and forms by whatever Python has a codec for, such as “zlib”,
    which fails, or “utf-7”, which can write what no text may hold.
    """

    def __init__(self, app: Callable[..., Iterable[bytes]]) -> None:
        self._app = app

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        sent = environ.get("CONTENT_TYPE", "")
        if ";" in sent:
            environ["CONTENT_TYPE"] = _without_character_set(sent)
        return self._app(environ, start_response)


def _without_character_set(sent: str) -> str:
    try:
        media, parameters = parse_header_parameters(sent)
    except ValueError:
        return ""
    message = Message()
    message["Content-Type"] = media
    for name, value in parameters.items():
        if name.lower() != "charset":
            message.set_param(name, value)
    return str(message["Content-Type"])
