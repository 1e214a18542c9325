"""The forms of status pages."""

from django import forms
from django.core.exceptions import ValidationError

from statuspages.models import Component, StatusPage


class SubscriptionForm(forms.Form):
    """Asked of anybody; drawn by its own template, as a public page has a style sheet of its own."""

    address = forms.EmailField(label="E-mail", max_length=254)
    url = forms.URLField(label="Webhook", max_length=500, required=False, assume_scheme="https")
    components = forms.ModelMultipleChoiceField(
        queryset=Component.objects.none(), required=False, widget=forms.CheckboxSelectMultiple
    )
    website = forms.CharField(required=False)  # seen and filled in by programs only

    def __init__(self, *args, page: StatusPage, **kwargs):
        super().__init__(*args, **kwargs)
        field = self.fields["components"]
        assert isinstance(field, forms.ModelMultipleChoiceField)
        field.queryset = page.components.in_order()
        for name in ("address", "url"):
            self.fields[name].widget.attrs["autocomplete"] = "email" if name == "address" else "off"

    def clean_url(self) -> str:
        url = self.cleaned_data["url"]
        if url and not url.startswith(("https://", "http://")):
            raise ValidationError("Begin with https://.")
        return url
