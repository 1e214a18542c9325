"""Data sources and signals, as administrators set them up."""

from typing import Any

from rest_framework import serializers

from accounts.models import Team
from api.fields import Body, body, choice, named, optional_text, text
from api.operations.administrators import administrators, all_of
from api.parts import number
from api.registry import item, listing, part, verb
from api.shapes.signals import (
    DataSourceShape,
    SignalShape,
    TrialShape,
)
from incidents.models import Service
from signals import workflow
from signals.models import LONGEST_QUERY, DataSource, RangeKind, SignIn, SourceKind

SCOPE, TAG = "admin", "Signals"

part(
    "data_source",
    lambda call, raw: DataSourceShape.rows(call.user).get(pk=number(raw)),
    shape=DataSourceShape,
    about="The id of a data source.",
    number=True,
)
part(
    "signal",
    lambda call, raw: SignalShape.rows(call.user).get(pk=number(raw)),
    shape=SignalShape,
    about="The id of a signal.",
    number=True,
)
part(
    "trial",
    lambda call, raw: TrialShape.rows(call.user).get(pk=number(raw), source=call["data_source"]),
    shape=TrialShape,
    about="The id of a query that you tried.",
    number=True,
)

# -- data sources --------------------------------------------------------------------------------------------


def secret() -> serializers.Field:
    return optional_text(2000, help_text="The token or password. It is never shown again.")


class DataSourceChangesBody(Body):
    name = text(80, required=False, allow_blank=False)
    url = text(1000, required=False, allow_blank=False)
    sign_in = choice(SignIn, required=False)
    user_name = optional_text(200)
    secret = secret()
    tenant = optional_text(200, help_text="Sent as X-Scope-OrgID.")


listing(
    "data-sources",
    DataSourceShape,
    administrators(all_of(DataSourceShape)),
    name="list_data_sources",
    summary="Data sources of signals. Administrators only.",
    scope=SCOPE,
    tag=TAG,
)
item(
    "data-sources/{data_source}",
    DataSourceShape,
    name="get_data_source",
    summary="One data source.",
    scope=SCOPE,
    tag=TAG,
)
verb(
    "POST",
    "data-sources",
    workflow.add_data_source,
    body=body(
        "DataSourceBody",
        name=text(80),
        kind=choice(SourceKind),
        url=text(1000, help_text="As workers reach it. A private address must be allowed by the operator."),
        sign_in=choice(SignIn, default=SignIn.NONE),
        user_name=optional_text(200),
        secret=secret(),
        tenant=optional_text(200, help_text="Sent as X-Scope-OrgID."),
    ),
    answer=DataSourceShape,
    status=201,
    scope=SCOPE,
    tag=TAG,
    summary="Add a data source: Prometheus, Loki, an address that answers JSON, or Alertmanager.",
    location=lambda made: f"/api/v1/data-sources/{made.pk}",
)
verb(
    "PATCH",
    "data-sources/{data_source}",
    workflow.change_data_source,
    body=DataSourceChangesBody,
    answer=DataSourceShape,
    run=lambda call: workflow.change_data_source(by=call.user, source=call["data_source"], **call.data),
    scope=SCOPE,
    tag=TAG,
    summary="Change a data source. Fields that are not sent stay. With another address, send the secret again.",
)
verb(
    "DELETE",
    "data-sources/{data_source}",
    workflow.remove_data_source,
    run=lambda call: workflow.remove_data_source(by=call.user, source=call["data_source"]),
    scope=SCOPE,
    tag=TAG,
    summary="Remove a data source that no signal uses.",
)
verb(
    "POST",
    "data-sources/{data_source}/test",
    workflow.test_data_source,
    answer=TrialShape,
    status=201,
    run=lambda call: workflow.test_data_source(by=call.user, source=call["data_source"]),
    scope=SCOPE,
    tag=TAG,
    summary="Have a worker ask whether the data source answers. Read the result as a tried query.",
    location=lambda made: f"/api/v1/data-sources/{made.source_id}/queries/{made.pk}",
)
verb(
    "POST",
    "data-sources/{data_source}/queries",
    workflow.try_query,
    body=body(
        "QueryBody",
        query=text(LONGEST_QUERY),
        path=optional_text(500, help_text="For a JSON address: what follows it."),
    ),
    answer=TrialShape,
    status=201,
    run=lambda call: workflow.try_query(by=call.user, source=call["data_source"], **call.data),
    scope=SCOPE,
    tag=TAG,
    summary="Have a worker ask a query for the last three hours.",
    location=lambda made: f"/api/v1/data-sources/{made.source_id}/queries/{made.pk}",
)
listing(
    "data-sources/{data_source}/queries",
    TrialShape,
    lambda call: TrialShape.rows(call.user).filter(source=call["data_source"]),
    name="list_tried_queries",
    summary="Queries that you tried in the last day, the newest first.",
    scope=SCOPE,
    tag=TAG,
)
item(
    "data-sources/{data_source}/queries/{trial}",
    TrialShape,
    name="get_tried_query",
    summary="What a worker found out about a query.",
    scope=SCOPE,
    tag=TAG,
)

# -- signals -------------------------------------------------------------------------------------------------


def _fields(is_new: bool) -> dict[str, Any]:
    """The fields of a body: those of a new signal, or those that change one."""
    needed: dict[str, Any] = {} if is_new else {"required": False, "allow_blank": False}
    return {
        "name": text(80, **needed),
        "source": named(DataSource.objects.with_values(), by="name", required=is_new),
        "query": text(LONGEST_QUERY, **needed),
        "path": optional_text(500, help_text="For a JSON address: what follows it."),
        "unit": optional_text(12),
        "range_kind": choice(RangeKind, required=False),
        "low": serializers.FloatField(required=False, allow_null=True),
        "high": serializers.FloatField(required=False, allow_null=True),
        "owner": named(Team.objects.all(), required=False, allow_null=True),
        "order": serializers.IntegerField(
            min_value=0, max_value=32_767, required=False, help_text="Lower comes first."
        ),
    }


listing(
    "signals",
    SignalShape,
    administrators(all_of(SignalShape)),
    name="list_signals",
    summary="Signals of services. Administrators only.",
    scope=SCOPE,
    tag=TAG,
)
item("signals/{signal}", SignalShape, name="get_signal", summary="One signal.", scope=SCOPE, tag=TAG)
verb(
    "POST",
    "signals",
    workflow.add_signal,
    body=body("SignalBody", service=named(Service.objects.in_use()), **_fields(True)),
    answer=SignalShape,
    status=201,
    scope=SCOPE,
    tag=TAG,
    summary="Add a signal. Incidents that affect its service show it.",
    location=lambda made: f"/api/v1/signals/{made.pk}",
)
verb(
    "PATCH",
    "signals/{signal}",
    workflow.change_signal,
    body=body("SignalChangesBody", **_fields(False)),
    answer=SignalShape,
    scope=SCOPE,
    tag=TAG,
    summary="Change a signal. Fields that are not sent stay. Another query forgets the values of the old one.",
)
verb(
    "DELETE",
    "signals/{signal}",
    workflow.remove_signal,
    scope=SCOPE,
    tag=TAG,
    summary="Remove a signal with its values. What was captured stays.",
)
