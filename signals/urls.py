"""Signals of incidents, and Settings → Signals."""

from django.urls import path

from signals.views import incident, settings, sources

INCIDENT = "incidents/<str:reference>/signals/"
SETTINGS = "settings/signals/"

urlpatterns = [
    path(INCIDENT, incident.incident_signals, name="incident_signals"),
    path(INCIDENT + "refresh/", incident.signals_refresh, name="signals_refresh"),
    path(INCIDENT + "<int:pk>/capture/", incident.signal_capture, name="signal_capture"),
    path(INCIDENT + "checks/", incident.signal_check, name="signal_check"),
    path(INCIDENT + "predictions/", incident.signal_expectation, name="signal_expectation"),
    path(
        INCIDENT + "predictions/<int:pk>/removal/", incident.expectation_removal, name="expectation_removal"
    ),
    path(SETTINGS, settings.signal_list, name="signals"),
    path(SETTINGS + "new/", settings.signal_new, name="signal_new"),
    path(SETTINGS + "<int:pk>/", settings.signal, name="signal"),
    path(SETTINGS + "<int:pk>/deletion/", settings.signal_deletion, name="signal_deletion"),
    path(SETTINGS + "sources/new/", sources.data_source_new, name="data_source_new"),
    path(SETTINGS + "sources/<int:pk>/", sources.data_source, name="data_source"),
    path(SETTINGS + "sources/<int:pk>/test/", sources.data_source_test, name="data_source_test"),
    path(SETTINGS + "sources/<int:pk>/deletion/", sources.data_source_deletion, name="data_source_deletion"),
    path(SETTINGS + "trials/<int:pk>/", sources.signal_trial, name="signal_trial"),
]
