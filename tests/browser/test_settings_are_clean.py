"""Are sign-in, set-up, settings and errors free of faults: axe, console, CSP, sideways scrolling, small targets?"""

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from accounts.models import Team, User
from accounts.workflow import deactivate_person, invite_people
from history.models import Export, Import
from history.tasks import carry_on_imports
from history.workflow import start_import
from incidents.models import LinkTemplate, Service, Severity
from incidents.workflow.catalogue import keep_in_catalogue
from notifications.models import Channel, Delivery, Destination, OutboxMessage
from notifications.workflow import add_channel, deliver, pause_channel
from subscribers.links import confirmation_url, unsubscribe_url
from subscribers.models import OutsideAddress
from subscribers.recipients import Recipient
from subscribers.workflow import invite_outside, subscribe, wish_report
from tests.browser.conftest import NARROW, WIDE
from tests.browser.test_pages_are_clean import too_wide_at_320

pytestmark = pytest.mark.browser
EVERYWHERE = pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["1440", "360"])
TOO_SMALL = """[...document.querySelectorAll("main a, main button, main select, main input:not([type=hidden])")]
  .filter(e => !e.closest("p") && !e.matches(".sr-only, .btn-xs, [type=checkbox], [type=radio]"))
  .filter(e => { const box = e.getBoundingClientRect(); return box.width && box.height < 44 })
  .map(e => e.outerHTML.slice(0, 120))"""  # .btn-xs reaches 44 px by what it paints around itself


@pytest.fixture
def organisation(admin):
    """Something in every list; the paths of the settings."""
    team = Team.objects.create(name="Payments and everything around them", slug="payments")
    for n in range(3):
        person = User.objects.create_user(f"person{n}@example.test", name=f"Person {n} With A Long Name")
        person.teams.add(team)
    deactivate_person(by=admin, person=person)
    long = "a.person.with.a.very.long.address@department.subsidiary.example.test"
    invite_people(by=admin, emails=[long], installation_role="stakeholder", teams=[team])
    gateway = keep_in_catalogue(by=admin, entry=Service(name="gateway", tier=0, owner_team=team))
    service = Service(name="a-service-with-a-very-long-name-indeed", description="What customers see")
    keep_in_catalogue(by=admin, entry=service, depends_on=[gateway])
    address = "https://meet.example.test/a/rather/long/path/for/{reference}"
    link = keep_in_catalogue(
        by=admin, entry=LinkTemplate(label="Bridge", kind="bridge", url_template=address)
    )
    room = Channel.objects.create(
        name="#a-channel-with-a-name-that-goes-on-and-on-without-any-space", kind="chat"
    )
    for owner, audience in ((room, "responders"), (admin, "executives"), (admin, "responders")):
        subscribe(owner=owner, by=admin, audience=audience, service=service)
    for address in (long, "kim@elsewhere.test", "lou@elsewhere.test"):
        invite_outside(email=address, by=admin, audience="public", service=service)
    OutsideAddress.objects.filter(email=long).update(confirmed_at=timezone.now())
    OutsideAddress.objects.filter(email="lou@elsewhere.test").update(ended_at=timezone.now())
    entries = {"severities": Severity.objects.first().pk, "services": service.pk, "links": link.pk}
    hook = add_channel(by=admin, name="Bus", kind="webhook", url="https://hooks.a-long-name.example.test/x")
    chat = add_channel(
        by=admin, name="A chat with quite a long name", kind="chat", url="ntfys://a.example.test/x"
    )
    pause_channel(
        by=admin, channel=chat, because="The receiver answered 410 (gone). Nothing more is sent there"
    )
    mail = {
        "kind": "mail",
        "address": long,
        "content": {"subject": "INC-1 Checkout answers slowly", "text": "x"},
    }
    for key, state in (("dead", "dead"), ("waits", "waiting"), ("sent", "delivered")):
        deliver(
            Delivery(key=f"mail {key}", **mail), Delivery(key=f"hook {key}", kind="webhook", channel=hook)
        )
        Delivery.objects.filter(key__endswith=key).update(state=state, answer="Answered 403", attempts=5)
    now = timezone.now()
    OutboxMessage.objects.create(topic="status_update.posted", subject="incident:1", due_at=now, dead_at=now)
    Destination.objects.create(key="https://hooks.a-long-name.example.test", failures=3, failed_at=now)
    return [
        *map(reverse, ("channels", "channel_new", "mail_channel", "deliveries")),
        *(reverse(name, args=[hook.pk]) for name in ("channel", "channel_address", "channel_deletion")),
        *(reverse(name, args=[chat.pk]) for name in ("channel", "channel_address")),
        reverse("delivery_drop", args=[Delivery.objects.get(key="mail dead").pk]),
        *map(reverse, ("settings", "profile", "system", "organisation", "settings_people", "settings_audit")),
        *map(reverse, ("teams", "invitation_new", "setup_organisation", "account_change_password")),
        *map(reverse, ("my_notifications", "subscriptions")),
        *(reverse("subscription_new", args=[kind]) for kind in ("addresses", "channels", "executives")),
        reverse("person", args=[person.pk]),
        reverse("team", args=[team.pk]),
        *(
            reverse("catalogue_list", args=[kind])
            for kind in ("severities", "roles", "services", "types", "checklists", "links")
        ),
        *(reverse("catalogue_entry", args=[kind, pk]) for kind, pk in entries.items()),
        reverse("catalogue_add", args=["checklists"]),
        *imports_in_every_state(admin),
        *exports_in_every_state(admin),
        reverse("message_list"),
        reverse("message", args=["executives", "resolved"]),
    ]


def imports_in_every_state(admin) -> list[str]:
    """One that can be confirmed with an entry refused, one that runs, one that is broken, one that is done."""
    table = b"id,title,start,severity\n1,Slow,2024-01-01T10:00Z,dire\n2,,2024-01-01T10:00Z,major\n"
    paths = [reverse("imports"), reverse("import_new")]
    for state in ("ready", "running", "broken", "done"):
        name = f"an-export-with-a-rather-long-name-{state}.csv"
        run = start_import(
            by=admin, format="csv", name=name, size=len(table), file=ContentFile(table, name="h")
        )
        carry_on_imports()
        Import.objects.filter(pk=run.pk).update(
            state=state, problem="The file is cut off." * (state == "broken")
        )
        paths.append(reverse("import", args=[run.pk]))
    return [*paths, reverse("import_columns", args=[run.pk - 3])]


def exports_in_every_state(admin) -> list[str]:
    wish_report(by=admin, every="month", query="severity=1", about="SEV1 of a service with a very long name")
    made = Export.objects.bulk_create(
        Export(asked_by=admin, state=state, total=900, done_count=400, size=90_000_000, problem="x" * 90)
        for state in ("waiting", "making", "ready", "failed")
    )
    return [reverse("exports"), *(reverse("export", args=[one.pk]) for one in made)]


def faults_of(page, axe, paths, *, status=200) -> list:
    faults = []
    for path in paths:
        response = page.goto(path)
        is_phone = page.viewport_size["width"] < 500
        sideways = page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        small = page.evaluate(TOO_SMALL) + too_wide_at_320(page) if is_phone else []
        # A page answered with an error status is noted by the browser itself, without any fault in it.
        said = [text for text in page.complaints if f"status of {status}" not in text or status == 200]
        found = axe(page)
        if response.status != status or sideways > 0 or small or found or said:
            faults.append((path, response.status, sideways, small, found, said))
        page.complaints.clear()
    return faults


@EVERYWHERE
def test_settings(open_as, axe, admin, organisation, viewport):
    admin.set_password("correct horse battery")
    admin.save()
    page = open_as(admin, viewport=viewport)
    assert faults_of(page, axe, [*organisation, reverse("account_logout")]) == []


@EVERYWHERE
def test_the_doors(open_as, axe, server, admin, viewport):
    server.become_demo()
    User.objects.create_user("theo@example.test", name="Theo Example", is_demo=True)
    invited, _refused = invite_people(by=admin, emails=["kim@example.test"], installation_role="responder")
    _invitation, link = invited[0]
    address = OutsideAddress.objects.create(email="kim@elsewhere.test")
    page = open_as(None, viewport=viewport)
    paths = [
        *map(reverse, ("account_login", "account_reset_password", "account_reset_password_done", "demo")),
        reverse("account_reset_password_from_key_done"),
        confirmation_url(address).removeprefix(settings.PUBLIC_URL),
        unsubscribe_url(Recipient(outside=address)).removeprefix(settings.PUBLIC_URL),
        link[link.index("/invitation/") :],
    ]
    assert faults_of(page, axe, paths) == []
    closed = [
        reverse(name, args=["closed"]) for name in ("setup", "outside_confirmation", "outside_unsubscription")
    ]
    assert faults_of(page, axe, closed, status=410) == []


@EVERYWHERE
def test_refusals(open_as, axe, admin, stakeholder, viewport):
    page = open_as(stakeholder, viewport=viewport)
    assert faults_of(page, axe, ["/nothing-here/"], status=404) == []
    assert faults_of(page, axe, [reverse("settings_people")], status=403) == []


def test_a_refused_form_is_clean_and_tied_to_its_fields(open_as, axe, admin):
    page = open_as(admin)
    page.goto(reverse("invitation_new"))
    page.get_by_role("button", name="Send invitation").click()
    field = page.get_by_label("E-mail")
    expect(field).to_have_attribute("aria-invalid", "true")
    described = field.get_attribute("aria-describedby").split()
    for part in described:
        expect(page.locator(f"#{part}")).to_be_visible()
    assert axe(page) == []


@pytest.mark.parametrize("path", ["settings", "profile", "settings_people"])
def test_a_phone_keeps_its_tabs(open_as, admin, path):
    page = open_as(admin, viewport=NARROW)
    page.goto(reverse(path))
    tabs = page.get_by_role("navigation", name="Main")
    tabs.get_by_role("button", name="More").click()
    more = page.get_by_role("navigation", name="More pages")
    expect(more.get_by_role("link", name="Settings")).to_have_attribute("aria-current", "page")
    more.get_by_role("button", name="Close").click()
    expect(more).to_be_hidden()
    expect(tabs.get_by_role("link", name="Declare")).to_be_visible()


def test_settings_with_nothing_in_them_are_clean(open_as, axe, admin):
    """A list that is empty says so under the heading of the page, with no heading of a lower rank between."""
    Service.objects.all().delete()
    Team.objects.all().delete()
    page = open_as(admin)
    faults = {}
    for path in (reverse("teams"), "/settings/catalogue/services/", "/settings/audit/"):
        page.goto(path)
        if found := axe(page):
            faults[path] = found
    assert not faults
