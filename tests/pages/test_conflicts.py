"""Does a save that comes too late show both texts instead of overwriting?"""

from incidents.workflow import edit_incident


def test_a_stale_form_is_answered_with_both_texts(client, commander, responder, incident):
    client.force_login(responder)
    path = incident.get_absolute_url() + "now/"
    version = incident.version
    edit_incident(incident=incident, by=commander, now_note="Theirs", next_note="")

    response = client.post(path, {"version": version, "now_note": "Mine", "next_note": ""})

    assert response.status_code == 409
    assert b"Mine" in response.content
    assert b"Theirs" in response.content
    incident.refresh_from_db()
    assert incident.now_note == "Theirs"

    again = client.post(path, {"version": incident.version, "now_note": "Mine", "next_note": ""})
    assert again.status_code == 302
    incident.refresh_from_db()
    assert incident.now_note == "Mine"
