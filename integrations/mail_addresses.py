"""The addresses that e-mail for integrations is sent to."""

from django.conf import settings

from integrations.models import Integration

KIND = "email"


def address_of_key(integration: Integration, key: str) -> str:
    """The key before the @; nothing for what takes no e-mail."""
    return f"{key}@{settings.MAIL_DOMAIN}" if integration.kind == KIND else ""
