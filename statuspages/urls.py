from django.urls import URLPattern, URLResolver, include, path

import statuspages.urls_public  # noqa: F401 - registers the converters
from statuspages.views import look, maintenance, pages

INSIDE: list[URLPattern | URLResolver] = [
    path("", pages.status_page, name="status_page"),
    path("settings/", pages.status_page_settings, name="status_page_settings"),
    path("look/", look.page_look, name="page_look"),
    path("deletion/", pages.status_page_deletion, name="status_page_deletion"),
    path("groups/new/", pages.component_group, name="component_group_new"),
    path("groups/<int:pk>/", pages.component_group, name="component_group"),
    path("groups/<int:pk>/place/", pages.component_group_place, name="component_group_place"),
    path("groups/<int:pk>/deletion/", pages.component_group_deletion, name="component_group_deletion"),
    path("components/new/", pages.component, name="component_new"),
    path("components/<int:pk>/", pages.component, name="component"),
    path("components/<int:pk>/place/", pages.component_place, name="component_place"),
    path("components/<int:pk>/state/", pages.component_state, name="component_state"),
    path("components/<int:pk>/deletion/", pages.component_deletion, name="component_deletion"),
    path("subscribers/", pages.page_subscribers, name="page_subscribers"),
    path("maintenances/new/", maintenance.maintenance_new, name="maintenance_new"),
    path("maintenances/<int:pk>/", maintenance.maintenance, name="maintenance"),
    path("maintenances/<int:pk>/window/", maintenance.maintenance_window, name="maintenance_window"),
    path("maintenances/<int:pk>/series/", maintenance.maintenance_series, name="maintenance_series"),
    path("shown/", pages.shown_page, name="shown_page"),
    path("shown/look-<version:version>.css", look.shown_style, name="shown_style"),
    path("shown/logo-<version:version>.png", look.shown_logo, name="shown_logo"),
    path("shown/history", pages.shown_page, {"part": "history"}, name="shown_history"),
    path("shown/history/<month:month>", pages.shown_page, {"part": "history"}, name="shown_month"),
    path("shown/incidents/<code:code>", pages.shown_page, {"part": "incident"}, name="shown_incident"),
    path(
        "shown/maintenances/<code:code>", pages.shown_page, {"part": "maintenance"}, name="shown_maintenance"
    ),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("status/<slug:slug>/", include("statuspages.urls_public")),
    path("status-pages/", pages.status_pages, name="status_pages"),
    path("status-pages/new/", pages.status_page_new, name="status_page_new"),
    path("status-pages/<slug:slug>/", include(INSIDE)),
]
