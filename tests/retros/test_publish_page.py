"""Does the review page offer to publish only what can be published, and say what is missing?"""

import pytest
from django.urls import reverse
from django.utils.html import strip_tags

from incidents.workflow import mitigate_incident, resolve_incident
from retros.checks import CHECKS, checks
from retros.models import ContributingFactor, Factor
from retros.pictures import pictures
from retros.workflow import publish_retrospective, start_review, waive_check
from tests.conftest import NOT_SENT

BUTTON = "Publish retrospective"


@pytest.fixture
def in_review(retrospective, commander):
    return start_review(retrospective=retrospective, by=commander, reason="x")


@pytest.fixture
def shown(client, commander, in_review):
    client.force_login(commander)
    return lambda name="review": client.get(f"{in_review.get_absolute_url()}{name}/").content.decode()


def waive_all(retrospective, by):
    for check in checks(retrospective):
        if not check.holds:
            waive_check(
                retrospective=retrospective, by=by, name=check.name, reason=f"No need of {check.name}"
            )


def test_open_checks_are_shown_and_the_button_leads_to_them(shown, in_review):
    found = shown()
    missing = [check for check in checks(in_review) if not check.is_settled]
    assert BUTTON not in found
    assert f"{len(missing)} of {len(checks(in_review))} checks are open" in strip_tags(found)
    assert 'href="#checks"' in found
    assert 'id="checks"' in found
    assert f"{in_review.get_absolute_url()}causes/" in found.split('id="checks"')[1].split("</section>")[0]


def test_publishing_is_offered_once_every_check_is_settled(shown, in_review, commander):
    waive_all(in_review, commander)
    found = shown()
    assert BUTTON in found
    assert 'href="#checks"' not in found


def test_a_refused_publishing_says_why_on_the_page(client, in_review, shown):
    shown()
    answer = client.post(reverse("publication", args=[in_review.pk]), {"version": in_review.version})
    assert "You can&#x27;t publish yet" in answer.content.decode()
    assert CHECKS["factors"][0].lower() in answer.content.decode()


@pytest.mark.parametrize("name", ["frame", "timeline", "causes", "impact", "review"])
def test_every_page_says_that_the_incident_is_not_resolved(shown, name, incident):
    assert f"{incident.reference} is not resolved yet." in shown(name)


def test_publishing_says_it_too(shown, in_review, commander, incident):
    waive_all(in_review, commander)
    assert "What you publish now can be incomplete." in shown()


def test_nothing_of_it_after_the_incident_is_resolved(shown, incident, commander):
    mitigate_incident(incident=incident, by=commander)
    resolve_incident(incident=incident, by=commander, waive_reason="x", unsent=NOT_SENT)
    assert "not resolved yet" not in shown()


def test_on_the_review_page_no_button_leads_to_itself(shown, in_review):
    link = f'href="{in_review.get_absolute_url()}review/">Review</a>'
    assert link in shown("causes")
    assert link not in shown()


def test_a_published_page_names_what_was_waived_and_asks_nothing(client, commander, in_review):
    for text in ("A check of the process only", "No owner"):
        factor = Factor.objects.create(text=text, key=text)
        ContributingFactor.objects.create(retrospective=in_review, factor=factor, text=text)
    waive_all(in_review, commander)
    publish_retrospective(retrospective=in_review, by=commander)
    client.force_login(commander)
    said = client.get(in_review.get_absolute_url()).content.decode()
    assert "Waived: Everybody had time to read it." in said
    assert "The same factors by kind" not in said, "none of them is on a bone"

    ContributingFactor.objects.filter(text="No owner").update(category="Process")
    drawn = str(pictures(in_review)[-1].alone)
    assert "Process 1" in drawn
    assert "No factor named" not in drawn
