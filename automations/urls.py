"""Automations of incidents, and Settings → Automations."""

from django.urls import path

from automations.views import incident, settings

INCIDENT = "incidents/<str:reference>/automations/"
RUN = INCIDENT + "runs/<int:pk>/"
SETTINGS = "settings/automations/"

urlpatterns = [
    path(INCIDENT, incident.incident_automations, name="incident_automations"),
    path(INCIDENT + "<int:pk>/", incident.automation_start, name="automation_start"),
    path(RUN, incident.automation_run, name="automation_run"),
    path(RUN + "confirmation/", incident.run_confirmation, name="run_confirmation"),
    path(RUN + "refusal/", incident.run_refusal, name="run_refusal"),
    path(RUN + "repetition/", incident.run_repetition, name="run_repetition"),
    path(SETTINGS, settings.automation_list, name="automations"),
    path(SETTINGS + "new/", settings.automation_new, name="automation_new"),
    path(SETTINGS + "<int:pk>/", settings.automation, name="automation"),
    path(SETTINGS + "<int:pk>/deletion/", settings.automation_deletion, name="automation_deletion"),
]
