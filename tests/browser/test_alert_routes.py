"""Alert routes in a browser: made, tried while edited, put in order, and free of faults; alerts selected by keys."""

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from alerts.models import Alert, AlertState, Route
from alerts.observed import Observed, Parsed, Told
from alerts.workflow import add_alert_route, route_alerts, take_in
from integrations.workflow import create_integration
from tests.browser.conftest import NARROW
from tests.browser.test_settings_are_clean import EVERYWHERE, faults_of
from tests.browser.waiting import until_equal, until_settled

pytestmark = pytest.mark.browser
LONG = "a-name-without-any-space-that-goes-on-and-on-for-a-long-while"


@pytest.fixture
def fired(admin) -> list[Alert]:
    """Three alerts that fire now."""
    sender, now = (
        create_integration(by=admin, kind="generic", name="Monitoring", opens="nothing")[0],
        timezone.now(),
    )
    observed = [Observed(f"disk {n}", Told.FIRING, title=f"Disk {n} is full", at=now) for n in range(3)]
    taken = take_in(integration=sender, parsed=Parsed(tuple(observed)), received_at=now, by=sender.account)
    route_alerts(alerts=taken.firing, opens=sender.opens, by=sender.account)
    return taken.fired


def names() -> list[str]:
    return list(Route.objects.in_order().values_list("name", flat=True))


@pytest.mark.parametrize("viewport", [None, NARROW], ids=["wide", "phone"])
def test_one_is_made_and_its_trial_follows_what_is_written(open_as, admin, fired, viewport):
    page = open_as(admin, **({"viewport": viewport} if viewport else {}))
    page.goto(reverse("alert_routes"))
    page.get_by_role("link", name="Add route").click()
    page.get_by_role("textbox", name="Name").fill("Disks")
    trial = page.locator("#trial")
    expect(trial.get_by_text("Incidents it would have opened")).to_be_visible()
    page.get_by_label("Title has none of").fill("disk 1, disk 2")
    expect(trial.locator("dd").first).to_have_text("1")
    page.get_by_label("Labels", exact=False).first.fill("nothing")
    expect(
        trial.get_by_text("Complete the form").or_(trial.get_by_text("is no rule for a label"))
    ).to_be_visible()
    page.get_by_label("Labels", exact=False).first.fill("")
    expect(trial.locator("dd").first).to_have_text("1")
    page.get_by_role("button", name="Save route").locator("visible=true").click()
    page.wait_for_url(f"**{reverse('alert_routes')}")
    assert names() == ["Disks"]
    assert page.complaints == []


def test_they_are_put_in_order_by_key_and_by_dragging(open_as, admin, transactional_db):
    for name in "ABC":
        add_alert_route(by=admin, name=name)
    page = open_as(admin)
    page.goto(reverse("alert_routes"))
    button = page.get_by_role("button", name="Move C up")
    button.focus()
    page.keyboard.press("Enter")
    expect(page.locator("[data-route] a").nth(1)).to_have_text("C")
    expect(page.get_by_role("button", name="Move C up")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("[data-route] a").first).to_have_text("C")
    until_equal(page, names, ["C", "A", "B"])
    until_settled(page)
    with page.expect_response("**/place/"):
        page.locator("[data-handle]").first.drag_to(page.locator("[data-handle]").nth(2))
    expect(page.locator("[data-route] a").first).to_have_text("A")
    assert names()[0] == "A"
    assert page.complaints == []


def test_alerts_are_selected_by_keys_and_acknowledged(open_as, admin, fired):
    page = open_as(admin)
    page.goto("/alerts/")
    for key in "jxjx":
        page.keyboard.press(key)
    page.get_by_text("2 selected").wait_for()
    page.get_by_role("button", name="Acknowledge").click()
    page.get_by_text("2 alerts acknowledged.").wait_for()
    assert Alert.objects.filter(state=AlertState.ACKNOWLEDGED).count() == 2
    assert page.complaints == []


@EVERYWHERE
@pytest.mark.parametrize("colours", ["light", "dark"])
def test_their_pages_are_clean(open_as, axe, admin, fired, viewport, colours):
    said = {LONG[:50]: {"becomes": "declare", "severity": None}}
    route = add_alert_route(
        by=admin, name=LONG, labels=[f"{LONG} = {LONG}"], outcomes=said, title_words=[LONG]
    )
    add_alert_route(by=admin, name="Off", is_active=False)
    page = open_as(admin, viewport=viewport, color_scheme=colours)
    paths = [
        reverse("alert_routes"),
        reverse("alert_route_new"),
        route.get_absolute_url(),
        reverse("alert_route_deletion", args=[route.pk]),
        reverse("noisy_rules"),
        "/alerts/",
        fired[0].get_absolute_url(),
    ]
    found = faults_of(page, axe, paths)
    assert found == [], "\n".join(map(str, found))
