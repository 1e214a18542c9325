"""What the timeline needs to know of the incident it belongs to. `incidents` stands above and writes into it."""

from typing import Any, Protocol


class Subject(Protocol):
    """An incident: `incidents.models.Incident` is one."""

    @property
    def pk(self) -> Any: ...

    @property
    def timeline(self) -> Any: ...

    def can_be_written_by(self, user: Any) -> bool: ...
