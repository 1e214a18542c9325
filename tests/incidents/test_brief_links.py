from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from audit import context
from incidents.workflow import create_brief_link, revoke_brief_link


def test_expires(incident, commander, traces):
    seen = traces(incident)
    link = create_brief_link(incident=incident, by=commander, lifetime=timedelta(hours=1))
    assert link.is_open()
    assert not link.is_open(context.now() + timedelta(hours=1))
    assert (seen.texts, seen.actions) == (["made a link to the brief"], ["brief_link.created"])


def test_is_revoked_once(incident, commander, traces):
    link = create_brief_link(incident=incident, by=commander)
    seen = traces(incident)
    revoke_brief_link(link=link, by=commander)
    revoke_brief_link(link=link, by=commander)
    assert not link.is_open()
    assert (seen.texts, seen.actions) == (["revoked a link to the brief"], ["brief_link.revoked"])


def test_what_is_private_has_none(private_incident, commander, traces):
    seen = traces(private_incident)
    with pytest.raises(ValidationError):
        create_brief_link(incident=private_incident, by=commander)
    assert seen.none


def test_stakeholder_is_refused(incident, stakeholder):
    with pytest.raises(PermissionDenied):
        create_brief_link(incident=incident, by=stakeholder)
