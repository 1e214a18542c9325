"""Learnings take their kinds from the format, wherever they are shown, kept or taken along."""

import json

import pytest
from django.core.exceptions import ValidationError

from history.rows import ADDED_LATER
from retros.export import as_json, as_markdown, copy_of
from retros.models import Learning, Publication, Retrospective, RetrospectiveFormat
from retros.published_content import content_of, learnings_by_column, markdown_of, search_of
from retros.workflow import add_learning, change_learning, open_retrospective, reveal_learnings
from tests.history.conftest import imported, there_and_back, written  # noqa: F401


@pytest.fixture
def sprint(commander):
    sailboat = RetrospectiveFormat.objects.get(name="Sailboat")
    return open_retrospective(
        by=commander, title="Sprint 9", subject="sprint", owner=commander, format=sailboat
    )


@pytest.fixture
def written_in(sprint, commander):
    add_learning(retrospective=sprint, by=commander, kind="rocks", text="The migration")
    add_learning(retrospective=sprint, by=commander, kind="wind", text="Pairing <b>")
    reveal_learnings(retrospective=sprint, by=commander)
    sprint.refresh_from_db()
    return sprint


def test_only_its_columns_are_kinds(sprint, commander):
    with pytest.raises(ValidationError, match="Choose one of these: Wind, Anchor, Rocks, Island"):
        add_learning(retrospective=sprint, by=commander, kind="helped", text="x")
    made = add_learning(retrospective=sprint, by=commander, kind="anchor", text="x")
    with pytest.raises(ValidationError):
        change_learning(learning=made, by=commander, kind="lucky")
    assert change_learning(learning=made, by=commander, kind="island").kind == "island"


def test_an_incident_keeps_its_five(retrospective, commander):
    assert [c.key for c in retrospective.columns_shown] == [
        "helped", "hindered", "surprised", "invalidated", "lucky"
    ]  # fmt: skip
    with pytest.raises(ValidationError):
        add_learning(retrospective=retrospective, by=commander, kind="wind", text="x")


def test_the_section_offers_them(client, sprint, commander):
    client.force_login(commander)
    page = client.get(f"/retrospectives/{sprint.pk}/learnings/").content.decode()
    assert all(word in page for word in ("Wind", "Anchor", "Rocks", "Island", "What slowed us down?"))
    assert "Hindered" not in page
    assert "What got in the way" not in page


def test_text_and_data_follow_the_order_of_the_columns(written_in):
    content = content_of(written_in)
    assert [name for name, _ in learnings_by_column(content)] == ["Wind", "Rocks"]
    text = as_markdown(copy_of(written_in))
    assert text.index("### Wind") < text.index("### Rocks")
    told = json.loads(as_json(copy_of(written_in)))
    assert told["columns"] == ["Wind", "Anchor", "Rocks", "Island"]
    assert [one["kind"] for one in told["learnings"]] == ["Rocks", "Wind"]


def test_a_version_from_before_formats_reads_as_before():
    old = {"learnings": [{"kind": "Lucky", "text": "b"}, {"kind": "Helped", "text": "a"}]}
    assert [name for name, _ in learnings_by_column(old)] == ["Helped", "Lucky"]


def test_published_and_found(client, written_in, commander):
    content = content_of(written_in)
    Publication.objects.create(
        retrospective=written_in, number=1, content=content, text=markdown_of(content), by=commander
    )
    Publication.objects.update(search=search_of(content))
    Retrospective.objects.update(status="published", published_at=written_in.created_at)
    client.force_login(commander)
    page = client.get(written_in.get_absolute_url()).content.decode()
    assert page.index("<h3>Wind</h3>") < page.index("<h3>Rocks</h3>")
    assert "Pairing &lt;b&gt;" in page
    assert b"Sprint 9" in client.get("/retrospectives/?q=migration").content


def test_it_comes_back_from_an_export(imported, written, written_in):  # noqa: F811
    before, after = there_and_back(imported, written)
    assert after == before
    back = Retrospective.objects.get(title="Sprint 9")
    assert back.format.name == "Sailboat"
    assert [back.column_of(one.kind).name for one in Learning.objects.order_by("order")] == ["Rocks", "Wind"]


def test_it_comes_back_where_nobody_knows_the_format(imported, written, written_in, admin):  # noqa: F811
    RetrospectiveFormat.objects.filter(name="Sailboat").update(name="Boat")
    there_and_back(imported, lambda told: written(told.replace('"Boat"', '"Elsewhere"')))
    back = Retrospective.objects.get(title="Sprint 9")
    assert back.format is None
    assert [c.name for c in back.columns_shown] == ["Wind", "Anchor", "Rocks", "Island"]


def test_a_file_from_before_formats_is_read(imported, written, written_in):  # noqa: F811
    def older(told: str):
        lines = [json.loads(line) for line in told.splitlines()]
        for line in lines:
            if "retrospective" in line and isinstance(line["retrospective"], dict):
                assert ADDED_LATER & line["retrospective"].keys()
                for name in (*ADDED_LATER, "format"):
                    line["retrospective"].pop(name)
        return written("\n".join(json.dumps(line, ensure_ascii=False) for line in lines) + "\n")

    there_and_back(imported, older)
    assert Retrospective.objects.get(title="Sprint 9").columns == []
