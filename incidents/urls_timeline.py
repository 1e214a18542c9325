from django.urls import path, re_path

from incidents.views import timeline

INCIDENT = "incidents/<str:reference>/"

urlpatterns = [
    path(INCIDENT + "timeline/", timeline.timeline, name="timeline"),
    path(INCIDENT + "timeline/insertion/", timeline.insertion, name="insertion"),
    path(INCIDENT + "timeline/gap/", timeline.gap, name="gap"),
    path(INCIDENT + "timeline/<int:pk>/", timeline.event, name="event"),
    path(INCIDENT + "timeline/<int:pk>/star/", timeline.star, name="star"),
    path(INCIDENT + "timeline/<int:pk>/removal/", timeline.removal, name="removal"),
    path(INCIDENT + "timeline/<int:pk>/answers/", timeline.answer, name="answer"),
    path(INCIDENT + "evidence/", timeline.evidence, name="evidence"),
    path(INCIDENT + "evidence/<int:pk>/", timeline.evidence_item, name="evidence_item"),
    path(INCIDENT + "evidence/<int:pk>/file/", timeline.evidence_file, name="evidence_file"),
    re_path(
        r"^incidents/(?P<reference>[^/]+)/timeline\.(?P<form>md|csv|json)$",
        timeline.export,
        name="timeline_export",
    ),
]
