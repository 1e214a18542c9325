"""What an hour and a minute cost, as a table of three guesses a row."""

from typing import Any

from django import forms

from core.forms import Form
from incidents.models import Role
from retros.models import GUESSES, CostAssumptions, RoleRate


class CostForm(Form):
    currency = forms.CharField(max_length=3, widget=forms.TextInput(attrs={"size": 3}))

    def __init__(self, *args: Any, assumed: CostAssumptions, **kwargs: Any):
        super().__init__(*args, initial={"currency": assumed.currency}, **kwargs)
        rates = {rate.role_id: rate.guesses() for rate in RoleRate.objects.all()}
        nothing = (None, None, None)
        self.rows_of = {
            "minute": ("A minute in which every user is hit", assumed.guesses("minute")),
            "hour": ("An hour of a person", assumed.guesses("hour")),
        } | {
            f"role_{role.pk}": (f"An hour of: {role.name}", rates.get(role.pk, nothing))
            for role in Role.objects.all()
        }
        for name, (label, guesses) in self.rows_of.items():
            for guess, value in zip(GUESSES, guesses, strict=True):
                self.fields[f"{name}_{guess}"] = forms.DecimalField(
                    label=f"{label}, {guess}",
                    required=False,
                    min_value=0,
                    max_digits=12,
                    decimal_places=2,
                    initial=value,
                    widget=forms.NumberInput(attrs={"class": "input w-full min-w-0"}),
                )

    def rows(self) -> list[tuple[str, list[Any]]]:
        """(label, the fields of its guesses)"""
        return [
            (label, [self[f"{name}_{guess}"] for guess in GUESSES])
            for name, (label, _) in self.rows_of.items()
        ]

    def rates(self) -> dict[str, Any]:
        return {
            name: tuple(self.cleaned_data.get(f"{name}_{guess}") for guess in GUESSES)
            for name in self.rows_of
        }
