"""Does the address that the API tells open the brief?"""

import json
from urllib.parse import urlsplit

from api.models import KeptAnswer


def test_it_opens_without_a_sign_in_until_it_is_revoked(calls, client, incident):
    at = f"incidents/{incident.reference}/brief-links"
    made = calls.post(at, {"days": 2})
    path = urlsplit(made["url"]).path
    assert client.get(path).status_code == 200
    calls.post(f"{at}/{made['id']}/revocation")
    assert client.get(path).status_code == 410


def test_the_address_is_not_kept_with_the_answer(calls, incident):
    path = f"incidents/{incident.reference}/brief-links"
    made = calls.post(path, idempotency_key="k1")
    assert made["url"].startswith("http")
    assert calls.post(path, idempotency_key="k1") == made | {"url": ""}
    assert made["url"] not in json.dumps(KeptAnswer.objects.get().body)
