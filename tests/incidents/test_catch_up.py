"""Does Catch me up begin at its top, and tell who did what?"""

from incidents.workflow import raise_hypothesis


def test_it_names_the_kind_the_person_and_the_text_apart(client, commander, responder, incident):
    raise_hypothesis(incident=incident, by=responder, claim="The pool is empty")
    client.force_login(commander)
    page = client.get(incident.get_absolute_url() + "catch-up/").text
    assert f"<b>Hypothesis</b><span>{responder}</span>" in page
    assert '<p class="wrap-anywhere">The pool is empty</p>' in page
    assert "autofocus" not in page.partition("<main")[2], "a focused button would scroll the page to its end"
