from django.urls import path

from history import views

urlpatterns = [
    path("settings/imports/", views.imports, name="imports"),
    path("settings/exports/", views.exports, name="exports"),
    path("settings/exports/<int:pk>/", views.export, name="export"),
    path("settings/exports/<int:pk>/file/", views.export_file, name="export_file"),
    path("settings/imports/new/", views.import_new, name="import_new"),
    path("settings/imports/<int:pk>/", views.import_detail, name="import"),
    path("settings/imports/<int:pk>/columns/", views.import_columns, name="import_columns"),
    path("settings/imports/<int:pk>/dropping/", views.import_drop, name="import_drop"),
    path("settings/imports/<int:pk>/refusals.csv", views.import_refusals, name="import_refusals"),
]
