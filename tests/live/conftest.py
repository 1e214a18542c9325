import pytest

from retros.models import Document, Retrospective, Section
from retros.workflow import open_section
from tests.live.editors import Editor


@pytest.fixture
def retrospective(incident, commander) -> Retrospective:
    made = Retrospective.objects.create(title=incident.title, incident=incident, owner=commander)
    made.incidents.add(incident)
    return made


@pytest.fixture
def document(retrospective, commander) -> Document:
    return open_section(retrospective=retrospective, section=Section.WHAT_HAPPENED, by=commander)


@pytest.fixture
def editor(webs, document):
    """`editor(user, 1)` is open on the second web process."""
    opened: list[Editor] = []

    def open_one(user, web: int = 0) -> Editor:
        opened.append(Editor(document, user, webs.ports[web]).open())
        return opened[-1]

    yield open_one
    for one in opened:
        one.close()
