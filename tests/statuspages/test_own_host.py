"""On a host set aside for a page: the page at the root, and nothing else of Allclear."""

import os
import subprocess
import sys

import pytest
from django.test import Client

from statuspages.forms import PageForm
from statuspages.workflow import keep_page

HOST = "status.example.com"


@pytest.fixture
def there(shop, admin, settings) -> Client:
    settings.STATUS_HOSTS = [HOST]
    settings.ALLOWED_HOSTS = ["testserver", HOST]
    shop.host = HOST
    keep_page(by=admin, page=shop)
    return Client(headers={"Host": HOST})


def test_the_page_is_at_the_root(there, broken, tell):
    tell(broken, "Some cards fail.")
    html = there.get("/").text
    assert "Some cards fail." in html
    assert f'href="http://{HOST}/"' in html
    assert there.get("/history").status_code == 200
    assert there.get("/api/v2/summary.json").json()["page"]["url"] == f"http://{HOST}"


@pytest.mark.parametrize("host", [HOST, f"{HOST}.", "Status.Example.COM", f"{HOST}.:8000"])
def test_nothing_else_is_there(there, commander, broken, host):
    there.force_login(commander)
    there.defaults["HTTP_HOST"] = host
    assert there.get("/history").status_code == 200
    for path in (
        "/healthz", "/declare", "/incidents/", "/settings/", "/accounts/login/", "/status-pages/",
        "/status/shop/", "/live/", f"/incidents/{broken.reference}/",
    ):  # fmt: skip
        answer = there.get(path)
        assert answer.status_code == 404, path
        assert "Allclear" not in answer.text


def test_it_takes_subscriptions(there):
    form = there.get("/subscribe")
    token = form.cookies["csrf"].value
    there.cookies["csrf"] = token
    sent = there.post("/subscribe", {"address": "ada@example.test", "csrfmiddlewaretoken": token})
    assert "We send a confirmation e-mail" in sent.text


def test_a_host_without_a_page_shows_nothing(settings, client, shop):
    settings.STATUS_HOSTS = [HOST]
    settings.ALLOWED_HOSTS = ["testserver", HOST]
    assert client.get("/", headers={"Host": HOST}).status_code == 404


def test_only_a_host_set_aside_can_be_chosen(shop, settings):
    settings.STATUS_HOSTS = [HOST]
    data = {"name": "x", "slug": "x", "audience": "public", "time_zone": "UTC", "language": "en"}
    assert "host" in PageForm(data | {"host": "testserver"}).errors
    assert "host" not in PageForm(data | {"host": HOST}).errors


def test_hosts_may_be_named_in_any_spelling():
    told = subprocess.run(
        [sys.executable, "-c", "from config import settings; print(settings.STATUS_HOSTS)"],
        env=os.environ | {"ALLCLEAR_STATUS_HOSTS": " Status.Example.COM., help.example.com"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout.strip() == "['status.example.com', 'help.example.com']"
