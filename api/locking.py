"""What is locked while If-Match is compared: the row that every verb about the record locks as well."""

from typing import Any


def lock_root(records: dict[str, Any]) -> None:
    """Lock the first record of the address, in the caller's transaction."""
    root = next(iter(records.values()))
    type(root)._default_manager.select_for_update(of=("self",)).filter(pk=root.pk).order_by().first()
