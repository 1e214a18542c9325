import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from incidents.workflow import add_link


def test_works(incident, responder, traces):
    seen = traces(incident)
    add_link(incident=incident, by=responder, label="Bridge", url="https://meet.example/1", kind="bridge")
    assert (seen.texts, seen.actions, seen.topics) == (
        ["added the link “Bridge”"],
        ["link.added"],
        ["link.added"],
    )


@pytest.mark.parametrize("url", ["javascript:alert(1)", "meet", ""])
def test_only_addresses(incident, responder, url, traces):
    seen = traces(incident)
    with pytest.raises(ValidationError):
        add_link(incident=incident, by=responder, label="Bridge", url=url)
    assert seen.none


def test_stakeholder_is_refused(incident, stakeholder):
    with pytest.raises(PermissionDenied):
        add_link(incident=incident, by=stakeholder, label="x", url="https://meet.example/1")
