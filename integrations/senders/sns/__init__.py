"""Messages of Amazon SNS: their signatures, and the confirmation of a subscription."""

from integrations.senders.sns.checking import check

__all__ = ["check"]
