"""The forms that move an incident on: mitigated, resolved, closed, reopened."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils import timezone

from core.forms import Form
from core.text import together
from incidents.forms.fields import MinutesField, MomentField, NeededField, ResponderField
from incidents.models import Audience, Incident, Mitigation, MitigationState, Service, ServiceImpact

OPERATIONAL = "operational"
LONGEST_TEXT = 2000
MINUTES = re.compile("[0-9]{1,4}")
NEXT_MINUTES = 30  # until the next update, where no cadence says
STATES = [
    (OPERATIONAL, "Operational"),
    (ServiceImpact.DEGRADED.value, "Degraded performance"),
    (ServiceImpact.PARTIAL_OUTAGE.value, "Partial outage"),
    (ServiceImpact.MAJOR_OUTAGE.value, "Major outage"),
]
if TYPE_CHECKING:
    _Base = Form
else:
    _Base = object


def in_minutes(typed: object) -> datetime | None:
    """So many minutes from now, as typed so far; None where that is no number of minutes."""
    minutes = str(typed or "")
    return timezone.now() + timedelta(minutes=int(minutes)) if MINUTES.fullmatch(minutes) else None


@dataclass(frozen=True)
class ServiceRow:
    service: Service
    now: str  # the impact now, or empty
    field: BoundField
    pages: list[str]  # the status pages that show it, where the form was given them

    @property
    def pages_in_words(self) -> str:
        return together(self.pages, shown=3)


@dataclass(frozen=True)
class AudienceRow:
    audience: str
    label: str
    send: BoundField
    text: BoundField
    reason: BoundField | None


class ServiceStates(_Base):
    """Mixin: how each service is affected, one field a service."""

    def ask_states(
        self,
        now: Mapping[Service, str],
        chosen: Mapping[Service, str | None],
        pages: Mapping[int, list[str]] | None = None,
    ) -> None:
        """Ask for the state of the services in `chosen`, which holds what is preset; `now` is what is set.

        `pages` names by a service's primary key the status pages that show it.
        """
        self._pages = pages or {}
        self._services = {f"service_{service.pk}": service for service in chosen}
        self._now = {service.pk: impact for service, impact in now.items()}
        for name, service in self._services.items():
            self.fields[name] = forms.ChoiceField(
                label=str(service),
                choices=STATES,
                initial=chosen[service] or OPERATIONAL,
                required=False,
                widget=forms.Select(attrs={"class": "select", "aria-label": f"State of {service}"}),
            )

    @property
    def service_rows(self) -> list[ServiceRow]:
        return [
            ServiceRow(s, self._now.get(s.pk, ""), self[name], self._pages.get(s.pk, []))
            for name, s in self._services.items()
        ]

    @property
    def state_pages(self) -> list[str]:
        """The status pages that show any of these services, each once."""
        return sorted({page for row in self.service_rows for page in row.pages})

    @property
    def state_pages_in_words(self) -> str:
        return together(self.state_pages, shown=3)

    @property
    def impacts(self) -> dict[Service, str | None]:
        """What was chosen, by service; None is operational. A field that was not sent changes nothing."""
        chosen = {s: self.cleaned_data.get(name) for name, s in self._services.items()}
        return {s: None if state == OPERATIONAL else state for s, state in chosen.items() if state}


class AudienceTexts(_Base):
    """Mixin: a prefilled text for each audience that received updates, to be sent or not."""

    def ask_texts(self, texts: Mapping[str, str], *, needs_reason: bool) -> None:
        self._audiences, self._needs_reason = list(texts), needs_reason
        for audience, text in texts.items():
            label = Audience(audience).label
            self.fields[f"send_{audience}"] = forms.BooleanField(
                label=label,
                required=False,
                initial=True,
                widget=forms.CheckboxInput(attrs={"class": "checkbox checkbox-sm"}),
            )
            self.fields[f"text_{audience}"] = NeededField(
                label=f"Update for {label.lower()}",
                required=False,
                initial=text,
                max_length=LONGEST_TEXT,
                widget=forms.Textarea(attrs={"class": "textarea field-sizing-content", "rows": 2}),
            )
            if needs_reason:
                self.fields[f"reason_{audience}"] = forms.CharField(
                    label=f"Why do {label.lower()} get no final update?"
                    if audience != Audience.PUBLIC
                    else "Why does the public get no final update?",
                    required=False,
                    max_length=300,
                    widget=forms.TextInput(attrs={"class": "input"}),
                )

    @property
    def audience_rows(self) -> list[AudienceRow]:
        return [
            AudienceRow(
                a,
                str(Audience(a).label),
                self[f"send_{a}"],
                self[f"text_{a}"],
                self[f"reason_{a}"] if self._needs_reason else None,
            )
            for a in self._audiences
        ]

    @property
    def typed_texts(self) -> dict[str, str]:
        """By ticked audience its text as typed right now, valid or not yet."""
        ticked = [a for a in self._audiences if self[f"send_{a}"].value()]
        return {a: str(self[f"text_{a}"].value() or "").strip()[:LONGEST_TEXT] for a in ticked}

    @property
    def typed_next_update_at(self) -> datetime | None:
        return in_minutes(self["next_minutes"].value()) if "next_minutes" in self.fields else None

    def check_texts(self) -> None:
        """To be called from `clean`."""
        for audience in self._audiences:
            is_sent = self.cleaned_data.get(f"send_{audience}")
            if is_sent and not self.cleaned_data.get(f"text_{audience}"):
                self.add_error(f"text_{audience}", "Write the update, or untick the audience.")
            if self._needs_reason and not is_sent and not self.cleaned_data.get(f"reason_{audience}"):
                self.add_error(f"reason_{audience}", "Give a reason, or send the update.")
        if "next_minutes" in self.fields and self.texts and not self.cleaned_data.get("next_minutes"):
            self.add_error("next_minutes", "Enter when the next update comes.")

    def ask_next(self, minutes: int) -> None:
        """After `ask_texts`: when the next update comes, where any is sent."""
        if self._audiences:
            self.fields["next_minutes"] = MinutesField(
                label="Next update in, minutes", required=False, initial=minutes
            )

    @property
    def next_update_at(self) -> datetime | None:
        minutes = self.cleaned_data.get("next_minutes")
        return timezone.now() + timedelta(minutes=minutes) if minutes else None

    @property
    def texts(self) -> dict[str, str]:
        data = self.cleaned_data
        return {a: data[f"text_{a}"] for a in self._audiences if data.get(f"send_{a}")}

    @property
    def unsent(self) -> dict[str, str]:
        data = self.cleaned_data
        return {a: data[f"reason_{a}"] for a in self._audiences if not data.get(f"send_{a}")}


class MitigatedForm(ServiceStates, AudienceTexts, Form):
    note = forms.CharField(label="What stopped it", max_length=300, required=False, widget=forms.Textarea)
    at = MomentField(label="When did the impact stop?", required=False, help_text="Empty means now.")

    def __init__(self, *args: Any, incident: Incident, texts: Mapping[str, str], **kwargs: Any):
        super().__init__(*args, **kwargs)
        running = {a.service: a.impact for a in incident.affected_services.running().worst_first()}
        self.ask_states(running, dict.fromkeys(running, None))
        self.ask_texts(texts, needs_reason=False)
        cadences = [
            c.minutes_in("mitigated") for c in incident.severity.cadences.all() if c.audience in texts
        ]
        self.ask_next(min((m for m in cadences if m), default=NEXT_MINUTES))
        applying = list(incident.mitigations.filter(state=MitigationState.APPLYING))
        self._applying = {f"mitigation_{m.pk}": m for m in applying}
        for name, mitigation in self._applying.items():
            self.fields[name] = forms.ChoiceField(
                label=f"Did it work? {mitigation.text}",
                choices=[
                    *([] if len(applying) == 1 else [("", "Choose one")]),
                    (MitigationState.APPLYING.value, "Still applying"),
                    *((s.value, s.label) for s in mitigation.next_states),
                ],
                initial=MitigationState.WORKED.value if len(applying) == 1 else None,
                error_messages={"required": "Choose what came of it."},
            )

    def clean(self) -> dict[str, Any]:
        super().clean()
        self.check_texts()
        return self.cleaned_data

    @property
    def mitigation_fields(self) -> list[BoundField]:
        return [self[name] for name in self._applying]

    def arguments(self) -> dict[str, Any]:
        """What `mitigate_incident` takes."""
        outcomes: dict[Mitigation, str] = {m: self.cleaned_data[name] for name, m in self._applying.items()}
        return {
            "at": self.cleaned_data["at"],
            "note": self.cleaned_data["note"],
            "outcomes": outcomes,
            "impacts": self.impacts,
            "updates": self.texts,
            "next_update_at": self.next_update_at,
        }


class ResolveForm(ServiceStates, AudienceTexts, Form):
    at = MomentField(label="Resolved at", required=False, help_text="Empty means now.")
    impact_ended_at = MomentField(label="Impact ended at", required=False)
    waive_reason = NeededField(label="Reason for skipping the checks", max_length=300, required=False)

    def __init__(
        self,
        *args: Any,
        incident: Incident,
        texts: Mapping[str, str],
        pages: Mapping[int, list[str]],
        missing: Sequence[str] = (),
        **kwargs: Any,
    ):
        """`missing` is what the page names as open: the field only asks for a reason then."""
        super().__init__(*args, **kwargs)
        self.missing = missing
        self.typed_field("waive_reason", NeededField).is_needed = True
        self.fields["impact_ended_at"].initial = incident.impact_ended_at
        running = {a.service: a.impact for a in incident.affected_services.running().worst_first()}
        self.ask_states(running, dict.fromkeys(running, None), pages)
        self.ask_texts(texts, needs_reason=True)

    def clean(self) -> dict[str, Any]:
        super().clean()
        self.check_texts()
        if self.missing and not self.cleaned_data.get("waive_reason"):
            self.add_error("waive_reason", "Complete the checks, or enter a reason for skipping them.")
        return self.cleaned_data

    def arguments(self) -> dict[str, Any]:
        """What `resolve_incident` takes."""
        ended: datetime | None = self.cleaned_data["impact_ended_at"]
        return {
            "at": self.cleaned_data["at"],
            "impact_ended_at": ended if "impact_ended_at" in self.changed_data else None,
            "waive_reason": self.cleaned_data["waive_reason"],
            "impacts": self.impacts,
            "updates": self.texts,
            "unsent": self.unsent,
        }


class CloseForm(Form):
    owner = ResponderField(label="Who owns the retrospective?", required=False, empty_label="Nobody")
    waive_reason = forms.CharField(label="Reason to close without one", max_length=300, required=False)


class ReopenForm(ServiceStates, AudienceTexts, Form):
    reason = forms.CharField(label="What came back?", max_length=300, widget=forms.Textarea)
    commander = ResponderField(label="Who commands?", empty_label=None)

    def __init__(
        self,
        *args: Any,
        commander: Any,
        impacts: Mapping[Service, str],
        texts: Mapping[str, str],
        **kwargs: Any,
    ):
        super().__init__(*args, **kwargs)
        self.fields["commander"].initial = commander
        self.ask_states({}, dict(impacts))
        self.ask_texts(texts, needs_reason=False)
        self.ask_next(NEXT_MINUTES)

    def clean(self) -> dict[str, Any]:
        super().clean()
        self.check_texts()
        return self.cleaned_data

    def arguments(self) -> dict[str, Any]:
        """What `reopen_incident` takes."""
        return {
            "reason": self.cleaned_data["reason"],
            "commander": self.cleaned_data["commander"],
            "impacts": self.impacts,
            "updates": self.texts,
            "next_update_at": self.next_update_at,
        }
