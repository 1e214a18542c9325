import itertools

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from incidents.models import ImpactAssessment, Severity
from incidents.workflow import assess_impact

WORST = {
    "users_affected": "most",
    "criticality": "vital",
    "data_at_risk": "yes",
    "has_workaround": "no",
    "is_spreading": "yes",
}
MILD = {
    "users_affected": "few",
    "criticality": "side",
    "data_at_risk": "no",
    "has_workaround": "yes",
    "is_spreading": "no",
}
MIDDLE = MILD | {"users_affected": "many", "criticality": "vital"}


@pytest.mark.parametrize(
    ("answers", "rank"),
    [
        (WORST, 1),
        (MILD, 5),
        (MIDDLE, 2),
        (MILD | {"data_at_risk": "yes"}, 2),  # data at risk is never below SEV2
        (MILD | {"data_at_risk": "unknown"}, 3),  # what is not known to be safe is not safe
        (MILD | {"has_workaround": "unknown"}, 5),
        (MILD | {"users_affected": "many"}, 4),
    ],
)
def test_suggests(answers, rank):
    assert ImpactAssessment.suggest_rank(**answers) == rank


def test_a_worse_answer_never_suggests_a_milder_severity():
    scales = {
        "users_affected": ["few", "many", "most"],
        "criticality": ["side", "main", "vital"],
        "data_at_risk": ["no", "unknown", "yes"],
        "has_workaround": ["yes", "unknown", "no"],
        "is_spreading": ["no", "unknown", "yes"],
    }
    for values in itertools.product(*scales.values()):
        answers = dict(zip(scales, values, strict=True))
        rank = ImpactAssessment.suggest_rank(**answers)
        assert 1 <= rank <= 5
        for name, scale in scales.items():
            for worse in scale[scale.index(answers[name]) :]:
                assert ImpactAssessment.suggest_rank(**answers | {name: worse}) <= rank


def test_works(incident, commander, traces):
    seen = traces(incident)
    assessment = assess_impact(incident=incident, by=commander, answers=MIDDLE)
    assert (assessment.suggested.name, assessment.chosen.name) == ("SEV2", "SEV2")
    assert seen.texts == ["assessed the impact and chose SEV2 where SEV2 is suggested"]
    assert (seen.actions, seen.topics) == (["impact.assessed"], ["impact.assessed"])


def test_another_choice_needs_a_reason(incident, commander, traces):
    seen = traces(incident)
    with pytest.raises(ValidationError, match=r"suggest SEV1\. Give a reason to choose SEV2"):
        assess_impact(incident=incident, by=commander, answers=WORST)
    assert seen.none
    assess_impact(incident=incident, by=commander, answers=WORST, override_reason="one region only")
    assert seen.events[0].detail == "one region only"


def test_where_the_rank_is_gone_the_next_worse_is_suggested(incident, commander):
    Severity.objects.filter(rank__gte=4).delete()
    assessment = assess_impact(incident=incident, by=commander, answers=MILD, override_reason="x")
    assert assessment.suggested.name == "SEV3"


def test_stakeholder_is_refused(incident, stakeholder):
    with pytest.raises(PermissionDenied):
        assess_impact(incident=incident, by=stakeholder, answers=MILD)
