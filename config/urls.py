from django.urls import URLPattern, URLResolver, include, path

handler400 = "config.views.bad_request"
handler500 = "config.views.server_error"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("shell.urls")),
    path("", include("accounts.urls")),
    path("", include("audit.urls")),
    path("", include("incidents.urls_catalogue")),
    path("", include("incidents.urls")),
    path("", include("incidents.urls_timeline")),
    path("", include("notifications.urls")),
    path("", include("subscribers.urls")),
    path("", include("retros.urls")),
    path("", include("retros.urls_timeline")),
    path("", include("retros.urls_causes")),
    path("", include("retros.urls_writing")),
    path("", include("action_items.urls")),
    path("", include("statuspages.urls")),
    path("", include("history.urls")),
    path("", include("insights.urls")),
    path("", include("alerts.urls")),
    path("", include("signals.urls")),
    path("", include("automations.urls")),
    path("", include("trackers.urls")),
    path("", include("integrations.urls")),
    path("", include("assistants.urls")),
    path("", include("demo.urls")),
    path("api/", include("api.urls")),
]
