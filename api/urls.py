"""/api/: version 1, its description, and an answer in JSON for every other address."""

from importlib import import_module

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.urls import include, path, re_path

from api import (
    docs,
    parts,  # noqa: F401 - they register
    parts_retrospectives,  # noqa: F401 - they register
)
from api.operations import (  # noqa: F401 - they register
    action_items,
    alert_routes,
    alerts,
    audit,
    automations,
    catalogue,
    channels,
    events,
    history,
    inbox,
    incident_automations,
    incident_people,
    incident_signals,
    incident_steps,
    incidents,
    insights,
    integrations,
    mail_server,
    maintenances,
    me,
    message_templates,
    people,
    reports,
    response,
    retrospectives,
    search,
    signals,
    status_pages,
    subscriptions,
    tickets,
    timeline,
    tokens,
    trackers,
    updates,
)
from api.views import Nowhere, patterns

for _module in settings.API_OPERATIONS:  # of apps above: they register before the addresses are made
    import_module(_module)

urlpatterns = [
    path("v1/openapi.json", docs.openapi, name="api_openapi"),
    path("v1/docs/", docs.page, name="api_docs"),
    path("v1/docs/errors", docs.errors_page, name="api_errors"),
    path("v1/docs/<slug:tag>/", docs.tag_page, name="api_docs_tag"),
    path("v1/", include(patterns())),
    re_path(r"", login_not_required(Nowhere.as_view()), name="api_nowhere"),
]
