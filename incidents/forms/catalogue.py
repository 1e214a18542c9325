"""The catalogue's forms. Each knows what its verb needs beside the entry itself."""

from typing import Any

from django import forms

from core.forms import ModelForm
from incidents.forms.fields import MinutesField
from incidents.models import (
    Audience,
    ChecklistTemplate,
    IncidentType,
    LinkTemplate,
    Role,
    Service,
    Severity,
)

NOTHING_CHOSEN = {
    "owner_team": "Nobody yet",
    "incident_type": "Every type",
    "lowest_severity": "All severities",
    "role": "Anybody",
    "service": "Every incident",
}


class CatalogueForm(ModelForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in NOTHING_CHOSEN.keys() & self.fields.keys():
            self.typed_field(name, forms.ModelChoiceField).empty_label = NOTHING_CHOSEN[name]

    def arguments(self) -> dict[str, Any]:
        many = {field.name for field in self._meta.model._meta.many_to_many} & self.cleaned_data.keys()
        return {"entry": self.instance, **{name: self.cleaned_data[name] for name in many}}


class SeverityForm(CatalogueForm):
    """The severity and, in the same form, its cadence: one row per audience, one column per status."""

    COLUMNS = {
        "first_minutes": "First",
        "investigating_minutes": "Investigating",
        "fixing_minutes": "Fixing",
        "mitigated_minutes": "Mitigated",
    }

    class Meta:
        model = Severity
        fields = [
            "rank",
            "name",
            "criteria",
            "acknowledge_minutes",
            "mitigate_minutes",
            "retrospective",
            "retrospective_due_days",
            "approves_updates",
            "public_if_seen",
            "when_unsure",
        ]
        widgets = {"retrospective": forms.RadioSelect}
        help_texts = {
            "public_if_seen": "Updates are due once a service is marked as affected, or the public has had an update."
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        stored = {c.audience: c for c in self.instance.cadences.all()} if self.instance.pk else {}
        for audience, label in Audience.choices:
            for column, heading in self.COLUMNS.items():
                name = f"{audience}_{column}"
                self.fields[name] = MinutesField(
                    required=False,
                    label=f"{label}, {heading.lower()}, minutes",
                    initial=getattr(stored.get(audience), column, None),
                )
                self.fields[name].widget.attrs["class"] = "input"

    @property
    def own_fields(self) -> list:
        return [self[name] for name in self.Meta.fields]

    @property
    def cadence_rows(self) -> list:
        return [
            (label, [(heading, self[f"{audience}_{column}"]) for column, heading in self.COLUMNS.items()])
            for audience, label in Audience.choices
        ]

    def arguments(self) -> dict[str, Any]:
        cadences = {
            audience: {column: self.cleaned_data[f"{audience}_{column}"] for column in self.COLUMNS}
            for audience in Audience.values
        }
        return {"entry": self.instance, "cadences": cadences}


class RoleForm(CatalogueForm):
    class Meta:
        model = Role
        fields = ["name", "brief", "is_single", "order"]
        help_texts = {"brief": "What a person who takes this role needs to know. It is shown to them then."}


class ServiceForm(CatalogueForm):
    class Meta:
        model = Service
        fields = ["name", "description", "owner_team", "tier", "depends_on", "is_archived"]
        widgets = {"depends_on": forms.CheckboxSelectMultiple}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = Service.objects.possible_needs_of(self.instance)
        self.typed_field("depends_on", forms.ModelMultipleChoiceField).queryset = others
        if self.instance.pk is None:
            del self.fields["is_archived"]


class IncidentTypeForm(CatalogueForm):
    class Meta:
        model = IncidentType
        fields = ["name", "description", "is_private_by_default"]


class ChecklistForm(CatalogueForm):
    class Meta:
        model = ChecklistTemplate
        fields = [
            "title",
            "kind",
            "status",
            "incident_type",
            "lowest_severity",
            "role",
            "minutes",
            "done_when",
            "order",
        ]
        help_texts = {"lowest_severity": "From SEV1 down to this one. Leave it empty for all."}


class LinkForm(CatalogueForm):
    class Meta:
        model = LinkTemplate
        fields = ["label", "kind", "url_template", "service"]
        help_texts = {
            "service": "Shown only when this service is affected. Leave it empty to show it always."
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["url_template"].widget.attrs |= {
            "inputmode": "url",
            "hx-get": "",
            "hx-trigger": "input changed delay:300ms",
            "hx-target": "#preview",
            "hx-select": "#preview",
            "hx-swap": "outerHTML",
        }

    @property
    def preview(self) -> str:
        """The typed address filled in for INC-142, or what is wrong with it; empty while there is none."""
        typed = LinkTemplate(url_template=self["url_template"].value() or "")
        if not typed.url_template:
            return ""
        try:
            typed.clean_fields(exclude={"label"})
        except forms.ValidationError as refusal:
            return " ".join(refusal.messages)
        return typed.example
