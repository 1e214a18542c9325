from django.urls import path

from insights import reporting, views

urlpatterns = [
    path("insights/", views.insights, name="insights"),
    path("insights/incidents/", views.behind, name="insights_incidents"),
    path("insights/report/", reporting.insights_report, name="insights_report"),
    path("insights/report/<int:pk>/ending/", reporting.insights_report_ending, name="insights_report_ending"),
    path("insights/<slug:key>/", views.question, name="insights_question"),
    path("insights/<slug:key>.csv", views.question_csv, name="insights_csv"),
]
