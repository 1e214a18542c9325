"""Arguments and options that several commands share."""

import sys
from collections.abc import Iterable
from enum import StrEnum
from typing import Annotated, Any
from urllib.parse import quote

import typer


def reference(written: str) -> str:
    """As one part of an address."""
    return quote(written.strip(), safe="")


Incident = Annotated[
    str, typer.Argument(metavar="INCIDENT", callback=reference, help="The reference, such as INC-14.")
]
Json = Annotated[bool, typer.Option("--json", help="Print the API's answer as JSON.")]
At = Annotated[
    str,
    typer.Option("--at", metavar="TIME", help="When it was: 14:03, 15m (ago) or 2026-03-01T14:03Z. [now]"),
]
Next = Annotated[
    str,
    typer.Option(
        "--next", metavar="TIME", help="When the next update is due: 30m (from now), 15:00 or a full time."
    ),
]
States = Annotated[
    list[str] | None,
    typer.Option(
        "--service",
        metavar="SERVICE=STATE",
        help="How a service is from now on: operational, degraded, partial_outage or major_outage. Repeatable.",
    ),
]
Say = Annotated[
    list[str] | None,
    typer.Option(
        "--say",
        metavar="AUDIENCE=TEXT",
        help="The text that public, stakeholders, executives or responders read. Repeatable.",
    ),
]
LIMIT = typer.Option("--limit", min=1, max=200, help="How many at most.")


class Audience(StrEnum):
    PUBLIC = "public"
    STAKEHOLDERS = "stakeholders"
    EXECUTIVES = "executives"
    RESPONDERS = "responders"


class Impact(StrEnum):
    DEGRADED = "degraded"
    PARTIAL_OUTAGE = "partial_outage"
    MAJOR_OUTAGE = "major_outage"


def said(text: str) -> str:
    """`-` reads the text from standard input."""
    return sys.stdin.read().strip() if text == "-" else text


def pairs(written: Iterable[str] | None, option: str, form: str) -> dict[str, str]:
    """`["public=It is better."]` → {"public": "It is better."}"""
    found = {}
    for one in written or ():
        name, sign, value = one.partition("=")
        if not sign or not name.strip():
            raise typer.BadParameter(f"“{one}” is not {form}.", param_hint=option)
        found[name.strip()] = said(value)
    return found


def states(written: Iterable[str] | None) -> list[dict[str, str]]:
    found = pairs(written, "--service", "SERVICE=STATE")
    return [{"service": service, "impact": impact} for service, impact in found.items()]


def person(written: str) -> str | int:
    """An e-mail address or an id."""
    return int(written) if written.isascii() and written.isdigit() else written


def given(**fields: Any) -> dict[str, Any]:
    """Only what was given: what is left out, the server decides."""
    return {name: value for name, value in fields.items() if value not in (None, "", [], {})}
