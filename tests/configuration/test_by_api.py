"""Can a program read, plan and apply a configuration, with a token of an administrator only?"""

from incidents.models import Service
from notifications.models import Channel


def test_reading_planning_applying(api, admin):
    calls = api(admin, "admin")
    calls.post("configuration/plan", {"configuration": {"services": [{"name": "Shop"}]}})
    assert calls.status == 200
    assert not Service.objects.exists()
    done = calls.post("configuration/apply", {"configuration": {"services": [{"name": "Shop", "tier": 1}]}})
    assert [(c["name"], c["action"]) for c in done["changes"]] == [("shop", "added")]
    told = calls.get("configuration")
    assert told["configuration"]["services"][0]["tier"] == 1
    assert calls.post("configuration/apply", told)["changes"] == []


def test_a_mistake_points_at_its_value(api, admin):
    calls = api(admin, "admin")
    said = {"services": [{"name": "Shop"}, {"name": "Cart", "depends_on": ["shop", "none"]}], "x": 1}
    refused = calls.post("configuration/apply", {"configuration": said})
    assert calls.status == 422
    assert {one["pointer"] for one in refused["errors"]} == {
        "/configuration/services/1/depends_on/1",
        "/configuration/x",
    }
    for wrong in ("x", [1], None, {"services": {"name": 1}}, {"services": [1, {"name": {}}]}):
        calls.post("configuration/plan", {"configuration": wrong})
        assert calls.status == 422, wrong
    calls.post("configuration/plan", {"configuration": {"services": [{}] * 1001}})
    assert calls.status == 422
    assert not Service.objects.exists()


def test_only_variables_for_channels_are_looked_up(api, admin, monkeypatch, tmp_path):
    monkeypatch.setenv("ALLCLEAR_CHANNEL_OPS", "https://hooks.example/x")
    monkeypatch.setenv("SOMETHING_ELSE", "https://hooks.example/y")
    (tmp_path / "url").write_text("https://hooks.example/z")
    calls = api(admin, "admin")

    def ask(url):
        calls.post("configuration/apply", {"configuration": {"channels": [{"name": "Ops", "url": url}]}})
        return calls.status

    assert ask("${env:SOMETHING_ELSE}") == 422
    assert ask(f"${{file:{tmp_path}/url}}") == 422
    assert ask("${env:ALLCLEAR_CHANNEL_OPS}") == 200
    assert Channel.objects.get().url == "https://hooks.example/x"


def test_nobody_else_may(api, responder, admin):
    for calls in (api(responder), api(admin, "catalogue:write")):
        calls.get("configuration")
        assert calls.status == 403
        calls.post("configuration/plan", {"configuration": {}})
        assert calls.status == 403


def test_parts_of_pages_count_as_entries(api, admin):
    page = {"name": "Shop", "components": [{"name": f"C{number}"} for number in range(1001)]}
    problem = api(admin).post("configuration/plan", {"configuration": {"status_pages": [page]}})
    assert problem["errors"][0]["detail"].startswith("A request holds at most 1000 entries")
