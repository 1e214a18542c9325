"""What does the public read of an incident, and where?"""


def get(client, path="", slug="shop"):
    return client.get(f"/status/{slug}/{path}")


def test_nothing_is_published_by_declaring(client, page, broken):
    html = get(client).text
    assert "All systems are working" in html
    assert "pool" not in html


def test_a_public_update_shows_the_incident_and_its_component(client, page, broken, tell):
    tell(
        broken,
        "Some cards fail.",
        wordings={"public": {"known": "Some cards fail.", "workaround": "Pay by invoice."}},
    )
    html = get(client).text
    for words in ("Payments has a partial outage", "Some cards fail.", "Pay by invoice.", "Investigating"):
        assert words in html
    for words in ("Inside words", "Secret pool", "payments-api-internal", "SEV2", "Commander Example"):
        assert words not in html
