"""Is there always a whole copy of the page, is it never older than it says, and is it served without a database?"""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest
import requests
from django.utils import timezone

from incidents.models import Incident, Role
from incidents.workflow import assign_role, change_visibility, declare_incident, set_service_impact
from notifications.tasks import expand_due_events
from statuspages import static_copies, status_snapshot
from statuspages.models import StatusPage
from statuspages.status_snapshot import Window, read
from statuspages.tasks import bring_up_to_date, write_stale_copies
from statuspages.workflow import keep_page
from timeline.workflow import write_event


def kept(slug: str = "shop") -> dict[str, str]:
    home = static_copies.folder() / slug
    return {str(f.relative_to(home)): f.read_text() for f in home.rglob("*") if f.is_file()}


def sweep() -> None:
    """What the worker does every few seconds."""
    expand_due_events()
    write_stale_copies()


def test_the_whole_surface_is_kept(shop, broken, tell, work):
    tell(broken, "Some cards fail.")
    write_stale_copies()
    code, planned = shop.code("incident", broken.pk), shop.code("maintenance", work.pk)
    files = kept()
    assert {
        "index.html", "history.html", f"incidents/{code}.html", f"maintenances/{planned}.html",
        f"maintenances/{planned}.ics", "calendar.ics", "history.atom", "history.rss", "api/v2/summary.json",
        "api/v2/incidents/unresolved.json", "api/v2/scheduled-maintenances/active.json",
    } <= set(files)  # fmt: skip
    assert "Some cards fail." in files["index.html"]
    assert "Last known state as of" in files["index.html"]


def test_it_is_written_again_when_something_changed_and_only_then(shop, broken, tell):
    write_stale_copies()
    first = (static_copies.folder() / "shop").resolve()
    write_stale_copies()
    assert (static_copies.folder() / "shop").resolve() == first
    tell(broken, "Some cards fail.")
    sweep()
    assert (static_copies.folder() / "shop").resolve() != first
    assert "Some cards fail." in kept()["index.html"]


def version(page) -> int:
    return StatusPage.objects.get(pk=page.pk).version


def test_only_a_change_that_it_shows_writes_it_again(
    shop, make_page, search, broken, tell, commander, responder
):
    tell(broken, "Some cards fail.")
    other = make_page("other", services={"Search": search})
    expand_due_events()
    before = version(shop), version(other)
    write_event(incident=broken, by=commander, text="Not for the public")
    assign_role(incident=broken, role=Role.objects.get(slug="deputy"), user=responder, by=commander)
    expand_due_events()
    assert (version(shop), version(other)) == before
    set_service_impact(incident=broken, service=search, impact="degraded", by=commander)
    expand_due_events()
    assert version(shop) > before[0]
    assert version(other) > before[1], "from now on it is on this one too"


def test_months_long_ago_are_not_kept_and_not_led_to(shop, broken, tell, commander, severity, monkeypatch):
    monkeypatch.setattr(static_copies, "MONTHS_KEPT", 3)
    monkeypatch.setattr(status_snapshot, "RECENT", 2)
    tell(broken, "Still failing.", ago=timedelta(days=900))
    found = []
    for months in range(5):
        found.append(declare_incident(by=commander, title="x", severity=severity(3)))
        tell(found[-1], "It was slow.", ago=timedelta(days=31 * months), status="resolved")
    Incident.objects.filter(pk__in=[each.pk for each in found]).update(status="closed")
    assert len(read(shop, Window(newest_months=1)).months) == 6
    write_stale_copies()
    files = kept()
    codes = [shop.code("incident", each.pk) for each in (*found, broken)]
    assert [f"incidents/{code}.html" in files for code in codes] == [True] * 3 + [False] * 2 + [True]
    leads = set(re.findall(r'href="(history/\d{4}-\d\d)"', files["history.html"]))
    months = {name.removesuffix(".html") for name in files if name.startswith("history/")}
    assert len(months) == 3
    assert leads <= months


def test_two_schedulers_write_a_page_once(shop):
    """The second has read the row before the first was done, and gets the lock after it."""
    stale = StatusPage.objects.get(pk=shop.pk)
    bring_up_to_date(stale)
    first = (static_copies.folder() / "shop").resolve()
    assert stale.is_copy_stale
    bring_up_to_date(stale)
    assert (static_copies.folder() / "shop").resolve() == first


def test_a_change_of_a_service_is_in_the_copy(shop, broken, tell, payments, commander):
    tell(broken, "Some cards fail.")
    sweep()
    assert "partial outage" in kept()["index.html"]
    set_service_impact(incident=broken, service=payments, impact="major_outage", by=commander)
    sweep()
    assert "Payments has a major outage" in kept()["index.html"]


def test_what_became_private_is_gone_from_the_copy(shop, broken, tell, commander):
    tell(broken, "Some cards fail.")
    sweep()
    assert any("Some cards fail." in text for text in kept().values())
    change_visibility(incident=broken, is_private=True, by=commander)
    sweep()
    assert not any("Some cards fail." in text or "Card payments" in text for text in kept().values())


def test_an_update_appears_when_it_leaves_though_nobody_does_anything(shop, broken, tell):
    tell(broken, "Soon.", published_at=None, unknown="x", next_update_at=timezone.now() + timedelta(hours=1))
    write_stale_copies()
    assert "Soon." not in kept()["index.html"]
    shop.refresh_from_db()
    assert shop.copy_due_at == broken.status_updates.get().leaves_at


def test_a_new_day_and_a_window_are_changes_too(shop, work):
    write_stale_copies()
    shop.refresh_from_db()
    tomorrow = (timezone.now().astimezone(shop.zone) + timedelta(days=1)).date()
    assert shop.copy_due_at.astimezone(shop.zone).date() == tomorrow
    assert shop.copy_due_at <= work.starts_at
    StatusPage.objects.update(copy_due_at=timezone.now())
    first = (static_copies.folder() / "shop").resolve()
    write_stale_copies()
    assert (static_copies.folder() / "shop").resolve() != first


def test_a_change_during_the_writing_is_not_lost(shop, broken, tell):
    stale = StatusPage.objects.get(pk=shop.pk)
    StatusPage.objects.all().changed()
    static_copies.write(stale)
    shop.refresh_from_db()
    assert shop.is_copy_stale


def test_drafts_and_internal_pages_are_never_kept(shop, internal_page, broken, tell, admin):
    tell(broken, "Some cards fail.")
    write_stale_copies()
    assert not (static_copies.folder() / "inside").exists()
    shop.refresh_from_db()
    shop.is_published = False
    keep_page(by=admin, page=shop)
    write_stale_copies()
    assert not (static_copies.folder() / "shop").exists()
    assert static_copies.find("shop", "") is None


def test_folders_nobody_reads_any_more_are_swept_away(shop, monkeypatch):
    write_stale_copies()
    monkeypatch.setattr(static_copies, "OUTDATED", timedelta(seconds=-1))
    StatusPage.objects.all().changed()
    write_stale_copies()
    assert [p.name for p in (static_copies.folder() / "whole").iterdir()] == [
        (static_copies.folder() / "shop").resolve().name
    ]


@pytest.mark.parametrize("name", ["../secret_key", "whole/../..", "hosts/..", "shop/../.."])
def test_no_file_outside_is_ever_found(shop, name, settings):
    write_stale_copies()
    (settings.DATA_DIR / "index.html").write_text("secret")
    (settings.DATA_DIR / "status" / "index.html").write_text("secret")
    assert static_copies.find(name, "") is None
    assert static_copies.find("shop", "../../../index.html") is None


@pytest.fixture
def no_database(shop, broken, tell, work, settings):
    """Everything is kept; then a web process whose database refuses every connection. (its address, a code)"""
    tell(broken, "Some cards fail.")
    write_stale_copies()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = os.environ | {
        "ALLCLEAR_DATA": str(settings.DATA_DIR),
        "DATABASE_URL": "postgres://nobody@127.0.0.1:1/nothing",
        "ALLCLEAR_SECRET_KEY": "x" * 50,
    }
    shutil.copytree(settings.STATIC_ROOT, settings.DATA_DIR / "static")
    program = [sys.executable, "-m", "launcher.web", "--port", str(port)]
    server = subprocess.Popen(program, env=environment, cwd=settings.BASE_DIR, stderr=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"
    try:
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            try:
                requests.get(url, timeout=5, allow_redirects=False)
                break
            except requests.ConnectionError:
                time.sleep(0.1)
        yield url, shop.code("incident", broken.pk)
    finally:
        server.terminate()
        server.wait(10)


def test_without_a_database_the_copy_is_served(no_database):
    url, code = no_database
    somebody = {"session": "somebody"}
    response = requests.get(f"{url}/status/shop/", cookies=somebody, timeout=10)
    assert response.status_code == 200
    assert "Some cards fail." in response.text
    assert "Last known state as of" in response.text
    known = {"If-None-Match": response.headers["ETag"]}
    assert requests.get(f"{url}/status/shop/", headers=known, timeout=10).status_code == 304
    style = re.search(r'href="(/static/build/status[^"]+)"', response.text)[1]
    assert requests.get(url + style, timeout=10).status_code == 200
    for path in (
        "history", f"incidents/{code}", "history.atom", "history.rss", "calendar.ics", "api/v2/status.json",
    ):  # fmt: skip
        answer = requests.get(f"{url}/status/shop/{path}", timeout=10)
        assert answer.status_code == 200, path
        assert "html" not in answer.headers["Content-Type"] or "Last known state" in answer.text
    summary = requests.get(f"{url}/status/shop/api/v2/summary.json", timeout=10).json()
    assert summary["incidents"][0]["name"] == "Card payments fail"
    for path in ("/status/other/", "/status/inside/", "/healthz"):
        assert requests.get(url + path, timeout=10).status_code == 503, "nothing else pretends to work"
    assert requests.post(f"{url}/status/shop/unsubscribe/x", timeout=10).status_code == 503


def test_on_a_host_of_its_own_too(shop, admin, settings, client):
    settings.STATUS_HOSTS = ["status.example.com"]
    settings.ALLOWED_HOSTS = ["testserver", "status.example.com"]
    shop.host = "status.example.com"
    keep_page(by=admin, page=shop)
    write_stale_copies()
    assert Path(static_copies.folder() / "hosts/status.example.com/index.html").exists()
    answer = static_copies.find("hosts/status.example.com", "")
    assert b"Shop" in answer.body


def test_a_host_that_moves_to_another_page_leads_there(shop, make_page, admin, settings):
    settings.STATUS_HOSTS = ["status.example.com"]
    other = make_page("other")
    for one, host in ((shop, "status.example.com"), (shop, ""), (other, "status.example.com")):
        one.host = host
        keep_page(by=admin, page=one)
        if host:
            write_stale_copies()
    assert b"Other" in static_copies.find("hosts/status.example.com", "").body
