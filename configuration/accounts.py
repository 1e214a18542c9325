"""Who applies a configuration."""

from accounts.models import InstallationRole, User
from accounts.workflow import add_service_account

NAME = "Configuration"


class NobodyActs(Exception):  # noqa: N818 - told to a person
    """There is no account that could apply a configuration."""


def acting(email: str = "") -> User:
    """The administrator of this address, or without one a service account that is made when it is first needed."""
    if email:
        person = User.objects.administrators().with_email(email).first()
        if person is None:
            raise NobodyActs(f"There is no active administrator with the address {email}.")
        return person
    return _account()


def _account() -> User:
    account = User.objects.filter(is_service=True, name__iexact=NAME).first()
    if account is None:
        return add_service_account(
            by=_administrator(), name=NAME, installation_role=InstallationRole.ADMINISTRATOR
        )
    if not (account.is_active and account.is_administrator):
        raise NobodyActs(f"The account “{NAME}” is no active administrator. Name one with --as.")
    return account


def _administrator() -> User:
    person = User.objects.administrators().filter(is_service=False).first()
    if person is None:
        raise NobodyActs("There is no administrator. Run bin/start and become one first.")
    return person
