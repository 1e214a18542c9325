"""Addresses are nouns; every section of a retrospective is a page of its own."""

from django.urls import path

from retros.views import framing, retrospectives, session

RETROSPECTIVE = "retrospectives/<int:pk>/"

urlpatterns = [
    path("retrospectives/", retrospectives.retrospective_list, name="retrospective_list"),
    path("retrospectives/new/", framing.new_retrospective, name="new_retrospective"),
    path(
        "incidents/<str:reference>/retrospective/",
        framing.incident_retrospective,
        name="incident_retrospective",
    ),
    path(RETROSPECTIVE, retrospectives.retrospective_detail, name="retrospective_detail"),
    path(RETROSPECTIVE + "head/", retrospectives.retrospective_head, name="retrospective_head"),
    path(RETROSPECTIVE + "frame/", framing.retrospective_frame, name="retrospective_frame"),
    path(
        RETROSPECTIVE + "participants/", framing.retrospective_participants, name="retrospective_participants"
    ),
    path(
        RETROSPECTIVE + "participants/<int:participant>/removal/",
        framing.participant_removal,
        name="participant_removal",
    ),
    path(RETROSPECTIVE + "session/", framing.session_time, name="session_time"),
    path(RETROSPECTIVE + "session/invitation.ics", framing.session_invitation, name="session_invitation"),
    path(RETROSPECTIVE + "session/clock/", session.session_clock, name="session_clock"),
    path(RETROSPECTIVE + "session/plan/", session.session_agenda, name="session_agenda"),
    path(RETROSPECTIVE + "agenda/", retrospectives.retrospective_agenda, name="retrospective_agenda"),
    path(RETROSPECTIVE + "status/", session.retrospective_status, name="retrospective_status"),
    path(RETROSPECTIVE + "safety/", session.safety_check, name="safety_check"),
    path(RETROSPECTIVE + "safety/results/", session.safety_results, name="safety_results"),
    path(RETROSPECTIVE + "review/start/", session.review_start, name="review_start"),
]
