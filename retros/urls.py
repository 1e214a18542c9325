"""Addresses are nouns; every section of a retrospective is a page of its own."""

from django.urls import path, re_path

from retros.views import closing, formats, framing, library, presenting, retrospectives, review, session

RETROSPECTIVE = "retrospectives/<int:pk>/"

urlpatterns = [
    path("retrospectives/", library.retrospective_list, name="retrospective_list"),
    path("settings/costs/", library.cost_settings, name="cost_settings"),
    path("settings/retrospectives/", library.retrospective_settings, name="retrospective_settings"),
    path("settings/retrospective-formats/", formats.format_list, name="retrospective_formats"),
    path("settings/retrospective-formats/new/", formats.format_new, name="retrospective_format_new"),
    path("settings/retrospective-formats/<int:pk>/", formats.format_edit, name="retrospective_format"),
    path(
        "settings/retrospective-formats/<int:pk>/deletion/",
        formats.format_removal,
        name="retrospective_format_deletion",
    ),
    path("retrospectives/new/", framing.new_retrospective, name="new_retrospective"),
    path(
        "incidents/<str:reference>/retrospective/",
        framing.incident_retrospective,
        name="incident_retrospective",
    ),
    path("incidents/<str:reference>/closure/", closing.closure, name="closure"),
    path("incidents/<str:reference>/seen-before/", library.seen_before, name="seen_before"),
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
    path(RETROSPECTIVE + "facilitator/", framing.retrospective_facilitator, name="retrospective_facilitator"),
    path(RETROSPECTIVE + "session/", framing.session_time, name="session_time"),
    path(RETROSPECTIVE + "session/invitation.ics", framing.session_invitation, name="session_invitation"),
    path(RETROSPECTIVE + "session/clock/", session.session_clock, name="session_clock"),
    path(RETROSPECTIVE + "session/plan/", session.session_agenda, name="session_agenda"),
    path(RETROSPECTIVE + "present/", presenting.presenter, name="presenter"),
    path(RETROSPECTIVE + "presentation/", presenting.presentation, name="presentation"),
    path(RETROSPECTIVE + "facilitation/", presenting.facilitation, name="facilitation"),
    path(RETROSPECTIVE + "agenda/<int:item>/finished/", presenting.part_finished, name="part_finished"),
    path(RETROSPECTIVE + "agenda/", retrospectives.retrospective_agenda, name="retrospective_agenda"),
    path(RETROSPECTIVE + "status/", session.retrospective_status, name="retrospective_status"),
    path(RETROSPECTIVE + "safety/", session.safety_check, name="safety_check"),
    path(RETROSPECTIVE + "closed-questions/", session.question_closing, name="question_closing"),
    path(RETROSPECTIVE + "safety/results/", session.safety_results, name="safety_results"),
    path(RETROSPECTIVE + "mark/", library.reader_mark, name="reader_mark"),
    path(RETROSPECTIVE + "review/", review.retrospective_review, name="retrospective_review"),
    path(RETROSPECTIVE + "review/start/", session.review_start, name="review_start"),
    path(RETROSPECTIVE + "review/reviewers/", review.reviewers, name="reviewers"),
    path(RETROSPECTIVE + "review/answer/", review.review_answer, name="review_answer"),
    path(RETROSPECTIVE + "review/checks/<slug:name>/", review.check_waiver, name="check_waiver"),
    path(
        RETROSPECTIVE + "review/checks/<slug:name>/agreement/",
        review.waiver_agreement,
        name="waiver_agreement",
    ),
    path(RETROSPECTIVE + "review/public-text/", review.public_text, name="public_text"),
    path(RETROSPECTIVE + "publication/", review.publication, name="publication"),
    path(RETROSPECTIVE + "reopening/", review.retrospective_reopening, name="retrospective_reopening"),
    path(RETROSPECTIVE + "versions/<int:number>/", review.version, name="retrospective_version"),
    re_path(
        r"^retrospectives/(?P<pk>[0-9]+)/export/(?P<form>html|md|json)/$",
        review.export_file,
        name="retrospective_export",
    ),
    path(RETROSPECTIVE + "pdf/", review.pdf_exports, name="pdf_exports"),
    path(RETROSPECTIVE + "pdf/<int:export>/", review.pdf_export, name="pdf_export"),
    path(RETROSPECTIVE + "pdf/<int:export>/file/", review.pdf_file, name="pdf_file"),
]
