"""`note`, `update`, `mitigate`, `resolve`, `close`, `change`."""

from typing import Annotated, Any

import typer

from allclear_cli import times
from allclear_cli.arguments import (
    At,
    Audience,
    Incident,
    Json,
    Next,
    Say,
    States,
    given,
    pairs,
    person,
    reference,
    said,
    states,
)
from allclear_cli.connecting import connect
from allclear_cli.output import as_json, say, words

SAY = ("--say", "AUDIENCE=TEXT")


def note(
    incident: Incident,
    text: Annotated[str, typer.Argument(metavar="TEXT", help="What happened. “-” reads it from input.")],
    kind: Annotated[
        str, typer.Option("--kind", help="note, decision, question, answer, alert or change. [note]")
    ] = "",
    detail: Annotated[
        str, typer.Option("--detail", help="More than one line. “-” reads it from input.")
    ] = "",
    at: At = "",
    is_json: Json = False,
) -> None:
    """Write an entry into the timeline of an incident.

    \b
    Examples:
      allclear note INC-14 "The pool is exhausted"
      allclear note INC-14 "Paged the database team" --at 14:03
      kubectl get pods | allclear note INC-14 "The pods now" --detail -
    """
    body = {"text": said(text)} | given(kind=kind, detail=said(detail), occurred_at=at and times.past(at))
    names = {"text": "TEXT", "occurred_at": "--at"}
    made = connect().post(f"incidents/{incident}/timeline", body, names)
    as_json(made) if is_json else say(f"Noted on {made['incident']} at {times.shown(made['occurred_at'])}.")


def update(
    incident: Incident,
    known: Annotated[
        str, typer.Argument(metavar="KNOWN", help="What we know. “-” reads it from input.")
    ] = "",
    to: Annotated[
        list[Audience] | None,
        typer.Option(
            "--to", help="Who reads it. Repeatable. [stakeholders if there is KNOWN, and those of --say]"
        ),
    ] = None,
    unknown: Annotated[str, typer.Option("--unknown", help="What we do not know yet.")] = "",
    nothing_unknown: Annotated[
        bool, typer.Option("--nothing-unknown", help="There is nothing we do not know.")
    ] = False,
    doing: Annotated[str, typer.Option("--doing", help="What we are doing.")] = "",
    workaround: Annotated[str, typer.Option("--workaround", help="What readers can do meanwhile.")] = "",
    ask: Annotated[str, typer.Option("--ask", help="What we ask of readers.")] = "",
    texts: Say = None,
    public_title: Annotated[
        str, typer.Option("--public-title", help="What public pages call the incident.")
    ] = "",
    next_at: Next = "",
    service: States = None,
    no_change: Annotated[
        bool,
        typer.Option("--no-change", help="Say to all audiences that nothing changed since the last update."),
    ] = False,
    is_json: Json = False,
) -> None:
    """Post a status update.

    The public never reads the team's own words: write theirs with --say public=TEXT. Where the severity asks for
    approval, the update waits for it.

    \b
    Examples:
      allclear update INC-14 "4 in 10 payments fail." --unknown "Why." --doing "Rolling back." --next 30m
      allclear update INC-14 "Payments fail." --nothing-unknown --next 15:00 \\
          --say public="Some card payments fail." --public-title "Card payments fail"
      allclear update INC-14 --no-change
    """
    server = connect()
    if no_change:
        made = server.post(f"incidents/{incident}/status-updates/no-change", {})
    else:
        other_words = pairs(texts, *SAY)
        audiences = [one.value for one in to or []] or ([Audience.STAKEHOLDERS.value] if known else [])
        body: dict[str, Any] = {"audiences": list(dict.fromkeys([*audiences, *other_words]))} | given(
            known=said(known),
            unknown=unknown,
            no_open_unknowns=nothing_unknown or None,
            doing=doing,
            workaround=workaround,
            ask=ask,
            wordings={audience: {"known": text} for audience, text in other_words.items()},
            public_title=public_title,
            next_update_at=next_at and times.coming(next_at),
            services=states(service),
        )
        made = server.post(f"incidents/{incident}/status-updates", body, UPDATE_FIELDS)
    as_json(made) if is_json else _tell_update(made)


UPDATE_FIELDS = {
    "audiences": "--to",
    "known": "KNOWN",
    "no_open_unknowns": "--nothing-unknown",
    "wordings": "--say",
    "next_update_at": "--next",
    "services": "--service",
}


def _tell_update(made: Any) -> None:
    readers = ", ".join(made["audiences"])
    outcome = "waits for approval" if made["state"] == "awaiting" else "is posted"
    say(f"The update on {made['incident']} for {readers} {outcome}.")
    if made["next_update_at"]:
        say(f"The next one is due at {times.shown(made['next_update_at'])}.")


STEP_FIELDS = {
    "waive_reason": "--waive",
    "impact_ended_at": "--ended",
    "services": "--service",
    "updates": "--say",
    "unsent": "--no-update",
    "next_update_at": "--next",
    "outcomes": "--outcome",
}


def mitigate(
    incident: Incident,
    what: Annotated[str, typer.Argument(metavar="WHAT", help="What stopped the impact.")] = "",
    at: At = "",
    outcome: Annotated[
        list[str] | None,
        typer.Option(
            "--outcome",
            metavar="ID=STATE",
            help="What became of a mitigation that was being applied: worked, no_effect, made_worse. Repeatable.",
        ),
    ] = None,
    service: States = None,
    texts: Say = None,
    next_at: Next = "",
    is_json: Json = False,
) -> None:
    """Mark an incident as mitigated: the impact has stopped, recovery is being watched.

    \b
    Example:
      allclear mitigate INC-14 "Rolled back to 4.1" --service payments=operational \\
          --say stakeholders="Payments work again. We are watching." --next 30m
    """
    found = pairs(outcome, "--outcome", "ID=STATE")
    body = given(
        note=said(what),
        at=at and times.past(at),
        outcomes=[{"mitigation": person(one), "state": state} for one, state in found.items()],
        services=states(service),
        updates=pairs(texts, *SAY),
        next_update_at=next_at and times.coming(next_at),
    )
    made = connect().post(f"incidents/{incident}/mitigation", body, STEP_FIELDS | {"note": "WHAT"})
    _tell_step(made, is_json)


def resolve(
    incident: Incident,
    at: At = "",
    ended: Annotated[
        str, typer.Option("--ended", metavar="TIME", help="When the impact ended, if not now.")
    ] = "",
    waive: Annotated[
        str,
        typer.Option("--waive", metavar="REASON", help="Why the recovery checks that are open are skipped."),
    ] = "",
    service: States = None,
    texts: Say = None,
    unsent: Annotated[
        list[str] | None,
        typer.Option(
            "--no-update", metavar="AUDIENCE=REASON", help="Why an audience gets no final update. Repeatable."
        ),
    ] = None,
    is_json: Json = False,
) -> None:
    """Resolve an incident: recovery is verified, and everybody who was informed gets a final update.

    \b
    Example:
      allclear resolve INC-14 --waive "Checked by hand" --say stakeholders="Payments work. It is over."
    """
    body = given(
        at=at and times.past(at),
        impact_ended_at=ended and times.past(ended),
        waive_reason=waive,
        services=states(service),
        updates=pairs(texts, *SAY),
        unsent=pairs(unsent, "--no-update", "AUDIENCE=REASON"),
    )
    _tell_step(connect().post(f"incidents/{incident}/resolution", body, STEP_FIELDS), is_json)


def close(
    incident: Incident,
    owner: Annotated[
        str, typer.Option("--owner", metavar="PERSON", help="Who owns the retrospective: e-mail or id.")
    ] = "",
    waive: Annotated[
        str, typer.Option("--waive", metavar="REASON", help="Why it is closed without a retrospective.")
    ] = "",
    is_json: Json = False,
) -> None:
    """Close a resolved incident.

    \b
    Examples:
      allclear close INC-14 --owner ines@example.com
      allclear close INC-14 --waive "It was a drill"
    """
    body = given(owner=person(owner), waive_reason=waive)
    _tell_step(connect().post(f"incidents/{incident}/closure", body, STEP_FIELDS), is_json)


def _tell_step(made: Any, is_json: bool) -> None:
    as_json(made) if is_json else say(f"{made['reference']} is {words(made['status'])}.")


def change(
    title: Annotated[
        str, typer.Argument(metavar="TITLE", help="What was changed, such as “payments 4.2 deployed”.")
    ],
    service: Annotated[
        str, typer.Option("--service", metavar="SLUG", help="The service that was changed.")
    ] = "",
    incident: Annotated[
        str, typer.Option("--incident", metavar="INCIDENT", help="Only on this incident, such as INC-14.")
    ] = "",
    kind: Annotated[
        str,
        typer.Option("--kind", help="deployment, feature_flag, configuration, infrastructure … [deployment]"),
    ] = "",
    url: Annotated[str, typer.Option("--url", help="Where more is to be read, such as the pipeline.")] = "",
    source: Annotated[str, typer.Option("--source", help="What tells of it, such as “GitHub Actions”.")] = "",
    at: At = "",
    is_json: Json = False,
) -> None:
    """Record a deployment or another change. One line for the end of a pipeline.

    It is recorded on the given incident, or else on each open incident of the service. Where there is none, nothing
    is recorded and the command succeeds: a pipeline goes on.

    \b
    Examples:
      allclear change "payments 4.2 deployed" --service payments --url "$CI_PIPELINE_URL"
      allclear change "Checkout flag off" --kind feature_flag --incident INC-14 --at 5m
    """
    if not (service or incident):
        raise typer.BadParameter("Name the service that was changed, or an incident.", param_hint="--service")
    server = connect()
    body = {"title": title, "at": times.past(at) if at else times.now()}
    body |= given(service=service, kind=kind, url=url, source=source)
    if incident:
        on = [reference(incident)]
    else:
        page = server.get("incidents", status="open", service=service, limit=200)
        on = [one["reference"] for one in page["results"]]
    made = [server.post(f"incidents/{one}/changes", body, {"title": "TITLE"}) for one in on]
    if is_json:
        as_json(made)
    elif made:
        say(f"Recorded on {', '.join(on)}.")
    else:
        say(f"No incident of {service} is open. Nothing is recorded.")
