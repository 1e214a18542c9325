"""Does the address that the API tells open the brief?"""

from urllib.parse import urlsplit


def test_it_opens_without_a_sign_in_until_it_is_revoked(calls, client, incident):
    at = f"incidents/{incident.reference}/brief-links"
    made = calls.post(at, {"days": 2})
    path = urlsplit(made["url"]).path
    assert client.get(path).status_code == 200
    calls.post(f"{at}/{made['id']}/revocation")
    assert client.get(path).status_code == 410
