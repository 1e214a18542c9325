import json
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from accounts.models import Team
from action_items.models import ActionItem
from audit import context
from incidents.workflow import mitigate_incident, resolve_incident
from notifications.models import Delivery
from notifications.workflow.expanding import expand_next_event
from retros.checks import CHECKS, checks
from retros.completion import parts_of
from retros.models import (
    ContributingFactor,
    Dimension,
    Document,
    Factor,
    ImpactStatement,
    Learning,
    Publication,
    Retrospective,
    RetrospectiveSettings,
    Section,
)
from retros.published_content import content_of, markdown_of, people_of
from retros.workflow import (
    add_participants,
    agree_to_waiver,
    answer_review,
    ask_reviewer,
    frame_retrospective,
    mark_changed_how_i_work,
    open_retrospective,
    open_section,
    publish_retrospective,
    reopen_retrospective,
    save_text,
    start_review,
    waive_check,
    write_public_text,
)
from tests.conftest import NOT_SENT
from timeline.workflow import write_event


@pytest.fixture
def in_review(retrospective, commander):
    return start_review(retrospective=retrospective, by=commander, reason="x")


@pytest.fixture
def published(in_review, commander):
    for name in CHECKS:
        waive_check(retrospective=in_review, by=commander, name=name, reason=f"Small: {name}")
    publish_retrospective(retrospective=in_review, by=commander)
    return Retrospective.objects.get(pk=in_review.pk)


def _state(retrospective) -> dict[str, bool]:
    return {check.name: check.holds for check in checks(Retrospective.objects.get(pk=retrospective.pk))}


def test_each_check_holds_when_it_should(in_review, incident, commander, responder, outsider):
    without_factors = [name for name in CHECKS if name != "evidence"]
    assert _state(in_review) == dict.fromkeys(without_factors, False) | {"actions": True, "hints": True}
    for number in range(2):
        factor = Factor.objects.create(text=f"f{number}", key=f"f{number}")
        ContributingFactor.objects.create(
            retrospective=in_review, factor=factor, text="x", evidence_text="The graph"
        )
    for dimension in Dimension:
        ImpactStatement.objects.create(retrospective=in_review, dimension=dimension, not_affected=True)
    mitigated = mitigate_incident(incident=incident, by=commander)
    resolve_incident(incident=mitigated, by=commander, waive_reason="x", unsent=NOT_SENT)
    type(incident).objects.update(impact_started_at="2026-01-01T00:00Z", detected_at="2026-01-01T00:01Z")
    item = ActionItem.objects.create(retrospective=in_review, title="Do", due_on="2026-12-01")
    assert _state(in_review)["actions"] is False
    page = next(part for part in parts_of(in_review) if part.key == "actions")
    assert (page.is_done, page.note) == (False, "0 of 1")
    item.state = "done"
    item.save()
    assert _state(in_review)["actions"], "what is done needs no owner any more, here as in its section"
    assert next(part for part in parts_of(in_review) if part.key == "actions").is_done
    item.state, item.owner, item.verification = "open", responder, "The graph stays flat"
    item.save()
    team = Team.objects.create(name="Pay", slug="pay")
    commander.teams.add(team)
    responder.teams.add(team)
    review = ask_reviewer(retrospective=in_review, by=commander, reviewer=responder)
    answer_review(review=review, by=responder, verdict="approved")
    assert _state(in_review)["outside"] is False, "of the same team"
    review = ask_reviewer(retrospective=in_review, by=commander, reviewer=outsider)
    answer_review(review=review, by=outsider, verdict="approved")
    with context.at(in_review.review_started_at + timedelta(hours=25)):
        assert all(_state(in_review).values())
        publish_retrospective(retrospective=in_review, by=commander)
    assert Publication.objects.get().number == 1


def test_at_a_private_table_who_neither_responded_nor_wrote_is_from_outside(
    in_review, commander, responder, outsider, incident
):
    frame_retrospective(retrospective=in_review, by=commander, is_private=True)
    write_event(incident=incident, by=responder, text="Looked at the graphs")
    add_participants(retrospective=in_review, by=commander, people=[responder, outsider])
    for reviewer, holds in ((responder, False), (outsider, True)):
        review = ask_reviewer(retrospective=in_review, by=commander, reviewer=reviewer)
        answer_review(review=review, by=reviewer, verdict="approved")
        assert _state(in_review)["outside"] is holds
    section = open_section(retrospective=in_review, section=Section.SUMMARY, by=outsider)
    save_text(document=section, text="Mine.", by=outsider, version=None)
    assert _state(in_review)["outside"] is False, "whoever wrote it is on it"


def test_not_while_a_check_is_open(in_review, commander):
    with pytest.raises(ValidationError, match="at least two contributing factors"):
        publish_retrospective(retrospective=in_review, by=commander)
    assert not Publication.objects.exists()


def test_a_waiver_needs_a_reason(in_review, commander):
    with pytest.raises(ValidationError, match="why this check"):
        waive_check(retrospective=in_review, by=commander, name="factors", reason=" ")


def test_a_reviewer_is_asked_and_only_they_answer(in_review, commander, responder, stakeholder, outsider):
    review = ask_reviewer(retrospective=in_review, by=commander, reviewer=responder)
    while expand_next_event():
        pass
    assert Delivery.objects.filter(address=responder.email, content__subject__icontains="a review").exists()
    with pytest.raises(PermissionDenied):
        answer_review(review=review, by=outsider, verdict="approved")
    with pytest.raises(ValidationError, match="what should change"):
        answer_review(review=review, by=responder, verdict="changes")
    with pytest.raises(ValidationError, match="cannot see it"):
        ask_reviewer(retrospective=in_review, by=commander, reviewer=stakeholder)


def test_published_is_read_by_stakeholders_and_stands_still(client, published, stakeholder, commander):
    client.force_login(stakeholder)
    assert client.get(published.get_absolute_url()).status_code == 200
    client.force_login(commander)
    page = published.get_absolute_url() + "frame/"
    refused = client.post(page, {"title": "x", "subject": "incident", "version": published.version,
                                 "incidents": published.incident.reference})  # fmt: skip
    assert b"Open it again" in refused.content
    assert Retrospective.objects.get().title == published.title


def test_days_are_written_as_on_other_pages(client, in_review, commander):
    ActionItem.objects.create(retrospective=in_review, title="Do", due_on="2026-12-18", priority="P1")
    for check in checks(in_review):
        if not check.is_settled:
            waive_check(retrospective=in_review, by=commander, name=check.name, reason=f"No {check.name}")
    publish_retrospective(retrospective=in_review, by=commander)
    client.force_login(commander)
    read = client.get(in_review.get_absolute_url()).text
    assert "due 18 Dec 2026" in read
    assert "2026-12-18" not in read


def test_open_again_makes_the_next_version_and_keeps_the_first(client, published, commander):
    reopen_retrospective(retrospective=published, by=commander, reason="A date was wrong")
    Document.objects.create(retrospective=published, section=Section.SUMMARY, text="Better *now*.")
    publish_retrospective(retrospective=published, by=commander, note="The date")
    assert list(Publication.objects.values_list("number", flat=True)) == [2, 1]
    client.force_login(commander)
    assert b"<em>now</em>" in client.get(published.get_absolute_url()).content
    assert b"Better" not in client.get(published.get_absolute_url() + "versions/1/").content


def test_the_files(client, published, commander):
    client.force_login(commander)
    for form, kind in (("html", "text/html"), ("md", "text/markdown"), ("json", "application/json")):
        answer = client.get(f"/retrospectives/{published.pk}/export/{form}/")
        assert answer["Content-Type"].startswith(kind)
        assert answer["Content-Disposition"].startswith("attachment")
        assert b"Checkout answers slowly" in answer.content
    assert json.loads(answer.content)["version"] == 1


def test_what_is_typed_is_never_markup(client, retrospective, commander):
    Document.objects.create(
        retrospective=retrospective, section=Section.SUMMARY, text='<script>alert(1)</script><img src="x">'
    )
    retrospective.scope = "<b>bold</b>"
    retrospective.save()
    client.force_login(commander)
    page = client.get(f"/retrospectives/{retrospective.pk}/export/html/").content
    assert b"<script" not in page
    assert b"<img" not in page
    assert b"<b>bold" not in page


def test_learnings_stay_hidden_until_revealed(client, retrospective, commander, outsider):
    Learning.objects.create(retrospective=retrospective, kind="helped", text="Zephyr", author=commander)
    client.force_login(outsider)
    for form in ("html", "md", "json"):
        assert b"Zephyr" not in client.get(f"/retrospectives/{retrospective.pk}/export/{form}/").content


def test_the_library_finds_words_factors_and_only_what_is_in_reach(
    client, published, stakeholder, outsider, private_incident, commander
):
    Publication.objects.update(search=None)
    reopen_retrospective(retrospective=published, by=commander, reason="x")
    factor = Factor.objects.create(text="Mute had no end date", key="mute had no end date")
    ContributingFactor.objects.create(retrospective=published, factor=factor, text=factor.text)
    publish_retrospective(retrospective=published, by=commander)
    hidden = open_retrospective(by=commander, title="Zephyrquartz", incidents=[private_incident])
    start_review(retrospective=hidden, by=commander, reason="x")
    for name in CHECKS:
        waive_check(retrospective=hidden, by=commander, name=name, reason=f"x {name}")
    publish_retrospective(retrospective=hidden, by=commander)
    client.force_login(commander)
    for query in ("", "?q=Zephyrquartz"):
        found = client.get("/retrospectives/" + query).text
        assert f'href="{hidden.get_absolute_url()}"' in found, "so that silence below is the reader's"
    for reader in (stakeholder, outsider):
        client.force_login(reader)
        assert b"Checkout answers slowly" in client.get("/retrospectives/?q=muted+end").content
        assert b"Nothing found" in client.get("/retrospectives/?q=nowhere").content
        assert b"Checkout answers slowly" in client.get(f"/retrospectives/?factor={factor.pk}").content
        for query in ("", "?q=Zephyrquartz", "?q=canary"):
            page = client.get("/retrospectives/" + query).text
            assert "Zephyrquartz</" not in page
            assert f'href="{hidden.get_absolute_url()}"' not in page


def test_all_in_progress_are_counted_and_paged(client, commander):
    Retrospective.objects.bulk_create(
        Retrospective(title=f"Sprint {number}", subject="sprint", owner=commander) for number in range(51)
    )
    client.force_login(commander)
    first, second = (client.get(f"/retrospectives/?open={page}").text for page in (1, 2))
    assert '<span class="count">51</span>' in first
    assert "Due later" in first
    assert ("Sprint 50" in first, "Sprint 50" in second) == (False, True)


def test_a_reader_marks_it_once(published, retrospective, stakeholder, private_incident):
    mark_changed_how_i_work(retrospective=published, by=stakeholder, is_so=True)
    mark_changed_how_i_work(retrospective=published, by=stakeholder, is_so=True)
    assert published.reader_marks.count() == 1
    mark_changed_how_i_work(retrospective=published, by=stakeholder, is_so=False)
    assert not published.reader_marks.exists()


def test_the_public_text_is_not_in_what_is_published(published, commander):
    write_public_text(retrospective=published, by=commander, public_text="Outside words")
    assert "Outside words" not in str(Publication.objects.get().content)
    assert Retrospective.objects.get().public_text == "Outside words"


def test_everyone_who_took_part_is_named_once(client, retrospective, commander, responder, stakeholder):
    frame_retrospective(retrospective=retrospective, by=commander, facilitator=commander)
    add_participants(retrospective=retrospective, by=commander, people=[commander, responder, stakeholder])
    content = content_of(Retrospective.objects.get(pk=retrospective.pk))
    assert people_of(content) == [
        (str(commander), "owner, facilitator"),
        (str(responder), ""),
        (str(stakeholder), ""),
    ]
    assert f"Who took part: {commander} (owner, facilitator), {responder}, " in markdown_of(content)


def test_what_is_missing_is_said_plainly(in_review, commander):
    factor = Factor.objects.create(text="f", key="f")
    ContributingFactor.objects.create(retrospective=in_review, factor=factor, text="Mute had no end date")
    missing = {check.name: check.missing for check in checks(in_review)}
    assert missing["evidence"] == "1 without evidence: “Mute had no end date”"
    assert missing["impact"].startswith("Not described yet: ")
    with pytest.raises(ValidationError, match=r"You can't publish yet: \d checks are open"):
        publish_retrospective(retrospective=in_review, by=commander)


def test_each_waiver_needs_its_own_reason(in_review, commander):
    waive_check(retrospective=in_review, by=commander, name="factors", reason="Small incident")
    with pytest.raises(ValidationError, match="its own reason"):
        waive_check(retrospective=in_review, by=commander, name="impact", reason="small INCIDENT ")
    waive_check(retrospective=in_review, by=commander, name="factors", reason="Small incident")


def test_a_second_person_agrees_where_the_installation_asks_for_it(
    in_review, commander, responder, stakeholder, client
):
    RetrospectiveSettings.objects.update_or_create(pk=1, defaults={"waivers_need_second_person": True})
    for name in CHECKS:
        waive_check(retrospective=in_review, by=commander, name=name, reason=f"Small: {name}")
    with pytest.raises(ValidationError, match="You can't publish yet"):
        publish_retrospective(retrospective=in_review, by=commander)
    with pytest.raises(PermissionDenied, match="second person"):
        agree_to_waiver(retrospective=in_review, by=commander, name="factors")
    with pytest.raises(PermissionDenied):
        agree_to_waiver(retrospective=in_review, by=stakeholder, name="factors")
    client.force_login(responder)
    page = client.get(f"/retrospectives/{in_review.pk}/review/").content.decode()
    assert page.count(">Agree<") == sum(not check.holds for check in checks(in_review))
    for name in CHECKS:
        client.post(reverse("waiver_agreement", args=[in_review.pk, name]))
    assert publish_retrospective(retrospective=in_review, by=commander).number == 1


def test_a_new_reason_needs_a_new_agreement(in_review, commander, responder):
    waive_check(retrospective=in_review, by=commander, name="factors", reason="One")
    agree_to_waiver(retrospective=in_review, by=responder, name="factors")
    again = waive_check(retrospective=in_review, by=commander, name="factors", reason="Another")
    assert again.agreed_by is None
