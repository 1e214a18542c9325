"""Does every refused form begin with a list of its errors, with links to the fields, and say so in the title?"""

import re
from pathlib import Path

import pytest
import tinyhtml5
from cssselect2 import ElementWrapper
from django.conf import settings
from django.urls import reverse

from incidents.workflow import declare_incident, mitigate_incident

TEMPLATES = Path(settings.BASE_DIR) / "templates"
OWN_FIELDS = re.compile(r"\{\{ [\w.]*form\.\w+\.as_field_group|\.errors %}")


class Page:
    """Just enough of a browser to ask for elements by selector."""

    def __init__(self, answer):
        root = tinyhtml5.parse(answer.content.decode(), namespace_html_elements=False)
        self._root = ElementWrapper.from_html_root(root)

    def all(self, selector: str) -> list:
        return [one.etree_element for one in self._root.query_all(selector)]

    @property
    def title(self) -> str:
        return self.all("title")[0].text


def refused(answer):
    """The page of a refused form, and its list of errors."""
    page = Page(answer)
    (summary,) = page.all("[data-errors]")
    return page, summary


@pytest.mark.parametrize("path", ["/declare", "/report", "status-updates/new/", "/actions/new/"])
def test_a_refused_page_lists_its_errors_first(client, commander, incident, path):
    client.force_login(commander)
    url = path if path.startswith("/") else incident.get_absolute_url() + path
    page, summary = refused(client.post(url, {"sent": "yes"}))
    assert page.title.startswith("Error: ")
    assert (summary.get("role"), summary.get("tabindex")) == ("alert", "-1")
    assert page.all("[autofocus]")[0] is summary
    links = [a.get("href") for a in page.all("[data-errors] a")]
    assert links
    for link in links:
        assert page.all(link), f"{link} leads to no field"


def test_a_label_that_is_a_question_takes_no_colon(client, commander):
    client.force_login(commander)
    _, summary = refused(client.post("/declare", {"sent": "yes"}))
    words = " ".join("".join(summary.itertext()).split())
    assert "What is wrong? This field is required." in words


def test_an_address_is_an_e_mail_address_in_errors_too(client, admin):
    client.force_login(admin)
    answer = client.post("/settings/channels/mail/", {"host": "smtp.example.org", "sender": "nobody@"})
    assert "Enter a complete e-mail address, such as name@example.org." in answer.text
    assert "valid email" not in answer.text


def test_a_missing_reason_is_named_at_its_field(client, commander, incident):
    mitigate_incident(incident=incident, by=commander)
    client.force_login(commander)
    url = incident.get_absolute_url() + "resolution/"
    page, summary = refused(client.post(url, {"sent": "yes"}))
    assert page.all("[data-errors] a[href='#id_waive_reason']")
    assert "enter a reason for skipping them" in "".join(summary.itertext())


def test_a_refused_dialog_too(client, commander, incident):
    client.force_login(commander)
    url = incident.get_absolute_url() + "evidence/"
    page, _ = refused(
        client.post(url, {"sent": "yes"}, headers={"HX-Request": "true", "HX-Target": "dialog-body"})
    )
    assert page.all("[data-errors] a")
    assert all(page.all(a.get("href")) for a in page.all("[data-errors] a"))


def test_a_wrong_password_is_in_the_list(client, commander):
    page, summary = refused(
        client.post(reverse("account_login"), {"login": commander.email, "password": "x"})
    )
    assert "do not match" in "".join(summary.itertext())
    assert page.title.startswith("Error: ")


def test_nothing_is_listed_before_a_form_is_sent(client, commander):
    client.force_login(commander)
    page = Page(client.get("/declare"))
    assert not page.all("[data-errors]")
    assert not page.title.startswith("Error")


def test_every_template_that_lays_out_fields_lists_errors():
    """The file itself, or the page that includes it, which is named here."""
    parts = {
        "trackers/_choice.html", "incidents/_resolve_fields.html", "incidents/_states.html", "incidents/_texts.html",
        "retros/_rows_to_link.html", "retros/_people_picker.html", "forms/field.html",
        "incidents/incident_list.html", "insights/_ask.html", "insights/pack.html", "insights/report.html",  # filters
        "retros/learnings.html", "statuspages/public/subscribe.html",
    }  # fmt: skip
    missing = []
    for file in TEMPLATES.rglob("*.html"):
        text, name = file.read_text(), str(file.relative_to(TEMPLATES))
        if OWN_FIELDS.search(text) and "error_summary" not in text and name not in parts:
            missing.append(name)
    assert missing == []


def test_no_field_looks_filled_by_its_placeholder(client, commander, incident):
    """Only search fields and the one-line composer have one."""
    client.force_login(commander)
    here = incident.get_absolute_url()
    for url in ("/declare", "/report", f"{here}status-updates/new/", f"{here}impact/", f"{here}milestones/"):
        page = Page(client.get(url))
        named = [n for n in page.all("main [placeholder]") if n.get("type") != "search"]
        assert [n.get("name") for n in named if "uncertainty" not in n.get("name")] == []


def test_the_public_title_is_prefilled(client, commander, severity):
    incident = declare_incident(by=commander, title="db-42 lost its leader", severity=severity(1))
    client.force_login(commander)
    page = Page(client.get(incident.get_absolute_url() + "status-updates/new/"))
    assert page.all("#id_public_title")[0].get("value") == "Service disruption"
