"""Keeping a way to look at the list; one's own, nobody else's."""

from django.core.exceptions import ValidationError
from django.core.validators import ProhibitNullCharactersValidator
from django.db import transaction

from accounts.models import User
from incidents.models import SavedView

MOST, LONGEST = 30, 3000


@transaction.atomic
def save_view(*, by: User, name: str, query: str, path: str = "") -> SavedView:
    """The same name again means the new question. `path` is the page, where it is not the list of incidents."""
    name = " ".join(name.split())
    if not name:
        raise ValidationError({"name": "Give it a name."})
    ProhibitNullCharactersValidator()(name + query + path)
    if len(query) > LONGEST:
        raise ValidationError({"query": "The search is too long to be saved. Use fewer words."})
    if by.saved_views.exclude(name=name, path=path).count() >= MOST:
        raise ValidationError({"name": f"There are {MOST} saved views already. Delete one first."})
    view, _is_new = SavedView.objects.update_or_create(
        person=by, path=path, name=name, defaults={"query": query}
    )
    return view


def delete_view(*, view: SavedView) -> None:
    view.delete()
