"""Whatever is sent to an operation: is the answer one of those that the description tells of, and never a 5xx?

schemathesis makes the requests from the description: a few in each run, at least as many as ALLCLEAR_API_CASES says in
a long one, with the edges of every value. The same number makes the same requests.
"""

import json
import os
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, connection, transaction
from django.test import override_settings
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as of_hypothesis
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import negative_data_rejection

from api.openapi import openapi_schema
from api.reference import entries
from api.registry import OPERATIONS
from core.text import visible
from demo.load import load_demo
from tests.api.generated import World, as_described, described_path
from tests.api.real_values import make_real
from tests.resetting import restore_rows

pytestmark = pytest.mark.django_db

ASKED = [
    one for one in OPERATIONS if one.name != "stream_events"
]  # which another server answers: test_events.py
CASES = int(os.environ.get("ALLCLEAR_API_CASES", "0"))
EACH = max(2, CASES // 2 // len(ASKED))
STORIES = max(4, CASES // 100)
LIMITS = dict.fromkeys(("API_RATE", "API_RATE_UNKNOWN"), "1000000 per minute")
CONFIGURATION = {
    "generation": {"mode": "all", "with-security-parameters": False},
    "phases": {
        "stateful": {"inference": {"algorithms": []}}
    },  # the links of the description are all there are
    "checks": {
        # What is well formed may still name nothing, not be allowed, or not fit the state.
        "positive_data_acceptance": {"enabled": False},
        # test_access_table.py asks every operation without a token.
        "ignored_auth": {"enabled": False},
        # 412 and 413 are no answers of schemathesis' own list; without them the others stand there too.
        "negative_data_rejection": {
            "expected-statuses": [400, 401, 403, 404, 405, 406, 409, 412, 413, 415, 422, 429]
        },
    },
}
HYPOTHESIS = of_hypothesis(
    max_examples=EACH,
    derandomize=True,
    database=None,
    phases=[Phase.generate, Phase.shrink],
    suppress_health_check=list(HealthCheck),
)


class Asking:
    """Sends requests to the product, each in a transaction that is taken back, and counts the answers."""

    def __init__(self, world: World):
        self.world = world
        self.answers: Counter[int] = Counter()
        self.never: set[str] = {one.name for one in ASKED}

    def ask(self, case: Any) -> None:
        with taken_back():
            make_real(case, self.world)
            response = self.send(case, self.world.token_for(case))
        check(case, response)

    def send(self, case: Any, token: str) -> Any:
        headers = {"Authorization": f"Bearer {token}", "Accept-Encoding": "identity"}
        with connection_kept():
            response = case.call(headers=headers)
        self.answers[response.status_code] += 1
        if response.status_code < 300:
            self.never.discard(case.operation.definition.raw["operationId"])
        return response


def check(case: Any, response: Any) -> None:
    """By all checks; what a form or a text with blanks means is decided after the description."""
    own_rules = is_cleaned([case.body, case.query]) or case.media_type == "multipart/form-data"
    case.validate_response(response, excluded_checks=[negative_data_rejection] if own_rules else [])


@contextmanager
def taken_back() -> Iterator[None]:
    """A transaction that is checked like one that ends, and then forgotten."""
    with transaction.atomic():
        yield
        connection.check_constraints()
        transaction.set_rollback(True)


@contextmanager
def connection_kept() -> Iterator[None]:
    """As Django's own client does: a request must not close the connection of the transaction around it."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def is_cleaned(value: Any) -> bool:
    """Whether a text is measured only after it was trimmed and lost its invisible characters."""
    if isinstance(value, dict | list):
        return any(map(is_cleaned, value.values() if isinstance(value, dict) else value))
    return isinstance(value, str) and visible(value).strip() != value


@pytest.fixture(scope="module")
def asking(django_db_setup, django_db_blocker, request, tmp_path_factory):
    data = tmp_path_factory.mktemp("data")  # the mail server is a file, which no transaction takes back
    with django_db_blocker.unblock(), override_settings(DATA_DIR=data, **LIMITS):
        load_demo()
        asking = Asking(World())
        yield asking
        restore_rows()
    reporter = request.config.pluginmanager.getplugin("terminalreporter")
    if CASES and reporter:
        told = ", ".join(f"{count} × {status}" for status, count in sorted(asking.answers.items()))
        reporter.write_line(f"\n{asking.answers.total()} requests: {told}")
        reporter.write_line(f"Never done: {', '.join(sorted(asking.never)) or 'none'}")


@pytest.fixture(scope="module")
def described():
    """`described(operation)`: as schemathesis reads it. `described.schema` is the whole description."""
    schema = schemathesis.openapi.from_dict(
        deepcopy(openapi_schema()), config=schemathesis.Config.from_dict(CONFIGURATION)
    )
    schema.app = get_wsgi_application()
    return schema


def test_every_address_leads_to_a_record(asking):
    assert [one.path for one in OPERATIONS if not asking.world.addresses(one.path)] == []


@pytest.mark.parametrize("operation", ASKED, ids=lambda one: one.name)
def test_random_requests(operation, asking, described):
    one = described[described_path(operation)][operation.method]

    @given(case=st.one_of([one.as_strategy(generation_mode=mode) for mode in GenerationMode]))
    @HYPOTHESIS
    def ask(case):
        asking.ask(case)

    ask()


@pytest.mark.parametrize(
    "operation", [one for one in ASKED if one.body and not one.takes_files], ids=lambda one: one.name
)
def test_the_example_of_the_docs(operation, asking, described):
    one = described[described_path(operation)][operation.method]
    body = json.loads(next(entry.example for entry in entries() if entry.name == operation.name))
    address = asking.world.addresses(operation.path)[0]
    asking.ask(one.Case(path_parameters=as_described(address), body=body, media_type="application/json"))


@pytest.mark.parametrize("operation", ASKED if CASES else ASKED[:3], ids=lambda one: one.name)
def test_the_edges_of_every_value(operation, asking, described):
    one = described[described_path(operation)][operation.method]
    found: dict[Any, Exception] = {}
    for case in described.iter_coverage_cases(
        one, generation_modes=list(GenerationMode), generation_config=described.config.generation
    ):
        try:
            asking.ask(case)
        except FailureGroup as failures:
            found |= {(type(fault), fault.message): fault for fault in failures.exceptions}
    if found:
        raise ExceptionGroup(f"{len(found)} faults", list(found.values()))


def test_stories_along_the_links(asking, described):
    class Story(described.as_state_machine()):
        def setup(self):
            self.transaction = taken_back()
            self.transaction.__enter__()

        def step(self, step):
            linked = step.transition.parameters.get("path_parameters", {}) if step.transition else {}
            make_real(step.case, asking.world, set(linked))
            return super().step(step)

        def call(self, case, **_options):
            return asking.send(case, asking.world.tokens[0])

        def validate_response(self, response, case, **_options):
            check(case, response)

        def teardown(self):
            self.transaction.__exit__(None, None, None)

    Story.run(settings=of_hypothesis(HYPOTHESIS, max_examples=STORIES, stateful_step_count=12))
