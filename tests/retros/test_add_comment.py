"""What is said beside a section: answers, resolved and open again, and who is told."""

import time

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from accounts.models import User
from notifications.models import Delivery, OutboxMessage
from retros.access import mentioned_in, people_reaching
from retros.completion import parts_of
from retros.models import Comment, Document, Retrospective, RetrospectiveStatus, Section
from retros.views.writing import CONVERSATIONS
from retros.workflow import add_comment, open_section, resolve_comment, save_text
from subscribers.announcements.retrospectives import consume
from subscribers.models import Notice


@pytest.fixture
def document(retrospective, commander) -> Document:
    return open_section(retrospective=retrospective, section=Section.WHAT_HAPPENED, by=commander)


def told() -> None:
    for message in OutboxMessage.objects.filter(topic__startswith="comment."):
        consume(message)


def test_a_mention_reaches_inbox_and_mail_of_that_person_alone(document, commander, responder, outsider):
    comment = add_comment(
        document=document, by=commander, text="@Responder Example which graph?", quote="the pool"
    )
    told()
    told()
    notice = Notice.objects.get()
    assert notice.person == responder
    assert notice.url.endswith(f"narrative/what_happened/#comment-{comment.pk}")
    assert [d.address for d in Delivery.objects.all()] == [responder.email]


def test_who_cannot_reach_it_is_not_told_and_not_offered(
    document, retrospective, commander, outsider, stakeholder
):
    type(retrospective).objects.update(is_private=True)
    retrospective.refresh_from_db()
    document.retrospective = retrospective
    comment = add_comment(document=document, by=commander, text="@Outsider Example and @Stakeholder?")
    told()
    assert not comment.mentions.exists()
    assert not Notice.objects.exists()
    assert not Delivery.objects.exists()
    assert set(people_reaching(retrospective)) == {commander}


def test_people_reaching_is_visible_to_from_the_other_side(
    retrospective, commander, responder, stakeholder, outsider, admin
):
    def agree() -> None:
        retrospective.refresh_from_db()
        reached = set(people_reaching(retrospective))
        for person in User.objects.all():
            visible = Retrospective.objects.visible_to(person).filter(pk=retrospective.pk).exists()
            assert (person in reached) == visible, person

    agree()
    type(retrospective).objects.update(status=RetrospectiveStatus.PUBLISHED)
    agree()
    type(retrospective).objects.update(is_private=True)
    agree()
    retrospective.participants.create(user=stakeholder)
    agree()
    type(retrospective.incident).objects.update(is_private=True)
    agree()
    User.objects.filter(pk=admin.pk).update(sees_private_incidents=True)
    agree()
    User.objects.filter(pk=responder.pk).update(is_active=False)
    agree()


def test_names_are_found_and_parts_of_names_are_not(commander, responder):
    both = [commander, responder]
    assert mentioned_in("@commander, look", both) == [commander]
    assert mentioned_in("mail@commander.example", [commander]) == [commander]  # an @ and the name
    assert mentioned_in("@commanders all", both) == []
    assert mentioned_in("Commander Example", both) == []


def test_answers_hang_below_and_are_resolved_as_a_whole(document, commander, responder):
    comment = add_comment(document=document, by=commander, text="Which graph?")
    answer = add_comment(document=document, by=responder, text="The pool.", parent=comment)
    with pytest.raises(ValidationError):
        add_comment(document=document, by=responder, text="Deeper.", parent=answer)
    with pytest.raises(ValidationError):
        resolve_comment(comment=answer, by=responder)
    assert resolve_comment(comment=comment, by=responder).resolved_by == responder
    assert resolve_comment(comment=comment, by=commander).resolved_by == responder, "the first stands"
    assert resolve_comment(comment=comment, by=commander, resolved=False).resolved_at is None


def test_readers_and_whoever_is_out_of_reach_say_nothing(document, retrospective, stakeholder, commander):
    with pytest.raises(PermissionDenied):
        add_comment(document=document, by=stakeholder, text="Hello")
    type(retrospective).objects.update(status=RetrospectiveStatus.PUBLISHED)
    with pytest.raises(ValidationError):
        add_comment(document=document, by=commander, text="Late")
    assert not document.comments.exists()


def test_the_page(client, document, commander):
    client.force_login(commander)
    base = f"/retrospectives/{document.retrospective_id}/narrative/what_happened/"
    posted = client.post(f"{base}comments/", {"text": "Which <b>graph</b>?", "quote": "the pool"})
    comment = document.comments.get()
    assert posted.headers["location"].endswith(f"#comment-{comment.pk}")
    page = client.get(base).content.decode()
    assert "the pool" in page
    assert "<b>graph" not in page
    client.post(f"{base}comments/{comment.pk}/resolution/")
    comment.refresh_from_db()
    assert comment.resolved_by == commander
    empty = client.post(f"{base}comments/", {"text": " "})
    assert empty.status_code == 422


def test_who_can_be_told_is_looked_up_when_somebody_asks(client, document, commander, responder):
    client.force_login(commander)
    base = f"/retrospectives/{document.retrospective_id}/narrative/what_happened/"
    assert b"@Responder Example" not in client.get(base).content
    assert b"@Responder Example" in client.get(f"{base}?people").content
    assert b"@Responder Example" in client.get(f"{base}comments/?people").content


def test_many_conversations_come_page_by_page(client, document, commander):
    comments = Comment.objects.bulk_create(
        Comment(document=document, text=f"Question {n}.", author=commander) for n in range(CONVERSATIONS + 1)
    )
    Comment.objects.create(document=document, parent=comments[0], text="The first answer.", author=commander)
    client.force_login(commander)
    base = f"/retrospectives/{document.retrospective_id}/narrative/what_happened/"
    newest = client.get(base)
    assert newest.context["open_count"] == CONVERSATIONS + 1
    assert b"Question 1." in newest.content
    assert b"Question 0." not in newest.content
    earlier = client.get(base, {"before": newest.context["earlier"]}).content
    assert b"Question 0." in earlier
    assert b"The first answer." in earlier
    assert b"Question 1." not in earlier
    assert b"Earlier comments" not in earlier


def test_many_names_are_read_in_good_time():
    people = [User(name=f"First{n} Last{n}") for n in range(5_000)]
    began = time.process_time()
    assert mentioned_in("@First7 Last7 and @First8", people) == [people[7], people[8]]
    assert time.process_time() - began < 2


def test_what_happened_is_not_complete_while_a_comment_is_open(document, commander, retrospective):
    for section in (Section.SUMMARY, Section.WHAT_HAPPENED):
        written = open_section(retrospective=retrospective, section=section, by=commander)
        save_text(document=written, text="The pool was full.", by=commander, version=None)

    def part():
        return next(one for one in parts_of(retrospective) if one.key == "narrative")

    assert part().is_done
    comment = add_comment(document=document, by=commander, text="Which pool?")
    assert (part().is_done, part().note) == (False, "1 open")
    resolve_comment(comment=comment, by=commander, resolved=True)
    assert part().is_done


def test_names_are_offered_to_complete_a_mention(
    client, document, retrospective, commander, responder, stakeholder
):
    client.force_login(commander)
    page = f"/retrospectives/{retrospective.pk}/narrative/what_happened/people/"
    assert client.get(page, {"q": "resp"}).json() == {"people": ["Responder Example"]}
    assert "Responder Example" in client.get(page, {"q": "exam"}).json()["people"]
    assert client.get(page, {"q": "zzz"}).json() == {"people": []}
    type(retrospective).objects.update(is_private=True)
    assert client.get(page, {"q": "resp"}).json() == {"people": []}, "out of their reach"


def test_a_comment_shows_whom_it_mentions(client, document, retrospective, commander, responder):
    add_comment(document=document, by=commander, text="@Responder Example and @Nobody, which *graph*?")
    client.force_login(responder)
    page = client.get(f"/retrospectives/{retrospective.pk}/narrative/what_happened/").content.decode()
    assert "<strong>@Responder Example</strong> and @Nobody, which <em>graph</em>?" in page
