"""`timeline`, `export`."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from allclear_cli import times
from allclear_cli.arguments import LIMIT, Incident, Json
from allclear_cli.connecting import connect
from allclear_cli.failures import CommandError, Exit
from allclear_cli.output import as_json, document, note, say, table, words


class Which(StrEnum):
    ALL = "all"
    KEY = "key"
    STARRED = "starred"


class Format(StrEnum):
    JSON = "json"
    CSV = "csv"
    MARKDOWN = "markdown"


def timeline(
    incident: Incident,
    which: Annotated[
        Which, typer.Option("--which", help="All events, key events, or starred ones.")
    ] = Which.ALL,
    kind: Annotated[str, typer.Option("--kind", help="Such as note, decision, status_update.")] = "",
    after: Annotated[
        str, typer.Option("--after", metavar="TIME", help="From then on: 14:03, 15m (ago) …")
    ] = "",
    before: Annotated[str, typer.Option("--before", metavar="TIME", help="Until then.")] = "",
    limit: Annotated[int, LIMIT] = 25,
    is_json: Json = False,
) -> None:
    """Show what happened on an incident: the latest events, in their order.

    \b
    Examples:
      allclear timeline INC-14
      allclear timeline INC-14 --which key --after 2h
    """
    page = connect().get(
        f"incidents/{incident}/timeline",
        which=which.value,
        kind=kind,
        after=after and times.past(after),
        before=before and times.past(before),
        limit=limit,
    )
    if is_json:
        as_json(page)
    elif not page["results"]:
        say("There is no such event.")
    else:
        if page["next"]:
            note(f"There are more before these {len(page['results'])}. Show up to 200 with --limit.")
        rows = [
            (
                times.shown(one["occurred_at"]),
                (one["actor"] or {}).get("name", ""),
                words(one["kind"]),
                one["text"],
            )
            for one in reversed(page["results"])
        ]
        table(["Time", "Who", "Kind", "What"], rows, wide="What")


def export(
    incident: Incident,
    form: Annotated[Format, typer.Option("--format", "-f", help="The form of the file.")] = Format.MARKDOWN,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write it to this file, not to standard output.")
    ] = None,
    is_json: Annotated[bool, typer.Option("--json", help="The same as --format json.")] = False,
) -> None:
    """Export the whole timeline of an incident.

    \b
    Examples:
      allclear export INC-14 > INC-14.md
      allclear export INC-14 --format csv --output INC-14.csv
    """
    chosen = Format.JSON if is_json else form
    answer = connect().ask("GET", f"incidents/{incident}/timeline-export", params={"format": chosen.value})
    if output is None:
        document(answer.content)
        return
    try:
        output.write_bytes(answer.content)
    except OSError as fault:
        raise CommandError(f"{output} cannot be written: {fault.strerror}.", Exit.USAGE) from fault
    note(f"Written to {output}.")
