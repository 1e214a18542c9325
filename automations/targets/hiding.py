"""What an answer that repeats the request may not show: the secret, and what pages hide of the address."""

import base64
import html
import json
import re
from collections.abc import Iterator
from functools import partial
from urllib.parse import parse_qsl, quote, quote_plus, unquote, urlsplit

from automations.targets.request import Request

SECRET, HIDDEN = "[secret]", "[hidden]"
SHORTEST = 3
"""Characters. Nothing that is kept secret is shorter, and much else would be hidden with it."""
_OF_SIGN_IN = re.compile(r"auth|key|password|secret|token", re.IGNORECASE)


def without_secrets(text: str, request: Request) -> str:
    """The text, in which the secret is replaced in every usual spelling, and the hidden part of the address."""
    for secret in _secrets(request):
        text = re.sub(_spelt(secret), SECRET, text)
    for part in _hidden_parts(request.url):
        text = re.sub(rf"{_spelt(part)}(?!\w)", HIDDEN, text)
    return text


def _secrets(request: Request) -> Iterator[str]:
    if len(request.secret) >= SHORTEST:
        yield base64.b64encode(f"{request.user_name}:{request.secret}".encode()).decode()
        yield request.secret
    for name, value in request.headers.items():
        if _OF_SIGN_IN.search(name) and len(value) >= SHORTEST:
            yield value


def _hidden_parts(url: str) -> Iterator[str]:
    """The path with what follows it, then those of its parts that may be keys."""
    parts = urlsplit(url)
    path = parts.path.rstrip("/")
    wholes = [f"{parts.path}?{parts.query}"] if parts.query else []
    wholes += [path] if len(path) > SHORTEST else []
    pieces = [unquote(one) for one in path.split("/")]
    keys = [one for one in pieces if _is_like_a_key(one)]
    keys += [value for _name, value in parse_qsl(parts.query) if len(value) >= SHORTEST]
    for whole in wholes:
        yield from dict.fromkeys((whole, unquote(whole)))
    yield from keys


def _is_like_a_key(piece: str) -> bool:
    """Long, with letters and digits."""
    is_mixed = any(map(str.isdigit, piece)) and any(map(str.isalpha, piece))
    return len(piece) >= 12 and is_mixed and piece.isprintable()


def _spelt(text: str) -> str:
    """A pattern of the text as JSON, forms, addresses and HTML write it, each character for itself."""
    return "".join(map(_character, text))


def _character(one: str) -> str:
    if one.isascii() and one.isalnum():
        return one
    units = one.encode("utf-16-be", "surrogatepass").hex()
    json_escape = "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))
    writers = (quote_plus, partial(quote, safe=""), html.escape, lambda each: json.dumps(each)[1:-1])
    ways = {one, f"\\{one}", json_escape, f"&#{ord(one)};", f"&#x{ord(one):x};"} | {w(one) for w in writers}
    return f"(?i:{'|'.join(re.escape(way) for way in sorted(ways, key=lambda way: (-len(way), way)))})"
