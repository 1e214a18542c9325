"""Webhooks of GitHub: deployments, releases and workflow runs. A push changes nothing that runs.

Source: https://docs.github.com/en/webhooks/webhook-events-and-payloads
"""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from alerts.observed import Changed, Parsed
from integrations.senders.base import UnreadableError, an_object, text_of
from integrations.senders.payload_fields import (
    Kind,
    first_of,
    header_of,
    inside,
    key_of,
    needed,
    needed_moment,
    object_of,
    one_change,
)

DEPLOYED = {"success": "succeeded", "failure": "failed", "error": "failed"}
RUN = {
    "success": "succeeded",
    "failure": "failed",
    "startup_failure": "failed",
    "timed_out": "timed out",
}
EVENTS = ("workflow_job", "deployment_status", "deployment", "release", "workflow_run")
"""In this order: a status names its deployment and its run, a job its deployment."""


def parse(body: Any, headers: Mapping[str, str], mapping: Mapping[str, str]) -> Parsed:
    body = an_object(body)
    event = header_of(headers, "X-GitHub-Event") or next((one for one in EVENTS if object_of(body, one)), "")
    repository = object_of(body, "repository")
    if "zen" in body or event == "ping":
        return Parsed(note="A ping of GitHub: the webhook is set up.")
    if not event and not repository:
        raise UnreadableError(
            "There is no “repository”. Use a webhook of GitHub that sends application/json."
        )
    name = text_of(repository.get("name"))
    if event == "deployment_status":
        told = _deployment_status(body, name)
    elif event == "deployment":
        told = _deployment(body, name)
    elif event == "release":
        told = _release(body, name)
    elif event == "workflow_run":
        told = _workflow_run(body, name)
    else:
        told = f"“{event[:60]}” is no change." if event else "A push or another event of GitHub is no change."
    return one_change(told)


def _deployment(body: dict[str, Any], name: str) -> Changed | str:
    action = text_of(body.get("action"))
    if action not in ("", "created"):
        return f"A deployment was {action[:60]}. That is no change."
    return _deployed(body, name, inside(body, "deployment", "created_at"), "")


def _deployment_status(body: dict[str, Any], name: str) -> Changed | str:
    state = text_of(inside(body, "deployment_status", "state"))
    if state not in DEPLOYED:
        return f"The deployment is “{state[:60]}”. It is no change before it ends."
    return _deployed(body, name, inside(body, "deployment_status", "created_at"), f" {DEPLOYED[state]}")


def _deployed(body: dict[str, Any], name: str, at: Any, said: str) -> Changed:
    """A deployment has one key: its end is the same change as its beginning."""
    deployment, status = object_of(body, "deployment"), object_of(body, "deployment_status")
    place = first_of(status.get("environment"), deployment.get("environment"))
    what = first_of(deployment.get("ref"), text_of(deployment.get("sha"))[:10])
    page = text_of(inside(body, "repository", "html_url"))
    return Changed(
        key=key_of("deployment", needed("“id” of “deployment”", deployment.get("id"))),
        kind=Kind.DEPLOYMENT,
        title=f"Deployment of {name} ({what}){f' to {place}' if place else ''}{said}",
        at=needed_moment("The time of the change", at),
        service=name,
        url=first_of(
            status.get("log_url"),
            status.get("target_url"),
            inside(body, "workflow_run", "html_url"),
            f"{page}/deployments" if page else "",
        ),
        source="GitHub",
    )


def _release(body: dict[str, Any], name: str) -> Changed | str:
    action = text_of(body.get("action"))
    if action != "published":
        return f"A release was {action[:60]}. Only one that is published is a change."
    release = object_of(body, "release")
    tag = first_of(release.get("name"), release.get("tag_name"))
    return Changed(
        key=key_of("release", needed("“id” of “release”", release.get("id"))),
        kind=Kind.OTHER,
        title=f"Release {tag} of {name}",
        at=needed_moment("The time of the change", release.get("published_at"), release.get("created_at")),
        service=name,
        url=text_of(release.get("html_url")),
        source="GitHub",
    )


def _workflow_run(body: dict[str, Any], name: str) -> Changed | str:
    action = text_of(body.get("action"))
    if action != "completed":
        return f"A workflow run is {action[:60]}. It is no change before it is completed."
    run = object_of(body, "workflow_run")
    conclusion = text_of(run.get("conclusion"))
    if conclusion not in RUN:
        return f"A workflow run was completed as “{conclusion[:60]}”. That is no change."
    workflow = first_of(run.get("name"), inside(body, "workflow", "name"))
    number, branch = text_of(run.get("run_number")), text_of(run.get("head_branch"))
    said = f"{workflow} #{number}" + (f" on {branch}" if branch else "")
    return Changed(
        key=key_of(
            "workflow_run", needed("“id” of “workflow_run”", run.get("id")), text_of(run.get("run_attempt"))
        ),
        kind=Kind.CI,
        title=f"{said} {RUN[conclusion]}",
        at=needed_moment(
            "The time of the change", run.get("updated_at"), run.get("run_started_at"), run.get("created_at")
        ),
        service=name,
        url=text_of(run.get("html_url")),
        source="GitHub",
    )


def sample(service: str) -> dict[str, Any]:
    now = timezone.now().strftime("%Y-%m-%dT%H:%M:%SZ")
    return {
        "action": "created",
        "deployment_status": {
            "id": 1,
            "state": "success",
            "environment": "production",
            "created_at": now,
            "updated_at": now,
        },
        "deployment": {
            "id": 1,
            "sha": "0" * 40,
            "ref": "main",
            "task": "deploy",
            "environment": "production",
            "created_at": now,
        },
        "repository": {"id": 1, "name": service, "full_name": f"test/{service}", "default_branch": "main"},
    }
