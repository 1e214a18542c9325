"""Does a word in an address win over a part in braces?"""


def test_similar_incidents_are_not_an_incident_called_similar(calls, incident):
    (found,) = calls.get("incidents/similar?title=Checkout%20answers")["results"]
    assert found["reference"] == incident.reference


def test_a_report_has_its_own_address(api, stakeholder):
    calls = api(stakeholder)
    made = calls.post("incidents/reports", {"title": "The shop looks odd"})
    assert (calls.status, made["status"]) == (201, "triage")
