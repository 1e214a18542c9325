"""Which state a client has read: the ETag is a hash of what the API says of a record."""

import hashlib
import json
from typing import Any

from rest_framework.request import Request
from rest_framework.utils.encoders import JSONEncoder


def etag_of(data: Any) -> str:
    """A strong validator (RFC 9110): equal for equal representations."""
    written = json.dumps(data, cls=JSONEncoder, sort_keys=True, separators=(",", ":"))
    return f'"{hashlib.sha256(written.encode()).hexdigest()[:32]}"'


def is_named(request: Request, header: str, etag: str) -> bool:
    """Whether If-Match or If-None-Match names it, alone, in a list, or by “*”. A weak one counts for reading only."""
    named = [one.strip() for one in request.headers.get(header, "").split(",") if one.strip()]
    if header == "If-None-Match":
        named = [one.removeprefix("W/") for one in named]
    return "*" in named or etag in named
