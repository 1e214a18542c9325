"""Who reads the audit trail by API?"""

from accounts.workflow import add_team


def test_the_installation_s_is_for_administrators(api, admin, responder):
    add_team(by=admin, name="Payments")
    told = api(admin).get("audit-entries?action=team.added")["results"]
    assert [(one["subject"], one["actor"]["id"]) for one in told] == [("Payments", admin.pk)]
    calls = api(responder)
    calls.get("audit-entries")
    assert calls.status == 403


def test_an_incident_s_is_for_whoever_reaches_it(api, commander, outsider, incident, private_incident):
    calls = api(outsider)
    told = calls.get(f"incidents/{incident.reference}/audit-entries")["results"]
    assert told[-1]["action"] == "incident.declared"
    assert [one["sequence"] for one in told] == sorted((one["sequence"] for one in told), reverse=True)
    calls.get(f"incidents/{private_incident.reference}/audit-entries")
    assert calls.status == 404
