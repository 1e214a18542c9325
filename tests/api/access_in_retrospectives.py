"""Who gets through by which operation about retrospectives: a draft is nowhere for stakeholders."""

from typing import Any

from retros.models import Learning, Retrospective
from retros.workflow import add_contributing_factor, frame_retrospective, give_dot, start_session, waive_check
from tests import access_table as made
from tests.access_table import COMMANDER, MISSING, RESPONDER, RESPONDERS, SIGNED_IN
from tests.api.access_in_incidents import ahead
from tests.api.operation_access import Gate, all_like, gets, only, posts

WRITTEN = posts("retro_rows")  # by whoever reaches it
READ = gets("retrospective_detail")
LED = posts("retrospective_participants")
PUBLISHED = only(SIGNED_IN)
NEVER_FOUND = "nothing is found in so small a retrospective"


def draft(w: Any) -> Retrospective:
    return Retrospective.objects.get(pk=made.retrospective(w, w.incident))


def in_review(w: Any) -> int:
    return made.reviewed(w, w.incident)


def review(w: Any) -> int:
    in_review(w)
    return draft(w).reviews.get().pk


def in_session(w: Any) -> int:
    made.agenda_item(w, w.incident)
    frame_retrospective(retrospective=draft(w), by=w.commander, facilitator=w.commander)
    return start_session(retrospective=draft(w), by=w.commander).pk


def scheduled(w: Any) -> int:
    made.Retrospective.objects.filter(pk=draft(w).pk).update(
        scheduled_at=made.timezone.now() + made.timedelta(days=1)
    )
    return draft(w).pk


def waived(w: Any) -> int:
    waive_check(retrospective=draft(w), by=w.commander, name="factors", reason="x")
    return draft(w).pk


def dotted(w: Any) -> int:
    one = Learning.objects.get(pk=made.learning(w, w.incident))
    for person in (w.responder, w.commander):
        give_dot(learning=one, by=person)
    return one.pk


def two_learnings(w: Any) -> dict[str, int]:
    return {"other": made.learning(w, w.incident)}


def another_factor(w: Any) -> dict[str, int]:
    return {"same_as": add_contributing_factor(retrospective=draft(w), by=w.commander, text="No alarm").pk}


def two_rows(w: Any) -> dict[str, Any]:
    return {"entries": [made.timeline_entry(w, w.incident), made.timeline_entry(w, w.incident)]}


SESSION = {"retrospective": in_session}
IN_REVIEW = {"retrospective": in_review}

RETROSPECTIVES: dict[str, Gate] = {
    "list_retrospectives": gets("retrospective_list"),
    "list_published_retrospectives": gets("retrospective_list"),
    "get_retrospective": READ,
    "list_similar_published_incidents": gets("seen_before"),
    "get_incident_retrospective": READ,
    "start_retrospective": posts("incident_retrospective", body={}),
    "open_retrospective": posts(
        "new_retrospective", body={"title": "Spring", "subject": "sprint", "format": "4Ls"}
    ),
    "change_retrospective": posts("retrospective_frame"),
    "list_retrospective_participants": READ,
    "add_retrospective_participants": LED,
    "remove_retrospective_participant": posts("participant_removal"),
    "list_suggested_participants": LED,
    "list_suggested_facilitators": posts("retrospective_facilitator"),
    "step_back_retrospective": posts("retrospective_status", at=SESSION),
    # the session
    "schedule_retrospective_session": posts("session_time", body={"scheduled_at": ahead(days=2)}),
    "get_retrospective_session_invitation": gets("session_invitation", at={"retrospective": scheduled}),
    "start_retrospective_session": LED,
    "end_retrospective_session": posts("retrospective_status", at=SESSION),
    "list_agenda_items": gets("retrospective_agenda"),
    "plan_agenda": posts("session_agenda"),
    "run_agenda_clock": posts("session_clock", at=SESSION, body={"do": "pause"}),
    "finish_agenda_item": posts("part_finished", at=SESSION),
    "take_facilitation": only(  # by those who take part
        frozenset({RESPONDER, COMMANDER}), missing=MISSING, at=SESSION
    ),
    "hand_over_facilitation": posts("retrospective_facilitator", at=SESSION),
    **all_like(posts("presentation", at=SESSION), "start_presenting", "stop_presenting", "call_participants"),
    "list_anonymous_questions": gets("safety_results"),
    "answer_anonymous_question": posts("safety_check"),
    "close_anonymous_question": posts("question_closing"),
    # review and publication
    "start_retrospective_review": posts("review_start"),
    "list_retrospective_reviews": gets("retrospective_review"),
    "request_retrospective_review": posts("reviewers", at=IN_REVIEW),
    "answer_retrospective_review": posts("review_answer", at={**IN_REVIEW, "review": review}),
    "list_review_checks": gets("retrospective_review"),
    "waive_review_check": posts("check_waiver"),
    "withdraw_review_check_waiver": posts("check_waiver"),
    "agree_to_review_check_waiver": only(  # but for whoever waived it
        RESPONDERS - {COMMANDER}, missing=MISSING, at={"retrospective": waived}
    ),
    "publish_retrospective": posts("publication"),
    "reopen_retrospective": posts("retrospective_reopening"),
    "get_public_text": posts("public_text"),
    "write_public_text": posts("public_text"),
    "mark_retrospective": posts("reader_mark", at={"retrospective": lambda w: made.published(w, w.older)}),
    **all_like(gets("retrospective_version"), "list_retrospective_versions", "get_retrospective_version"),
    "export_retrospective": PUBLISHED,
    "request_retrospective_pdf": PUBLISHED,
    **all_like(gets("pdf_export"), "get_retrospective_pdf", "get_retrospective_pdf_file"),
    # impact
    **all_like(gets("retro_impact"), "list_affected_users", "get_impact_duration", "list_impact_statements"),
    "get_impact_statement": gets("retro_impact"),
    "write_impact_statement": posts("retro_dimension"),
    "set_affected_users": posts(
        "retro_users", at={"service": lambda w: made.affected_service(w, None) and "reach-pay"}
    ),
    # causes and learnings
    **all_like(gets("causes"), "list_contributing_factors", "get_contributing_factor"),
    "list_similar_contributing_factors": gets("factor_suggestions", query="?text=limit"),
    "undo_contributing_factor_change": posts("factor_undo"),
    "add_contributing_factor": posts("factor_new"),
    "change_contributing_factor": posts("factor"),
    "remove_contributing_factor": posts("factor_removal"),
    "add_contributing_factor_evidence": posts("factor_evidence"),
    "move_contributing_factor": posts("factor_place", body={}),
    "step_contributing_factor": posts("factor_row"),
    "link_contributing_factor": posts("factor_link", body=another_factor),
    **all_like(
        gets("learnings"), "list_learnings", "get_learning", "list_learning_groups", "get_learning_group"
    ),
    "add_learning": posts("learnings", body={"kind": "helped", "text": "The drill"}),
    "change_learning": posts("learning", body={"text": "The drill"}),
    "withdraw_learning": posts("learning_removal"),
    "move_learning": posts("learning_place"),
    "pair_learnings": posts("learning_pair", body=two_learnings),
    "give_learning_dot": posts("learning_dots"),
    "take_back_learning_dot": posts("learning_dot_removal", at={"learning": dotted}),
    "reveal_learnings": posts("learnings_reveal"),
    "close_learning_voting": posts("learnings_voting"),
    "add_learning_group": posts("learning_groups"),
    "change_learning_group": posts("learning_group"),
    "remove_learning_group": posts("learning_group_removal"),
    "list_retrospective_measures": gets("retrospective_actions"),
    # the text
    **all_like(gets("narrative_section"), "list_sections", "get_section", "list_section_hints"),
    "write_section": posts("narrative_section"),
    "list_section_versions": gets("narrative_versions"),
    "add_section_version": posts("narrative_versions"),
    "restore_section_version": posts("version_restoration"),
    **all_like(gets("narrative_comments"), "list_section_comments", "get_section_comment"),
    "add_section_comment": posts("narrative_comments"),
    "resolve_section_comment": posts("comment_resolution"),
    "dismiss_section_hint": posts("hint_dismissal"),
    # the timeline
    **all_like(gets("retro_timeline"), "list_retrospective_entries", "get_retrospective_entry"),
    **all_like(gets("retro_timeline"), "list_found_gaps", "list_timeline_suggestions"),
    **all_like(posts("retro_gap_answer", never_done=NEVER_FOUND), "keep_found_gap", "dismiss_found_gap"),
    **all_like(
        posts("retro_suggestion", never_done=NEVER_FOUND),
        "accept_merge_suggestion",
        "accept_introduction_suggestion",
        "dismiss_timeline_suggestion",
    ),
    **all_like(
        WRITTEN, "star_retrospective_entries", "remove_retrospective_entries", "restore_retrospective_entries"
    ),
    "merge_retrospective_entries": posts("retro_rows", body=two_rows),
    "add_retrospective_gap": posts("retro_gap_new"),
    "add_retrospective_entry": posts("retro_entry_new"),
    "change_retrospective_entry": posts("retro_entry"),
    "remove_retrospective_entry": posts("retro_entry_removal"),
    "restore_retrospective_entry": posts("retro_entry_restoration"),
    "set_retrospective_entry_phase": posts("retro_phase"),
    "add_retrospective_recollection": posts("retro_recollection"),
    "separate_retrospective_entries": posts("retro_entry_separation"),
    "seed_retrospective_timeline": posts("retro_seeding"),
    "import_retrospective_entries": posts("retro_import"),
    "import_retrospective_records": posts(
        "retro_import", body={"which": "lines", "lines": "14:32 rolled back", "day": "2026-03-10"}
    ),
    # settings: what is chosen from is told to everybody
    "get_retrospective_settings": only(SIGNED_IN),
    "change_retrospective_settings": posts("retrospective_settings"),
    **all_like(only(SIGNED_IN), "list_retrospective_formats", "get_retrospective_format"),
    "add_retrospective_format": posts("retrospective_format_new"),
    "change_retrospective_format": posts("retrospective_format"),
    "remove_retrospective_format": posts("retrospective_format_deletion"),
    **all_like(only(SIGNED_IN), "list_hint_words", "get_hint_word"),
    "add_hint_word": posts("hint_words"),
    "remove_hint_word": posts("hint_word_deletion"),
    "get_cost_assumptions": gets("cost_settings"),
    "change_cost_assumptions": posts("cost_settings"),
}
