"""Jobs of a worker (settings.JOBS). Each may run anywhere, twice at once, or late."""

from accounts.workflow import warn_of_expiry


def warn_of_expiring_tokens() -> None:
    """Mail the owners of API tokens that end within a week, each once."""
    while warn_of_expiry():
        pass
