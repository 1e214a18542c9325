from statuspages.models.maintenance import MaintenanceState, MaintenanceUpdate, ScheduledMaintenance
from statuspages.models.page import Component, ComponentGroup, ComponentState, PageAudience, StatusPage
from statuspages.models.subscriber import PageSubscriber, SubscriberKind

__all__ = [
    "Component",
    "ComponentGroup",
    "ComponentState",
    "MaintenanceState",
    "MaintenanceUpdate",
    "PageAudience",
    "PageSubscriber",
    "ScheduledMaintenance",
    "StatusPage",
    "SubscriberKind",
]
