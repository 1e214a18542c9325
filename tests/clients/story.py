"""`python story.py SETTINGS`: an incident and its retrospective, by nothing but the client made from the description.

SETTINGS is a file with the address of a server, a token of who commands, the e-mail address of a responder, and the
id and a token of who reviews. What became of it is printed as JSON.
"""

import json
import sys
from datetime import UTC, date, datetime, timedelta
from http import HTTPStatus
from io import BytesIO
from pathlib import Path

import allclear_client.models as m
from allclear_client import AuthenticatedClient
from allclear_client.api.action_items import add_action_item, list_action_items, move_action_item
from allclear_client.api.incidents import (
    accept_report,
    add_timeline_event,
    assign_role,
    attach_evidence,
    close_incident,
    export_timeline,
    get_evidence_file,
    list_timeline_events,
    mitigate_incident,
    move_hypothesis,
    post_status_update,
    raise_hypothesis,
    record_mitigation,
    report_problem,
    resolve_incident,
)
from allclear_client.api.retrospectives import (
    add_contributing_factor,
    add_learning,
    add_retrospective_entry,
    add_retrospective_participants,
    answer_retrospective_review,
    change_retrospective,
    end_retrospective_session,
    export_retrospective,
    get_incident_retrospective,
    list_review_checks,
    publish_retrospective,
    request_retrospective_review,
    reveal_learnings,
    schedule_retrospective_session,
    start_retrospective_review,
    start_retrospective_session,
    waive_review_check,
    write_impact_statement,
    write_section,
)
from allclear_client.types import File

PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(16)
IN_AN_HOUR = datetime.now(UTC) + timedelta(hours=1)


def told[T](answer: object, kind: type[T]) -> T:
    """The answer, where it is of this kind."""
    assert isinstance(answer, kind), answer
    return answer


def respond(client: AuthenticatedClient, responder: str) -> m.Incident:
    """An incident, from the report to its end."""
    report = m.ReportProblemBody(title="Card payments fail", summary="A third fail.", services=["payments"])
    reported = told(report_problem.sync(client=client, body=report), m.Incident)
    assert (reported.status, reported.commander) == (m.IncidentStatus.TRIAGE, None)
    name = reported.reference
    accept = m.AcceptReportBody(
        severity="SEV2", service_impact=m.ServiceImpact.MAJOR_OUTAGE, takes_command=True
    )
    incident = told(accept_report.sync(name, client=client, body=accept), m.Incident)
    assert incident.commander
    assert incident.status is m.IncidentStatus.INVESTIGATING
    assert [one.service.slug for one in incident.affected_services] == ["payments"]
    assert incident.milestones.declared_at.at
    assert incident.milestones.declared_at.at < IN_AN_HOUR
    take = m.AssignRoleBody(person=responder, note="Please write the timeline.")
    scribe = told(assign_role.sync(name, "scribe", client=client, body=take), m.RoleHolder)
    assert (scribe.role.slug, scribe.ended_at) == ("scribe", None)

    collect(client, name)
    tried = try_to_mitigate(client, name, responder)
    communicate(client, name)

    services = [m.ServiceStateBody(service="payments", impact=m.OperationalState.OPERATIONAL)]
    better = m.MitigateIncidentBody(
        note="Rolled back",
        outcomes=[m.OutcomeBody(mitigation=tried.id, state=m.MitigationState.WORKED)],
        services=services,
        updates=m.MitigateIncidentBodyUpdates(public="It is better.", stakeholders="It is better."),
        next_update_at=IN_AN_HOUR,
    )
    mitigated = told(mitigate_incident.sync(name, client=client, body=better), m.Incident)
    assert (mitigated.status, mitigated.affected_services) == (m.IncidentStatus.MITIGATED, [])
    over = m.ResolveIncidentBody(
        updates=m.ResolveIncidentBodyUpdates(public="It is over.", stakeholders="It is over.")
    )
    refused = resolve_incident.sync_detailed(name, client=client, body=over)
    assert refused.status_code is HTTPStatus.UNPROCESSABLE_ENTITY
    assert isinstance(refused.parsed, m.Problem)
    assert [error.pointer for error in refused.parsed.errors or []] == ["/waive_reason"]
    over.waive_reason = "Seen by hand"
    told(resolve_incident.sync(name, client=client, body=over), m.Incident)
    close = m.CloseIncidentBody(owner=incident.commander.id)
    closed = told(close_incident.sync(name, client=client, body=close), m.Incident)
    assert closed.status is m.IncidentStatus.CLOSED
    return closed


def collect(client: AuthenticatedClient, name: str) -> None:
    """A note, with a picture beside it, and the timeline as text."""
    write = m.AddTimelineEventBody(text="The gateway answers 503", phase=m.TimelinePhase.DETECTED)
    note = told(add_timeline_event.sync(name, client=client, body=write), m.TimelineEvent)
    assert note.phase is m.TimelinePhase.DETECTED
    attach = m.AttachEvidenceBody(
        kind=m.AttachEvidenceBodyKind.PICTURE,
        title="Errors by minute",
        event=note.id,
        file=File(BytesIO(PICTURE), "errors.png", "image/png"),
    )
    picture = told(attach_evidence.sync(name, client=client, body=attach), m.Evidence)
    assert (picture.has_file, picture.event) == (True, note.id)
    file = told(get_evidence_file.sync(name, picture.id, client=client), File)
    assert file.payload.read() == PICTURE
    rows = told(list_timeline_events.sync(name, client=client, kind=m.TimelineKind.NOTE), m.TimelineEventPage)
    assert ([row.id for row in rows.results], rows.next_) == ([note.id], None)
    as_text = export_timeline.sync(name, client=client, format_=m.ExportTimelineFormat.MARKDOWN)
    assert note.text in told(as_text, str)


def try_to_mitigate(client: AuthenticatedClient, name: str, responder: str) -> m.Mitigation:
    """A hypothesis that is supported, and a mitigation that is applied."""
    claim = m.RaiseHypothesisBody(
        claim="The pool is too small", confidence=m.Confidence.LIKELY, owner=responder
    )
    guess = told(raise_hypothesis.sync(name, client=client, body=claim), m.Hypothesis)
    verdict = m.MoveHypothesisBody(state=m.HypothesisState.SUPPORTED, verdict="Seen in the log")
    moved = told(move_hypothesis.sync(name, guess.id, client=client, body=verdict), m.Hypothesis)
    assert moved.state is m.HypothesisState.SUPPORTED
    rollback = m.RecordMitigationBody(
        text="Roll back to 4.1",
        kind=m.MitigationKind.ROLLBACK,
        state=m.RecordMitigationBodyState.APPLYING,
        target="payments",
    )
    tried = told(record_mitigation.sync(name, client=client, body=rollback), m.Mitigation)
    assert tried.target
    assert (tried.target.slug, tried.settled_at) == ("payments", None)
    return tried


def communicate(client: AuthenticatedClient, name: str) -> None:
    body = m.PostStatusUpdateBody(
        audiences=[m.Audience.PUBLIC, m.Audience.STAKEHOLDERS],
        known="A third of card payments fail.",
        unknown="Why.",
        wordings=m.PostStatusUpdateBodyWordings(public=m.WordingBody(known="Some card payments fail.")),
        public_title="Card payments fail",
        next_update_at=IN_AN_HOUR,
    )
    update = told(post_status_update.sync(name, client=client, body=body), m.StatusUpdate)
    assert update.audiences == body.audiences
    assert update.wordings.public
    assert update.wordings.public.known == "Some card payments fail."


def look_back(
    client: AuthenticatedClient, reviewer: AuthenticatedClient, who: int, name: str
) -> m.Publication:
    """The retrospective that closing gave to its owner, from the frame to a published version."""
    started = told(get_incident_retrospective.sync(name, client=client), m.Retrospective)
    pk = started.id
    assert started.owner
    frame = m.ChangeRetrospectiveBody(
        scope="The evening", facilitator=started.owner.id, due_on=date.today() + timedelta(days=7)
    )
    framed = told(change_retrospective.sync(pk, client=client, body=frame), m.Retrospective)
    assert (framed.due_on, framed.facilitator) == (frame.due_on, started.owner)
    seat = m.AddRetrospectiveParticipantsBody(people=[who])
    seated = told(add_retrospective_participants.sync(pk, client=client, body=seat), m.Retrospective)
    assert who in [one.person.id for one in seated.participants]

    analyse(client, pk, seated)

    plan = m.ScheduleRetrospectiveSessionBody(
        scheduled_at=IN_AN_HOUR, minutes=m.ScheduleRetrospectiveSessionBodyMinutes.VALUE_30
    )
    held = told(schedule_retrospective_session.sync(pk, client=client, body=plan), m.Retrospective)
    assert held.status is m.RetrospectiveStatus.SCHEDULED
    told(start_retrospective_session.sync(pk, client=client), m.Retrospective)
    told(reveal_learnings.sync(pk, client=client), m.Retrospective)
    told(end_retrospective_session.sync(pk, client=client), m.Retrospective)

    reason = m.StartRetrospectiveReviewBody(reason="Everybody has read it.")
    told(start_retrospective_review.sync(pk, client=client, body=reason), m.Retrospective)
    ask = m.RequestRetrospectiveReviewBody(reviewer=who)
    review = told(request_retrospective_review.sync(pk, client=client, body=ask), m.RetrospectiveReview)
    verdict = m.AnswerRetrospectiveReviewBody(
        verdict=m.AnswerRetrospectiveReviewBodyVerdict.APPROVED, note="Clear."
    )
    answer = answer_retrospective_review.sync(pk, review.id, client=reviewer, body=verdict)
    assert told(answer, m.RetrospectiveReview).answered_at
    for check in told(list_review_checks.sync(pk, client=client), m.ReviewCheckList).results:
        if not check.is_settled:
            body = m.WaiveReviewCheckBody(reason=f"It is small: {check.name}")
            waived = waive_review_check.sync_detailed(pk, check.name, client=client, body=body)
            assert waived.status_code is HTTPStatus.NO_CONTENT, waived.content
    note = m.PublishRetrospectiveBody(note="First version")
    published = told(publish_retrospective.sync(pk, client=client, body=note), m.Publication)
    as_text = export_retrospective.sync(pk, client=client, format_=m.ExportRetrospectiveFormat.MD)
    assert told(as_text, str).startswith("# Card payments fail")
    return published


def analyse(client: AuthenticatedClient, pk: int, retrospective: m.Retrospective) -> None:
    """What happened, why, what it meant, what was learned, and what will be done."""
    row = m.AddRetrospectiveEntryBody(
        text="The pool was full", occurred_at=datetime.now(UTC), kind=m.RetrospectiveEntryKind.NOTE
    )
    entry = told(add_retrospective_entry.sync(pk, client=client, body=row), m.RetrospectiveEntry)
    text = m.WriteSectionBody(text="Payments failed for **20 minutes**.")
    section = write_section.sync(pk, m.RetrospectiveSectionName.SUMMARY, client=client, body=text)
    assert told(section, m.RetrospectiveSection).version == 1
    numbers = [m.ImpactNumberBody(name="Failed payments", value="1,240")]
    impact = m.WriteImpactStatementBody(text="They could not pay.", numbers=numbers)
    stated = told(
        write_impact_statement.sync(pk, m.ImpactDimension.CUSTOMERS, client=client, body=impact),
        m.ImpactStatement,
    )
    assert [(one.name, one.value) for one in stated.numbers] == [("Failed payments", "1,240")]
    why = m.AddContributingFactorBody(
        text="The pool has one size",
        level=m.ContributingFactorLevel.SYSTEMIC,
        category=m.ContributingFactorCategory.PROCESS,
    )
    factor = told(add_contributing_factor.sync(pk, client=client, body=why), m.ContributingFactor)
    assert (factor.parent, factor.level) == (None, m.ContributingFactorLevel.SYSTEMIC)
    learned = m.AddLearningBody(
        kind=retrospective.columns[0].key, text="Nobody watched the pool.", entries=[entry.id]
    )
    learning = told(add_learning.sync(pk, client=client, body=learned), m.Learning)
    assert learning.entries == [entry.id]
    todo = m.AddActionItemBody(
        title="Alert before the pool is full",
        priority=m.Priority.P2,
        retrospective=pk,
        factor=factor.id,
        due_on=date.today() + timedelta(days=30),
        verification="The alert comes in a test.",
    )
    item = told(add_action_item.sync(client=client, body=todo), m.ActionItem)
    assert item.factor
    assert (item.factor.id, item.state) == (factor.id, m.ActionItemState.OPEN)
    begun = m.MoveActionItemBody(state=m.ActionItemState.IN_PROGRESS)
    told(move_action_item.sync(item.reference, client=client, body=begun), m.ActionItem)
    items = told(list_action_items.sync(client=client, retrospective=pk), m.ActionItemPage)
    assert [one.state for one in items.results] == [m.ActionItemState.IN_PROGRESS]


def main(settings: dict[str, str]) -> None:
    url = settings["url"]
    with (
        AuthenticatedClient(url, settings["token"], raise_on_unexpected_status=True) as client,
        AuthenticatedClient(url, settings["reviewer_token"], raise_on_unexpected_status=True) as reviewer,
    ):
        incident = respond(client, settings["responder"])
        publication = look_back(client, reviewer, int(settings["reviewer"]), incident.reference)
    made = {
        "incident": incident.reference,
        "retrospective": publication.retrospective,
        "version": publication.number,
    }
    sys.stdout.write(json.dumps(made))


if __name__ == "__main__":
    main(json.loads(Path(sys.argv[1]).read_text()))
