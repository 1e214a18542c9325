"""Who may present a session, what the shared screen shows, and what it must not show."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from retros.models import AgendaItem, FinishedPart, Question
from retros.presenting import stage_of
from retros.workflow import (
    add_learning,
    add_learning_group,
    add_participants,
    call_everyone,
    close_question,
    end_session,
    finish_part,
    frame_retrospective,
    hand_over_facilitation,
    present,
    run_clock,
    start_retrospective,
    start_session,
    stop_presenting,
    take_facilitation,
)


@pytest.fixture
def retro(incident, commander, responder):
    made = start_retrospective(incident=incident, by=commander, owner=commander)
    made = frame_retrospective(retrospective=made, by=commander, facilitator=commander)
    add_participants(retrospective=made, by=commander, people=[responder])
    return start_session(retrospective=made, by=commander)


def part(retro, section: str) -> AgendaItem:
    return retro.agenda.get(section=section)


def start(retro, by, section: str) -> None:
    run_clock(retrospective=retro, by=by, do="start", item=part(retro, section))


def test_every_part_has_a_section_and_a_question(retro):
    assert all(item.section and item.question for item in retro.agenda.all())


def test_only_who_leads_presents(retro, commander, responder):
    with pytest.raises(PermissionDenied):
        present(retrospective=retro, by=responder)
    assert present(retrospective=retro, by=commander).presenter == commander
    assert stop_presenting(retrospective=retro, by=commander).presenter is None


def test_nobody_presents_what_is_over(retro, commander):
    present(retrospective=retro, by=commander)
    retro = end_session(retrospective=retro, by=commander)
    assert retro.presenter is None
    with pytest.raises(ValidationError):
        present(retrospective=retro, by=commander)


def test_everyone_is_called_anew_each_time(retro, commander):
    first = present(retrospective=retro, by=commander).called_at
    assert call_everyone(retrospective=retro, by=commander).called_at > first
    stop_presenting(retrospective=retro, by=commander)
    with pytest.raises(ValidationError):
        call_everyone(retrospective=retro, by=commander)


def test_back_and_forth_through_the_agenda(retro, commander):
    run_clock(retrospective=retro, by=commander, do="next")
    assert stage_of(retro).item == part(retro, "impact")
    run_clock(retrospective=retro, by=commander, do="previous")
    assert stage_of(retro).item == part(retro, "safety")
    with pytest.raises(ValidationError):
        run_clock(retrospective=retro, by=commander, do="previous")


def test_time_left_and_time_over(retro, commander):
    item = part(retro, "safety")
    AgendaItem.objects.filter(pk=item.pk).update(
        running_since=timezone.now() - timedelta(minutes=6, seconds=12)
    )
    stage = stage_of(retro)
    assert stage.timer.left == "+1:12"
    assert stage.timer.is_over
    AgendaItem.objects.filter(pk=item.pk).update(running_since=timezone.now() - timedelta(minutes=2))
    assert stage_of(retro).timer.left == "3:00"


def test_who_has_finished_is_a_number_where_nobody_is_named(client, retro, commander, responder):
    item = part(retro, "learnings")
    start(retro, commander, "learnings")
    finish_part(item=item, by=responder)
    finish_part(item=item, by=responder)
    assert FinishedPart.objects.count() == 1
    client.force_login(commander)
    html = client.get(f"/retrospectives/{retro.pk}/present/").content.decode()
    assert "1 of 2 have finished." in html
    assert str(responder) not in html
    start(retro, commander, "timeline")
    finish_part(item=part(retro, "timeline"), by=responder)
    assert str(responder) in client.get(f"/retrospectives/{retro.pk}/present/").content.decode()
    finish_part(item=part(retro, "timeline"), by=responder, is_finished=False)
    assert stage_of(retro).done_count == 0


def test_the_safety_question_counts_nobody(client, retro, commander, responder):
    """An answer is all there is to do, and when one came stays hidden: a count would be wrong or tell it."""
    client.force_login(commander)
    asked = client.get(f"/retrospectives/{retro.pk}/present/").text
    assert "The answers are shown when everyone has answered" in asked
    assert "have finished" not in asked
    close_question(retrospective=retro, question=Question.SAFETY_START, by=commander)
    closed = client.get(f"/retrospectives/{retro.pk}/present/").text
    assert "Fewer than four answers" in closed
    assert "have finished" not in closed
    client.force_login(responder)
    assert "Finish writing" not in client.get(f"/retrospectives/{retro.pk}/safety/").text


def test_learnings_are_hidden_until_they_are_revealed(client, retro, commander, responder):
    start(retro, commander, "learnings")
    one = add_learning(retrospective=retro, by=responder, kind="helped", text="Zephyrquartz helped")
    client.force_login(commander)
    page = f"/retrospectives/{retro.pk}/present/"
    html = client.get(page).content.decode()
    assert "1 learning" in html
    assert "Zephyrquartz" not in html
    answer = client.post(f"/retrospectives/{retro.pk}/presentation/", {"step": "reveal"})
    assert answer["Location"] == page
    add_learning_group(retrospective=retro, by=commander, name="The stone", learnings=[one])
    html = client.get(page).content.decode()
    assert "Zephyrquartz helped" in html
    assert "The stone" in html
    assert "Dots hidden" in html
    client.post(f"/retrospectives/{retro.pk}/presentation/", {"step": "close_voting"})
    html = client.get(page).content.decode()
    assert "Dots hidden" not in html
    assert "0 dots" in html


def test_the_shared_screen_is_for_who_leads(client, retro, responder, outsider):
    client.force_login(responder)
    assert client.get(f"/retrospectives/{retro.pk}/present/").status_code == 403
    assert client.post(f"/retrospectives/{retro.pk}/presentation/", {"step": "present"}).status_code == 403


def test_facilitation_is_taken_and_handed_over(retro, commander, responder, outsider, stakeholder):
    present(retrospective=retro, by=commander)
    taken = take_facilitation(retrospective=retro, by=responder)
    assert taken.facilitator == responder
    assert taken.presenter is None
    with pytest.raises(PermissionDenied):
        take_facilitation(retrospective=retro, by=outsider)
    with pytest.raises(ValidationError):
        hand_over_facilitation(retrospective=retro, by=responder, to=outsider)
    assert hand_over_facilitation(retrospective=retro, by=responder, to=commander).facilitator == commander


def test_those_who_take_part_are_led_to_the_part(client, retro, commander, responder):
    client.force_login(responder)
    page = f"/retrospectives/{retro.pk}/frame/"
    html = client.get(page).content.decode()
    assert f'data-follow="/retrospectives/{retro.pk}/safety/"' in html
    assert "Following" not in html
    present(retrospective=retro, by=commander)
    assert f"Following {commander}" in client.get(page).content.decode()
    client.force_login(commander)
    assert "Following" not in client.get(page).content.decode()


def test_finishing_is_said_on_the_page_of_the_part(client, retro, commander, responder):
    client.force_login(responder)
    page = f"/retrospectives/{retro.pk}/learnings/"
    item = part(retro, "learnings")
    start(retro, commander, "learnings")
    assert "Finish writing" in client.get(page).content.decode()
    answer = client.post(f"/retrospectives/{retro.pk}/agenda/{item.pk}/finished/", {"here": "learnings"})
    assert answer["Location"] == page
    assert "You have finished" in client.get(page).content.decode()
    reveal = client.get(f"/retrospectives/{retro.pk}/frame/").content.decode()
    assert "Finish writing" not in reveal


def test_the_buttons_of_facilitation_are_for_those_who_can_use_them(
    client, retro, commander, responder, outsider
):
    page = retro.get_absolute_url()
    client.force_login(responder)
    assert "Take over facilitation" in client.get(page).content.decode()
    client.post(f"{page}facilitation/")
    retro.refresh_from_db()
    assert retro.facilitator == responder
    html = client.get(page).content.decode()
    assert "Take over facilitation" not in html
    assert "Hand over facilitation to" in html
    client.post(f"{page}facilitation/", {"to": commander.pk})
    retro.refresh_from_db()
    assert retro.facilitator == commander
    client.force_login(outsider)
    assert "Take over facilitation" not in client.get(page).content.decode()
