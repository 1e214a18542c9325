"""`action add`, `action list`, `action done`."""

from typing import Annotated, Any

import typer

from allclear_cli.arguments import LIMIT, Json, given, person, reference, said
from allclear_cli.connecting import connect
from allclear_cli.output import as_json, note, say, table

ADD_FIELDS = {"title": "TITLE", "due_on": "--due", "verification": "--verified-by"}


def add(
    title: Annotated[str, typer.Argument(metavar="TITLE", help="What will be different.")],
    incident: Annotated[str, typer.Option("--incident", metavar="INCIDENT", help="What it comes from.")] = "",
    owner: Annotated[str, typer.Option("--owner", metavar="PERSON", help="E-mail address or id.")] = "",
    team: Annotated[str, typer.Option("--team", metavar="SLUG", help="The team that looks after it.")] = "",
    due: Annotated[str, typer.Option("--due", metavar="DATE", help="Such as 2026-04-30.")] = "",
    priority: Annotated[str, typer.Option("--priority", help="P1 to P4.")] = "",
    description: Annotated[str, typer.Option("--description", help="“-” reads it from input.")] = "",
    verified_by: Annotated[str, typer.Option("--verified-by", help="How we will know that it worked.")] = "",
    is_json: Json = False,
) -> None:
    """Add an action item.

    \b
    Example:
      allclear action add "Alert on pool exhaustion" --incident INC-14 --owner tom@example.com --due 2026-04-30
    """
    body = {"title": title} | given(
        incident=incident,
        owner=person(owner),
        team=team,
        due_on=due,
        priority=priority,
        description=said(description),
        verification=verified_by,
    )
    made = connect().post("action-items", body, ADD_FIELDS)
    as_json(made) if is_json else say(f"{made['reference']} is added: {made['title']}")


def list_items(
    search: Annotated[str, typer.Argument(metavar="SEARCH", help="Words, ACT-7, INC-14 or @owner.")] = "",
    state: Annotated[
        str,
        typer.Option(
            "--state", help="unfinished, overdue, at_risk, open, in_progress, done, verified, wont_do"
        ),
    ] = "",
    owner: Annotated[str, typer.Option("--owner", help="me, nobody, an e-mail address or an id.")] = "",
    incident: Annotated[
        str, typer.Option("--incident", metavar="INCIDENT", help="Those of an incident.")
    ] = "",
    everything: Annotated[bool, typer.Option("--all", "-a", help="Also those that are done.")] = False,
    limit: Annotated[int, LIMIT] = 25,
    is_json: Json = False,
) -> None:
    """List action items: those not done, unless you search or choose.

    \b
    Examples:
      allclear action list --owner me
      allclear action list --state overdue --json
    """
    chosen = state or ("" if everything or search else "unfinished")
    page = connect().get(
        "action-items", {"q": "SEARCH"}, q=search, state=chosen, owner=owner, incident=incident, limit=limit
    )
    if is_json:
        as_json(page)
    elif not page["results"]:
        say("There is no such action item.")
    else:
        table(
            ["Item", "State", "Due", "Owner", "Title"], [_row(one) for one in page["results"]], wide="Title"
        )
        if page["next"]:
            note(f"There are more than these {len(page['results'])}. Show up to 200 with --limit.")


def _row(one: Any) -> tuple[str, ...]:
    owner = one["owner"] or one["team"] or {}
    return (
        one["reference"],
        one["state"].replace("_", " "),
        one["due_on"] or "",
        owner.get("name", "-"),
        one["title"],
    )


def done(
    item: Annotated[
        str, typer.Argument(metavar="ITEM", callback=reference, help="The reference, such as ACT-7.")
    ],
    is_json: Json = False,
) -> None:
    """Mark an action item as done.

    \b
    Example:
      allclear action done ACT-7
    """
    made = connect().put(f"action-items/{item}/state", {"state": "done"})
    as_json(made) if is_json else say(f"{made['reference']} is done: {made['title']}")
