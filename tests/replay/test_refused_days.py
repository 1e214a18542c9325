"""A wrong file is refused whole, and the message names the path of everything that is wrong."""

import pytest

from accounts.models import Team, User
from audit.models import AuditEntry
from incidents.models import Incident, Role, Service
from replay.drive import replay_document
from replay.file_reader import Refused

pytestmark = pytest.mark.django_db
MISSING = object()


def put(document: dict, path: str, value: object) -> None:
    *way, last = [int(p) if p.isdigit() else p for p in path.split("/")]
    target = document
    for part in way:
        target = target[part]
    if value is MISSING:
        del target[last]
    else:
        target[last] = value


@pytest.mark.parametrize(
    ("path", "value", "named"),
    [
        ("title", MISSING, "title: "),
        ("title", 5, "title: "),
        ("title", " ", "title: "),
        ("id", None, "id: "),
        ("schema_version", 2, "schema_version: "),
        ("schema_version", "1", "schema_version: "),
        ("schema_version", True, "schema_version: "),
        ("timestamps", MISSING, "timestamps: "),
        ("timestamps", [], "timestamps: "),
        ("timestamps/detected_at", "2026-02-28T23:41:00Z", "timestamps.detected_at: "),
        ("timestamps/detected_at/at", "yesterday", "timestamps.detected_at.at: "),
        ("timestamps/detected_at/at", 1772322000, "timestamps.detected_at.at: "),
        ("timestamps/detected_at/at", "2026-02-28T23:41:00", "timestamps.detected_at.at: "),
        ("timestamps/detected_at/at", "2026-02-30T23:41:00Z", "timestamps.detected_at.at: "),
        ("timestamps/detected_at/at", "0001-01-01T00:00:00+14:00", "timestamps.detected_at.at: "),
        ("timestamps/resolved_at/at", "2026-03-01T00:34:59Z", "timestamps.resolved_at.at: "),
        ("timestamps/mitigated_at/at", "2026-02-28T23:00:00Z", "timestamps.mitigated_at.at: "),
        ("timestamps/closed_at/at", "2026-03-01T01:09:00Z", "timestamps.closed_at.at: "),
        ("timestamps/declared_at/at", "2026-02-28T23:00:00Z", "timestamps.declared_at.at: "),
        ("severity", [], "severity: "),
        ("severity", MISSING, "severity: "),
        ("severity/1/value", "P0", "severity[1].value: "),
        ("severity/1/at", "2026-02-28T23:00:00Z", "severity[1].at: "),
        ("roles/0/person", "nobody", "roles[0].person: "),
        ("roles/0/person", MISSING, "roles[0].person: "),
        ("roles/1/to", "2026-02-28T23:00:00Z", "roles[1].to: "),
        ("changes/0/at", None, "changes[0].at: "),
        ("changes/0/service", "nothing", "changes[0].service: "),
        ("alerts/1/service", "nothing", "alerts[1].service: "),
        ("alerts", {}, "alerts: "),
        ("timeline/3/at", MISSING, "timeline[3].at: "),
        ("timeline/3/at", "noon", "timeline[3].at: "),
        ("timeline/3/text", ["a"], "timeline[3].text: "),
        ("timeline/3", "a row", "timeline[3]: "),
        ("timeline/3/at", "2026-02-28T22:30:00Z", "timeline[3].at: "),
        ("timeline/3/seq", 1, "timeline[3].seq: "),
        ("timeline", MISSING, "timeline: "),
        ("hypotheses/0/settled_at", "2026-02-28T23:00:00Z", "hypotheses[0].settled_at: "),
        ("hypotheses/0/text", MISSING, "hypotheses[0].text: "),
        ("mitigation_options/0/executed_at", 0, "mitigation_options[0].executed_at: "),
        ("status_updates/1/at", MISSING, "status_updates[1].at: "),
        ("status_updates/1/facts", "one", "status_updates[1].facts: "),
        ("status_updates/1/facts/0", 1, "status_updates[1].facts[0]: "),
        ("status_updates/1/at", "2026-02-28T23:00:00Z", "status_updates[1].at: "),
        ("impact/windows/0/to", "2026-02-28T23:00:00Z", "impact.windows[0].to: "),
        ("impact/windows/0/counts", "yes", "impact.windows[0].counts: "),
        ("catalogue/services/0/depends_on/0", "nothing", "catalogue.services[0].depends_on[0]: "),
        ("catalogue/services/0/tier", 9, "catalogue.services[0].tier: "),
        ("catalogue/services/1/slug", "day-orders", "catalogue.services[1].slug: "),
        ("catalogue/people/1/key", "a", "catalogue.people[1].key: "),
        ("retrospective/facilitator_person", "nobody", "retrospective.facilitator_person: "),
        ("action_items/0/title", MISSING, "action_items[0].title: "),
        ("something_else/kept/2", "a\x00b", "something_else.kept[2]: "),
        ("something_else/kept/2", "a\ud800b", "something_else.kept[2]: "),
    ],
)
def test_names_the_path_and_stores_nothing(day, path, value, named):
    def stored() -> list[int]:
        return [m.objects.count() for m in (Incident, User, Team, Service, Role, AuditEntry)]

    before = stored()
    put(day, path, value)
    with pytest.raises(Refused) as refused:
        replay_document(day)
    assert any(line.startswith(named) for line in str(refused.value).splitlines()), str(refused.value)
    assert stored() == before


def test_names_both_times(day):
    put(day, "timestamps/resolved_at/at", "2026-03-01T00:34:59Z")
    with pytest.raises(Refused, match=r"00:34:59.*00:35:00"):
        replay_document(day)


def test_names_every_wrong_path_at_once(day):
    put(day, "timeline/3/at", MISSING)
    put(day, "alerts/0/title", 7)
    with pytest.raises(Refused) as refused:
        replay_document(day)
    assert {path for path, _ in refused.value.problems} == {"timeline[3].at", "alerts[0].title"}


@pytest.mark.parametrize("document", [[], "day", 5, None])
def test_is_one_object(document):
    with pytest.raises(Refused, match="one JSON object"):
        replay_document(document)
