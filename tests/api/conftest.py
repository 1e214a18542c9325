"""Clients of the API; every answer they get is compared with the OpenAPI description."""

import pytest

import config.urls  # noqa: F401 - the operations register when the addresses are read, before tests list them
from tests.api.client import ApiClient


@pytest.fixture
def api():
    """`api(commander)` asks as that person, by a token of all scopes; `api(person, "incidents:read")` by fewer."""
    return ApiClient.of


@pytest.fixture
def calls(api, commander):
    return api(commander)
