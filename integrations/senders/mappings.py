"""The kinds whose payloads an administrator can say how to read."""

from integrations.senders.change.parse import USUAL as OF_CHANGES
from integrations.senders.generic.parse import USUAL as OF_ALERTS

USUAL = {"generic": OF_ALERTS, "change": OF_CHANGES}
"""By kind, the fields of a mapping with where each usually stands, as a JMESPath."""
