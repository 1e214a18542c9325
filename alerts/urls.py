"""Alerts of monitoring."""

from django.urls import path

from alerts.views import alerts

ALERT = "alerts/<int:pk>/"

urlpatterns = [
    path("alerts/", alerts.alert_list, name="alert_list"),
    path(ALERT, alerts.alert_page, name="alert"),
    path(ALERT + "acknowledgement/", alerts.alert_acknowledgement, name="alert_acknowledgement"),
    path(ALERT + "noise/", alerts.alert_noise, name="alert_noise"),
    path(ALERT + "incident/", alerts.alert_attachment, name="alert_attachment"),
    path(ALERT + "incident/end/", alerts.alert_detachment, name="alert_detachment"),
]
