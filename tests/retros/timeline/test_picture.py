"""Does everything that tells something have a lane in the picture?"""

from incidents.models import Service
from incidents.workflow import set_service_impact
from retros.timeline import RetrospectiveTimeline
from retros.timeline_picture import story_of
from retros.workflow import add_entry


def test_every_affected_service_has_a_lane_and_the_rest_share_one(retrospective, over, commander, began):
    names = [f"service {n}" for n in range(8)]
    for name in names:
        service = Service.objects.create(name=name, slug=name.replace(" ", "-"))
        set_service_impact(incident=over, service=service, impact="degraded", by=commander)
    for system in ("deploybot", "pager"):
        add_entry(
            retrospective=retrospective, by=commander, text="said so", occurred_at=began, kind="alert", system=system
        )  # fmt: skip
    story = story_of(RetrospectiveTimeline(retrospective))
    assert [lane.name for lane in story.lanes if lane.group == "Systems"] == [*names, "Others"]
    assert {one.lane for one in [*story.impacts, *story.marks]} <= {lane.key for lane in story.lanes}
