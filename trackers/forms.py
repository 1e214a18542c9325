"""What administrators choose for trackers and projects, and what people choose for tickets."""

from collections import Counter
from typing import Any
from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.db.models.functions import Lower

from accounts.models import Team, User
from action_items.models import ActionState, Priority
from action_items.templatetags.action_items import apostrophe
from core.forms import PLAIN, Form
from trackers.kinds import KINDS
from trackers.models import Creates, Tracker, TrackerPerson, TrackerProject
from trackers.models.trackers import FIELDS
from trackers.translating import PRIORITIES, STATES
from trackers.workflow.managing import leads_elsewhere

NOTHING = "Not synced"
MOST_FOUND = 10
"""Accounts that are offered while somebody types."""


class TrackerForm(Form):
    """`kind` says which fields there are, and what they are called."""

    name = forms.CharField(max_length=80, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    url = forms.CharField(
        label="Address",
        max_length=500,
        help_text="A private address must be allowed with ALLCLEAR_OUTBOUND_ALLOW.",
        widget=forms.TextInput(attrs={**PLAIN, "inputmode": "url"}),
    )
    is_same_tracker = forms.BooleanField(required=False, label="It is the same tracker at a new address")
    user_name = forms.CharField(required=False, max_length=200, widget=forms.TextInput(attrs=PLAIN))
    secret = forms.CharField(
        max_length=2000, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )

    hook_secret = forms.CharField(
        required=False,
        max_length=200,
        label="Signing secret of the webhook",
        help_text="As shown there. Leave it empty to keep the one that is stored.",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, kind: str, tracker: Tracker | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        facts = KINDS[kind]
        self.fields["secret"].label = facts.key_name
        self.fields["url"].widget.attrs["placeholder"] = facts.address or facts.example
        if facts.address:
            self.fields["url"].required = False
            self.fields["url"].help_text = "Empty for the usual one. " + str(self.fields["url"].help_text)
        if facts.user_name:
            self.fields["user_name"].label = facts.user_name
        else:
            del self.fields["user_name"]
        if not tracker or not facts.makes_hook_secret:
            del self.fields["hook_secret"]
        if tracker and self.is_bound and leads_elsewhere(tracker, self.data.get("url", "")):
            self._keep_typed("secret", "hook_secret")
        else:
            del self.fields["is_same_tracker"]
        if tracker:
            self.fields["secret"].required = False
            self.fields[
                "secret"
            ].help_text = (
                "Leave it empty to keep the one that is stored. Enter it again where the address changes."
            )
        else:
            count = Tracker.objects.filter(kind=kind).count()
            self.fields["name"].initial = f"{facts.name} {count + 1}" if count else facts.name

    def _keep_typed(self, *names: str) -> None:
        """While the page asks back. What is stored is no initial value, and never shown."""
        for name in names:
            if name in self.fields:
                attrs = self.fields[name].widget.attrs
                self.fields[name].widget = forms.PasswordInput(attrs, render_value=True)


class NewProjectForm(Form):
    remote_id = forms.ChoiceField(label="Project")
    team = forms.ModelChoiceField(
        Team.objects.all(),
        required=False,
        help_text="Its action items are offered this project first.",
    )
    creates = forms.ChoiceField(
        label="Create tickets", choices=Creates, initial=Creates.BY_HAND, widget=forms.RadioSelect
    )

    def __init__(self, *args: Any, tracker: Tracker, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        there = set(tracker.projects.filter(is_set_up=True).values_list("remote_id", flat=True))
        found = [(pk, name) for pk, name in tracker.found.get("projects", []) if pk not in there]
        self.typed_field("remote_id", forms.ChoiceField).choices = found


class ProjectForm(Form):
    """With a choice for each state and priority that the project has."""

    team = forms.ModelChoiceField(
        Team.objects.all(), required=False, help_text="Its action items are offered this project first."
    )
    creates = forms.ChoiceField(label="Create tickets", choices=Creates, widget=forms.RadioSelect)
    type = forms.ChoiceField(label="Type of new tickets", required=False)
    labels = forms.CharField(
        required=False,
        max_length=300,
        label="Labels of new tickets",
        help_text="Separated by commas.",
        widget=forms.TextInput(attrs=PLAIN),
    )
    extra = forms.CharField(
        required=False,
        max_length=2000,
        label="Other fields of new tickets",
        help_text="One a line, as its API calls them: “name = value”.",
        widget=forms.Textarea(attrs={"rows": 2, "class": "!font-mono text-sm", **PLAIN}),
    )
    synced_fields = forms.MultipleChoiceField(
        label="Synced fields",
        required=False,
        choices=[(field.value, field.label) for field in FIELDS],
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, project: TrackerProject, **kwargs: Any) -> None:
        initial = {
            name: getattr(project, name) for name in ("team", "creates", "type", "labels", "synced_fields")
        }
        initial["extra"] = "\n".join(f"{name} = {value}" for name, value in project.extra.items())
        super().__init__(*args, initial=initial, **kwargs)
        self.project = project
        self._fit()
        self.state_rows = self._rows(
            "state",
            project.states,
            STATES,
            {value: apostrophe(label) for value, label in ActionState.choices},
        )
        self.priority_rows = self._rows("priority", project.priorities, PRIORITIES, dict(Priority.choices))

    def _fit(self) -> None:
        """Only what this kind of tracker has."""
        has = KINDS[self.project.tracker.kind].fields
        self.typed_field("synced_fields", forms.MultipleChoiceField).choices = [
            (field.value, field.label) for field in FIELDS if field in has
        ]
        if not KINDS[self.project.tracker.kind].has_labels:
            del self.fields["labels"]
        if self.project.types:
            self.typed_field("type", forms.ChoiceField).choices = [tuple(row) for row in self.project.types]
        else:
            del self.fields["type"]

    def _rows(
        self, what: str, stored: dict[str, Any], ours: tuple[str, ...], names: dict[str, str]
    ) -> dict[str, list[Any]]:
        """Two lists of bound fields: what each of theirs means, and what is set for each of ours."""
        theirs = [(str(pk), str(name)) for pk, name in stored.get("choices", [])]
        means, sets = [], []
        for pk, name in theirs:
            key = f"{what}_means_{pk}"
            self.fields[key] = forms.ChoiceField(
                label=name,
                required=False,
                choices=[("", NOTHING), *((value, names[value]) for value in ours)],
                initial=stored.get("means", {}).get(pk, ""),
            )
            means.append(self[key])
        for value in ours if theirs else ():
            key = f"{what}_sets_{value}"
            self.fields[key] = forms.ChoiceField(
                label=names[value],
                required=False,
                choices=[("", NOTHING), *theirs],
                initial=stored.get("sets", {}).get(value, ""),
            )
            sets.append(self[key])
        return {"means": means, "sets": sets}

    def clean_extra(self) -> dict[str, str]:
        found = {}
        for line in self.cleaned_data["extra"].splitlines():
            if not line.strip():
                continue
            name, is_there, value = (part.strip() for part in line.partition("="))
            if not is_there or not name:
                raise ValidationError(f"Write “name = value”: {line.strip()[:80]}")
            found[name] = value
        return found

    def arguments(self) -> dict[str, Any]:
        data = self.cleaned_data
        plain = ("team", "creates", "type", "labels", "extra", "synced_fields")
        return {name: data[name] for name in plain if name in data} | {
            "states": self._chosen("state"),
            "priorities": self._chosen("priority"),
        }

    def _chosen(self, what: str) -> dict[str, dict[str, str]]:
        chosen: dict[str, dict[str, str]] = {"means": {}, "sets": {}}
        for name, value in self.cleaned_data.items():
            for table in ("means", "sets"):
                if name.startswith(f"{what}_{table}_"):
                    chosen[table][name.removeprefix(f"{what}_{table}_")] = value
        return chosen


def people_found(words: str) -> list[User]:
    """The first accounts whose name or e-mail address has these words."""
    if not words.strip():
        return []
    fits = Q(name__icontains=words.strip()) | Q(email__icontains=words.strip())
    return list(User.objects.active().filter(fits).order_by("name", "pk")[:MOST_FOUND])


NOBODY_CALLED_SO = "No account has this name or e-mail address. Choose one of the list."
SEVERAL_CALLED_SO = "Several accounts have this name. Enter the e-mail address."


class PeopleForm(Form):
    """Who each person of the tracker is here: by name or e-mail address, which `address` finds by what is typed."""

    LIST = "found"

    def __init__(self, *args: Any, people: list[TrackerPerson], address: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = people
        searched = {
            "list": self.LIST,
            "hx-get": address,
            "hx-target": f"#{self.LIST}",
            "hx-swap": "innerHTML",
        }
        searched |= {"hx-trigger": "input changed delay:200ms", "hx-sync": "closest form:replace"}
        for person in people:
            self.fields[f"person_{person.pk}"] = forms.CharField(
                label=person.name,
                required=False,
                max_length=254,
                initial=person.user.email if person.user else "",
                help_text=person.email,
                widget=forms.TextInput(attrs={**PLAIN, **searched, "placeholder": "Not matched"}),
            )

    def clean(self) -> dict[str, Any]:
        told = {self.cleaned_data.get(f"person_{person.pk}", "").lower() for person in self.people} - {""}
        rows = User.objects.active().annotate(key=Lower("email"), called=Lower("name"))
        found = list(rows.filter(Q(key__in=told) | Q(called__in=told)))
        names = Counter(user.name.lower() for user in found)
        self._found = {user.name.lower(): user for user in found if names[user.name.lower()] == 1}
        self._found |= {user.email.lower(): user for user in found}
        for person in self.people:
            name = f"person_{person.pk}"
            said = self.cleaned_data.get(name, "").lower()
            is_same = person.user is not None and said == person.user.email.lower()
            if said and not is_same and said not in self._found:
                self.add_error(name, SEVERAL_CALLED_SO if names[said] else NOBODY_CALLED_SO)
        return super().clean()

    def changed(self) -> list[tuple[TrackerPerson, User | None]]:
        """Those whose choice is another."""
        found = []
        for person in self.people:
            told = self.cleaned_data[f"person_{person.pk}"].lower()
            if told != (person.user.email.lower() if person.user else ""):
                found.append((person, self._found.get(told)))
        return found


class ProjectField(forms.ModelChoiceField):
    """Projects by their names with those of their trackers."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.name} · {obj.tracker}"


class PrivateForm(Form):
    """Asks whoever acts for something private whether they know who will read it."""

    form_token = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)
    is_private_known = forms.BooleanField(
        required=False, label="Everybody who can see the project may read its title and text"
    )

    def __init__(self, *args: Any, is_private: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not is_private:
            del self.fields["is_private_known"]


class TicketForm(PrivateForm):
    project = ProjectField(TrackerProject.objects.none(), empty_label=None)
    field_order = ("project", "is_private_known")

    def __init__(self, *args: Any, projects: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.typed_field("project", ProjectField).queryset = projects


WHOSE = [("theirs", "The values of the ticket"), ("ours", "The values of the action item")]


def _is_theirs(value: str) -> bool:
    return value == "theirs"


NO_ASSIGNEE = "With the values of a ticket that has no assignee, the action item has no owner any more."


class ChoiceForm(Form):
    """`owner_note` says what becomes of the owner with the values of the ticket; "" where nothing is to be said."""

    takes_theirs = forms.TypedChoiceField(
        label="Where they differ, keep",
        choices=WHOSE,
        initial="theirs",
        coerce=_is_theirs,
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, owner_note: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["takes_theirs"].help_text = owner_note


class LinkForm(PrivateForm, ChoiceForm):
    address = forms.CharField(
        label="Ticket",
        max_length=500,
        help_text="Its address, or its key.",
        widget=forms.TextInput(attrs=PLAIN),
    )
    tracker = forms.ModelChoiceField(
        Tracker.objects.none(),
        required=False,
        empty_label="As the address says",
        help_text="For a key, choose the tracker that has it.",
    )
    field_order = ("address", "tracker", "takes_theirs", "is_private_known")

    def __init__(self, *args: Any, trackers: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if len(trackers) > 1:
            working_first = trackers.annotate(fails=~Q(problem="")).order_by("fails", "name")
            self.typed_field("tracker", forms.ModelChoiceField).queryset = working_first
        else:
            del self.fields["tracker"]


class BulkTicketForm(Form):
    """For items chosen in a list."""

    project = ProjectField(TrackerProject.objects.none(), empty_label=None)

    def __init__(self, *args: Any, projects: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.typed_field("project", ProjectField).queryset = projects
