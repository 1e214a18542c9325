from django.urls import path, re_path

from timeline import views

INCIDENT = "incidents/<str:reference>/"

urlpatterns = [
    path(INCIDENT + "timeline/", views.timeline, name="timeline"),
    path(INCIDENT + "timeline/insertion/", views.insertion, name="insertion"),
    path(INCIDENT + "timeline/gap/", views.gap, name="gap"),
    path(INCIDENT + "timeline/<int:pk>/", views.event, name="event"),
    path(INCIDENT + "timeline/<int:pk>/star/", views.star, name="star"),
    path(INCIDENT + "timeline/<int:pk>/removal/", views.removal, name="removal"),
    path(INCIDENT + "timeline/<int:pk>/answers/", views.answer, name="answer"),
    path(INCIDENT + "evidence/", views.evidence, name="evidence"),
    path(INCIDENT + "evidence/<int:pk>/", views.evidence_item, name="evidence_item"),
    path(INCIDENT + "evidence/<int:pk>/file/", views.evidence_file, name="evidence_file"),
    re_path(
        r"^incidents/(?P<reference>[^/]+)/timeline\.(?P<form>md|csv|json)$",
        views.export,
        name="timeline_export",
    ),
]
