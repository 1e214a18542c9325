"""A link with which somebody chooses a new password, made by an administrator."""

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse

from accounts.models import User
from accounts.workflow.common import audit, require_administrator


@transaction.atomic
def create_password_link(*, by: User, person: User) -> str:
    """The link: it works once, for as long as PASSWORD_RESET_TIMEOUT, and is stored nowhere.

    Raises ValidationError for a deactivated person.
    """
    require_administrator(by)
    if not person.is_active:
        raise ValidationError(f"{person} is deactivated. Activate the account first.")
    if person.is_service:
        raise ValidationError(f"{person} is a service account. It acts by its tokens and never signs in.")
    key = default_token_generator.make_token(person)
    audit("person.password_link", person, by)
    address = reverse("account_reset_password_from_key", args=[user_pk_to_url_str(person), key])
    return f"{settings.PUBLIC_URL}{address}"
