"""Fields that several operations share."""

from typing import Any

from rest_framework import serializers

from api.fields import Body, ByKey, Named, TextField, choice, named
from incidents.models import Audience, Service, ServiceImpact

OPERATIONAL = "operational"
STATES = [OPERATIONAL, *ServiceImpact.values]


class ServiceStateBody(Body):
    """A service and how it is affected from now on."""

    service: Named = named(Service.objects.in_use())
    impact = choice(STATES)


class ServiceStates(serializers.ListSerializer):
    """A list of states, as the verbs take it: {service: impact, None for operational}."""

    def __init__(self, **options: Any):
        super().__init__(child=ServiceStateBody(), required=False, **options)

    def to_internal_value(self, data: Any) -> Any:
        said = super().to_internal_value(data)
        return {one["service"]: None if one["impact"] == OPERATIONAL else one["impact"] for one in said}


def texts_by_audience(**options: Any) -> ByKey:
    """{audience: text}."""
    return ByKey(Audience, TextField(2000), required=False, **options)
