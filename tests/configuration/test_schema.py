"""Does the published schema know every export, and is it as the code says?"""

import json
from io import StringIO

from django.conf import settings
from django.core.management import call_command
from django.urls import get_resolver
from jsonschema import Draft202012Validator

from configuration.schema import configuration_schema
from configuration.telling import exported


def test_an_export_is_valid_and_a_mistake_is_not(admin):
    assert get_resolver().url_patterns
    validator = Draft202012Validator(configuration_schema())
    validator.check_schema(configuration_schema())
    validator.validate(exported(admin))
    assert not validator.is_valid({"services": [{"name": "Shop", "colour": "red"}]})
    assert not validator.is_valid({"widgets": []})
    assert not validator.is_valid({"services": [{"tier": 1}]})
    assert not validator.is_valid({"channels": [{"name": "Ops", "url": "https://hooks.example"}]})


def test_the_published_one_is_current():
    out = StringIO()
    call_command("export_config", "--schema", stdout=out)
    published = json.loads((settings.BASE_DIR / "docs" / "configuration.schema.json").read_text())
    assert json.loads(out.getvalue()) == published
