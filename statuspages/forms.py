"""The forms of status pages."""

from base64 import b64decode, b64encode
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy

from core.forms import Form, ModelForm
from incidents.models import Service, ServiceImpact
from notifications.addresses import check_address
from notifications.kinds import DeliveryKind
from statuspages.accent import Accent, Sample, accent_of, normal, samples
from statuspages.logo import MOST_BYTES, Logo, logo_of
from statuspages.models import (
    Component,
    ComponentGroup,
    StatusPage,
)
from statuspages.workflow.pages import check_host, short_name_of


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
        help_texts = {
            "time_zone": "Times are shown in it, and in UTC. Each day of the bars begins at its midnight.",
            "host": "For example status.example.com. Name it in ALLCLEAR_STATUS_HOSTS too. "
            "Nothing else is served there.",
        }

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        slug = self.fields["slug"]
        slug.required, slug.widget.attrs["data-suggest-from"] = False, self["name"].id_for_label
        slug.help_text = f"{slug.help_text} Empty means one made from the name."

    def clean(self) -> dict[str, Any]:
        """Without a short name there is one made of the name, or that which the page has."""
        data = super().clean()
        if not data.get("slug") and "slug" not in self.errors:
            data["slug"] = self.instance.slug or short_name_of(data.get("name", ""))
            if not data["slug"]:
                self.add_error("slug", "Enter a short name in the letters a to z.")
        return data

    def clean_host(self) -> str:
        return check_host(self.cleaned_data["host"])


class LookForm(Form):
    """A logo and a colour, and how both look. A picture that was previewed is kept in the form."""

    accent = forms.CharField(
        label="Accent colour",
        required=False,
        max_length=7,
        help_text="Six digits such as #1f6feb. For links, focus and buttons. The colours of states never change.",
        widget=forms.TextInput(attrs={"spellcheck": "false", "autocomplete": "off"}),
    )
    logo = forms.FileField(
        label="Logo",
        required=False,
        help_text="PNG, JPEG or WebP, at most 1 MB. It is shown 32 pixels high, in place of the name.",
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/webp"}),
    )
    kept_logo = forms.CharField(required=False, max_length=600_000, widget=forms.HiddenInput)
    removes_logo = forms.BooleanField(label="Remove the logo", required=False)

    def __init__(self, *args: Any, page: StatusPage, **kwargs: Any) -> None:
        self.page = page
        super().__init__(*args, initial={"accent": page.accent}, **kwargs)
        self.picture: Logo | None = None
        self.colour: Accent | None = accent_of(page.accent) if page.accent and not self.is_bound else None
        if not page.logo_version:
            del self.fields["removes_logo"]

    def clean_accent(self) -> str:
        text = self.cleaned_data["accent"].strip()
        if not text:
            return ""
        self.colour = accent_of(normal(text))
        return self.colour.chosen

    def clean_logo(self) -> Any:
        file = self.cleaned_data["logo"]
        if file:
            if file.size > MOST_BYTES:
                raise ValidationError("A logo has at most 1 MB.")
            self.picture = logo_of(file.read())
        return file

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if kept := None if self.picture or "logo" in self.errors else data.get("kept_logo"):
            try:
                self.picture = logo_of(b64decode(kept, validate=True))
            except (ValueError, ValidationError):
                self.add_error("logo", "Choose the logo again.")
        return data

    @property
    def kept(self) -> str:
        """The chosen picture, for the preview and for the form that is sent next."""
        return b64encode(self.picture.content).decode() if self.picture else ""

    @property
    def shows_logo(self) -> bool:
        """Whether the preview shows the page's logo, or the chosen one."""
        is_removed = self.is_bound and bool(getattr(self, "cleaned_data", {}).get("removes_logo"))
        return bool(self.picture or (self.page.logo_version and not is_removed))

    @property
    def shown_width(self) -> int:
        """Of the logo in the preview, in px, where it is 32 high."""
        picture, page = self.picture, self.page
        width, height = (picture.width, picture.height) if picture else (page.logo_width, page.logo_height)
        return min(round(32 * width / max(height, 1)), 268)

    @property
    def samples(self) -> list[Sample]:
        plate = self.picture.plate if self.picture else self.page.logo_plate
        return samples(self.colour, plate)

    def arguments(self) -> dict[str, Any]:
        return {
            "accent": self.cleaned_data["accent"],
            "logo": self.picture.content if self.picture else None,
            "removes_logo": self.cleaned_data.get("removes_logo", False),
        }


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
        help_texts = {
            "name": "As customers call it. The name of the service is not shown to them.",
            "service": "Its state follows this service. Without one, you set the state by hand.",
        }

    def __init__(self, *args: Any, page: StatusPage, **kwargs: Any) -> None:
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

    def __init__(self, *args: Any, page: StatusPage, sends_mail: bool, **kwargs: Any) -> None:
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
                check_address(DeliveryKind.WEBHOOK, url)
        except ValidationError as error:
            raise ValidationError(
                gettext_lazy(
                    "This is not the address of a webhook. It must begin with https:// and name a server."
                )
            ) from error
        return url
