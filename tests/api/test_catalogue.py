"""Can a program set up the catalogue, and only for an administrator?"""

from incidents.models import MessageTemplate, Service, Severity


def test_a_service_from_adding_to_removing(api, admin):
    calls = api(admin)
    calls.post("services", {"name": "Gateway", "tier": 0})
    made = calls.post("services", {"name": "Payments", "depends_on": ["gateway"]})
    assert calls.status == 201, made
    assert calls.last["Location"] == "/api/v1/services/payments"
    assert made["depends_on"] == [{"slug": "gateway", "name": "Gateway"}]
    etag = calls.last["ETag"]
    changed = calls.patch("services/payments", {"description": "Cards"}, if_match=etag)
    assert (calls.status, changed["description"], changed["tier"]) == (200, "Cards", 2)
    calls.patch("services/payments", {"description": "Late"}, if_match=etag)
    assert calls.status == 412
    calls.delete("services/gateway")
    assert calls.status == 409
    calls.delete("services/payments")
    assert calls.status == 204
    assert not Service.objects.filter(slug="payments").exists()


def test_a_refusal_names_the_field(api, admin):
    calls = api(admin)
    calls.post("services", {"name": "Payments"})
    twice = calls.post("services", {"name": "Payments"})
    assert calls.status == 422, twice
    assert twice["errors"][0]["pointer"] == "/name"
    unknown = calls.post("services", {"name": "Shop", "depends_on": ["no-such"]})
    assert calls.status == 422, unknown
    assert unknown["errors"][0]["pointer"].startswith("/depends_on")
    wrong = calls.post("link-templates", {"label": "Call", "url_template": "https://x/{secret}"})
    assert calls.status == 422, wrong
    assert wrong["errors"][0]["pointer"] == "/url_template"


def test_a_severity_with_its_cadences(api, admin):
    calls = api(admin)
    changed = calls.patch("severities/SEV2", {"cadences": {"public": {"first_minutes": 25}}})
    assert calls.status == 200
    assert changed["cadences"]["public"]["first_minutes"] == 25
    assert calls.get("severities/2")["criteria"] == Severity.objects.get(rank=2).criteria
    refused = calls.patch("severities/5", {"rank": 1})
    assert calls.status == 422, refused
    assert refused["errors"][0]["pointer"] == "/rank"


def test_other_kinds_can_be_added_changed_and_removed(api, admin):
    calls = api(admin)
    new = {
        "roles": {"name": "Translator"},
        "incident-types": {"name": "Weather"},
        "checklists": {"title": "Call the ferry", "lowest_severity": "SEV2", "role": "commander"},
        "link-templates": {"label": "Bridge", "url_template": "https://call.example/{reference}"},
    }
    for path, body in new.items():
        calls.post(path, body)
        assert calls.status == 201, path
        at = calls.last["Location"]
        assert calls.get(at)
        calls.patch(at, {next(iter(body)): "Another"})
        assert calls.status == 200, path
        calls.delete(at)
        assert calls.status == 204, path
        calls.get(at)
        assert calls.status == 404, path
        assert isinstance(calls.get(path)["results"], list)


def test_words_for_an_audience_have_known_names_only(api, admin):
    calls = api(admin)
    at = "message-templates/public/" + MessageTemplate.objects.first().stage
    kept = calls.put(at, {"known": "We see {{ components }} fail."})
    assert calls.status == 200
    assert kept["known"] == "We see {{ components }} fail."
    assert calls.get(at) == kept
    refused = calls.put(at, {"known": "{{ commander }} looks"})
    assert calls.status == 422
    assert refused["errors"][0]["pointer"] == "/known"
    calls.get("message-templates/nobody/declared")
    assert calls.status == 404


def test_everybody_reads_and_administrators_change(api, responder, stakeholder):
    Service.objects.create(name="Payments", slug="payments")
    for person in (responder, stakeholder):
        calls = api(person)
        for path in ("services", "severities", "roles", "incident-types", "checklists", "link-templates"):
            calls.get(path)
            assert calls.status == 200
        calls.patch("services/payments", {"tier": 0})
        assert calls.status == 403
        calls.post("incident-types", {"name": "x"})
        assert calls.status == 403
        calls.delete("services/payments")
        assert calls.status == 403
