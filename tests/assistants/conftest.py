"""Assistants: calls of tools, as by somebody's token."""

from itertools import count

import pytest
from django.http import HttpRequest
from rest_framework.request import Request

from accounts.models import SCOPES
from accounts.workflow import allow_assistants, create_token
from assistants import tools  # noqa: F401 - it offers them
from assistants.calling import call_tool
from tests.api.client import ApiClient

NAMES = count(1)
READING = tuple(scope for scope in SCOPES if scope.endswith(":read"))


class Assistant:
    """`assistant("get_incident", incident="INC-1")` → what the tool answers; whether it did it is in `did`."""

    def __init__(self, person, scopes, private):
        self.token, self.text = create_token(
            by=person, name=f"assistant {next(NAMES)}", scopes=scopes, reaches_private=private
        )
        self.did = False

    def __call__(self, tool, /, **arguments):
        request = Request(HttpRequest())
        request.user, request.auth = self.token.acting_person(), self.token
        told, self.did = call_tool(request, tool, arguments)
        return told

    def agreed(self, tool, /, **arguments):
        """Through preview and confirmation."""
        preview = self(tool, **arguments)
        return self(tool, **arguments, confirmation=preview["confirmation"])


@pytest.fixture
def api():
    return ApiClient.of


@pytest.fixture
def assistant_of():
    def make(person, *scopes, private=False):
        allowed = scopes or tuple(scope for scope in SCOPES if scope != "admin")
        return Assistant(person, allowed, private)

    return make


@pytest.fixture
def assistant(assistant_of, commander):
    return assistant_of(commander)


@pytest.fixture
def address(webs, admin):
    """Where a real web process answers assistants."""
    allow_assistants(by=admin, allowed=True)
    return f"http://127.0.0.1:{webs.ports[0]}/mcp"
