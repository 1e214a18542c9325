from django.urls import path

from incidents.views import catalogue

urlpatterns = [
    path("settings/catalogue/<slug:kind>/", catalogue.catalogue_list, name="catalogue_list"),
    path("settings/catalogue/<slug:kind>/new/", catalogue.catalogue_add, name="catalogue_add"),
    path("settings/catalogue/<slug:kind>/<int:pk>/", catalogue.catalogue_entry, name="catalogue_entry"),
    path(
        "settings/catalogue/<slug:kind>/<int:pk>/deletion/",
        catalogue.catalogue_deletion,
        name="catalogue_deletion",
    ),
]
