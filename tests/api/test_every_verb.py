"""Does every verb of a person have an operation?"""

import inspect

import pytest

import accounts.models
import accounts.workflow
import action_items.workflow
import alerts.workflow
import automations.workflow
import history.workflow
import incidents.workflow.catalogue
import insights.workflow
import integrations.workflow
import notifications.workflow
import retros.workflow
import signals.workflow
import statuspages.workflow
import subscribers.workflow
import trackers.workflow
from api.registry import OPERATIONS

BROWSER = "About the sessions of a browser, which a token has none of."
LINK = "Done by a link from a mail or the terminal, before there is an account that a token could act for."
WITHOUT_OPERATION = {
    "accounts.accept_invitation": LINK,
    "accounts.create_first_administrator": LINK,
    "accounts.issue_setup_link": LINK,
    "accounts.end_other_sessions": BROWSER,
    "accounts.end_session": BROWSER,
    "accounts.set_password": "A password is changed by who types the present one; a token must not lock its person out.",
    "retros.write_update": "An update of a live editor, which goes through its socket. save_text writes a section.",
    "action_items.take_from_ticket": "A worker does it with what changed in a tracker; settle_ticket_conflict for people.",
    "alerts.take_in": "A worker does it with what a sender sent.",
    "alerts.route_alerts": "A worker does it with what fires.",
    "statuspages.extend_series": "A job: it makes the next windows of maintenance that repeats.",
}
"""App and verb → why the API does not offer it."""
WORKFLOWS = [
    accounts.workflow,
    action_items.workflow,
    alerts.workflow,
    automations.workflow,
    history.workflow,
    incidents.workflow.catalogue,
    insights.workflow,
    integrations.workflow,
    notifications.workflow,
    retros.workflow,
    signals.workflow,
    statuspages.workflow,
    subscribers.workflow,
    trackers.workflow,
]


def names_of(workflow):
    own = [name for name in vars(workflow) if not name.startswith("_")]
    return getattr(workflow, "__all__", own)


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda one: one.__name__)
def test_every_verb_has_an_operation(workflow, api):
    offered = {verb for operation in OPERATIONS for verb in operation.verbs}
    verbs = {
        name: getattr(workflow, name)
        for name in names_of(workflow)
        if inspect.isfunction(getattr(workflow, name))
        and "by" in inspect.signature(getattr(workflow, name)).parameters
    }
    missing = sorted(name for name, verb in verbs.items() if verb not in offered)
    missing = [name for name in missing if not verbs[name].__module__.startswith("audit.")]
    app = workflow.__name__.split(".")[0]
    assert [f"{app}.{name}" for name in missing] == sorted(
        name for name in WITHOUT_OPERATION if name.startswith(f"{app}.")
    )


def test_every_scope_is_one_that_a_token_can_have(api):
    known = {*accounts.models.SCOPES, ""}
    assert [one.name for one in OPERATIONS if one.scope not in known] == []
