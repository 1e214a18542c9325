from django.urls import path

from notifications import views

urlpatterns = [
    path("settings/channels/", views.channels, name="channels"),
    path("settings/channels/new/", views.channel_new, name="channel_new"),
    path("settings/channels/mail/", views.mail, name="mail_channel"),
    path("settings/channels/mail/test/", views.mail_test, name="mail_test"),
    path("settings/channels/<int:pk>/", views.channel, name="channel"),
    path("settings/channels/<int:pk>/address/", views.channel_address, name="channel_address"),
    path("settings/channels/<int:pk>/events/", views.channel_events, name="channel_events"),
    path("settings/channels/<int:pk>/secret/", views.channel_secret, name="channel_secret"),
    path("settings/channels/<int:pk>/pause/", views.channel_pause, name="channel_pause"),
    path("settings/channels/<int:pk>/resumption/", views.channel_resumption, name="channel_resumption"),
    path("settings/channels/<int:pk>/deletion/", views.channel_deletion, name="channel_deletion"),
    path("settings/channels/<int:pk>/test/", views.channel_test, name="channel_test"),
    path("settings/deliveries/", views.deliveries, name="deliveries"),
    path("settings/deliveries/again/", views.dead_again, name="dead_again"),
    path("settings/deliveries/<uuid:pk>/again/", views.delivery_again, name="delivery_again"),
    path("settings/deliveries/<uuid:pk>/drop/", views.delivery_drop, name="delivery_drop"),
    path("settings/events/<uuid:pk>/again/", views.event_again, name="event_again"),
    path("settings/events/<uuid:pk>/drop/", views.event_drop, name="event_drop"),
]
