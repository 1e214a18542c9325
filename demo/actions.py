"""What Fernhill has resolved to do since: some of it done and seen to work, some of it late."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from accounts.models import User
from action_items.models import ActionItem
from action_items.workflow import (
    add_action_item,
    answer_helped,
    complete_action_item,
    start_action_item,
    verify_action_item,
    wont_do_action_item,
)
from demo.cast import Stage
from retros.models import Retrospective

DAY = 24 * 60


@dataclass
class Resolved:
    """Days count from today; `about` is a word of the incident’s title, empty for what came from none."""

    title: str
    about: str
    owner: str
    due: int | None
    priority: str = "P2"
    category: str = "code"
    added: int = 20
    state: str = "open"
    done: int = 0
    check: str = ""
    seen: str = ""
    helped: str = ""
    reason: str = ""
    ticket: str = ""
    team: str = ""


ITEMS = [
    Resolved(
        "Check every server’s clock and alert on drift", "signed out", "lee", -120, "P1", "tooling", 148,
        "verified", 126, "A server set five minutes wrong rings within two", "It rang after 90 seconds.", "yes",
    ),
    Resolved(
        "Say in the runbook how to take a server out", "signed out", "priya", -118, "P3", "process", 148, "done", 110,
        "Somebody new does it from the page alone", helped="too_early",
    ),
    Resolved(
        "Drop the shared cron host", "", "tom", -41, "P3", added=100, check="Nothing runs there for a week", team="Warehouse",
    ),
    Resolved(
        "Alert on pool saturation, with an end date for mutes", "Pool exhausted", "ana", -3, "P1", "tooling", 20,
        "in_progress", check="A mute without an end date is refused",
    ),
    Resolved(
        "Page the provider from the runbook, not from memory", "Pool exhausted", "mira", -5, "P2", "process", 20,
        check="A drill reaches them in five minutes", ticket="OPS-91",
    ),
    Resolved(
        "Contract test for the card provider’s client", "Pool exhausted", "sam", 2, "P1", "code", 20, "in_progress",
        check="A slow answer fails the build",
    ),
    Resolved("Show the pool on the checkout dashboard", "Pool exhausted", "ana", 4, "P1", "tooling", 20,
             check="The pool is on the first screen"),
    Resolved("Write down who may stop the release train", "", "", 3, "P2", "process", 12, team="Platform"),
    Resolved("Skip malformed labels and list them", "Label printer", "tom", 0, "P2", "code", 8,
             check="One bad address leaves the queue running", ticket="WH-77"),
    Resolved("Release a connection before each second attempt", "Pool exhausted", "sam", 18, "P1", "code", 20,
             check="The load test keeps 20 connections free"),
    Resolved("Collect zone c’s metrics twice", "", "lee", 25, "P2", "tooling", 6),
    Resolved("Practise a rollback each quarter", "Pool exhausted", "ines", 53, "P3", "process", 20,
             check="Somebody new rolls back in five minutes, once a quarter"),
    Resolved("Give the search index a second home", "search index", "jonas", None, "P4", "code", 17),
    Resolved("Rehearse the index rebuild with a stopwatch", "search index", "lee", -4, "P2", "process", 17, "in_progress", 6,
             "Under twenty minutes, by somebody else than Lee"),
    Resolved(
        "Freeze deployments on market days", "Pool exhausted", "ana", -10, "P2", "process", 20, "wont_do", 12,
        reason="Small deployments with a flag carry less risk than a pile after the freeze.",
    ),
]  # fmt: skip


def tell_actions(stage: Stage) -> None:
    for number, resolved in enumerate(ITEMS):
        _tell(stage, resolved, offset=number)


def _tell(stage: Stage, resolved: Resolved, offset: int) -> None:
    retrospective = Retrospective.objects.get(title__contains=resolved.about) if resolved.about else None
    owner = stage.people.get(resolved.owner)
    by = (retrospective.owner if retrospective else None) or stage.people["ines"]
    today = stage.now.date()
    with stage.at(resolved.added * DAY - offset):
        item = add_action_item(
            by=by,
            title=resolved.title,
            retrospective=retrospective,
            owner=owner,
            team=_team(stage, resolved.team),
            due_on=today + timedelta(days=resolved.due) if resolved.due is not None else None,
            priority=resolved.priority,
            category=resolved.category,
            verification=resolved.check,
            external_key=resolved.ticket,
        )
    with stage.at(max(resolved.done + 2, 1) * DAY):
        if resolved.state != "open":
            item = start_action_item(item=item, by=owner or by)
    with stage.at(resolved.done * DAY + offset):
        _end(stage, item, resolved, owner or by)


def _end(stage: Stage, item: ActionItem, resolved: Resolved, by: User) -> None:
    if resolved.state == "wont_do":
        wont_do_action_item(item=item, by=by, reason=resolved.reason)
    if resolved.state not in ("done", "verified"):
        return
    item = complete_action_item(item=item, by=by)
    if resolved.state == "verified":
        other = next(person for person in stage.people.values() if person.is_responder and person != by)
        item = verify_action_item(item=item, by=other, seen=resolved.seen)
    if resolved.helped:
        with stage.at((resolved.done - 90) * DAY + 60):
            answer_helped(item=item, by=by, answer=resolved.helped)


def _team(stage: Stage, name: str) -> Any:
    found = (
        {team.name: team for person in stage.people.values() for team in person.teams.all()} if name else {}
    )
    return found.get(name)
