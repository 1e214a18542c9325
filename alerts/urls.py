"""Alerts of monitoring."""

from django.urls import path

from alerts.views import alerts, noise, routes, silences

ALERT = "alerts/<int:pk>/"
ROUTES = "settings/alert-routes/"

urlpatterns = [
    path("alerts/", alerts.alert_list, name="alert_list"),
    path("alerts/acknowledgements/", alerts.alert_acknowledgements, name="alert_acknowledgements"),
    path("alerts/noisy-rules/", noise.noisy_rules, name="noisy_rules"),
    path(ALERT, alerts.alert_page, name="alert"),
    path(ALERT + "acknowledgement/", alerts.alert_acknowledgement, name="alert_acknowledgement"),
    path(ALERT + "noise/", alerts.alert_noise, name="alert_noise"),
    path(ALERT + "incident/", alerts.alert_attachment, name="alert_attachment"),
    path(ALERT + "incident/end/", alerts.alert_detachment, name="alert_detachment"),
    path(ALERT + "silences/new/", silences.alert_silence, name="alert_silence"),
    path(ALERT + "silences/<int:silence>/end/", silences.alert_silence_end, name="alert_silence_end"),
    path(ROUTES, routes.alert_routes, name="alert_routes"),
    path(ROUTES + "new/", routes.alert_route_new, name="alert_route_new"),
    path(ROUTES + "<int:pk>/", routes.alert_route, name="alert_route"),
    path(ROUTES + "<int:pk>/state/", routes.alert_route_state, name="alert_route_state"),
    path(ROUTES + "<int:pk>/place/", routes.alert_route_place, name="alert_route_place"),
    path(ROUTES + "<int:pk>/deletion/", routes.alert_route_deletion, name="alert_route_deletion"),
]
