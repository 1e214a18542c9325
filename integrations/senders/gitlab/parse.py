"""Webhooks of GitLab: deployments, releases and pipelines. Everything else is no change.

Source: https://docs.gitlab.com/user/project/integrations/webhook_events/
"""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from alerts.observed import Changed, Parsed
from integrations.senders.base import UnreadableError, an_object, text_of
from integrations.senders.payload_fields import (
    Kind,
    first_of,
    inside,
    key_of,
    needed,
    needed_moment,
    object_of,
    one_change,
)

OVER = {"success": "succeeded", "failed": "failed"}
LONGEST_PATH = 1_000


def parse(body: Any, headers: Mapping[str, str], mapping: Mapping[str, str]) -> Parsed:
    body = an_object(body)
    kind = text_of(body.get("object_kind"))
    project = object_of(body, "project")
    path = text_of(project.get("path_with_namespace"))[:LONGEST_PATH]
    name = path.rpartition("/")[2] or text_of(project.get("name"))
    told: Changed | str
    if kind == "deployment":
        told = _deployment(body, name)
    elif kind == "release":
        told = _release(body, name)
    elif kind == "pipeline":
        told = _pipeline(body, name)
    elif kind or text_of(body.get("event_name")):
        told = f"“{first_of(kind, body.get('event_name'))[:60]}” is no change."
    else:
        raise UnreadableError(
            "“object_kind” is missing. Use a webhook of GitLab without a template of your own."
        )
    return one_change(told)


def _deployment(body: dict[str, Any], name: str) -> Changed | str:
    state = text_of(body.get("status"))
    if state not in OVER:
        return f"The deployment is “{state[:60]}”. Only one that succeeded or failed is a change."
    what, place = first_of(body.get("ref"), body.get("short_sha")), text_of(body.get("environment"))
    return Changed(
        key=key_of("deployment", needed("“deployment_id”", body.get("deployment_id"))),
        kind=Kind.DEPLOYMENT,
        title=f"Deployment of {name} ({what}){f' to {place}' if place else ''} {OVER[state]}",
        at=needed_moment("The time of the change", body.get("status_changed_at")),
        service=name,
        url=text_of(body.get("deployable_url")),
        source="GitLab",
    )


def _release(body: dict[str, Any], name: str) -> Changed | str:
    action = text_of(body.get("action"))
    if action != "create":
        return f"“{action[:60]}” of a release. Only its creation is a change."
    return Changed(
        key=key_of("release", needed("“id”", body.get("id"))),
        kind=Kind.OTHER,
        title=f"Release {first_of(body.get('name'), body.get('tag'))} of {name}",
        at=needed_moment("The time of the change", body.get("released_at"), body.get("created_at")),
        service=name,
        url=text_of(body.get("url")),
        source="GitLab",
    )


def _pipeline(body: dict[str, Any], name: str) -> Changed | str:
    pipeline = object_of(body, "object_attributes")
    state = text_of(pipeline.get("status"))
    if state not in OVER:
        return f"The pipeline is “{state[:60]}”. Only one that succeeded or failed is a change."
    number = needed("“id”", pipeline.get("id"))
    ref, page = text_of(pipeline.get("ref")), text_of(inside(body, "project", "web_url"))
    return Changed(
        key=key_of("pipeline", number),
        kind=Kind.CI,
        title=f"Pipeline #{number}{f' on {ref}' if ref else ''} {OVER[state]}",
        at=needed_moment("The time of the change", pipeline.get("finished_at"), pipeline.get("created_at")),
        service=name,
        url=first_of(pipeline.get("url"), f"{page}/-/pipelines/{number}" if page else ""),
        source="GitLab",
    )


def sample(service: str) -> dict[str, Any]:
    return {
        "object_kind": "deployment",
        "status": "success",
        "status_changed_at": timezone.now().strftime("%Y-%m-%d %H:%M:%S %z"),
        "deployment_id": 1,
        "deployable_url": "",
        "environment": "production",
        "project": {"id": 1, "name": service, "path_with_namespace": f"test/{service}"},
        "short_sha": "00000000",
        "ref": "main",
    }
