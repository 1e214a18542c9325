from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone

from core.requested_files import FileState, forget_old
from retros import fonts, pdf
from retros.export import as_html, copy_of
from retros.models import Document, Export, Publication
from retros.workflow import ask_for_pdf
from retros.workflow.exporting import make_next_export
from shell.health import _pdf


@pytest.fixture(autouse=True)
def _files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def ready(retrospective, commander) -> Export:
    """One whose file is there, whatever this machine can make."""
    export = Export(retrospective=retrospective, asked_by=commander, state=FileState.READY)
    export.file.save("x.pdf", ContentFile(b"%PDF-1"))
    return export


def test_made_by_a_worker_and_saved_as_a_file(client, retrospective, commander):
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
        pytest.skip(f"No PDF was made. {pdf.MISSING}")
    assert waiting["Refresh"] == "3"
    assert export.state == FileState.READY
    assert b"Save the PDF" in client.get(asked.url).content
    answer = client.get(asked.url + "file/")
    assert answer["Content-Disposition"].startswith("attachment")
    assert b"".join(answer.streaming_content).startswith(b"%PDF-")


def test_whoever_asked_has_it_and_others_ask_for_theirs(client, ready, outsider, commander):
    page = f"/retrospectives/{ready.retrospective_id}/pdf/{ready.pk}/"
    client.force_login(commander)
    assert b"".join(client.get(page + "file/").streaming_content) == b"%PDF-1"
    client.force_login(outsider)
    assert client.get(page).status_code == 404
    assert client.get(page + "file/").status_code == 404


def test_a_version_is_made_once_and_what_stands_now_anew(ready, commander):
    first = ask_for_pdf(retrospective=ready.retrospective, by=commander)
    Export.objects.update(state=FileState.READY)
    assert ask_for_pdf(retrospective=ready.retrospective, by=commander) != first, "it may have changed since"
    Export.objects.update(number=1, state=FileState.READY)
    Publication.objects.create(retrospective=ready.retrospective, number=1, content={}, text="", by=commander)
    made = ask_for_pdf(retrospective=ready.retrospective, by=commander, number=1)
    assert made.state == FileState.READY


def test_one_that_was_lost_holds_nothing_up(ready, commander):
    long_ago = timezone.now() - timedelta(hours=1)
    waiting = ask_for_pdf(retrospective=ready.retrospective, by=commander)
    lost = Export.objects.filter(pk=ready.pk)
    lost.update(state=FileState.MAKING, asked_at=long_ago, started_at=long_ago)
    assert make_next_export()
    ready.refresh_from_db()
    waiting.refresh_from_db()
    assert ready.state == FileState.FAILED
    assert waiting.state not in (FileState.WAITING, FileState.MAKING)


def test_old_files_are_forgotten_and_younger_ones_are_not(ready, commander):
    young = Export.objects.create(retrospective=ready.retrospective, asked_by=commander)
    path = Path(ready.file.path)
    forget_old(Export)
    assert path.exists()
    Export.objects.filter(pk=ready.pk).update(asked_at=timezone.now() - timedelta(days=8))
    forget_old(Export)
    assert not path.exists()
    assert Export.objects.get() == young


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
        pytest.skip(f"Nothing was fetched. {pdf.MISSING}")
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


def test_characters_without_a_font_are_named(client, retrospective, commander):
    """U+16A0 to U+16A2 are runes, of which hardly any machine has a font."""
    if not pdf.is_available():
        pytest.skip(f"No PDF was made. {pdf.MISSING}")
    runes = "".join(letter for letter in "\u16a0\u16a1\U000102a0\U00010a60" if fonts.remark_on(letter))
    Document.objects.create(retrospective=retrospective, section="summary", text=f"Payments fail {runes}")
    export = ask_for_pdf(retrospective=retrospective, by=commander)
    assert make_next_export()
    export.refresh_from_db()
    client.force_login(commander)
    page = client.get(f"/retrospectives/{retrospective.pk}/pdf/{export.pk}/").content.decode()
    assert runes
    assert "cannot be shown: no font for" in export.problem
    assert "cannot be shown: no font for" in page


def test_scripts_without_a_font_are_in_the_system_check():
    assert fonts.remark_on("Payments fail, Zürich — “done” ✓"[:23]) == ""
    missing = fonts.missing_scripts()
    (check,) = (check for check in [_pdf()] if check.name == "PDF")
    assert all(script.name in check.words and script.package in check.words for script in missing)
    assert (check.state == "good") == (not missing)
    chinese = fonts.remark_on("\u652f\u4ed8")
    assert ("no font for Chinese" in chinese) == ("Chinese" in {script.name for script in missing})
