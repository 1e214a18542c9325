"""Is a captured chart kept with its data and picture, on the timeline and in the audit trail?"""

from datetime import timedelta
from xml.etree import ElementTree

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone

from incidents.models import Service
from incidents.workflow import change_visibility, declare_incident, record_change, record_mitigation
from signals.marks import marks_of
from signals.samples import keep_samples
from signals.workflow import add_signal, capture_signal, remove_signal
from tests.signals.conftest import minutes_ago


@pytest.fixture
def sampled(hit, signal):
    keep_samples(signal, {int(minutes_ago(n)): 0.5 if n < 10 else 39.0 for n in range(50)})
    return hit


def test_data_and_picture_are_kept(sampled, signal, commander, traces):
    seen = traces(sampled)
    kept = capture_signal(incident=sampled, signal=signal, by=commander)
    assert kept.kind == "metric"
    assert kept.title.startswith("Error rate, ")
    assert len(kept.data["points"]) == 50
    assert kept.data["query"] == signal.query
    assert "Query: sum(rate(errors[1m]))" in kept.body
    picture = kept.file.read().decode()
    assert picture.startswith("<svg")
    assert "class=" not in picture  # it needs no style sheet
    assert "<script" not in picture
    (text,) = seen.texts
    assert text.startswith("Metric: Error rate, ")
    assert seen.actions == ["evidence.attached"]


def test_the_picture_tells_nothing_of_another_private_incident(sampled, signal, commander, service):
    hidden = declare_incident(title="Hidden", severity=sampled.severity, by=commander)
    change_visibility(incident=hidden, by=commander, is_private=True)
    for incident, title in ((hidden, "Rotate stolen keys"), (sampled, "Deploy v231")):
        at = timezone.now() - timedelta(minutes=9)
        record_change(incident=incident, by=commander, title=title, at=at, service=service)
    assert "Rotate" in marks_told(commander, sampled)
    picture = capture_signal(incident=sampled, signal=signal, by=commander).file.read().decode()
    assert "Deploy v231" in picture
    assert "Rotate" not in picture


def marks_told(user, incident) -> str:
    return " ".join(mark.words for mark in marks_of(user, incident, timezone.now()))


def test_the_picture_is_xml_whatever_names_say(sampled, signal, commander):
    record_mitigation(incident=sampled, by=commander, text='\x08 & <b> class="x" ]]>', state="applying")
    kept = capture_signal(incident=sampled, signal=signal, by=commander)
    assert "class=&quot;x&quot;" in kept.file.read().decode()
    kept.file.seek(0)
    assert ElementTree.parse(kept.file).getroot().tag.endswith("svg")


def test_the_picture_is_shown(client, sampled, signal, commander, responder):
    kept = capture_signal(incident=sampled, signal=signal, by=commander)
    client.force_login(responder)
    answer = client.get(reverse("evidence_file", args=[sampled.reference, kept.pk]))
    assert answer["Content-Type"] == "image/svg+xml"
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert (
        reverse("evidence_file", args=[sampled.reference, kept.pk])
        in client.get(sampled.get_absolute_url()).content.decode()
    )


def test_it_outlives_the_signal(sampled, signal, commander, admin):
    kept = capture_signal(incident=sampled, signal=signal, by=commander)
    remove_signal(signal=signal, by=admin)
    kept.refresh_from_db()
    assert kept.data["points"]


def test_by_a_button(client, sampled, signal, responder):
    client.force_login(responder)
    client.post(reverse("signal_capture", args=[sampled.reference, signal.pk]))
    assert sampled.evidence.count() == 1


def test_nothing_to_capture_is_refused(hit, signal, commander, traces):
    seen = traces(hit)
    with pytest.raises(ValidationError, match="no value of Error rate"):
        capture_signal(incident=hit, signal=signal, by=commander)
    assert seen.none


def test_of_another_service_is_refused(admin, sampled, source, commander):
    other = Service.objects.create(name="search", slug="search")
    strange = add_signal(by=admin, service=other, name="Lag", source=source, query="lag")
    with pytest.raises(ValidationError, match="no service"):
        capture_signal(incident=sampled, signal=strange, by=commander)


def test_stakeholders_cannot(sampled, signal, stakeholder, traces):
    seen = traces(sampled)
    with pytest.raises(PermissionDenied):
        capture_signal(incident=sampled, signal=signal, by=stakeholder)
    assert seen.none
