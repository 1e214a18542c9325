"""Can a program set up a status page, announce maintenance on it, and tell readers only what they may know?"""

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from PIL import Image

from incidents.models import Service
from statuspages.models import Component, StatusPage

TIMES = {"starts_at": "2032-03-02T22:00:00Z", "ends_at": "2032-03-02T23:00:00Z"}


@pytest.fixture
def shop(db):
    page = StatusPage.objects.create(name="Shop", slug="shop", is_published=True)
    Component.objects.create(page=page, name="Car park")
    return page


def test_a_page_from_adding_to_removing(api, admin):
    Service.objects.create(name="payments-api", slug="payments-api")
    calls = api(admin)
    made = calls.post("status-pages", {"name": "Ferry lines"})
    assert calls.status == 201, made
    at = "status-pages/ferry-lines"
    group = calls.post(f"{at}/groups", {"name": "Money"})
    part = calls.post(
        f"{at}/components", {"name": "Payments", "service": "payments-api", "group": group["id"]}
    )
    assert calls.status == 201, part
    assert part["group"] == {"id": group["id"], "name": "Money"}
    twice = calls.post(f"{at}/components", {"name": "Payments"})
    assert calls.status == 409, twice
    calls.put(f"{at}/components/{part['id']}/state", {"state": "degraded"})
    assert calls.status == 409
    calls.post(f"{at}/components/{part['id']}/move", {"to": "up"})
    assert calls.status == 200
    calls.delete(f"{at}/groups/{group['id']}")
    assert calls.get(f"{at}/components/{part['id']}")["group"] is None
    refused = calls.patch(at, {"host": "app.example.test"})
    assert refused["errors"][0]["pointer"] == "/host"
    assert calls.patch(at, {"is_published": True})["is_published"]
    calls.delete(at)
    assert calls.status == 409
    calls.patch(at, {"is_published": False})
    calls.delete(at)
    assert calls.status == 204


def test_a_look(api, admin, shop):
    calls = api(admin)
    told = calls.put("status-pages/shop/look", {"accent": "#1f6feb"})
    assert (calls.status, told["accent"], told["has_logo"]) == (200, "#1f6feb", False)
    picture = BytesIO()
    Image.new("RGB", (64, 64), "navy").save(picture, "PNG")
    content = encode_multipart(BOUNDARY, {"logo": SimpleUploadedFile("l.png", picture.getvalue())})
    answer = calls.client.put(
        "/api/v1/status-pages/shop/look",
        content,
        content_type=MULTIPART_CONTENT,
        headers={"Authorization": f"Bearer {calls.token}"},
    )
    assert answer.json()["has_logo"], answer.content
    calls.get("status-pages/shop/logo")
    assert calls.last["Content-Type"] == "image/png"


def test_maintenance_once(api, responder, shop):
    calls = api(responder)
    part = shop.components.get().pk
    made = calls.post(
        "status-pages/shop/maintenances",
        {"title": "New gates", "text": "Closed.", "components": [part]} | TIMES,
    )
    assert calls.status == 201, made
    at = calls.last["Location"]
    moved = calls.patch(at, {"text": "An hour later.", "ends_at": "2032-03-03T00:00:00Z"})
    assert moved["ends_at"] == "2032-03-03T00:00:00Z"
    assert [one["id"] for one in moved["components"]] == [part]
    told = calls.post(f"{at}/updates", {"text": "Not needed.", "state": "cancelled"})
    assert told["state"] == "cancelled"
    assert [one["text"] for one in told["updates"]] == ["Not needed.", "An hour later.", "Closed."]
    assert calls.put(
        f"{at}/series", {"title": "x", "text": "x", "repetition": {"frequency": "daily"}} | TIMES
    )
    assert calls.status == 404


def test_maintenance_by_a_rule(api, responder, shop):
    calls = api(responder)
    body = {"title": "Night work", "text": "Slow.", "repetition": {"frequency": "weekly"}} | TIMES
    made = calls.post("status-pages/shop/maintenances", body)
    assert calls.status == 201, made
    assert made["repetition"]["weekdays"] == ["TU"]
    at = f"status-pages/shop/maintenances/{made['id']}"
    changed = calls.put(f"{at}/series", body | {"repetition": {"frequency": "weekly", "count": 3}})
    assert (calls.status, changed["repetition"]["count"]) == (200, 3)
    ended = calls.post(f"{at}/series-cancellation", {"text": "No more."})
    assert ended["state"] == "cancelled"


def test_who_reads_and_who_changes(api, shop, stakeholder, responder, admin):
    StatusPage.objects.create(name="Draft", slug="draft")
    calls = api(stakeholder)
    assert [one["slug"] for one in calls.get("status-pages")["results"]] == ["shop"]
    calls.get("status-pages/draft/components")
    assert calls.status == 404
    calls.post("status-pages/shop/maintenances", {"title": "x", "text": "x"} | TIMES)
    assert calls.status == 403
    for_responders = api(responder)
    for_responders.patch("status-pages/shop", {"name": "Mine"})
    assert for_responders.status == 403
    for_responders.get("status-pages/shop/subscribers")
    assert for_responders.status == 403
    part = shop.components.get().pk
    told = for_responders.put(f"status-pages/shop/components/{part}/state", {"state": "degraded"})
    assert told["state_by_hand"] == "degraded"


def test_subscribers_are_for_administrators(api, shop, admin):
    shop.subscribers.create(address="reader@example.test", confirmed_at=shop.created_at)
    shop.subscribers.create(address="waiting@example.test")
    told = api(admin).get("status-pages/shop/subscribers")["results"]
    assert [one["address"] for one in told] == ["reader@example.test"]
