"""Forms of the narrative sections."""

from django import forms

from config.forms import Form


class TextForm(Form):
    """A section as Markdown, for who writes without the editor."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    text = forms.CharField(
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 18}),
        help_text="Markdown: **bold**, *slanted*, `code`, ### heading, - list, > quotation, [link](address)",
    )


class CommentForm(Form):
    parent = forms.IntegerField(required=False, widget=forms.HiddenInput)
    quote = forms.CharField(required=False, max_length=300, label="About the words")
    text = forms.CharField(
        max_length=5000,
        label="Comment",
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="@ and a name tells that person.",
    )


class LeaveHintForm(Form):
    rule = forms.CharField(max_length=60, widget=forms.HiddenInput)
    found = forms.CharField(max_length=300, widget=forms.HiddenInput, strip=False)
    reason = forms.CharField(required=False, max_length=300)


class VersionForm(Form):
    note = forms.CharField(required=False, max_length=200, help_text="What is special about it")


class HintWordForm(Form):
    words = forms.CharField(max_length=100)
    ask = forms.CharField(max_length=300, label="Ask instead")
