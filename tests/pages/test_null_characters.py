"""Does any route answer with a fault where a field that it reads holds a null character?

Every route with POST is asked once for each name that its view reads by itself, beside its forms, and with all names
that the module of the view reads. Addresses are refused before any view.
"""

import inspect
import re

import pytest
from django.db import transaction
from django.test import Client

from tests.access_table import COMMANDER, TABLE
from tests.test_access import INCIDENT_ROUTES, ROUTES, address, world

__all__ = ["world"]

READ = re.compile(r"""\.POST(?:\.get|\.getlist)?[\[(]\s*["']([\w-]+)["']""")
NULLS = ("a\0b", "/actions/?q=%00&team=%00")


def names_read_in(code: object) -> list[str]:
    """The fields that a view or a module reads from a request without a form."""
    return sorted(set(READ.findall(inspect.getsource(code))))


def fault(client: Client, url: str, data: dict[str, str]) -> bool:
    """Whether it answers with one; whatever was changed is taken back."""
    with transaction.atomic():
        status = client.post(url, data).status_code
        transaction.set_rollback(True)
    return status >= 500


def test_no_field_of_any_route_makes_a_fault(world):
    faults, asked = [], 0
    clients = {role: Client(raise_request_exception=False) for role in (COMMANDER, "admin")}
    for role, client in clients.items():
        client.force_login(getattr(world, role))
    for name in sorted(n for n, row in TABLE.items() if row.post):
        view = inspect.unwrap(ROUTES[name].callback)
        if not (names := names_read_in(inspect.getmodule(view))):
            continue
        client = clients[COMMANDER if COMMANDER in TABLE[name].post else "admin"]
        with transaction.atomic():
            url = address(world, name, world.incident if name in INCIDENT_ROUTES else None)
            sent = [{one: "a\0b"} for one in names_read_in(view)]
            sent += [dict.fromkeys(names, null) for null in NULLS]
            asked += len(sent)
            faults += [(name, data) for data in sent if fault(client, url, data)]
            transaction.set_rollback(True)
    assert asked > 100
    assert faults == []


@pytest.mark.parametrize("name", ["kind", "state", "order", "cursor", "to", "q"])
def test_a_field_of_any_name_is_refused_where_it_is_read(world, name):
    """Of views that read it in the address as well."""
    client = Client(raise_request_exception=False)
    client.force_login(world.commander)
    assert client.get(f"/incidents/?{name}=%00").status_code == 400
