"""Does an answer to htmx say that it is not the page of its address?"""

import pytest


@pytest.mark.parametrize("address", ["/", "/incidents/", "/insights/"])
def test_a_part_and_its_page_are_told_apart(client, commander, address):
    client.force_login(commander)
    for headers in ({}, {"HX-Request": "true"}):
        assert "HX-Request" in client.get(address, headers=headers)["Vary"]
