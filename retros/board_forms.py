"""What people type about causes and learnings."""

from typing import Any

from django import forms

from core.forms import Form
from retros.models import (
    Category,
    ContributingFactor,
    Learning,
    LearningGroup,
    Level,
    Retrospective,
    TimelineEntry,
)
from timeline.models import Evidence

ASKED = {  # what a branch may answer; how comes first, as it blames less
    "how": "How did this come about?",
    "why": "Why was that reasonable at the time?",
}
PROMPTS = [
    "How did this come about?",
    "How did it stay unseen?",
    "How does it go on other days?",
    "How did it reach so far?",
    "How did it last so long?",
    "Why was that reasonable at the time?",
    "What allowed it?",
    "What slowed finding it?",
    "What else depended on it?",
]


class Prompted(forms.TextInput):
    """A line with prompts to choose from; any other words do as well."""

    def __init__(self) -> None:
        super().__init__(attrs={"list": "prompts", "maxlength": 200})


class FactorForm(Form):
    text = forms.CharField(
        label="What contributed?",
        max_length=300,
        widget=forms.TextInput(attrs={"autofocus": True, "autocomplete": "off"}),
        help_text="A condition, in the words of the situation: what was so, not who was.",
    )
    question = forms.CharField(
        label="Which question does it answer?", max_length=200, required=False, widget=Prompted
    )
    level = forms.ChoiceField(
        label="Level",
        choices=[
            (Level.PROXIMATE, "Proximate: near what failed"),
            (Level.SYSTEMIC, "Systemic: how we work and build"),
        ],
        widget=forms.RadioSelect,
        initial=Level.PROXIMATE,
    )
    category = forms.ChoiceField(
        label="Category", choices=[("", "Not yet"), *Category.choices], required=False
    )


class LineForm(Form):
    """A factor typed into the outline: after `after` under `parent`; at the end where nothing is named."""

    text = forms.CharField(label="What contributed?", max_length=300)
    question = forms.CharField(required=False, max_length=200)
    parent = forms.ModelChoiceField(ContributingFactor.objects.none(), required=False)
    after = forms.ModelChoiceField(ContributingFactor.objects.none(), required=False)

    def __init__(self, *args: Any, retrospective: Retrospective, **kwargs: Any):
        super().__init__(*args, **kwargs)
        for name in ("parent", "after"):
            self.typed_field(name, forms.ModelChoiceField).queryset = retrospective.factors.all()

    def arguments(self) -> dict[str, Any]:
        chosen, after = self.cleaned_data, self.cleaned_data["after"]
        position = (
            after.order + 1 if after and after.parent_id == getattr(chosen["parent"], "pk", None) else None
        )
        return {
            "text": chosen["text"],
            "question": chosen["question"],
            "parent": chosen["parent"],
            "position": position,
        }


class RowForm(Form):
    """One row of the outline: what is sent of it, and nothing else, is changed."""

    text = forms.CharField(
        label="What contributed?", max_length=300, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    category = forms.ChoiceField(choices=[("", "No category"), *Category.choices], required=False)
    level = forms.ChoiceField(choices=Level.choices)
    seen = forms.IntegerField(required=False, label="Version")

    def __init__(self, data: Any, *, factor: ContributingFactor):
        super().__init__(data, initial={"text": factor.text})
        for name in ("text", "category", "level"):
            if name not in data:
                del self.fields[name]

    def changes(self) -> dict[str, Any]:
        """For the verb; `version` is the one that was seen while the words were typed."""
        found = dict(self.cleaned_data)
        return {"version": found.pop("seen", None), **found}


class SupportForm(Form):
    """What speaks for a factor, picked from what there is."""

    entries = forms.ModelMultipleChoiceField(
        TimelineEntry.objects.none(),
        label="From the timeline",
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    evidence = forms.ModelMultipleChoiceField(
        Evidence.objects.none(),
        label="Captured evidence",
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, data: Any, *, factor: ContributingFactor):
        super().__init__(data, initial={"evidence": factor.evidence.all(), "entries": factor.entries.all()})
        choose_captured(self, factor.retrospective)
        choose_entries(self, factor.retrospective)


class FactorDetailForm(FactorForm):
    explanation = forms.CharField(
        label="How it made sense, how it came about",
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=10_000,
    )
    is_confirmed = forms.BooleanField(label="Supported by evidence", required=False)
    evidence_text = forms.CharField(
        label="Evidence in words",
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=10_000,
        help_text="Links, queries, who saw what",
    )
    evidence = forms.ModelMultipleChoiceField(
        Evidence.objects.none(),
        label="Captured evidence",
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    entries = forms.ModelMultipleChoiceField(
        TimelineEntry.objects.none(), label="From the timeline", required=False, widget=forms.SelectMultiple
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, factor: ContributingFactor, **kwargs: Any):
        retrospective = factor.retrospective
        kwargs["initial"] = {
            name: getattr(factor, name)
            for name in (
                "text",
                "question",
                "level",
                "category",
                "explanation",
                "is_confirmed",
                "evidence_text",
                "version",
            )
        } | {"evidence": factor.evidence.all(), "entries": factor.entries.all()}
        super().__init__(*args, **kwargs)
        choose_captured(self, retrospective)
        choose_entries(self, retrospective)


class PlaceForm(Form):
    """Where a factor hangs, for whoever does not drag."""

    parent = forms.ModelChoiceField(
        ContributingFactor.objects.none(),
        label="Under",
        required=False,
        empty_label="The outcome: first in line",
    )
    position = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)

    def __init__(self, *args: Any, retrospective: Retrospective, but: set[int] = frozenset(), **kwargs: Any):  # type: ignore[assignment]
        super().__init__(*args, **kwargs)
        parent = self.typed_field("parent", forms.ModelChoiceField)
        parent.queryset = retrospective.factors.exclude(pk__in=but)


class LearningForm(Form):
    kind = forms.ChoiceField(label="Kind", widget=forms.RadioSelect)
    text = forms.CharField(
        label="What is it?",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    entries = forms.ModelMultipleChoiceField(
        TimelineEntry.objects.none(), label="From the timeline", required=False, widget=forms.SelectMultiple
    )

    def __init__(
        self, *args: Any, retrospective: Retrospective, learning: Learning | None = None, **kwargs: Any
    ):
        if learning:
            kwargs["initial"] = {
                "kind": learning.kind,
                "text": learning.text,
                "entries": learning.entries.all(),
                "version": learning.version,
            }
        super().__init__(*args, **kwargs)
        self.columns = retrospective.columns_shown
        choices = [(column.key, column.name) for column in self.columns]
        if learning and learning.kind not in dict(choices):
            choices.append((learning.kind, retrospective.column_of(learning.kind).name))
        self.typed_field("kind", forms.ChoiceField).choices = choices
        if learning:
            self.fields["version"] = forms.IntegerField(widget=forms.HiddenInput)
        choose_entries(self, retrospective)


class GroupForm(Form):
    name = forms.CharField(label="Name of the group", max_length=200)


class LearningPlaceForm(Form):
    group = forms.ModelChoiceField(
        LearningGroup.objects.none(), label="Group", required=False, empty_label="No group"
    )

    def __init__(self, *args: Any, retrospective: Retrospective, **kwargs: Any):
        super().__init__(*args, **kwargs)
        group = self.typed_field("group", forms.ModelChoiceField)
        group.queryset = retrospective.learning_groups.all()


def choose_captured(form: Form, retrospective: Retrospective) -> None:
    """Evidence of the incidents it looks back on; no field where there is none."""
    field = form.typed_field("evidence", forms.ModelMultipleChoiceField)
    field.queryset = Evidence.objects.filter(incident__in=[one.pk for one in retrospective.incidents.all()])
    if not field.queryset.exists():
        del form.fields["evidence"]


def choose_entries(form: Form, retrospective: Retrospective) -> None:
    """Rows of the timeline to point to; no field where there are none."""
    field = form.typed_field("entries", forms.ModelMultipleChoiceField)
    field.queryset = retrospective.entries.standing().in_order().only("text", "retrospective")
    if not isinstance(field.widget, forms.CheckboxSelectMultiple):
        field.widget.attrs["size"] = 6
        field.help_text = "Select several with Ctrl or ⌘."
    if not field.queryset.exists():
        del form.fields["entries"]
