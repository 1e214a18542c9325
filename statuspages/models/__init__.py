from statuspages.models.maintenance import MaintenanceState, MaintenanceUpdate, ScheduledMaintenance
from statuspages.models.page import (
    Component,
    ComponentGroup,
    ComponentState,
    PageAudience,
    PageLogo,
    StatusPage,
)
from statuspages.models.series import Frequency, MaintenanceSeries
from statuspages.models.subscriber import PageSubscriber, SubscriberKind

__all__ = [
    "Component",
    "ComponentGroup",
    "ComponentState",
    "Frequency",
    "MaintenanceSeries",
    "MaintenanceState",
    "MaintenanceUpdate",
    "PageAudience",
    "PageLogo",
    "PageSubscriber",
    "ScheduledMaintenance",
    "StatusPage",
    "SubscriberKind",
]
