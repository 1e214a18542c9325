"""The words updates start from: shipped, edited by administrators, shown as they would read."""

import pytest
from django.urls import reverse
from django.utils.html import escape

from audit.models import AuditEntry
from incidents.message_templates import MESSAGES
from incidents.models import Audience, MessageTemplate, Stage
from incidents.workflow.wording import VARIABLE, offered


def test_every_stage_has_words_for_the_team_and_the_public(db):
    stored = set(MessageTemplate.objects.values_list("stage", "audience"))
    assert stored == {(s, a) for s, a in MESSAGES}
    assert {(s, a) for s in Stage.values for a in ("stakeholders", "public")} <= stored


@pytest.mark.parametrize("key", MESSAGES, ids=lambda key: "-".join(key))
def test_the_shipped_words_name_only_what_is_offered(key):
    names = {m[1] for text in MESSAGES[key].values() for m in VARIABLE.finditer(text)}
    assert names <= set(offered(key[1]))


@pytest.fixture
def address():
    return reverse("message", args=["public", "declared"])


def test_an_administrator_edits(client, admin, address):
    client.force_login(admin)
    assert client.post(address, {"known": "We look into {{ title }}."}).status_code == 302
    assert (
        MessageTemplate.objects.get(audience="public", stage="declared").known == "We look into {{ title }}."
    )
    assert AuditEntry.objects.filter(subject__icontains="Declared, public").exists()


def test_an_empty_place_gets_words(client, admin):
    client.force_login(admin)
    client.post(reverse("message", args=["responders", "false_alarm"]), {"known": "Stand down."})
    assert MessageTemplate.objects.get(audience="responders", stage="false_alarm").known == "Stand down."


@pytest.mark.parametrize("name", ["commander", "settings.SECRET_KEY", "known"])
def test_a_name_that_is_not_offered_is_refused_and_kept(client, admin, address, name):
    client.force_login(admin)
    answer = client.post(address, {"known": f"Hello {{{{ {name} }}}}"}).content.decode()
    assert f"There is no {{{{ {name} }}}} in a text for this audience." in answer
    assert f"Hello {{{{ {name} }}}}" in answer


def test_the_preview_fills_and_stores_nothing(client, admin, address):
    client.force_login(admin)
    before = MessageTemplate.objects.get(audience="public", stage="declared").known
    answer = client.post(address, {"known": "At {{ components }}", "preview": "1"}).content.decode()
    assert "At Payments, Checkout" in answer
    assert MessageTemplate.objects.get(audience="public", stage="declared").known == before


@pytest.mark.parametrize("who", ["commander", "stakeholder"])
def test_others_read_only(db, request, client, who, address):
    client.force_login(request.getfixturevalue(who))
    page = client.get(reverse("message_list")).content.decode()
    assert escape(MESSAGES["declared", "public"]["known"][:60]) in page
    assert address not in page
    assert client.get(address).status_code == 403


def test_there_is_no_other_place(client, admin):
    client.force_login(admin)
    assert client.get(reverse("message", args=["everybody", "declared"])).status_code == 404
    assert client.get(reverse("message", args=["public", "whenever"])).status_code == 404


def test_the_composer_starts_from_them(client, commander, incident):
    client.force_login(commander)
    page = incident.get_absolute_url() + "status-updates/new/"
    assert "A team is together" in client.get(page).content.decode()
    assert "false alarm" in client.get(page + "?stage=false_alarm").content.decode()
    assert "A team is together" in client.get(page + "?stage=nonsense").content.decode()
    assert all(label in client.get(page).content.decode() for label in (*Stage.labels, *Audience.labels))
