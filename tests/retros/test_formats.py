"""Own formats are added, changed and removed by administrators, and leave what has begun as it is."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from audit.models import AuditEntry
from audit.workflow import INSTALLATION
from retros.models import RetrospectiveFormat
from retros.workflow import add_format, change_format, open_retrospective, remove_format

COLUMNS = [("Sun", "What was good?", "sun"), ("Rain", "", "cloud-rain"), ("雨", "", "flag")]


@pytest.fixture
def own(admin):
    return add_format(by=admin, name=" Our  weather ", columns=COLUMNS)


def _last() -> AuditEntry:
    return AuditEntry.objects.of(INSTALLATION).order_by("pk").last()


def test_four_come_with_the_product(db):
    shipped = RetrospectiveFormat.objects.filter(is_shipped=True)
    assert RetrospectiveFormat.objects.with_use()[0].name == "What helped, what hindered"
    assert {one.name: [c.name for c in one.columns_shown] for one in shipped} == {
        "What helped, what hindered": ["Helped", "Hindered", "Surprised", "Invalidated assumption", "Lucky"],
        "Start, stop, continue": ["Start", "Stop", "Continue"],
        "4Ls": ["Liked", "Learned", "Lacked", "Longed for"],
        "Sailboat": ["Wind", "Anchor", "Rocks", "Island"],
    }


def test_an_administrator_adds_one(own, admin):
    assert own.name == "Our weather"
    assert [(c.key, c.name, c.question) for c in own.columns_shown] == [
        ("sun", "Sun", "What was good?"),
        ("rain", "Rain", ""),
        ("column_1", "雨", ""),
    ]
    assert (_last().action, _last().subject) == ("retrospective_format.added", "Our weather")
    assert _last().changes == {"columns": ["", "Sun, Rain, 雨"]}


@pytest.mark.parametrize(
    ("name", "columns", "said"),
    [
        ("", COLUMNS, "Give the format a name"),
        ("sailboat", COLUMNS, "There is a format named sailboat already"),
        ("x", COLUMNS[:1], "at least two columns"),
        ("x", [COLUMNS[0], COLUMNS[0]], "Two columns are named Sun"),
        ("x", [COLUMNS[0], ("y" * 41, "", "sun")], "Each column needs"),
    ],
)
def test_what_is_refused(admin, name, columns, said):
    with pytest.raises(ValidationError, match=said):
        add_format(by=admin, name=name, columns=columns)


def test_a_changed_one_leaves_what_has_begun(own, admin, commander):
    begun = open_retrospective(by=commander, title="Sprint 9", subject="sprint", owner=commander, format=own)
    changed = change_format(
        retrospective_format=own, by=admin, name="Weather", columns=[COLUMNS[1], ("Snow", "", "flag")]
    )
    assert [c.key for c in changed.columns_shown] == ["rain", "snow"]
    begun.refresh_from_db()
    assert [c.name for c in begun.columns_shown] == ["Sun", "Rain", "雨"]
    assert _last().changes == {"name": ["Our weather", "Weather"], "columns": ["Sun, Rain, 雨", "Rain, Snow"]}


def test_the_same_again_writes_nothing(own, admin):
    before = _last()
    change_format(retrospective_format=own, by=admin, name=own.name, columns=COLUMNS)
    assert _last() == before


def test_one_in_use_cannot_be_removed(own, admin, commander):
    begun = open_retrospective(by=commander, title="Sprint 9", subject="sprint", owner=commander, format=own)
    with pytest.raises(ValidationError, match="A retrospective uses this format"):
        remove_format(retrospective_format=own, by=admin)
    begun.delete()
    remove_format(retrospective_format=own, by=admin)
    assert not RetrospectiveFormat.objects.filter(pk=own.pk).exists()
    assert _last().action == "retrospective_format.removed"


def test_one_removed_while_the_form_was_open_is_refused(own, admin, commander):
    seen = RetrospectiveFormat.objects.get(pk=own.pk)
    remove_format(retrospective_format=own, by=admin)
    with pytest.raises(ValidationError) as refused:
        open_retrospective(by=commander, title="Sprint 9", subject="sprint", owner=commander, format=seen)
    assert refused.value.message_dict == {"format": ["This format was removed. Choose another one."]}


def test_a_shipped_one_stays_as_it_is(admin):
    shipped = RetrospectiveFormat.objects.get(name="4Ls")
    with pytest.raises(ValidationError, match="comes with Allclear"):
        change_format(retrospective_format=shipped, by=admin, name="x", columns=COLUMNS)
    with pytest.raises(ValidationError, match="comes with Allclear"):
        remove_format(retrospective_format=shipped, by=admin)


def test_nobody_else_changes_them(own, commander):
    for verb in (
        lambda: add_format(by=commander, name="x", columns=COLUMNS),
        lambda: change_format(retrospective_format=own, by=commander, name="x", columns=COLUMNS),
        lambda: remove_format(retrospective_format=own, by=commander),
    ):
        with pytest.raises(PermissionDenied):
            verb()


def test_the_pages(client, admin, own):
    client.force_login(admin)
    here = "/settings/retrospective-formats/"
    assert b"Our weather" in client.get(here).content
    fields = {"name": "Two", "column_1": "Go", "icon_1": "star", "column_2": "No", "question_2": "Why not?"}
    assert client.post(here + "new/", fields).url == here
    made = RetrospectiveFormat.objects.get(name="Two")
    assert [(c.name, c.question, c.icon) for c in made.columns_shown] == [
        ("Go", "", "star"),
        ("No", "Why not?", "message-square"),
    ]
    assert b"Why not?" in client.get(f"{here}{made.pk}/").content
    late = client.post(f"{here}{made.pk}/", fields | {"question_3": "Of what?"})
    assert b"Name the column" in late.content
    assert client.post(f"{here}{made.pk}/", fields | {"name": "Three"}).url == here
    assert client.post(f"{here}{made.pk}/deletion/").status_code == 302
    assert not RetrospectiveFormat.objects.filter(pk=made.pk).exists()
