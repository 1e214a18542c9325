"""Are pages of Insights with their filters kept under a name, for one person alone?"""

import pytest

from incidents.models import SavedView


@pytest.fixture
def kept(client, responder):
    client.force_login(responder)
    data = {"name": " Payments,  SEV1 ", "path": "/insights/over-time/", "query": "severity=1&period=24"}
    assert (
        client.post("/insights/views/", data).headers["Location"]
        == "/insights/over-time/?severity=1&period=24"
    )
    client.get("/")  # which shows that it was saved
    return SavedView.objects.get()


@pytest.mark.parametrize(
    "path", ["/insights/", "/insights/over-time/", "/insights/pack/", "/insights/faster/"]
)
def test_every_page_lists_it(client, kept, path):
    told = client.get(path).text
    assert "Payments, SEV1" in told
    assert 'href="/insights/over-time/?severity=1&amp;period=24"' in told


def test_its_own_page_says_that_it_is_the_one(client, kept):
    told = client.get(kept.get_absolute_url()).text
    assert 'aria-current="true"' in told
    assert 'action="/insights/views/"' not in told


def test_the_list_of_incidents_does_not_show_it_but_the_palette_finds_it(client, kept):
    assert "Payments, SEV1" not in client.get("/incidents/").text
    assert "Payments, SEV1" in client.get("/palette?q=payments").text


def test_another_page_may_use_the_same_name(client, kept):
    client.post("/insights/views/", {"name": "Payments, SEV1", "path": "/insights/pack/", "query": "team=x"})
    client.post("/insights/views/", {"name": "Payments, SEV1", "path": "/insights/pack/", "query": "team=y"})
    assert sorted(SavedView.objects.values_list("path", "query")) == [
        ("/insights/over-time/", "severity=1&period=24"),
        ("/insights/pack/", "team=y"),
    ]


def test_it_is_deleted_by_its_owner_only(client, kept, outsider):
    client.force_login(outsider)
    assert "Payments, SEV1" not in client.get("/insights/").text
    assert client.post(f"/incidents/views/{kept.pk}/deletion/").status_code == 404
    client.force_login(kept.person)
    answer = client.post(f"/incidents/views/{kept.pk}/deletion/")
    assert answer.headers["Location"] == "/insights/over-time/"
    assert not SavedView.objects.exists()


@pytest.mark.parametrize(
    "path",
    [
        "//evil.test/insights/",
        "https://evil.test/",
        "/incidents/",
        "/insights/" + "x" * 300,
        "/insights/../sign-out/",
        "/insights/\r\nX: y/",
    ],
)
def test_no_other_address_is_kept(client, responder, path):
    client.force_login(responder)
    client.post("/insights/views/", {"name": "Odd", "path": path, "query": ""})
    assert SavedView.objects.get().path == "/insights/"


def test_without_a_name_it_says_so(client, responder):
    client.force_login(responder)
    answer = client.post("/insights/views/", {"name": " ", "path": "/insights/", "query": ""}, follow=True)
    assert "Give it a name." in answer.text
    assert not SavedView.objects.exists()


@pytest.mark.parametrize("field", ["name", "path", "query"])
def test_a_null_character_is_refused_with_a_message(client, responder, field):
    client.force_login(responder)
    data = {"name": "Odd", "path": "/insights/", "query": "team=x", field: "/insights/\0"}
    assert client.post("/insights/views/", data).status_code == 302
    assert SavedView.objects.count() == (field == "path"), "another address is the first page"
