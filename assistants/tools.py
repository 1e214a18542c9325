"""The tools that are offered. Importing this module offers them."""

from typing import Any

from api import urls  # noqa: F401 - the operations register
from api.registry import Call
from assistants.catalogue import Tool, offer
from assistants.drafting import draft_update
from incidents.models import Audience

INSIDE = (Audience.RESPONDERS.value, Audience.STAKEHOLDERS.value)
"""Whom a tool may write to. Customers read only what a person publishes on a page."""
UPDATE = ("audiences", "known", "unknown", "no_open_unknowns", "doing", "workaround", "ask", "next_update_at")


def _running(rows: Any) -> Any:
    return rows.filter(ended_at=None)


# -- reading ------------------------------------------------------------------------------------------------

offer(
    Tool(
        "find_incidents",
        "list_incidents",
        "Find incidents",
        "Incidents, newest first, by words or the search of the list, such as “sev1 open service:payments”.",
        ("q", "status", "severity", "incident_type", "service"),
    )
)
offer(
    Tool("get_incident", "get_incident", "Read an incident", "One incident by its reference, such as INC-14.")
)
offer(
    Tool(
        "get_timeline",
        "list_timeline_events",
        "Read a timeline",
        "What happened in an incident, newest first.",
        ("kind", "which", "after", "before"),
    )
)
offer(
    Tool(
        "who_is_in_charge",
        "list_incident_roles",
        "Who is in charge",
        "Who holds which role in an incident now: the commander, the deputy and the others.",
        narrow=_running,
    )
)
offer(
    Tool(
        "find_similar_incidents",
        "list_similar_incidents",
        "Find similar incidents",
        "Open and recent incidents with a title like this one. Ask before you declare another incident.",
        ("title",),
    )
)
offer(
    Tool(
        "list_status_updates",
        "list_status_updates",
        "Read status updates",
        "The status updates of an incident, newest first.",
    )
)
offer(
    Tool(
        "list_hypotheses",
        "list_hypotheses",
        "Read hypotheses",
        "What might explain an incident, with confidence and verdict.",
    )
)
offer(
    Tool(
        "list_mitigations",
        "list_mitigations",
        "Read mitigations",
        "What is proposed and applied to limit the impact of an incident, with their ids.",
    )
)
offer(
    Tool(
        "list_tasks",
        "list_tasks",
        "Read tasks",
        "The tasks of an incident, with their ids.",
    )
)
offer(
    Tool(
        "get_metrics",
        "get_metrics",
        "Read metrics",
        "How long incidents took, how many there were and how this compares with the period before.",
        ("severity", "incident_type", "service", "team", "period", "since", "until"),
    )
)
offer(
    Tool(
        "list_events",
        "list_events",
        "Read events",
        "What happened in the last 30 days, in all incidents or in one, newest first.",
        ("name", "incident", "after", "before"),
    )
)
offer(
    Tool(
        "list_services",
        "list_services",
        "Read services",
        "The services of the catalogue, with their slugs and owners.",
    )
)
offer(
    Tool(
        "list_action_items",
        "list_action_items",
        "Read action items",
        "What is to be changed, by whom and until when.",
        ("q", "state", "owner", "team", "incident", "service"),
    )
)
offer(
    Tool(
        "list_retrospectives",
        "list_published_retrospectives",
        "Read retrospectives",
        "Published retrospectives, newest first: what happened, why, and what was learned.",
        ("q", "service"),
    )
)
offer(
    Tool(
        "search",
        "search",
        "Search",
        "Incidents, retrospectives and action items that fit some words or a reference.",
        ("q",),
    )
)
offer(
    Tool(
        "draft_status_update",
        "get_incident",
        "Draft a status update",
        "What an update needs to say: the facts, the last update, and what your draft still lacks. Changes nothing.",
        UPDATE,
        only={"audiences": INSIDE},
        run=draft_update,
    )
)

# -- writing: a preview first -------------------------------------------------------------------------------


def _declared(call: Call) -> str:
    said = call.data
    severity = said.get("severity") or "the severity for “not sure”"
    takes_command = said.get("takes_command", not call.user.is_service)
    command = "You take command." if takes_command else "Nobody takes command."
    return f"Declare the incident “{said['title']}” with {severity}. Responders are notified. {command}"


def _noted(call: Call) -> str:
    return f"Write in the timeline of {call['incident'].reference}: “{call.data['text']}”"


def _posted(call: Call) -> str:
    readers = " and ".join(Audience(one).label.lower() for one in call.data["audiences"])
    return f"Send a status update on {call['incident'].reference} to {readers}."


def _raised(call: Call) -> str:
    return f"Record the hypothesis “{call.data['claim']}” in {call['incident'].reference}."


def _moved(call: Call) -> str:
    return f"Set the mitigation “{call['mitigation'].text}” to “{call.data['state']}”."


def _promised(call: Call) -> str:
    return f"Add the action item “{call.data['title']}”."


def _completed(call: Call) -> str:
    state = "done" if call.data["done"] else "open again"
    return f"Mark the task “{call['task'].title}” of {call['incident'].reference} as {state}."


offer(
    Tool(
        "declare_incident",
        "declare_incident",
        "Declare an incident",
        "Declare an incident, once no similar one is open. A person adds the services, as status pages show them.",
        (
            "title",
            "severity",
            "summary",
            "incident_type",
            "takes_command",
            "is_private",
            "is_drill",
        ),
        sentence=_declared,
    )
)
offer(
    Tool(
        "add_note",
        "add_timeline_event",
        "Add a note",
        "Write a note, a decision or a question in the timeline of an incident.",
        ("text", "kind", "detail", "occurred_at"),
        sentence=_noted,
    )
)
offer(
    Tool(
        "post_status_update",
        "post_status_update",
        "Send an internal status update",
        "Send a status update to responders or stakeholders. What customers read is published by a person only.",
        UPDATE,
        sentence=_posted,
        only={"audiences": INSIDE},
    )
)
offer(
    Tool(
        "raise_hypothesis",
        "raise_hypothesis",
        "Raise a hypothesis",
        "Record what might explain an incident.",
        ("claim", "confidence", "test"),
        sentence=_raised,
    )
)
offer(
    Tool(
        "move_mitigation",
        "move_mitigation",
        "Move a mitigation",
        "Say how far a mitigation has come, and what was observed.",
        ("state", "observed_effect"),
        sentence=_moved,
        changes_state=True,
    )
)
offer(
    Tool(
        "complete_task",
        "complete_task",
        "Complete a task",
        "Mark a task of an incident as done, or as open again.",
        ("done",),
        sentence=_completed,
        changes_state=True,
    )
)
offer(
    Tool(
        "add_action_item",
        "add_action_item",
        "Add an action item",
        "Add what is to be changed so that it does not happen again. With an owner and a day it is more likely done.",
        ("title", "description", "category", "priority", "owner", "due_on", "incident"),
        sentence=_promised,
    )
)
