"""Is everything taken along, and does it come back row for row; what stays behind is named here."""

import json
from datetime import UTC, date, datetime, timedelta

import pytest
from django.apps import apps
from django.core.files.base import ContentFile
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import Team, User
from action_items.models import ActionItem, ActionReminder
from action_items.tasks import send_due_action_reminders
from history.rows import WHOLES
from incidents.models import ChangeEvent, Incident, Service, Snooze, UpdateRequest, UpdateSchedule
from incidents.workflow import declare_incident
from notifications.models import OutboxMessage
from retros.models import (
    AffectedUsers,
    AgendaItem,
    Ballot,
    CheckWaiver,
    ClosedQuestion,
    Comment,
    ContributingFactor,
    Document,
    DocumentVersion,
    DueReminder,
    Factor,
    ImpactStatement,
    Learning,
    LearningGroup,
    LearningVote,
    Participant,
    Publication,
    Retrospective,
    Review,
    TimelineEntry,
)
from retros.published_content import content_of
from retros.tasks import send_due_retrospective_reminders
from retros.vocabulary import normalised
from retros.workflow import open_section
from statuspages.models import (
    Component,
    ComponentGroup,
    ComponentState,
    MaintenanceUpdate,
    ScheduledMaintenance,
    StatusPage,
)
from tests.history.conftest import EMPTY, exported, there_and_back
from timeline.models import Evidence, TimelineEvent
from timeline.workflow import write_event

pytestmark = pytest.mark.django_db
NOON = datetime(2025, 3, 4, 12, tzinfo=UTC)

# Models that are no part of an export, and why.
SETTINGS = "the catalogue and settings: set up where it is brought in, or met by name"
LEFT_BEHIND = {
    **dict.fromkeys(
        ["Severity", "Cadence", "IncidentType", "Role", "Service", "ChecklistTemplate", "LinkTemplate",
         "MessageTemplate", "ReferenceCounter", "SavedView", "HintWord", "RetrospectiveSettings", "CostAssumptions",
         "RetrospectiveFormat", "RoleRate"],
        SETTINGS,
    ),
    "FinishedPart": "who had finished writing while a session ran",
    "Factor": "told by its words where it appears",
    "Ballot": "told as counts",
    "ClosedQuestion": "the counts in an export are of closed questions",
    "VotedToken": "would say who has answered",
    "BriefLink": "addresses that open a door",
    "MaintenanceSeries": "a plan; each of its windows is a record",
    "PageLogo": "chosen again where the page is brought in",
    "PageSubscriber": "said yes to this installation alone",
    "Presence": "who looks at it this minute",
    "Reminder": "nobody is reminded of what was owed elsewhere",
    "DocumentUpdate": "in the text of its section",
    "ActionDigest": "which week's mail somebody had",
    "FactorStep": "what can be undone, not what is",
    "ReaderMark": "what somebody has not read yet",
    "HintDismissal": "belongs to rows by their number",
    "Export": "files that were made of it",
}  # fmt: skip


def test_no_model_is_forgotten():
    taken = {whole.model for whole in WHOLES.values()}
    taken |= {table.model for whole in WHOLES.values() for table in whole.tables}
    all_there_is = {
        model for app in ("incidents", "timeline", "retros", "action_items", "statuspages") for model in apps.get_app_config(app).get_models()
    }  # fmt: skip
    assert {m.__name__ for m in all_there_is - taken} == set(LEFT_BEHIND)


@pytest.fixture(autouse=True)
def _uploads(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "uploads"


@pytest.fixture
def everything(commander, responder, stakeholder, severity):
    """A row of every kind that is taken along."""
    service = Service.objects.create(name="payments", slug="payments")
    incident = declare_incident(by=commander, title="Cards", severity=severity(2), services=[service])
    event = write_event(incident=incident, by=responder, text="Rolled back")
    evidence = Evidence.objects.create(
        incident=incident,
        kind="picture",
        title="Graph",
        captured_at=NOON,
        captured_by=responder,
        file_type="image/png",
    )
    evidence.file.save("graph of load.png", ContentFile(b"\x89PNG" + bytes(range(256)) * 9000))
    Snooze.objects.create(
        incident=incident,
        audience="public",
        until=NOON,
        reason="x",
        severity=incident.severity,
        by=commander,
        at=NOON,
    )
    UpdateRequest.objects.create(
        incident=incident, audience="stakeholders", person=stakeholder, question="?", at=NOON
    )
    retro = retrospective_of(incident, commander, responder, event, evidence, service)
    team = Team.objects.create(name="Platform", slug="platform")
    alone = ActionItem.objects.create(
        title="Nobody's",
        incident=incident,
        team=team,
        owner=responder,
        due_on=date(2025, 4, 1),
        created_at=NOON,
    )
    ActionReminder.objects.create(item=alone, step="due", day=alone.due_on, recorded_at=NOON)
    ActionItem.objects.create(title="Of nothing at all", state="wont_do", wont_do_reason="No use")
    change = ChangeEvent.objects.create(service=service, title="v41", at=NOON, url="https://ci.example/41")
    change.incidents.add(incident)
    change.suspected_in.add(incident)
    ChangeEvent.objects.create(title="A flag", kind="feature_flag", at=NOON)
    status_page(service)
    return retro


def retrospective_of(incident, commander, responder, event, evidence, service):
    retro = Retrospective.objects.create(
        title="Cards", incident=incident, owner=commander, facilitator=responder, note_taker=commander, scope="All of it",
        material={"a": [1, {"b": None}]}, learnings_revealed_at=NOON, session_ended_at=NOON, due_on=date(2025, 3, 20),
    )  # fmt: skip
    retro.incidents.add(incident)
    Participant.objects.create(retrospective=retro, user=responder, added_at=NOON)
    AgendaItem.objects.create(retrospective=retro, name="Causes", minutes=20)
    fact = TimelineEntry.objects.create(
        retrospective=retro, event=event, occurred_at=NOON, text="It began", service=service
    )
    fact.evidence.add(evidence)
    TimelineEntry.objects.create(
        retrospective=retro,
        occurred_at=NOON,
        text="I thought so",
        beside=fact,
        is_recollection=True,
        actor=responder,
    )
    TimelineEntry.objects.create(retrospective=retro, occurred_at=NOON, text="?", kind="gap", gap="missing")
    ImpactStatement.objects.create(
        retrospective=retro, dimension="customers", numbers=[{"name": "Orders", "value": "12.5", "unit": "k"}]
    )
    AffectedUsers.objects.create(retrospective=retro, service=service, users=12000, share="0.25")
    shared = Factor.objects.create(text="The pool", key=normalised("The pool"), category="Platform")
    parent = ContributingFactor.objects.create(
        retrospective=retro, factor=shared, text="the pool!", category="Code"
    )
    child = ContributingFactor.objects.create(
        retrospective=retro,
        factor=shared,
        text="Why",
        parent=parent,
        level="systemic",
        added_by=commander,
        is_confirmed=True,
    )
    child.entries.add(fact)
    child.evidence.add(evidence)
    group = LearningGroup.objects.create(retrospective=retro, name="Tools")
    learning = Learning.objects.create(
        retrospective=retro, kind="helped", text="The graph", author=responder, group=group
    )
    learning.entries.add(fact)
    LearningVote.objects.create(learning=learning, user=commander, dots=2)
    item = ActionItem.objects.create(
        title="Widen it",
        retrospective=retro,
        incident=incident,
        factor=child,
        learning=learning,
        owner=commander,
    )
    ActionReminder.objects.create(item=item, step="before", day=date(2025, 3, 1), recorded_at=NOON)
    text = Document.objects.create(
        retrospective=retro, section="summary", text="We **saw** it.\n\n- one\n- two", version=3
    )
    version = DocumentVersion.objects.create(document=text, number=1, text="We saw", note="first", at=NOON)
    version.authors.add(commander, responder)
    comment = Comment.objects.create(document=text, text="Really?", author=responder, quote="saw", at=NOON)
    comment.mentions.add(commander)
    Comment.objects.create(document=text, text="Yes", author=commander, parent=comment, at=NOON)
    Review.objects.create(
        retrospective=retro, reviewer=responder, asked_by=commander, verdict="approved", note="Good"
    )
    CheckWaiver.objects.create(retrospective=retro, check_name="x", reason="y", by=commander)
    DueReminder.objects.create(retrospective=retro, due_on=retro.due_on, days=0, at=NOON)
    Publication.objects.create(
        retrospective=retro, number=1, content=content_of(retro), text="# Cards", by=commander
    )
    for question in ("safety_end", "pulse"):
        ClosedQuestion.objects.create(retrospective=retro, question=question)
    for score in (1, 4, 4, 5):
        Ballot.objects.create(
            retrospective=retro, question="safety_end", score=score, cast_on=date(2025, 3, 4)
        )
    Ballot.objects.create(retrospective=retro, question="pulse", score=1, cast_on=date(2025, 3, 4))
    return retro


def status_page(service):
    page = StatusPage.objects.create(name="Shop", slug="shop", is_published=True, is_default=True)
    group = ComponentGroup.objects.create(page=page, name="Money")
    component = Component.objects.create(page=page, group=group, service=service, name="Cards")
    ComponentState.objects.create(component=component, impact="major_outage", started_at=NOON)
    work = ScheduledMaintenance.objects.create(
        page=page, title="Database", starts_at=NOON, ends_at=NOON + timedelta(hours=1), state="completed"
    )
    work.components.add(component)
    MaintenanceUpdate.objects.create(maintenance=work, state="completed", text="Done.", posted_at=NOON)


def test_everything_comes_back_row_for_row(everything, imported, written, settings):
    was = {
        model: model.objects.count()
        for whole in WHOLES.values()
        for model in [whole.model, *(t.model for t in whole.tables)]
    }
    told = OutboxMessage.objects.count()
    before, after = there_and_back(imported, written)
    assert after == before
    assert {model: model.objects.count() for model in was} == was
    kinds = [next(key for key in (*WHOLES, "file") if key in json.loads(row)) for row in before.splitlines()]
    assert kinds == ["incident", "retrospective", *["action_item"] * 2, *["change"] * 2, "status_page", "maintenance",
                     *["file"] * 3]  # fmt: skip
    send_due_action_reminders()
    send_due_retrospective_reminders()
    assert OutboxMessage.objects.count() == told, "nobody is told, neither now nor by the next reminder"
    assert not UpdateSchedule.objects.filter(next_step_at__isnull=False).exists()


def test_references_lead_to_the_same_things(everything, imported, written):
    there_and_back(imported, written)
    retro = Retrospective.objects.get()
    assert list(retro.incidents.all()) == [retro.incident] == list(Incident.objects.all())
    child = ContributingFactor.objects.get(text="Why")
    assert child.parent.text == "the pool!"
    assert child.evidence.get() == Evidence.objects.get()
    assert child.factor.category == "Platform"
    assert child.entries.get().event == TimelineEvent.objects.get(text="Rolled back")
    assert retro.action_items.get().factor == child
    assert Evidence.objects.get().file.read() == b"\x89PNG" + bytes(range(256)) * 9000
    assert ChangeEvent.objects.get(title="v41").suspected_in.get() == retro.incident
    assert ScheduledMaintenance.objects.get().components.get().name == "Cards"
    assert list(Publication.objects.filter(search="pool")) == [retro.publications.get()], "found by its words"


def test_a_section_opens_with_its_words(everything, imported, written, commander):
    """The editor reads the state, which no file holds."""
    there_and_back(imported, written)
    document = open_section(retrospective=Retrospective.objects.get(), section="summary", by=commander)
    assert b"saw" in bytes(document.state)


def test_a_second_time_changes_nothing(everything, imported, written):
    lines = exported(private=True)
    report = imported(written(lines))
    assert (report["imported"], report["others"], report["refused"]) == (0, 3, 0), (
        "pieces of a file that is there"
    )
    assert exported(private=True) == lines
    there_and_back(imported, written)
    again = imported(written(lines))
    assert (again["imported"], again["others"], again["known"]) == (0, 0, len(lines.splitlines()))


def test_answers_are_counts_and_a_single_one_is_not_told(everything):
    told = json.loads(exported().splitlines()[1])
    assert told["ballots"] == {"safety_end": [1, 0, 0, 2, 1]}
    assert "cast_on" not in exported()


def test_what_is_private_stays(everything, commander, outsider, severity):
    """Neither a private retrospective, nor what leads to a private incident, nor what was written in silence."""
    private = declare_incident(by=commander, title="Zephyrquartz", severity=severity(2), is_private=True)
    write_event(incident=private, by=commander, text="Zephyrquartz")
    hidden = Retrospective.objects.create(title="Zephyrquartz", owner=commander)
    hidden.incidents.add(private)
    Retrospective.objects.create(title="Zephyrquartz", owner=commander, is_private=True)
    ActionItem.objects.create(title="Zephyrquartz", incident=private)
    ChangeEvent.objects.create(title="Zephyrquartz", at=NOON).incidents.add(private)
    both = ChangeEvent.objects.create(title="On both", at=NOON)
    both.incidents.add(private, everything.incident)
    Evidence.objects.create(
        incident=private,
        kind="log",
        title="x",
        captured_at=NOON,
        file=ContentFile(b"Zephyrquartz", "zephyr.txt"),
    )
    silent = Retrospective.objects.create(title="Silent", owner=commander)
    Learning.objects.create(retrospective=silent, kind="helped", text="Only mine", author=commander)
    for out in (exported(), exported(reader=outsider.email)):
        assert "Zephyrquartz" not in out
        assert "zephyr" not in out
        assert "Only mine" not in out
        assert private.reference not in out
        assert "On both" in out
    mine = exported(reader=commander.email)
    assert mine.count("Zephyrquartz") >= 5
    assert "Only mine" in mine
    other = User.objects.create_user(
        "b@example.com", name="B", installation_role="administrator", sees_private_incidents=True
    )
    theirs = exported(reader=other.email)
    assert "Zephyrquartz" in theirs
    assert "Only mine" not in theirs


def test_refused_whole_with_line_and_reason(everything, imported, written):
    lines = [json.loads(row) for row in exported(private=True).splitlines()]
    retro = lines[1]
    elsewhere = {"id": "x/1", "merged_into": None}
    cases = {
        "is not here": retro | elsewhere | {"retrospective": retro["retrospective"] | {"incident": "allclear/x/INC-9"}},
        "points to nowhere": retro | elsewhere | {"retrospective": retro["retrospective"] | {"incident": None, "incidents": []},
                                                  "rows": {"account": [retro["rows"]["account"][0] | {"event": [lines[0]["id"], 999]}]}},
        "five counts": retro | elsewhere | {"retrospective": retro["retrospective"] | {"incident": None}, "rows": {}, "ballots": {"pulse": [1]}},
        "unknown kind": {"allclear": 1, "id": "x/1", "planet": {}},
        "not what a publication": retro | elsewhere | {"retrospective": retro["retrospective"] | {"incident": None},
                                                       "rows": {"publications": [retro["rows"]["publications"][0] | {"content": {"a": 1}}]}},
        "not base64": lines[-1] | {"id": "x/1", "file": lines[-1]["file"] | {"content": "%%"}},
        "the limit is": lines[-1] | {"id": "x/1", "file": lines[-1]["file"] | {"size": 10**12}},
    }  # fmt: skip
    was = {
        model: model.objects.count()
        for model in (Retrospective, TimelineEntry, Ballot, Publication, Evidence)
    }
    for told, line in cases.items():
        report = imported(written([line]))
        assert report["refused"] == 1, told
        assert (report["rows_refused"][0]["place"], told in report["rows_refused"][0]["reason"]) == (
            1,
            True,
        ), report
        assert {model: model.objects.count() for model in was} == was


def test_a_file_with_a_piece_missing_is_refused(everything, imported, written, settings, tmp_path):
    lines = exported(private=True).splitlines(keepends=True)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(EMPTY)
    report = imported(written("".join(lines[:-3] + lines[-2:])))
    assert report["refused"] == 1
    assert "a piece is missing" in report["rows_refused"][0]["reason"]
    assert not Evidence.objects.get().file


WORDS = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1, max_size=40).filter(
    str.strip
)
DAYS = st.dates(date(2020, 1, 1), date(2025, 1, 1))
LOOKED_BACK = st.fixed_dictionaries({
    "title": WORDS, "scope": WORDS, "due": st.none() | DAYS, "text": WORDS,
    "rows": st.lists(st.tuples(WORDS, st.none() | st.integers(0, 3)), max_size=4),
    "factors": st.lists(st.tuples(WORDS, st.none() | st.integers(0, 3)), max_size=4),
    "learnings": st.lists(WORDS, max_size=3), "actions": st.lists(st.tuples(WORDS, st.none() | DAYS), max_size=3),
    "scores": st.lists(st.integers(1, 5), max_size=8), "is_private": st.booleans(),
})  # fmt: skip


@settings(
    max_examples=12,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(LOOKED_BACK, min_size=1, max_size=3), st.lists(st.tuples(WORDS, st.booleans()), max_size=3))
def test_any_retrospective_comes_back_identically(imported, written, commander, severity, told, changes):
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(EMPTY)
        cursor.execute("UPDATE incidents_referencecounter SET last = 0")
    incident = declare_incident(by=commander, title="It", severity=severity(3))
    for one in told:
        retro = Retrospective.objects.create(
            title=one["title"],
            scope=one["scope"],
            due_on=one["due"],
            is_private=one["is_private"],
            owner=commander,
        )
        retro.incidents.add(incident)
        entries: list[TimelineEntry] = []
        for text, beside in one["rows"]:
            fact = entries[beside] if beside is not None and beside < len(entries) else None
            entries.append(
                TimelineEntry.objects.create(retrospective=retro, occurred_at=NOON, text=text, beside=fact)
            )
        nodes: list[ContributingFactor] = []
        for text, parent in one["factors"]:
            shared, _ = Factor.objects.get_or_create(key=normalised(text), defaults={"text": text})
            above = nodes[parent] if parent is not None and parent < len(nodes) else None
            node = ContributingFactor.objects.create(
                retrospective=retro, factor=shared, text=text, parent=above
            )
            node.entries.set(entries[:2])
            nodes.append(node)
        for text in one["learnings"]:
            Learning.objects.create(retrospective=retro, kind="surprised", text=text, author=commander)
        for title, due in one["actions"]:
            ActionItem.objects.create(
                title=title, retrospective=retro, due_on=due, factor=nodes[0] if nodes else None
            )
        ClosedQuestion.objects.create(retrospective=retro, question="pulse")
        for score in one["scores"]:
            Ballot.objects.create(retrospective=retro, question="pulse", score=score, cast_on=NOON.date())
        Document.objects.create(retrospective=retro, section="response", text=one["text"])
    for title, is_linked in changes:
        ChangeEvent.objects.create(title=title, at=NOON).incidents.set([incident] if is_linked else [])
    before, after = there_and_back(imported, written)
    assert after == before
