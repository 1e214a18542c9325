"""`declare`, `list`, `show`, `who`, `open`."""

import sys
import uuid
from typing import Annotated, Any

import typer

from allclear_cli import offline, times
from allclear_cli.arguments import LIMIT, Impact, Incident, Json, given, said
from allclear_cli.connecting import connect
from allclear_cli.failures import CommandError, Exit
from allclear_cli.output import as_json, facts, note, say, table, words
from allclear_cli.server import Server
from allclear_cli.settings import load_settings

KEPT = "The declaration is kept. It is delivered when the server is back: allclear send"
DECLARE_FIELDS = {
    "title": "TITLE",
    "services": "--service",
    "service_impact": "--impact",
    "incident_type": "--type",
    "is_private": "--private",
    "is_drill": "--drill",
    "impact_started_at": "--started",
    "detected_at": "--detected",
    "takes_command": "--no-command",
}


def declare(
    title: Annotated[str, typer.Argument(metavar="TITLE", help="What is wrong, in one line.")],
    severity: Annotated[
        str, typer.Option("--severity", "-s", help="Such as SEV2. [the one for “not sure”]")
    ] = "",
    summary: Annotated[
        str, typer.Option("--summary", "-m", help="What is known so far. “-” reads it from input.")
    ] = "",
    service: Annotated[
        list[str] | None,
        typer.Option("--service", metavar="SLUG", help="A service that is affected. Repeatable."),
    ] = None,
    impact: Annotated[
        Impact | None, typer.Option("--impact", help="How badly the services are affected.")
    ] = None,
    kind: Annotated[str, typer.Option("--type", metavar="NAME", help="The incident type.")] = "",
    started: Annotated[
        str,
        typer.Option(
            "--started", metavar="TIME", help="When the impact began: 14:03, 15m (ago) or a full time."
        ),
    ] = "",
    detected: Annotated[
        str, typer.Option("--detected", metavar="TIME", help="When it was noticed. [now]")
    ] = "",
    private: Annotated[bool, typer.Option("--private", help="Only people on the incident see it.")] = False,
    drill: Annotated[bool, typer.Option("--drill", help="It is an exercise.")] = False,
    no_command: Annotated[bool, typer.Option("--no-command", help="Do not take command yourself.")] = False,
    keeps: Annotated[
        bool, typer.Option("--offline", help="Where the server is away, keep it and deliver it later.")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print the reference alone.")] = False,
    is_json: Json = False,
) -> None:
    """Declare an incident. You take command, unless you say --no-command.

    With --offline nothing is lost while the server is away: the declaration is kept on this computer, and delivered
    once by the next command that reaches the server (or by: allclear send), with the time at which you declared it.

    \b
    Examples:
      allclear declare "Card payments fail" -s SEV2 --service payments --impact partial_outage
      allclear declare "Search is slow" --impact degraded --service search --started 20m
      allclear declare "The data centre is dark" -s SEV1 --offline
    """
    if keeps and service and not impact:  # the server may ask for it, and cannot ask later
        raise typer.BadParameter("Say how badly the services are affected.", param_hint="--impact")
    body: dict[str, Any] = {"declaration_id": str(uuid.uuid4()), "title": title} | given(
        severity=severity,
        summary=said(summary),
        services=service,
        service_impact=impact,
        incident_type=kind,
        impact_started_at=started and times.past(started),
        detected_at=detected and times.past(detected),
        is_private=private or None,
        is_drill=drill or None,
        takes_command=False if no_command else None,
    )
    made = _declare_or_keep(body) if keeps else _declare(body)
    _tell_declared(made, quiet=quiet, is_json=is_json)


def _declare(body: dict[str, Any]) -> Any:
    try:
        return connect().post("incidents", body, DECLARE_FIELDS)
    except CommandError as failure:
        if failure.code == Exit.AWAY:
            failure.details.append("With --offline, the declaration is kept and delivered later.")
        raise


def _declare_or_keep(body: dict[str, Any]) -> Any:
    """Stored first, so that nothing that happens on the way loses it. None where it is kept."""
    server = Server(load_settings())
    kept = offline.keep(server.url, body)
    try:
        made = server.ask("POST", "incidents", body=body, options=DECLARE_FIELDS, is_patient=False).json()
    except CommandError as failure:
        if failure.is_refusal:
            offline.forget(kept)
            raise
        if failure.code not in (Exit.AWAY, Exit.TOO_MANY):
            note(KEPT)
            raise
        note(failure.sentence)
        return None
    offline.forget(kept)
    offline.deliver_waiting(server)
    return made


def _tell_declared(made: Any, *, quiet: bool, is_json: bool) -> None:
    if made is None:
        if is_json:
            as_json({"kept": True})
        note(KEPT)
    elif is_json:
        as_json(made)
    elif quiet:
        say(made["reference"])
    else:
        say(f"{made['reference']} is declared as {made['severity']['name']}: {made['title']}")


def list_incidents(
    search: Annotated[
        str, typer.Argument(metavar="SEARCH", help="As in the app: “sev1 open service:payments”.")
    ] = "",
    status: Annotated[
        str,
        typer.Option(
            "--status", help="open, active, triage, investigating, fixing, mitigated, resolved, closed …"
        ),
    ] = "",
    severity: Annotated[str, typer.Option("--severity", "-s", help="Such as SEV1.")] = "",
    service: Annotated[
        str, typer.Option("--service", metavar="SLUG", help="A service that is affected.")
    ] = "",
    everything: Annotated[bool, typer.Option("--all", "-a", help="Also those that have ended.")] = False,
    limit: Annotated[int, LIMIT] = 25,
    is_json: Json = False,
) -> None:
    """List incidents, newest first: those that are open, unless you search or choose.

    \b
    Examples:
      allclear list
      allclear list "sev1 service:payments" --limit 5
      allclear list --all --json
    """
    chosen = status or ("" if everything or search else "open")
    page = connect().get(
        "incidents", {"q": "SEARCH"}, q=search, status=chosen, severity=severity, service=service, limit=limit
    )
    if is_json:
        as_json(page)
    elif not page["results"]:
        say("There is no such incident.")
    else:
        rows = [
            (
                one["reference"],
                one["severity"]["name"],
                one["status"],
                one["title"],
                (one["commander"] or {}).get("name", "-"),
                times.age(one["created_at"]),
            )
            for one in page["results"]
        ]
        table(["Incident", "Severity", "Status", "Title", "Commander", "Age"], rows, wide="Title")
        if page["next"]:
            note(f"There are more than these {len(rows)}. Show up to 200 with --limit.")


def show(incident: Incident, is_json: Json = False) -> None:
    """Show an incident as it stands.

    \b
    Example:
      allclear show INC-14
    """
    server = connect()
    found = server.get(f"incidents/{incident}")
    if is_json:
        as_json(found)
        return
    say(f"{found['reference']}  {found['title']}", style="bold")
    facts(_facts_of(found, server.url))


def _facts_of(found: Any, url: str) -> list[tuple[str, Any]]:
    services = [f"{one['service']['name']} ({words(one['impact'])})" for one in found["affected_services"]]
    due = [
        f"{words(one['audience'])} {times.shown(one['due_at'])}"
        for one in found["updates_due"]
        if one["due_at"]
    ]
    milestones = [(name, one["at"]) for name, one in found["milestones"].items() if one["at"]]
    return [
        ("Severity", found["severity"]["name"]),
        ("Status", found["status"]),
        ("Private", "only people on it see it" if found["is_private"] else ""),
        ("Drill", "an exercise" if found["is_drill"] else ""),
        ("Commander", (found["commander"] or {}).get("name", "nobody")),
        ("Services", "\n".join(services)),
        ("Summary", found["summary"]),
        ("Now", found["now_note"]),
        ("Next", found["next_note"]),
        ("Impact", found["impact_summary"]),
        ("Updates due", "\n".join(due)),
        ("Merged into", found["merged_into"]),
        *((words(name).removesuffix(" at").capitalize(), times.shown(at)) for name, at in milestones),
        ("Address", f"{url}{found['url']}"),
    ]


def who(incident: Incident, is_json: Json = False) -> None:
    """Show who is on an incident, and who has which role.

    \b
    Example:
      allclear who INC-14
    """
    server = connect()
    roles = server.get(f"incidents/{incident}/roles", limit=200)["results"]
    people = server.get(f"incidents/{incident}/participants", limit=200)["results"]
    if is_json:
        as_json({"roles": roles, "participants": people})
        return
    held = [one for one in roles if not one["ended_at"]]
    here = [one for one in people if not one["left_at"]]
    named = {one["person"]["id"] for one in held}
    rows = [(one["role"]["name"], one["person"]["name"], times.shown(one["started_at"])) for one in held]
    rows += [
        ("", one["person"]["name"], times.shown(one["joined_at"]))
        for one in here
        if one["person"]["id"] not in named
    ]
    if rows:
        table(["Role", "Person", "Since"], rows, wide="Person")
    else:
        say("Nobody is on it.")


def open_page(
    incident: Incident,
    prints: Annotated[bool, typer.Option("--print", "-p", help="Print the address; do not open it.")] = False,
    is_json: Json = False,
) -> None:
    """Open an incident in the browser, and print its address.

    Without a terminal, as in a pipeline, the address is printed only.

    \b
    Example:
      allclear open INC-14
    """
    server = connect()
    found = server.get(f"incidents/{incident}")
    address = f"{server.url}{found['url']}"
    if is_json:
        as_json({"url": address})
        return
    say(address)
    if not prints and sys.stdout.isatty() and typer.launch(address):
        raise CommandError("There is no browser to open it with.", Exit.REFUSED)
