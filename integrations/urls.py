"""Where senders post, and Settings → Integrations."""

from collections.abc import Iterator

from django.urls import URLPattern, path

from integrations.views import hooks, mailboxes, opsgenie, pages

JSM = "jsm/ops/integration/"
"""Before the addresses of Opsgenie where a sender was set up for Jira Service Management."""


def opsgenie_urls(before: str, name: str) -> Iterator[URLPattern]:
    yield path(f"{before}v2/alerts", opsgenie.alerts, name=f"{name}_alerts")
    yield path(f"{before}v2/alerts/", opsgenie.alerts, name=f"{name}_alerts_with_slash")
    yield path(f"{before}v2/heartbeats/<str:heartbeat>/ping", opsgenie.ping, name=f"{name}_heartbeat")
    yield path(f"{before}v2/alerts/count", opsgenie.count, name=f"{name}_count")
    yield path(
        f"{before}v2/alerts/requests/<str:request_id>", opsgenie.request_status, name=f"{name}_request"
    )
    yield path(f"{before}v2/alerts/<str:identifier>", opsgenie.alert, name=f"{name}_alert")
    yield path(
        f"{before}v2/alerts/<str:identifier>/<str:action>", opsgenie.alert_action, name=f"{name}_action"
    )


urlpatterns = [
    path("hooks/", hooks.hook, name="hook_by_header"),
    path("hooks/<str:key>/", hooks.hook, name="hook"),
    path("hooks/<str:key>", hooks.hook, name="hook_without_slash"),
    path("v2/enqueue", hooks.pagerduty_enqueue, name="pagerduty_enqueue"),
    path("v2/change/enqueue", hooks.pagerduty_change_enqueue, name="pagerduty_change_enqueue"),
    *opsgenie_urls("", "opsgenie"),
    *opsgenie_urls(JSM, "jsm"),
    path("settings/integrations/", pages.integrations, name="integrations"),
    path("settings/integrations/new/", pages.integration_new, name="integration_new"),
    path("settings/integrations/<int:pk>/", pages.integration, name="integration"),
    path("settings/integrations/<int:pk>/edit/", pages.integration_edit, name="integration_edit"),
    path("settings/integrations/<int:pk>/mapping/", pages.integration_mapping, name="integration_mapping"),
    path(
        "settings/integrations/<int:pk>/mailbox/", mailboxes.integration_mailbox, name="integration_mailbox"
    ),
    path(
        "settings/integrations/<int:pk>/mailbox/removal/", mailboxes.mailbox_removal, name="mailbox_removal"
    ),
    path("settings/integrations/<int:pk>/key/", pages.integration_key, name="integration_key"),
    path("settings/integrations/<int:pk>/test/", pages.integration_test, name="integration_test"),
    path("settings/integrations/<int:pk>/pause/", pages.integration_pause, name="integration_pause"),
    path(
        "settings/integrations/<int:pk>/resumption/",
        pages.integration_resumption,
        name="integration_resumption",
    ),
    path("settings/integrations/<int:pk>/deletion/", pages.integration_deletion, name="integration_deletion"),
    path(
        "settings/integrations/<int:pk>/payloads/<int:payload>/",
        pages.integration_payload,
        name="integration_payload",
    ),
    path(
        "settings/integrations/<int:pk>/payloads/<int:payload>/replay/",
        pages.payload_replay,
        name="payload_replay",
    ),
]
