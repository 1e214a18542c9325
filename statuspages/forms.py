"""The forms of status pages."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy

from config.forms import Form, ModelForm
from incidents.forms.fields import MomentField
from incidents.models import Service, ServiceImpact
from notifications.forms import check_address
from notifications.models import ChannelKind
from statuspages.models import Component, ComponentGroup, ScheduledMaintenance, StatusPage
from statuspages.workflow.maintenance import LONGEST_WORD


class PageForm(ModelForm):
    class Meta:
        model = StatusPage
        fields = [
            "name",
            "slug",
            "about",
            "audience",
            "time_zone",
            "language",
            "is_default",
            "host",
            "is_published",
        ]
        widgets = {"audience": forms.RadioSelect}

    def clean_host(self) -> str:
        """Only a name that was set aside for this: nobody turns Allclear's own address into a status page."""
        host = self.cleaned_data["host"].strip().lower()
        if host and host not in settings.STATUS_HOSTS:
            raise ValidationError(
                f"Add {host} to ALLCLEAR_STATUS_HOSTS first, and start Allclear again; see the operating guide."
            )
        return host


class PartForm(ModelForm):
    def _get_validation_exclusions(self) -> set[str]:
        """The page is not asked for; its rules of one name and one service count all the same."""
        return super()._get_validation_exclusions() - {"page"}  # type: ignore[misc]


class GroupForm(PartForm):
    class Meta:
        model = ComponentGroup
        fields = ["name"]


class ComponentForm(PartForm):
    class Meta:
        model = Component
        fields = ["name", "description", "service", "group", "tracked_since"]
        widgets = {"tracked_since": forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})}

    def __init__(self, *args, page: StatusPage, **kwargs):
        super().__init__(*args, **kwargs)
        service = self.typed_field("service", forms.ModelChoiceField)
        service.queryset, service.empty_label = Service.objects.in_use(), "None: set by hand"
        group = self.typed_field("group", forms.ModelChoiceField)
        group.queryset, group.empty_label = page.groups.all(), "No group"


class ComponentStateForm(Form):
    impact = forms.ChoiceField(
        label="State now",
        required=False,
        choices=[("", "Operational"), *ServiceImpact.choices],
        widget=forms.RadioSelect,
    )


class MaintenanceForm(ModelForm):
    """Announces work, or another plan for it; either way with a sentence for its readers."""

    starts_at = MomentField(label="Begins")
    ends_at = MomentField(label="Ends")
    components = forms.ModelMultipleChoiceField(
        label="Components it touches",
        queryset=Component.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    text = forms.CharField(
        label="What readers should know",
        max_length=LONGEST_WORD,
        widget=forms.Textarea,
        help_text="What changes for them meanwhile, and what they can do. Everybody who subscribed gets this.",
    )
    form_token = forms.UUIDField(widget=forms.HiddenInput, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = ScheduledMaintenance
        fields = [
            "title",
            "starts_at",
            "ends_at",
            "components",
            "begins_by_itself",
            "ends_by_itself",
            "reminds",
        ]

    field_order = ["title", "starts_at", "ends_at", "components", "text"]

    def __init__(self, *args, page: StatusPage, **kwargs):
        super().__init__(*args, **kwargs)
        field = self.typed_field("components", forms.ModelMultipleChoiceField)
        field.queryset = page.components.in_order()
        mine = timezone.get_current_timezone_name()
        shown = "" if mine == page.time_zone else f" The page shows it in {page.time_zone}."
        for name in ("starts_at", "ends_at"):
            self.fields[name].help_text = f"In your time zone, {mine}.{shown}"
        del self.fields["form_token" if self.instance.pk else "version"]

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        begins, ends = data.get("starts_at"), data.get("ends_at")
        if begins and ends and ends <= begins:
            self.add_error("ends_at", "It ends before it begins.")
        return data

    def arguments(self) -> dict[str, Any]:
        names = ("components", "text", "form_token", "version")
        return {"maintenance": self.instance} | {
            n: self.cleaned_data[n] for n in names if n in self.cleaned_data
        }


class MaintenanceUpdateForm(Form):
    state = forms.ChoiceField(label="Its state is now", required=False, widget=forms.RadioSelect)
    text = forms.CharField(label="What readers should know", max_length=LONGEST_WORD, widget=forms.Textarea)

    def __init__(self, *args, maintenance: ScheduledMaintenance, **kwargs):
        super().__init__(*args, **kwargs)
        state = self.typed_field("state", forms.ChoiceField)
        state.choices = [
            ("", f"Still {maintenance.get_state_display().lower()}"),
            *((s.value, s.label) for s in maintenance.next_states),
        ]


class SubscriptionForm(forms.Form):
    """Asked of anybody; drawn by its own template, as a public page has a style sheet of its own.

    Where no e-mail is sent, it asks for the address of a webhook alone.
    """

    address = forms.EmailField(max_length=254)
    url = forms.URLField(max_length=500, required=False, assume_scheme="https")
    components = forms.ModelMultipleChoiceField(
        queryset=Component.objects.none(), required=False, widget=forms.CheckboxSelectMultiple
    )
    website = forms.CharField(required=False, max_length=200)  # seen and filled in by programs only

    def __init__(self, *args, page: StatusPage, sends_mail: bool, **kwargs):
        super().__init__(*args, **kwargs)
        field = self.fields["components"]
        assert isinstance(field, forms.ModelMultipleChoiceField)
        field.queryset = page.components.in_order()
        for name in ("address", "url"):
            self.fields[name].widget.attrs["autocomplete"] = "email" if name == "address" else "off"
        if not sends_mail:
            del self.fields["address"]
            self.fields["url"].required = True

    def clean_url(self) -> str:
        """In the page's language; what is wrong with an address is written for staff."""
        url: str = self.cleaned_data["url"]
        try:
            if url:
                check_address(ChannelKind.WEBHOOK, url)
        except ValidationError as error:
            raise ValidationError(
                gettext_lazy(
                    "This is not the address of a webhook; it begins with https:// and names a server."
                )
            ) from error
        return url
