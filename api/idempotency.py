"""One request, one effect: a POST that is sent again with its Idempotency-Key is answered as the first time.

The answer is kept in the transaction of the change: there is never one without the other.
"""

import hashlib
import json
from collections.abc import Collection
from typing import Any, cast

from django.core.files.uploadedfile import UploadedFile
from django.db import connection
from django.http import QueryDict
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import User
from api.errors import KeyBusy, KeyUsed, Malformed
from api.models import KeptAnswer

LONGEST = 200
KEPT_HEADERS = ("Location", "ETag")


def key_of(request: Request) -> str:
    """The key as the draft writes it (a quoted string) or bare; "" without one."""
    written = request.headers.get("Idempotency-Key", "").strip()
    key = written[1:-1] if len(written) > 1 and written[0] == written[-1] == '"' else written
    if written and not key:
        raise Malformed("The Idempotency-Key is empty.", name="Idempotency-Key")
    if len(key) > LONGEST or not key.isprintable():
        raise Malformed(
            f"An Idempotency-Key has at most {LONGEST} printable characters.", name="Idempotency-Key"
        )
    return key


def earlier_answer(request: Request, key: str) -> Response | None:
    """What this request was answered before. Holds the key until the transaction ends.

    Raises KeyBusy while another request with the key is being answered, KeyUsed where its body was another.
    """
    owner = cast(User, request.user)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [f"api key:{owner.pk}:{key}"]
        )
        is_ours = cursor.fetchone()[0]
    if not is_ours:
        raise KeyBusy
    kept = KeptAnswer.objects.filter(owner=owner, key=key).first()
    if kept is None:
        return None
    if kept.request_hash != _hash(request):
        raise KeyUsed("This Idempotency-Key was used for another request. Use a new key.")
    return Response(kept.body, status=kept.status, headers=kept.headers | {"Idempotency-Replayed": "true"})


def keep_answer(request: Request, key: str, response: Response, secrets: Collection[str] = ()) -> None:
    """`secrets` are the names of fields that nobody can read again."""
    KeptAnswer.objects.create(
        owner=cast(User, request.user),
        key=key,
        request_hash=_hash(request),
        status=response.status_code,
        headers={name: response[name] for name in KEPT_HEADERS if name in response},
        body=_without(json.loads(json.dumps(response.data, default=str)), secrets),
    )


def _without(data: Any, secrets: Collection[str]) -> Any:
    if isinstance(data, dict):
        return {name: "" if name in secrets else _without(inner, secrets) for name, inner in data.items()}
    return [_without(inner, secrets) for inner in data] if isinstance(data, list) else data


def forget_old_answers() -> None:
    """A job of a worker."""
    KeptAnswer.objects.too_old().delete()


def _hash(request: Request) -> str:
    """Of all that the answer depends on: a token without “private” is another caller than one with it."""
    hides_private = cast(User, request.user).hides_private
    facts: list[Any] = [request.method, request.get_full_path(), hides_private, _plain(request.data)]
    return hashlib.sha256(json.dumps(facts, sort_keys=True, default=_told).encode()).hexdigest()


def _plain(data: Any) -> Any:
    """A form with every value of each of its fields; as a mapping it has the last one only."""
    return dict(data.lists()) if isinstance(data, QueryDict) else data


def _told(value: Any) -> str:
    """A file by what it holds: another one of the same name is another request."""
    if not isinstance(value, UploadedFile):
        return str(value)
    value.seek(0)
    digest = hashlib.file_digest(value, "sha256").hexdigest()
    value.seek(0)
    return digest
