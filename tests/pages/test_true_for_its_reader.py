"""Do empty states and messages say only what is true for whoever reads them?"""

from django.urls import reverse

from accounts.models import Installation, Team
from incidents.models import Audience, Role, Service
from incidents.workflow import assign_role, declare_incident, mitigate_incident, resolve_incident
from notifications.models import Delivery, OutboxMessage
from statuspages.models import StatusPage
from subscribers.announcements.routing import consume
from subscribers.models import Notice, NotificationPreference


def home(client, user) -> str:
    client.force_login(user)
    return client.get("/").content.decode()


def test_home_offers_each_what_they_can_do(client, commander, stakeholder, severity):
    assert "Declare incident" in home(client, commander)
    said = home(client, stakeholder)
    assert "declare an incident" not in said.lower()
    assert "Report a problem" in said


def test_no_service_is_not_called_healthy(client, commander, incident):
    assert "all healthy" not in home(client, commander)
    Service.objects.create(name="checkout", slug="checkout")
    assert "all healthy" in home(client, commander)


def test_a_page_without_components_does_not_say_that_systems_work(client, admin):
    StatusPage.objects.create(name="Shop", slug="shop", is_published=True, audience="public")
    client.force_login(admin)
    assert "All systems are working" not in client.get("/status/shop/").content.decode()


def test_the_checklist_shows_what_is_left_and_hides(client, admin, commander):
    said = home(client, admin)
    assert "Set up" in said
    assert "1 of 5 done" in said  # there are other people
    assert "Hide checklist" not in home(client, commander)
    client.force_login(admin)
    client.post(reverse("checklist_hiding"))
    assert Installation.get().checklist_hidden
    assert "Hide checklist" not in home(client, admin)


def test_a_declared_sev1_reaches_responders_by_mail_and_in_the_browser(
    commander, responder, stakeholder, severity
):
    declare_incident(by=commander, title="Payments fail", severity=severity(1))
    for message in OutboxMessage.objects.all():
        consume(message)
    assert responder.email in set(Delivery.objects.values_list("address", flat=True))
    assert Notice.objects.get(person=responder, kind="declared").pops
    assert not Delivery.objects.filter(person=stakeholder).exists()


def test_an_explicit_choice_wins(commander, responder, severity):
    NotificationPreference.objects.create(person=responder, by_mail=[], in_inbox=["declared"], in_browser=[])
    declare_incident(by=commander, title="Payments fail", severity=severity(1))
    for message in OutboxMessage.objects.all():
        consume(message)
    assert not Delivery.objects.filter(person=responder).exists()
    assert not Notice.objects.get(person=responder, kind="declared").pops


def test_the_checklist_leads_to_a_declaration_that_is_a_drill(client, admin):
    client.force_login(admin)
    step = next(step for step in client.get("/").context["checklist"].steps if "drill" in step.title.lower())
    form = client.get(step.url).context["form"]
    assert form["is_drill"].value() is True


def test_a_password_that_is_not_saved_is_not_kept(client, admin, settings, tmp_path):
    settings.DATA_DIR, settings.SMTP_URL = tmp_path, ""
    client.force_login(admin)
    assert "Leave this empty to keep" not in client.get("/settings/channels/mail/").text


def test_teams_are_asked_for_where_there_are_some(client, admin, responder):
    client.force_login(admin)
    pages = [reverse("invitation_new"), reverse("person", args=[responder.pk])]
    asked = '<legend class="label-t">Teams'
    assert [asked in client.get(page).text for page in pages] == [False, False]
    Team.objects.create(name="Payments", slug="payments")
    assert [asked in client.get(page).text for page in pages] == [True, True]


def test_an_empty_list_says_once_what_belongs_there(client, admin):
    client.force_login(admin)
    assert client.get(reverse("catalogue_list", args=["services"])).text.count("What can break") == 1


def test_command_is_handed_over_to_somebody_else(client, commander, responder, incident):
    client.force_login(commander)
    url = reverse("role", args=[incident.reference, "commander"])
    page = client.get(url)
    assert "Hand over command<" in page.text
    assert "You hold this role now." in page.text
    assert list(page.context["form"].fields["user"].queryset) == [responder]
    assert ">Choose one</option>" in page.text
    answer = client.post(url, {"user": responder.pk, "note": "", "sent": "yes"})
    assert answer.context["form"].errors.keys() == {"note"}
    client.force_login(responder)
    assert "Assign commander<" in client.get(url).text


def test_what_has_stopped_is_not_called_running(client, commander, stakeholder, incident):
    mitigate_incident(incident=incident, by=commander)
    client.force_login(stakeholder)
    page = client.get(reverse("overview")).text
    assert "The impact has stopped." in page
    assert "been running for" not in page


def test_a_reader_is_not_told_what_to_write_down(client, incident, commander, stakeholder):
    client.force_login(commander)
    assert b"Stop the impact first" in client.get(incident.get_absolute_url()).content
    client.force_login(stakeholder)
    said = client.get(incident.get_absolute_url()).content
    assert b"Stop the impact first" not in said
    assert b"Write one and how to test it" not in said


def test_the_undo_that_resolving_promises_is_on_the_page(client, incident, commander):
    mitigated = mitigate_incident(incident=incident, by=commander)
    words = {Audience.STAKEHOLDERS: "It is over."}
    rest = {a: "nobody waits" for a in Audience.values if a not in words}
    resolve_incident(
        incident=mitigated, by=commander, waive_reason="not in this test", updates=words, unsent=rest
    )
    client.force_login(commander)
    said = client.get(reverse("resolution", args=[incident.reference])).content.decode()
    assert "Your update will be sent" in said
    assert "Undo" in said


def test_a_waived_check_asks_for_its_reason(client, incident, commander):
    mitigated = mitigate_incident(incident=incident, by=commander)
    check = mitigated.recovery_checks.first()
    client.force_login(commander)
    page = reverse("recovery_check", args=[incident.reference, check.pk])
    said = client.get(page + "?state=waived").content.decode()
    assert "Why it is waived" in said
    assert "optional" not in said.split('name="result"')[0].rsplit("<label", 1)[1]
    assert "Say why it is waived." in client.post(page, {"state": "waived"}).content.decode()
    assert client.post(page, {"state": "failed", "result": "Still slow"}).status_code == 302


def test_who_holds_two_roles_is_shown_once(client, incident, commander):
    role = Role.objects.get(slug="operations_lead")
    assign_role(incident=incident, role=role, user=commander, by=commander)
    people = home(client, commander).split('class="av-stack', 1)[1].split("</div>")[0]
    assert people.count('class="av ') == 1
