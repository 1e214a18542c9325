"""A server to run clients against, who calls it, and what became of it."""

import json
import os
import re
import subprocess
import sysconfig
from pathlib import Path
from typing import Any

import pytest
import yaml

from accounts.models import SCOPES
from accounts.workflow import create_token
from incidents.models import Incident, Service
from retros.models import Publication

HERE = Path(__file__).parent
DOCS = HERE.parents[1] / "docs"
SCRIPTS = sysconfig.get_path("scripts")


def example(language: str) -> str:
    """The program in this language that docs/api.md shows."""
    found = re.search(rf"```{language}\n(.*?)```", (DOCS / "api.md").read_text(), re.DOTALL)
    assert found
    return found[1]


def run(*command: object, folder: Path, **environment: str) -> str:
    """What a program writes, in `folder`; it must end well."""
    path = f"{SCRIPTS}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        [str(word) for word in command],
        cwd=folder,
        env={**os.environ, "PATH": path, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


def _token_of(person: Any) -> str:
    scopes = [scope for scope in SCOPES if scope != "admin"]
    return create_token(by=person, name="client", scopes=scopes)[1]


@pytest.fixture(scope="session")
def description(tmp_path_factory) -> Path:
    """docs/openapi.yaml as JSON, which generators read in half the time."""
    written = (DOCS / "openapi.yaml").read_text()
    file = tmp_path_factory.mktemp("description") / "openapi.json"
    file.write_text(json.dumps(yaml.load(written, Loader=yaml.CSafeLoader)))
    return file


@pytest.fixture
def settings_of_story(webs, commander, responder, outsider, readers, tmp_path) -> Path:
    """The file that tells a program where the server is and for whom it acts."""
    Service.objects.create(name="Payments", slug="payments")
    told = {
        "url": f"http://127.0.0.1:{webs.ports[0]}",
        "token": _token_of(commander),
        "responder": responder.email,
        "reviewer": str(outsider.pk),
        "reviewer_token": _token_of(outsider),
    }
    file = tmp_path / "settings.json"
    file.write_text(json.dumps(told))
    return file


@pytest.fixture
def check_story(commander):
    """`check_story(out)`: what the program printed is what the database holds."""

    def check(out: str) -> None:
        told = json.loads(out)
        incident = Incident.objects.get()
        publication = Publication.objects.get()
        assert told == {
            "incident": incident.reference,
            "retrospective": publication.retrospective_id,
            "version": publication.number,
        }
        assert (incident.status, incident.source, incident.reported_by) == ("closed", "api", commander)
        assert publication.retrospective.incident == incident
        assert publication.retrospective.action_items.get().state == "in_progress"

    return check
