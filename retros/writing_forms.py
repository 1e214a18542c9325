"""Forms of the narrative sections."""

from typing import Any

from django import forms

from core.forms import Form
from retros.workflow.writing import MAX_LETTERS


class TextForm(Form):
    """A section as Markdown, for who writes without the editor."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    text = forms.CharField(
        required=False,
        max_length=MAX_LETTERS,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 18}),
        help_text="Markdown: **bold**, *slanted*, `code`, ### heading, - list, > quotation, [link](address)",
    )


class CommentForm(Form):
    parent = forms.IntegerField(required=False, widget=forms.HiddenInput)
    quote = forms.CharField(
        required=False,
        max_length=300,
        label="About the words",
        help_text="Words marked in the text come here.",
    )
    text = forms.CharField(
        max_length=5000,
        label="Comment",
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Type @ and a name to notify that person.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """It stands on one page with the form of the text."""
        super().__init__(*args, **{"auto_id": "comment_%s"} | kwargs)


class LeaveHintForm(Form):
    rule = forms.CharField(max_length=60, widget=forms.HiddenInput)
    found = forms.CharField(max_length=300, widget=forms.HiddenInput, strip=False)
    reason = forms.CharField(required=False, max_length=300)


class VersionForm(Form):
    note = forms.CharField(required=False, max_length=200, label="Label of the version")


class HintWordForm(Form):
    words = forms.CharField(max_length=100)
    ask = forms.CharField(max_length=300, label="Ask instead")
