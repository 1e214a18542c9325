import pytest

from config.asked_files import FileState
from retros import pdf
from retros.export import as_html, copy_of
from retros.models import Document, Export
from retros.workflow import ask_for_pdf
from retros.workflow.exporting import make_next_export


@pytest.fixture(autouse=True)
def _files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def test_made_by_a_worker_and_saved_as_a_file(client, retrospective, commander, outsider):
    client.force_login(commander)
    asked = client.post(f"/retrospectives/{retrospective.pk}/pdf/")
    waiting = client.get(asked.url)
    assert waiting.status_code == 200
    export = Export.objects.get()
    assert make_next_export()
    assert not make_next_export()
    export.refresh_from_db()
    if not pdf.is_available():
        assert export.state == FileState.FAILED
        assert b"libpango-1.0-0" in client.get(asked.url).content
        return
    assert waiting["Refresh"] == "3"
    assert export.state == FileState.READY
    assert b"Save the PDF" in client.get(asked.url).content
    answer = client.get(asked.url + "file/")
    assert answer["Content-Disposition"].startswith("attachment")
    assert b"".join(answer.streaming_content).startswith(b"%PDF-")
    client.force_login(outsider)
    assert client.get(asked.url + "file/").status_code == 404, "whoever asked has it; others ask for theirs"


def test_asked_twice_is_made_once(retrospective, commander):
    first = ask_for_pdf(retrospective=retrospective, by=commander)
    assert ask_for_pdf(retrospective=retrospective, by=commander) == first


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:1/x", "file:///etc/passwd", "data:image/png;base64,AAAA", "font:../../secret"]
)
def test_nothing_but_our_own_fonts_is_fetched(url):
    if (library := pdf.weasyprint()) is None:
        with pytest.raises(RuntimeError, match="libpango"):
            pdf.make_pdf("<p>x</p>")
        return
    with pytest.raises(ValueError, match="Only the fonts"):
        pdf._fetcher(library).fetch(url)


def test_no_address_that_was_typed_is_asked_for(retrospective, commander, live_server):
    """An image in the narrative is not even an element."""
    Document.objects.create(
        retrospective=retrospective,
        section="summary",
        text=f"![x]({live_server.url}/x) <img src={live_server.url}>",
    )
    assert "<img" not in as_html(copy_of(retrospective), is_for_pdf=True)
