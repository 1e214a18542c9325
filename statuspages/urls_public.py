"""The addresses of one public page: below /status/SLUG/, or at the root of a host of its own."""

from django.urls import path, register_converter

from statuspages import converters
from statuspages.views import public, subscribing

register_converter(converters.CodeConverter, "code")
register_converter(converters.MonthConverter, "month")
register_converter(converters.DocumentConverter, "document")
register_converter(converters.FeedConverter, "feed")
register_converter(converters.VersionConverter, "version")

urlpatterns = [
    path("", public.public_index, name="public_index"),
    path("history", public.public_history, name="public_history"),
    path("history/<month:month>", public.public_month, name="public_month"),
    path("history.<feed:form>", public.public_feed, name="public_feed"),
    path("incidents/<code:code>", public.public_incident, name="public_incident"),
    path("maintenances/<code:code>", public.public_maintenance, name="public_maintenance"),
    path("maintenances/<code:code>.ics", public.public_calendar, name="public_maintenance_calendar"),
    path("calendar.ics", public.public_calendar, name="public_calendar"),
    path("look-<version:version>.css", public.public_style, name="public_style"),
    path("logo-<version:version>.png", public.public_logo, name="public_logo"),
    path("badge.svg", public.public_badge, name="public_badge"),
    path("api/v2/<document:name>.json", public.public_api, name="public_api"),
    path("subscribe", subscribing.subscription, name="subscription"),
    path("subscribe/<str:token>", subscribing.confirmation, name="confirmation"),
    path("subscribe/endpoint/<str:token>", subscribing.endpoint_confirmation, name="endpoint_confirmation"),
    path("unsubscribe/<str:token>", subscribing.unsubscription, name="unsubscription"),
]
