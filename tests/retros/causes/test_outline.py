"""What is typed into the outline: does it land where the line stood, and does a row change only what was sent?"""

import pytest

from retros.models import TimelineEntry
from retros.workflow import add_contributing_factor, start_retrospective

HTMX = {"HX-Request": "true"}


@pytest.fixture
def retro(incident, commander):
    return start_retrospective(incident=incident, by=commander, owner=commander)


@pytest.fixture
def writer(client, commander):
    client.force_login(commander)
    return client


@pytest.fixture
def grow(retro, commander):
    return lambda text, parent=None: add_contributing_factor(
        retrospective=retro, by=commander, text=text, parent=parent
    )


def order(retro, parent=None) -> list[str]:
    return [one.text for one in retro.factors.filter(parent=parent)]


def test_at_the_end(writer, retro, grow):
    grow("First")
    response = writer.post(
        f"/retrospectives/{retro.pk}/causes/line/", {"text": " Second  one "}, headers=HTMX
    )
    assert order(retro) == ["First", "Second one"]
    assert f'data-at="{retro.factors.get(text="Second one").pk}"' in response.content.decode()


def test_after_a_row(writer, retro, grow):
    first, _ = grow("First"), grow("Third")
    writer.post(
        f"/retrospectives/{retro.pk}/causes/line/", {"text": "Second", "after": first.pk}, headers=HTMX
    )
    assert order(retro) == ["First", "Second", "Third"]


def test_under_a_row_with_its_question(writer, retro, grow):
    first = grow("First")
    typed = {"text": "Behind", "parent": first.pk, "question": "How did this come about?"}
    writer.post(f"/retrospectives/{retro.pk}/causes/line/", typed, headers=HTMX)
    assert order(retro, first) == ["Behind"]
    assert first.children.get().question == "How did this come about?"


def test_after_a_row_that_hangs_elsewhere_is_at_the_end(writer, retro, grow):
    first = grow("First")
    below = grow("Below", first)
    grow("Last")
    writer.post(f"/retrospectives/{retro.pk}/causes/line/", {"text": "New", "after": below.pk}, headers=HTMX)
    assert order(retro) == ["First", "Last", "New"]


def test_without_scripts_it_is_a_form(writer, retro):
    page = f"/retrospectives/{retro.pk}/causes/"
    assert f'action="{page}line/"' in writer.get(page).content.decode()
    answer = writer.post(f"{page}line/", {"text": "First"})
    assert answer.status_code == 302
    assert order(retro) == ["First"]


@pytest.mark.parametrize("text", ["", "?!", "x" * 301])
def test_what_says_nothing_is_refused_and_said(writer, retro, text):
    answer = writer.post(f"/retrospectives/{retro.pk}/causes/line/", {"text": text}, headers=HTMX)
    assert answer.status_code == 204
    assert "toast" in answer["HX-Trigger"]
    assert not retro.factors.exists()


def test_only_what_is_sent_of_a_row_changes(writer, retro, grow):
    one = grow("First")
    address = f"/retrospectives/{retro.pk}/causes/{one.pk}/row/"
    writer.post(address, {"category": "Process", "stay": "1"}, headers=HTMX)
    writer.post(address, {"level": "systemic", "stay": "1"}, headers=HTMX)
    one.refresh_from_db()
    assert (one.text, one.category, one.level) == ("First", "Process", "systemic")
    html = writer.post(address, {"category": "", "stay": "1"}, headers=HTMX).content.decode()
    one.refresh_from_db()
    assert (one.category, one.level) == ("", "systemic")
    assert "data-editor" in html
    html = writer.post(address, {"text": "Better words", "seen": one.version}, headers=HTMX).content.decode()
    assert "data-editor" not in html
    assert order(retro) == ["Better words"]


def test_words_of_somebody_else_are_shown_before_they_are_replaced(writer, retro, grow, commander):
    one = grow("First")
    address = f"/retrospectives/{retro.pk}/causes/{one.pk}/row/"
    writer.post(address, {"text": "Theirs", "seen": one.version}, headers=HTMX)
    answer = writer.post(address, {"text": "Mine", "seen": one.version}, headers=HTMX)
    html = answer.content.decode()
    assert answer.status_code == 409
    assert "Theirs" in html
    assert 'value="Mine"' in html
    assert order(retro) == ["Theirs"]


def test_what_speaks_for_it_is_ticked(writer, retro, grow):
    one = grow("First")
    entry = TimelineEntry.objects.filter(retrospective=retro).first()
    address = f"/retrospectives/{retro.pk}/causes/{one.pk}/support/"
    assert entry.text in writer.get(address, headers=HTMX).content.decode()
    writer.post(address, {"entries": [entry.pk]}, headers=HTMX)
    assert list(one.entries.all()) == [entry]
    assert writer.get(address).status_code == 302  # without scripts: the page with all fields


def test_only_who_writes(client, retro, grow, stakeholder):
    one = grow("First")
    client.force_login(stakeholder)
    for part in ("line/", f"{one.pk}/row/", f"{one.pk}/support/"):
        assert client.post(f"/retrospectives/{retro.pk}/causes/{part}", {"text": "x"}).status_code == 404


def test_a_new_row_is_seen_though_its_branch_was_folded(writer, retro, grow):
    top = grow("Top")
    middle = grow("Middle", top)
    for number in range(25):
        grow(f"Factor {number}", middle)
    typed = {"text": "The newest", "parent": middle.pk}
    html = writer.post(f"/retrospectives/{retro.pk}/causes/line/", typed, headers=HTMX).content.decode()
    assert f'id="row-{middle.children.get(text="The newest").pk}"' in html
