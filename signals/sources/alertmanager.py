"""Silences and suppressed alerts of an Alertmanager, and of Grafana and Mimir, which answer alike.

Source: https://github.com/prometheus/alertmanager/blob/main/api/v2/openapi.yaml
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeGuard
from urllib.parse import quote

from django.utils.dateparse import parse_datetime

from signals.models import DataSource
from signals.sources.client import Answered, exchange, silence_of
from signals.sources.values import SilentError, UnreadableError, decoded

LONGEST = 200
"""Characters of what another side says, as it is stored."""
MOST_SUPPRESSED = 5_000
ID = re.compile(r"[!-~]{1,64}")
"""What may be stored as the name of a silence or an alert, and stand in an address."""


class RefusedError(Exception):
    """It does not take the silence, and will not take it a minute later. The message is its reason."""


@dataclass(frozen=True)
class RemoteSilence:
    """A silence as Alertmanager has it."""

    pk: str
    is_over: bool
    starts_at: datetime
    ends_at: datetime
    created_by: str
    comment: str
    matchers: dict[str, str]  # of those that name one value
    is_plain: bool  # whether it has no others


@dataclass(frozen=True)
class Suppressed:
    """An alert that fires and tells nobody, with the ids of the silences that keep it quiet."""

    fingerprint: str
    silenced_by: tuple[str, ...]
    is_inhibited: bool


def check_status(source: DataSource) -> None:
    """Whether it is an Alertmanager. Raises SilentError or UnreadableError."""
    answer = decoded(_wanted(exchange(source, "GET", _address(source, "status"))))
    if not isinstance(answer, dict) or not {"config", "versionInfo"} & set(answer):
        raise UnreadableError("The answer is not one of Alertmanager.")


def put_silence(
    source: DataSource,
    *,
    matchers: Mapping[str, str],
    starts_at: datetime,
    ends_at: datetime,
    created_by: str,
    comment: str,
    pk: str = "",
) -> str:
    """Make a silence, or change the end of the one that has this id and began then. Answers with its id: a new one
    where the old one is over.

    Raises RefusedError, SilentError or UnreadableError.
    """
    sent = {
        "matchers": [
            {"name": name, "value": value, "isRegex": False, "isEqual": True}
            for name, value in sorted(matchers.items())
        ],
        "startsAt": starts_at.isoformat(),
        "endsAt": ends_at.isoformat(),
        "createdBy": created_by,
        "comment": comment,
    }
    answer = exchange(source, "POST", _address(source, "silences"), sent=sent | ({"id": pk} if pk else {}))
    if answer.status == 404 and pk:
        return put_silence(
            source,
            matchers=matchers,
            starts_at=starts_at,
            ends_at=ends_at,
            created_by=created_by,
            comment=comment,
        )
    if answer.status in (400, 413, 422):
        raise RefusedError(answer.reason() or f"answered {answer.status}")
    made = decoded(_wanted(answer))
    made_pk = made.get("silenceID") if isinstance(made, dict) else None
    if not _is_id(made_pk):
        raise UnreadableError("The answer names no silence.")
    return made_pk


def end_silence(source: DataSource, pk: str) -> None:
    """End one now; one that is over or unknown stays so."""
    answer = exchange(source, "DELETE", _address(source, f"silence/{quote(pk, safe='')}"))
    if answer.status not in (404, 410) and not _is_over_already(answer):
        _wanted(answer)


def _is_over_already(answer: Answered) -> bool:
    """An older Alertmanager answers 500 to the end of a silence that is over."""
    return answer.status == 500 and "expired" in answer.reason()


def get_silence(source: DataSource, pk: str) -> RemoteSilence | None:
    """None where it is not known, or not any more."""
    answer = exchange(source, "GET", _address(source, f"silence/{quote(pk, safe='')}"))
    if answer.status == 404:
        return None
    return _silence(decoded(_wanted(answer)))


def find_silence(source: DataSource, *, matchers: Mapping[str, str], comment: str) -> RemoteSilence | None:
    """One that is not over, of exactly this comment and these matchers."""
    asked = {"filter": [f"{name}={_quoted(value)}" for name, value in sorted(matchers.items())]}
    answer = decoded(_wanted(exchange(source, "GET", _address(source, "silences"), params=asked)))
    rows = [_silence(one) for one in (answer if isinstance(answer, list) else ())]
    return next(
        (
            one
            for one in rows
            if one
            and not one.is_over
            and one.comment == comment
            and one.is_plain
            and one.matchers == dict(matchers)
        ),
        None,
    )


def suppressed_alerts(source: DataSource) -> list[Suppressed]:
    """The alerts that fire and are silenced or inhibited. Raises SilentError or UnreadableError."""
    asked = {"active": "false", "unprocessed": "false", "silenced": "true", "inhibited": "true"}
    answer = decoded(_wanted(exchange(source, "GET", _address(source, "alerts"), params=asked)))
    if not isinstance(answer, list):
        raise UnreadableError("The answer has no list of alerts.")
    return [found for one in answer[:MOST_SUPPRESSED] if (found := _suppressed(one))]


def is_firing(source: DataSource, labels: Mapping[str, str], fingerprint: str) -> bool:
    """Whether it has an alert of these labels and this fingerprint, told or not."""
    asked = {"filter": [f"{name}={_quoted(value)}" for name, value in sorted(labels.items())]}
    answer = decoded(_wanted(exchange(source, "GET", _address(source, "alerts"), params=asked)))
    if not isinstance(answer, list):
        raise UnreadableError("The answer has no list of alerts.")
    return any(isinstance(one, dict) and one.get("fingerprint") == fingerprint for one in answer)


def _address(source: DataSource, what: str) -> str:
    return f"{source.url.rstrip('/').removesuffix('/api/v2')}/api/v2/{what}"


def _wanted(answer: Answered) -> bytes:
    if 200 <= answer.status < 300:
        return answer.body
    if answer.status in (400, 404, 422):
        raise UnreadableError(answer.reason() or f"The request was refused ({answer.status}).")
    raise SilentError(silence_of(answer))


def _quoted(value: str) -> str:
    """A value as a matcher writes it."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def _is_id(value: Any) -> TypeGuard[str]:
    return isinstance(value, str) and ID.fullmatch(value) is not None


def _text(value: Any) -> str:
    words = value if isinstance(value, str) else ""
    words = " ".join(words.replace("\0", "").encode("utf-8", "replace").decode().split())
    return words[: LONGEST - 1] + "…" if len(words) > LONGEST else words


def _silence(one: Any) -> RemoteSilence | None:
    """None for what is none."""
    if not isinstance(one, dict) or not _is_id(one.get("id")):
        return None
    starts_at, ends_at = _moment(one.get("startsAt")), _moment(one.get("endsAt"))
    if starts_at is None or ends_at is None:
        return None
    state = one.get("status")
    listed = one.get("matchers")
    rows = [row for row in listed if isinstance(row, dict)] if isinstance(listed, list) else []
    plain = [row for row in rows if not row.get("isRegex") and row.get("isEqual", True) is not False]
    return RemoteSilence(
        pk=one["id"],
        is_over=isinstance(state, dict) and state.get("state") == "expired",
        starts_at=starts_at,
        ends_at=ends_at,
        created_by=_text(one.get("createdBy")),
        comment=_text(one.get("comment")),
        matchers={str(row.get("name")): str(row.get("value")) for row in plain},
        is_plain=len(plain) == len(rows),
    )


def _moment(value: Any) -> datetime | None:
    try:
        moment = parse_datetime(value[:40]) if isinstance(value, str) else None
    except ValueError:
        return None
    return moment if moment and moment.tzinfo and 1970 < moment.year < 2200 else None


def _suppressed(one: Any) -> Suppressed | None:
    status = one.get("status") if isinstance(one, dict) else None
    if not isinstance(status, dict) or not _is_id(one.get("fingerprint")):
        return None
    silenced, inhibited = status.get("silencedBy") or [], status.get("inhibitedBy") or []
    return Suppressed(
        one["fingerprint"],
        tuple(pk for pk in silenced if _is_id(pk)) if isinstance(silenced, list) else (),
        bool(inhibited),
    )
