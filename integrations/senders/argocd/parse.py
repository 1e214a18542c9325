"""Notifications of Argo CD, by the template in `TEMPLATE`: its sync operations.

Source: https://argo-cd.readthedocs.io/en/stable/operator-manual/notifications/services/webhook/
"""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from alerts.observed import Changed, Parsed
from integrations.senders.base import UnreadableError, an_object, text_of
from integrations.senders.payload_fields import Kind, first_of, key_of, needed_moment

TEMPLATE = """# In the config map argocd-notifications-cm. Put the address of this integration in place of ADDRESS.
service.webhook.allclear: |
  url: ADDRESS
  headers:
    - name: Content-Type
      value: application/json
template.allclear: |
  webhook:
    allclear:
      method: POST
      body: |
        {
          "app": {{toJson .app.metadata.name}},
          "namespace": {{toJson .app.metadata.namespace}},
          "project": {{toJson .app.spec.project}},
          "phase": {{toJson .app.status.operationState.phase}},
          "revision": {{toJson .app.status.sync.revision}},
          "started_at": {{toJson .app.status.operationState.startedAt}},
          "finished_at": {{toJson .app.status.operationState.finishedAt}},
          "health": {{toJson .app.status.health.status}},
          "url": {{toJson (printf "%s/applications/%s/%s" .context.argocdUrl .app.metadata.namespace .app.metadata.name)}}
        }
trigger.allclear: |
  - when: app.status.operationState != nil and app.status.operationState.phase in ['Succeeded', 'Failed', 'Error']
    oncePer: app.status.operationState.finishedAt
    send: [allclear]
subscriptions: |
  - recipients: [allclear]
    triggers: [allclear]
"""
OVER = {"succeeded": "succeeded", "failed": "failed", "error": "failed"}
LONGEST_REVISION = 10


def parse(body: Any, headers: Mapping[str, str], mapping: Mapping[str, str]) -> Parsed:
    body = an_object(body)
    name, phase = text_of(body.get("app")), text_of(body.get("phase"))
    if not name or not phase:
        raise UnreadableError(
            "“app” or “phase” is missing. Copy the template from the page of this integration into Argo CD."
        )
    said = OVER.get(phase.casefold())
    if said is None:
        return Parsed(note=f"The sync is “{phase[:60]}”. It is no change before it ends.")
    started = first_of(body.get("started_at"), body.get("finished_at"))
    at = needed_moment("“finished_at”", body.get("finished_at"), started)
    revision = text_of(body.get("revision"))
    changed = Changed(
        key=key_of(text_of(body.get("namespace")), name, started),
        kind=Kind.DEPLOYMENT,
        title=f"Sync of {name}{f' to {revision[:LONGEST_REVISION]}' if revision else ''} {said}",
        at=at,
        service=name,
        url=text_of(body.get("url")),
        source="Argo CD",
    )
    return Parsed(changes=(changed,))


def sample(service: str) -> dict[str, Any]:
    now = timezone.now().strftime("%Y-%m-%dT%H:%M:%SZ")
    return {
        "app": service or "test",
        "namespace": "argocd",
        "project": "default",
        "phase": "Succeeded",
        "revision": "0" * 40,
        "started_at": now,
        "finished_at": now,
        "health": "Healthy",
        "url": "",
    }
