"""An integration of each kind, its key, `send` for what a sender posts, and `work` for what a worker does."""

import json

import pytest

from integrations.models import Integration, Payload
from integrations.tasks import process_waiting_payloads
from integrations.workflow import create_integration


@pytest.fixture
def made(admin):
    """`made(kind)` is an integration of that kind and its key."""

    def create(kind: str, name: str = "Monitoring", **options) -> tuple[Integration, str]:
        return create_integration(by=admin, kind=kind, name=name, **options)

    return create


@pytest.fixture
def work():
    """Read all that has come, as a worker does; the newest payload."""

    def run() -> Payload | None:
        process_waiting_payloads()
        return Payload.objects.first()

    return run


@pytest.fixture
def send(client):
    """`send(path, body, key)` posts JSON or bytes with the key as a bearer token."""

    def post(path: str, body, key: str = "", **headers):
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        known = {"Authorization": f"Bearer {key}"} if key else {}
        return client.post(path, data, content_type="application/json", headers=known | headers)

    return post


@pytest.fixture
def as_admin(client, admin):
    client.force_login(admin)
    return client
