"""Trackers, their projects and people, as administrators set them up."""

from typing import Any

from rest_framework import serializers

from accounts.models import Team
from api.fields import Body, TextField, body, choice, flag, named, optional_text, person, text
from api.operations.administrators import administrators, all_of
from api.parts import number, within
from api.registry import Call, item, listing, part, verb
from api.shapes.trackers import (
    FIELD_NAMES,
    TrackerPersonShape,
    TrackerProjectShape,
    TrackerShape,
    TrackerWebhookSecret,
)
from trackers import workflow
from trackers.kinds import KINDS
from trackers.models import Creates

SCOPE, TAG = "admin", "Trackers"
TRACKER = "trackers/{tracker}"
PROJECTS = f"{TRACKER}/projects"
PROJECT = f"{PROJECTS}/{{tracker_project}}"
PEOPLE = f"{TRACKER}/people"
MOST_EXTRA, LONGEST_NAME, LONGEST_EXTRA = 50, 100, 500
"""Other fields of new tickets."""
MOST_VALUES = 500
"""States, or priorities, of a project."""

part(
    "tracker",
    lambda call, raw: TrackerShape.rows(call.user).get(pk=number(raw)),
    shape=TrackerShape,
    about="The id of a tracker.",
    number=True,
)
part(
    "tracker_project",
    lambda call, raw: TrackerProjectShape.rows(call.user).get(pk=number(raw), tracker=call["tracker"]),
    shape=TrackerProjectShape,
    about="The id of a project of the tracker.",
    number=True,
    called="project",
)
within("tracker_person", TrackerPersonShape, "tracker", "The id of somebody of the tracker.")


def _kinds() -> list[str]:
    """Those that everybody can add."""
    return sorted(kind for kind, facts in KINDS.items() if not facts.offered_if)


# -- trackers ------------------------------------------------------------------------------------------------


def _secret() -> TextField:
    return optional_text(2000, help_text="The token or key of the account there. It is never shown again.")


def _renew(call: Call) -> dict[str, Any]:
    tracker = workflow.renew_hook_secret(by=call.user, tracker=call["tracker"])
    return {"secret": tracker.hook_secret, "tracker": tracker}


listing(
    "trackers",
    TrackerShape,
    administrators(all_of(TrackerShape)),
    name="list_trackers",
    summary="Trackers that action items are synced with. Administrators only.",
    scope=SCOPE,
    tag=TAG,
)
item(TRACKER, TrackerShape, name="get_tracker", summary="One tracker.", scope=SCOPE, tag=TAG)
verb(
    "POST",
    "trackers",
    workflow.add_tracker,
    body=body(
        "TrackerBody",
        kind=text(30, help_text=f"One of {', '.join(_kinds())}."),
        name=text(80),
        url=optional_text(
            500,
            help_text="By default the usual one of the kind. A private address must be allowed by the operator.",
        ),
        user_name=optional_text(200, help_text="Where the kind asks for one."),
        secret=text(2000, help_text="The token or key of the account there. It is never shown again."),
    ),
    answer=TrackerShape,
    status=201,
    scope=SCOPE,
    tag=TAG,
    summary="Add a tracker. Its connection is tested at once.",
    location=lambda made: f"/api/v1/trackers/{made.pk}",
)
verb(
    "PATCH",
    TRACKER,
    workflow.change_tracker,
    body=body(
        "TrackerChangesBody",
        name=text(80, required=False, allow_blank=False),
        url=text(500, required=False, allow_blank=False),
        user_name=optional_text(200),
        secret=_secret(),
        hook_secret=optional_text(
            200,
            help_text="What webhooks are signed with, where the tracker makes it. It is never shown again.",
        ),
        is_same_tracker=flag(
            help_text="Confirms that another address leads to the same tracker, while tickets are linked."
        ),
    ),
    answer=TrackerShape,
    scope=SCOPE,
    tag=TAG,
    summary="Change a tracker. Fields that are not sent stay. With another address, send the secret again.",
)
verb(
    "DELETE",
    TRACKER,
    workflow.remove_tracker,
    scope=SCOPE,
    tag=TAG,
    summary="Remove a tracker with its links. Tickets stay there, action items stay here.",
)
verb(
    "POST",
    f"{TRACKER}/test",
    workflow.test_tracker,
    answer=TrackerShape,
    scope=SCOPE,
    tag=TAG,
    summary="Test the connection. Read the tracker again to see what came of it.",
)
verb(
    "POST",
    f"{TRACKER}/pause",
    workflow.pause_tracker,
    answer=TrackerShape,
    scope=SCOPE,
    tag=TAG,
    summary="Pause a tracker. What changes meanwhile is synced when it is resumed.",
)
verb(
    "POST",
    f"{TRACKER}/resumption",
    workflow.resume_tracker,
    answer=TrackerShape,
    scope=SCOPE,
    tag=TAG,
    summary="Resume a tracker.",
)
verb(
    "POST",
    f"{TRACKER}/webhook-secret",
    workflow.renew_hook_secret,
    name="renew_tracker_webhook_secret",
    answer=TrackerWebhookSecret,
    run=_renew,
    scope=SCOPE,
    tag=TAG,
    summary="Make a new secret for the webhooks of a tracker. It is shown once, and the old one counts no more.",
)

# -- projects ------------------------------------------------------------------------------------------------


def _team() -> serializers.Field:
    return named(
        Team.objects.all(),
        required=False,
        allow_null=True,
        help_text="Its action items are offered this project first.",
    )


def _id_there() -> TextField:
    return TextField(200, allow_blank=True)


class TrackerTableBody(Body):
    """All of a table: what is left out means nothing, or is not set."""

    means = serializers.DictField(child=TextField(20), help_text="Id there → value here.")
    sets = serializers.DictField(child=_id_there(), help_text="Value here → id there.")

    def validate_means(self, said: dict[str, str]) -> dict[str, str]:
        return _few(said)

    def validate_sets(self, said: dict[str, str]) -> dict[str, str]:
        return _few(said)


def _few(said: dict[str, str]) -> dict[str, str]:
    if len(said) > MOST_VALUES:
        raise serializers.ValidationError(f"At most {MOST_VALUES}.")
    return said


class TrackerProjectChangesBody(Body):
    team = _team()
    creates = choice(Creates, required=False)
    type = optional_text(100, help_text="The id of one of its types.")
    labels = optional_text(300, help_text="Of new tickets, separated by commas.")
    extra = serializers.DictField(
        child=optional_text(LONGEST_EXTRA),
        required=False,
        help_text="Other fields of new tickets, by their names in the API of the tracker.",
    )
    synced_fields = serializers.ListField(
        child=choice(FIELD_NAMES), required=False, max_length=len(FIELD_NAMES)
    )
    states = TrackerTableBody(required=False, help_text="Values here: open, in_progress, done and wont_do.")
    priorities = TrackerTableBody(required=False, help_text="Values here: P1 to P4.")

    def validate_extra(self, said: dict[str, str]) -> dict[str, str]:
        if len(said) > MOST_EXTRA:
            raise serializers.ValidationError(f"At most {MOST_EXTRA} fields.")
        for name in said:
            if not name.strip() or len(name) > LONGEST_NAME or not name.isprintable():
                raise serializers.ValidationError("Write the name of a field as the tracker has it.")
        return said


def _change_project(call: Call) -> Any:
    return workflow.change_project(by=call.user, project=call["tracker_project"], **call.data)


listing(
    PROJECTS,
    TrackerProjectShape,
    lambda call: TrackerProjectShape.rows(call.user).filter(tracker=call["tracker"]),
    name="list_tracker_projects",
    summary="Projects of a tracker whose tickets are synced.",
    scope=SCOPE,
    tag=TAG,
)
item(
    PROJECT,
    TrackerProjectShape,
    name="get_tracker_project",
    summary="One project of a tracker.",
    scope=SCOPE,
    tag=TAG,
)
verb(
    "POST",
    PROJECTS,
    workflow.add_project,
    name="add_tracker_project",
    body=body(
        "TrackerProjectBody",
        id_there=text(200, source="remote_id", help_text="The id of one of the tracker's `projects_found`."),
        team=_team(),
        creates=choice(Creates, required=False),
    ),
    answer=TrackerProjectShape,
    status=201,
    scope=SCOPE,
    tag=TAG,
    summary="Add a project of a tracker. Its states are fetched at once.",
    location=lambda made: f"/api/v1/trackers/{made.tracker_id}/projects/{made.pk}",
)
verb(
    "PATCH",
    PROJECT,
    workflow.change_project,
    name="change_tracker_project",
    body=TrackerProjectChangesBody,
    answer=TrackerProjectShape,
    run=_change_project,
    scope=SCOPE,
    tag=TAG,
    summary="Change a project: its rule, what new tickets get, what is synced, what its values mean.",
)
verb(
    "POST",
    f"{PROJECT}/look",
    workflow.look_at_project,
    name="look_at_tracker_project",
    answer=TrackerProjectShape,
    run=lambda call: workflow.look_at_project(by=call.user, project=call["tracker_project"]),
    scope=SCOPE,
    tag=TAG,
    summary="Fetch the states, priorities, types and people of a project again.",
)
verb(
    "DELETE",
    PROJECT,
    workflow.remove_project,
    name="remove_tracker_project",
    run=lambda call: workflow.remove_project(by=call.user, project=call["tracker_project"]),
    scope=SCOPE,
    tag=TAG,
    summary="Remove a project. Tickets that are linked stay linked, and only their state is shown.",
)

# -- people --------------------------------------------------------------------------------------------------

listing(
    PEOPLE,
    TrackerPersonShape,
    lambda call: TrackerPersonShape.rows(call.user).filter(tracker=call["tracker"]),
    name="list_tracker_people",
    summary="People of a tracker, and who they are here.",
    scope=SCOPE,
    tag=TAG,
)
verb(
    "PUT",
    f"{PEOPLE}/{{tracker_person}}/match",
    workflow.match_person,
    name="match_tracker_person",
    body=body("TrackerMatchBody", person=person(source="user", allow_null=True)),
    answer=TrackerPersonShape,
    run=lambda call: workflow.match_person(by=call.user, person=call["tracker_person"], **call.data),
    scope=SCOPE,
    tag=TAG,
    summary="Match a person of a tracker with an account. With null there is no match.",
)
