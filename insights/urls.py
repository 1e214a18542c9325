from django.urls import path

from insights import views

urlpatterns = [
    path("insights/", views.insights, name="insights"),
    path("insights/incidents/", views.behind, name="insights_incidents"),
    path("insights/<slug:key>/", views.question, name="insights_question"),
    path("insights/<slug:key>.csv", views.question_csv, name="insights_csv"),
]
