"""The kinds whose payloads an administrator can say how to read."""

from integrations.senders.change.parse import USUAL as OF_CHANGES
from integrations.senders.email.parse import CHOICES as CHOICES_OF_MAIL
from integrations.senders.email.parse import PATHS as OF_MAIL
from integrations.senders.email.parse import WORDS as WORDS_OF_MAIL
from integrations.senders.generic.parse import USUAL as OF_ALERTS

USUAL = {"generic": OF_ALERTS, "change": OF_CHANGES, "email": OF_MAIL}
"""By kind, the fields of a mapping with where each usually stands, as a JMESPath."""
WORDS = {"email": WORDS_OF_MAIL}
"""By kind, the fields of a mapping that are lists of words, between commas."""
CHOICES = {"email": CHOICES_OF_MAIL}
"""By kind, the fields of a mapping that are one of some values, of which the first is the usual one."""
