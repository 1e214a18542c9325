"""Does the composer say whom an update reaches and by which way, before it is posted?"""

from statuspages.models import StatusPage
from statuspages.workflow import keep_page
from subscribers.workflow import subscribe


def _page(client, incident) -> str:
    return client.get(incident.get_absolute_url() + "status-updates/new/").content.decode()


def _preview(client, incident, *audiences: str) -> str:
    address = incident.get_absolute_url() + "status-updates/new/"
    return client.post(address, {"audiences": audiences, "known": "x", "preview": "1"}).content.decode()


def test_the_team_is_counted_each_once(client, commander, responder, incident):
    subscribe(owner=responder, by=responder, audience="stakeholders")
    client.force_login(commander)
    page = _page(client, incident)
    assert "How it is sent" in page
    assert "2 people<" in page.partition("How it is sent")[2]


def test_the_public_without_a_page_is_said_so(client, commander, incident):
    StatusPage.objects.all().delete()
    client.force_login(commander)
    assert "No status page shows this" in _preview(client, incident, "public")
    assert "No status page shows this" not in _preview(client, incident, "stakeholders")


def test_the_page_is_named(client, commander, admin, incident):
    keep_page(
        by=admin, page=StatusPage(slug="shop", name="Fernhill status", is_published=True, is_default=True)
    )
    client.force_login(commander)
    page = _preview(client, incident, "public")
    assert "Fernhill status" in page
    assert "0 subscribers" in page
