"""Does every verb of a person have an operation?"""

import inspect

import pytest

import action_items.workflow
import retros.workflow
from api.registry import OPERATIONS

WITHOUT_OPERATION = {
    "write_update": "An update of a live editor, which goes through its socket; save_text writes a section.",
}
"""Verb → why the API does not offer it."""


@pytest.mark.parametrize("workflow", [retros.workflow, action_items.workflow], ids=lambda one: one.__name__)
def test_every_verb_has_an_operation(workflow, api):
    offered = {verb for operation in OPERATIONS for verb in operation.verbs}
    verbs = {
        name: getattr(workflow, name)
        for name in workflow.__all__
        if inspect.isfunction(getattr(workflow, name))
        and "by" in inspect.signature(getattr(workflow, name)).parameters
    }
    missing = sorted(name for name, verb in verbs.items() if verb not in offered)
    assert missing == sorted(set(WITHOUT_OPERATION) & set(verbs))
