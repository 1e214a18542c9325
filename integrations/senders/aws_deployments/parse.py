"""Deployments and builds of AWS: events of CodeDeploy, CodePipeline and CodeBuild, from EventBridge or through SNS.

Sources: https://docs.aws.amazon.com/codedeploy/latest/userguide/monitoring-cloudwatch-events.html,
https://docs.aws.amazon.com/codepipeline/latest/userguide/detect-state-changes-cloudwatch-events.html
and https://docs.aws.amazon.com/codebuild/latest/userguide/sample-build-notifications.html
"""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from alerts.observed import Changed, Parsed
from integrations.senders.aws import messages_in
from integrations.senders.base import UnreadableError, text_of
from integrations.senders.payload_fields import Kind, first_of, inside, key_of, needed_moment, object_of

OVER = {"success": "succeeded", "succeeded": "succeeded", "failure": "failed", "failed": "failed"}
SOURCES = ("aws.codedeploy", "aws.codepipeline", "aws.codebuild")


def parse(body: Any, headers: Mapping[str, str], mapping: Mapping[str, str]) -> Parsed:
    messages, note = messages_in(body, headers)
    if note:
        return Parsed(note=note)
    changes, notes = [], []
    for event in messages:
        if not text_of(event.get("detail-type")):
            raise UnreadableError(
                "“detail-type” is missing. Send events of CodeDeploy, CodePipeline or CodeBuild from a rule of EventBridge."
            )
        told = _changed(event)
        if isinstance(told, str):
            notes.append(told)
        else:
            changes.append(told)
    return Parsed(changes=tuple(changes), note="" if changes else "; ".join(dict.fromkeys(notes))[:500])


def _changed(event: dict[str, Any]) -> Changed | str:
    """The deployment or build that ended, or a note."""
    kind, source = text_of(event.get("detail-type")), text_of(event.get("source"))
    detail = object_of(event, "detail")
    if source not in SOURCES or "Stage" in kind or "Action" in kind or "Instance" in kind or "Phase" in kind:
        return f"“{kind[:100]}” of {source[:60] or 'an unknown source'} is no change."
    state = first_of(detail.get("state"), detail.get("build-status"))
    said = OVER.get(state.casefold())
    if said is None:
        return f"“{state[:60]}”: the change is not over, or was given up."
    at = needed_moment("“time”", event.get("time"))
    if source == "aws.codedeploy":
        name, number = text_of(detail.get("application")), text_of(detail.get("deploymentId"))
        group = text_of(detail.get("deploymentGroup"))
        title = f"Deployment of {name}{f' to {group}' if group else ''} {said}"
    elif source == "aws.codepipeline":
        name, number = text_of(detail.get("pipeline")), text_of(detail.get("execution-id"))
        title = f"Pipeline {name} {said}"
    else:
        name, number = text_of(detail.get("project-name")), text_of(detail.get("build-id"))
        title = f"Build of {name} {said}"
    if not name or not number:
        raise UnreadableError(f"“detail” of “{kind[:100]}” names no application or no execution.")
    return Changed(
        key=key_of(source, number),
        kind=Kind.DEPLOYMENT if source == "aws.codedeploy" else Kind.CI,
        title=title,
        at=at,
        service=name,
        url=text_of(inside(detail, "additional-information", "logs", "deep-link")),
        source="AWS "
        + {"aws.codedeploy": "CodeDeploy", "aws.codepipeline": "CodePipeline"}.get(source, "CodeBuild"),
    )


def sample(service: str) -> dict[str, Any]:
    return {
        "version": "0",
        "id": "test",
        "detail-type": "CodeDeploy Deployment State-change Notification",
        "source": "aws.codedeploy",
        "account": "123456789012",
        "time": timezone.now().isoformat(),
        "region": "eu-west-1",
        "resources": [],
        "detail": {
            "region": "eu-west-1",
            "deploymentId": "d-test",
            "deploymentGroup": "test",
            "application": service or "test",
            "state": "SUCCESS",
        },
    }
