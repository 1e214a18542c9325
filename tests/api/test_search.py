"""Are only those found whom the caller and the token reach?"""

from action_items.workflow import add_action_item


def test_words_find_what_is_in_reach(api, commander, incident, private_incident):
    item = add_action_item(by=commander, title="Checkout needs a limit", incident=incident)
    calls = api(commander)
    told = calls.get("search?q=checkout")
    assert [one["reference"] for one in told["incidents"]] == [incident.reference]
    assert [one["reference"] for one in told["action_items"]] == [item.reference]
    assert calls.get("search?q=Zephyrquartz")["incidents"] == []
    assert api(commander, private=True).get("search?q=Zephyrquartz")["incidents"]


def test_a_kind_needs_its_scope(api, commander, incident):
    told = api(commander, "action_items:read").get("search?q=checkout")
    assert (told["incidents"], told["action_items"]) == (None, [])


def test_a_search_that_makes_no_sense_is_told(api, commander):
    calls = api(commander)
    calls.get("search")
    assert calls.status == 422
    calls.get("search?q=before:nonsense")
    assert calls.status == 400
