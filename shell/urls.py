"""Pages that show several apps."""

from django.urls import path

from shell.views import frame, home, listing, overview, palette, setting_up

urlpatterns = [
    path("healthz", frame.healthz, name="healthz"),
    path("frame/", frame.frame, name="frame"),
    path("", home.home, name="home"),
    path("palette", palette.palette, name="palette"),
    path("incidents/", listing.incident_list, name="incident_list"),
    path("incidents/views/", listing.saved_views, name="saved_views"),
    path("incidents/views/<int:pk>/deletion/", listing.saved_view_deletion, name="saved_view_deletion"),
    path("overview/", overview.overview, name="overview"),
    path("setup/organisation/", setting_up.setup_organisation, name="setup_organisation"),
    path("setup/<str:token>/", setting_up.setup, name="setup"),
    path("settings/system/", setting_up.system, name="system"),
]
