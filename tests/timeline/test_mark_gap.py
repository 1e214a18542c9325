import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from timeline.models import Gap, Kind
from timeline.workflow import mark_gap


def test_works(incident, responder, ago, traces):
    seen = traces(incident)
    event = mark_gap(
        incident=incident,
        by=responder,
        text="Metrics arrive late",
        occurred_at=ago(minutes=6),
        gap="delayed",
        minutes=6,
    )
    assert (event.kind, event.gap, event.data) == (Kind.GAP, Gap.DELAYED, {"minutes": 6})
    assert seen.actions == ["timeline.gap_marked"]


def test_without_words_it_says_what_it_is(incident, responder, ago):
    event = mark_gap(incident=incident, by=responder, text=" ", occurred_at=ago(minutes=1))
    assert event.text == "Information missing"


def test_missing_or_delayed(incident, responder, ago):
    with pytest.raises(ValidationError, match="missing or delayed"):
        mark_gap(incident=incident, by=responder, text="x", occurred_at=ago(minutes=1), gap="lost")


def test_stakeholder_is_refused(incident, stakeholder, ago):
    with pytest.raises(PermissionDenied):
        mark_gap(incident=incident, by=stakeholder, text="x", occurred_at=ago(minutes=1))
