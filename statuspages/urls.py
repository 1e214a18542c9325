from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("status/<slug:slug>/", include("statuspages.urls_public")),
]
