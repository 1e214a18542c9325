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
    """Whether If-Match or If-None-Match names it, alone, in a list, or by “*”.

    A weak one counts as well: compression makes each a weak one on its way, and it still names one state.
    """
    named = [one.strip().removeprefix("W/") for one in request.headers.get(header, "").split(",")]
    return "*" in named or etag in named
