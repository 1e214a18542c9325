from django.urls import URLPattern, URLResolver, include, path

from bench import views

handler500 = "config.views.server_error"
urlpatterns: list[URLPattern | URLResolver] = [
    path("bench/floor/<int:size>/", views.floor),
    path("bench/inserts/", views.inserts),
    path("bench/durations/<int:days>/", views.durations),
    path("bench/months/<int:days>/", views.months),
    path("", include("config.urls")),
]
