from django.urls import path

from incidents.views import catalogue, messages

urlpatterns = [
    path("settings/messages/", messages.message_list, name="message_list"),
    path("settings/messages/<slug:audience>/<slug:stage>/", messages.message, name="message"),
    path("settings/catalogue/<slug:kind>/", catalogue.catalogue_list, name="catalogue_list"),
    path("settings/catalogue/<slug:kind>/new/", catalogue.catalogue_add, name="catalogue_add"),
    path("settings/catalogue/<slug:kind>/<int:pk>/", catalogue.catalogue_entry, name="catalogue_entry"),
    path(
        "settings/catalogue/<slug:kind>/<int:pk>/deletion/",
        catalogue.catalogue_deletion,
        name="catalogue_deletion",
    ),
]
