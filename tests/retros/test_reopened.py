"""What is read of a retrospective while it is open again: the version, as it was published, and nothing since."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from audit import context
from coediting.document import open_document
from coediting.markdown_merge import rewrite
from incidents.workflow import declare_incident
from notifications.models import OutboxMessage
from retros.checks import CHECKS, checks
from retros.export import as_html, copy_of
from retros.models import Document, Export, Factor, Publication, Retrospective, Section
from retros.similar import seen_before
from retros.workflow import (
    add_contributing_factor,
    answer_review,
    ask_for_pdf,
    ask_reviewer,
    frame_retrospective,
    mark_changed_how_i_work,
    open_section,
    publish_retrospective,
    reopen_retrospective,
    start_review,
    step_back,
    waive_check,
    withdraw_waiver,
    write_public_text,
    write_update,
)


@pytest.fixture
def published(retrospective, commander):
    start_review(retrospective=retrospective, by=commander, reason="x")
    for name in CHECKS:
        waive_check(retrospective=retrospective, by=commander, name=name, reason=f"Small: {name}")
    add_contributing_factor(retrospective=retrospective, by=commander, text="Mute had no end date")
    publish_retrospective(retrospective=retrospective, by=commander)
    return Retrospective.objects.get()


@pytest.fixture
def reopened(published, commander):
    """With a draft that only who works on it may see."""
    reopen_retrospective(retrospective=published, by=commander, reason="A date was wrong")
    add_contributing_factor(retrospective=published, by=commander, text="Zephyrquartz was muted")
    frame_retrospective(retrospective=published, by=commander, title="Zephyrquartz", scope="Zephyrquartz")
    write_public_text(retrospective=published, by=commander, public_text="Zephyrquartz")
    return Retrospective.objects.get()


def test_stakeholders_read_the_version_and_nothing_of_the_draft(client, reopened, stakeholder):
    client.force_login(stakeholder)
    page = reopened.get_absolute_url()
    factor = Factor.objects.get(text="Zephyrquartz was muted")
    for path in ("", "versions/1/", "export/html/", "export/md/", "export/json/"):
        answer = client.get(page + path)
        assert answer.status_code == 200, path
        assert b"Mute had no end date" in answer.content, path
        assert b"Zephyrquartz" not in answer.content, path
    for path in ("head/", "agenda/", "frame/", "narrative/", "timeline/", "causes/", "actions/", "review/"):
        assert client.get(page + path).status_code == 404, path
    for query in ("", "?q=muted", f"?factor={factor.pk}", "?q=Zephyrquartz"):
        assert b"Zephyrquartz<" not in client.get("/retrospectives/" + query).content
    link = f'href="{page}"'
    assert link in client.get("/retrospectives/?q=mute").text
    assert link not in client.get(f"/retrospectives/?factor={factor.pk}").text


def test_stakeholders_take_the_version_along(client, reopened, stakeholder):
    client.force_login(stakeholder)
    asked = client.post(reopened.get_absolute_url() + "pdf/")
    assert Export.objects.get().number == 1
    assert client.get(asked.url).status_code == 200
    with pytest.raises(PermissionDenied):
        ask_for_pdf(retrospective=reopened, by=stakeholder)
    mark_changed_how_i_work(retrospective=reopened, by=stakeholder, is_so=True)
    assert reopened.reader_marks.count() == 1


def test_who_works_on_it_sees_the_draft(client, reopened, responder):
    client.force_login(responder)
    assert b"Zephyrquartz" in client.get(reopened.get_absolute_url() + "causes/").content
    assert b"Zephyrquartz" in client.get(reopened.get_absolute_url() + "export/md/").content


def test_it_is_still_seen_before(reopened, commander, stakeholder, severity):
    new = declare_incident(by=commander, title="Mute without an end", severity=severity(3))
    (seen,) = seen_before(new, reader=stakeholder)
    assert (seen.title, seen.why) == ("Checkout answers slowly", "similar factor: Mute had no end date")


def test_never_of_a_private_incident(client, reopened, stakeholder, outsider, private_incident):
    Retrospective.objects.update(incident=private_incident)
    reopened.incidents.set([private_incident])
    for person in (stakeholder, outsider):
        client.force_login(person)
        for path in ("", "versions/1/", "export/html/", "pdf/1/", "pdf/1/file/"):
            assert client.get(reopened.get_absolute_url() + path).status_code == 404
        assert f'href="{reopened.get_absolute_url()}"' not in client.get("/retrospectives/").text


def test_the_pictures_of_a_version_are_kept_with_it(client, reopened, responder):
    client.force_login(responder)
    old = client.get(reopened.get_absolute_url() + "versions/1/").content
    assert b"<svg" in old
    assert b"Zephyrquartz was muted" not in old
    assert "Zephyrquartz was muted" not in as_html(copy_of(reopened, 1))
    assert "Zephyrquartz was muted" in as_html(copy_of(reopened))
    assert "Zephyrquartz" not in client.get(reopened.get_absolute_url() + "export/json/?version=1").text


def test_a_version_from_before_pictures_were_kept(published, commander):
    Publication.objects.update(figures=None)
    assert len(copy_of(published, 1).figures) == 2, "nobody works on the rows, and no factor is on a bone"
    reopen_retrospective(retrospective=published, by=commander, reason="x")
    assert copy_of(Retrospective.objects.get(), 1).figures == []


def test_what_was_typed_is_no_markup_in_a_kept_picture(published, commander):
    reopen_retrospective(retrospective=published, by=commander, reason="x")
    add_contributing_factor(retrospective=published, by=commander, text="<script>alert(1)</script>")
    publish_retrospective(retrospective=published, by=commander)
    assert "<script" not in as_html(copy_of(Retrospective.objects.get(), 2))


def test_approvals_hold_for_the_text_that_was_read(reopened, commander, outsider):
    review = ask_reviewer(retrospective=reopened, by=commander, reviewer=outsider)
    answer_review(review=review, by=outsider, verdict="approved")
    withdraw_waiver(retrospective=reopened, by=commander, name="outside")
    withdraw_waiver(retrospective=reopened, by=commander, name="read")
    with context.at(reopened.review_started_at + timedelta(hours=25)):
        publish_retrospective(retrospective=reopened, by=commander)
        reopen_retrospective(retrospective=reopened, by=commander, reason="Another date")
        again = Retrospective.objects.get()
        assert {check.name for check in checks(again) if not check.is_settled} == {"outside", "read"}
        ask_reviewer(retrospective=again, by=commander, reviewer=outsider)
        ask_reviewer(retrospective=again, by=commander, reviewer=outsider)
    asked = OutboxMessage.objects.filter(topic="review.asked")
    assert [message.payload["recipients"] for message in asked] == [[outsider.pk]] * 2, "once each reading"


def test_a_review_begun_anew_asks_anew(retrospective, commander, outsider):
    start_review(retrospective=retrospective, by=commander, reason="x")
    review = ask_reviewer(retrospective=retrospective, by=commander, reviewer=outsider)
    answer_review(review=review, by=outsider, verdict="approved")
    step_back(retrospective=retrospective, by=commander)
    start_review(retrospective=retrospective, by=commander, reason="x")
    review.refresh_from_db()
    assert (review.verdict, review.answered_at) == ("asked", None)


def test_the_wording_that_is_published_is_the_wording_that_is_checked(published, commander, responder):
    again = reopen_retrospective(retrospective=published, by=commander, reason="x")
    withdraw_waiver(retrospective=published, by=commander, name="hints")
    section = open_section(retrospective=again, section=Section.WHAT_HAPPENED, by=commander)
    update = rewrite(open_document(), "It was human error by Responder Example.")
    write_update(document_id=section.pk, update=update, by=responder)
    assert Document.objects.get(pk=section.pk).text == ""
    with pytest.raises(ValidationError, match="hints on wording"):
        publish_retrospective(retrospective=published, by=commander)
    assert Publication.objects.count() == 1
