"""Alerts: found, acknowledged, attached to incidents."""

from typing import Any, ClassVar

from django.utils import timezone
from rest_framework import serializers

from alerts import workflow
from alerts.models import LONGEST_COMMENT, MOST_WORDS, OPEN_STATES, Alert, AlertState, Silence
from alerts.noise import SORTS, noisiest_rules
from alerts.workflow.acting import MOST_AT_ONCE
from api.fields import Body, IncidentField, body, choice, flag, moment, named, optional_text
from api.parts import number
from api.registry import Call, item, listing, part, verb
from api.shapes.alert_routes import NoisyAlertRule
from api.shapes.alerts import AlertShape, AlertSilenceShape
from incidents.models import Incident, Service

SCOPE, TAG = "alerts:write", "Alerts"
READ = "alerts:read"
STATES_ASKED = ["open", *AlertState.values]

part(
    "alert",
    lambda call, raw: AlertShape.rows(call.user).get(pk=number(raw)),
    shape=AlertShape,
    about="The id of an alert.",
    number=True,
)
part(
    "silence",
    lambda call, raw: AlertSilenceShape.rows(call.user).get(pk=number(raw), alert=call["alert"]),
    shape=AlertSilenceShape,
    about="The id of a silence of the alert.",
    number=True,
)


class AlertsField(serializers.ListField):
    """Alerts that the caller can see, by their ids."""

    default_error_messages: ClassVar = {"unknown": "There is no alert {pk} that you can see."}

    def to_internal_value(self, data: Any) -> list[Alert]:
        named = super().to_internal_value(data)
        found = Alert.objects.visible_to(self.context["call"].user).in_bulk(named)
        for pk in named:
            if pk not in found:
                self.fail("unknown", pk=pk)
        return list(found.values())


class AlertQuery(Body):
    q = optional_text(200, help_text=f"At most {MOST_WORDS} words; also label=value and INC-142.")
    state = choice(STATES_ASKED, required=False, help_text="open: firing or acknowledged.")
    service = named(Service.objects.all(), required=False)
    incident = optional_text(20, help_text="The reference of the incident it is attached to.")
    dedup_key = optional_text(512)
    group_key = optional_text(512)
    is_noise = flag()


def _found(call: Call) -> Any:
    rows, asked = AlertShape.rows(call.user), call.query
    if words := asked.get("q", ""):
        rows = rows.told_by(words, call.user)
    if state := asked.get("state", ""):
        rows = rows.filter(state__in=OPEN_STATES if state == "open" else (state,))
    for name in ("service", "dedup_key", "group_key", "is_noise"):
        if name in asked and asked[name] != "":
            rows = rows.filter(**{name: asked[name]})
    if reference := asked.get("incident"):
        reached = Incident.objects.visible_to(call.user).of_reference(reference)
        rows = rows.filter(incident__in=reached.values("pk"))
    return rows


listing("alerts", AlertShape, _found, name="list_alerts", summary="Alerts, the newest first.", query=AlertQuery, scope=READ, tag=TAG)  # fmt: skip
item("alerts/{alert}", AlertShape, name="get_alert", summary="One alert.", scope=READ, tag=TAG)
verb(
    "POST",
    "alerts/{alert}/acknowledgement",
    workflow.acknowledge_alert,
    answer=AlertShape,
    scope=SCOPE,
    tag=TAG,
    summary="Acknowledge an alert. Again it changes nothing.",
)


def _acknowledge_many(call: Call) -> list[Alert]:
    return workflow.acknowledge_alerts(alerts=call.data["alerts"], by=call.user)


class AlertsBody(Body):
    alerts = AlertsField(child=serializers.IntegerField(min_value=1), max_length=MOST_AT_ONCE)


verb(
    "POST",
    "alert-acknowledgements",
    workflow.acknowledge_alerts,
    body=AlertsBody,
    answer=AlertShape,
    many=True,
    run=_acknowledge_many,
    scope=SCOPE,
    tag=TAG,
    summary="Acknowledge many alerts. Answers with those that were firing. Others stay as they are.",
)


def _noisiest(call: Call) -> list[dict[str, Any]]:
    rules = noisiest_rules(call.user, timezone.now(), call.query.get("sort") or "firings")
    return [
        vars(one) | {"integration": {"id": one.integration, "name": one.integration_name}} for one in rules
    ]


item(
    "noisy-alert-rules",
    NoisyAlertRule,
    _noisiest,
    many=True,
    query=body("NoisyAlertRuleQuery", sort=choice(list(SORTS), required=False)),
    name="list_noisy_alert_rules",
    summary="The alert rules that fired most in the last 30 days, and what they cost.",
    scope=READ,
    tag=TAG,
)


def _mark_noise(call: Call) -> Alert:
    return workflow.mark_noise(alert=call["alert"], by=call.user, is_noise=call.data["is_noise"])


def _attach(call: Call) -> Alert:
    return workflow.attach_alert(alert=call["alert"], incident=call.data["incident"], by=call.user)


verb(
    "PUT",
    "alerts/{alert}/noise",
    workflow.mark_noise,
    body=body("NoiseBody", is_noise=flag(default=True)),
    answer=AlertShape,
    run=_mark_noise,
    scope=SCOPE,
    tag=TAG,
    summary="Mark an alert as noise, or take the mark away.",
)
verb(
    "PUT",
    "alerts/{alert}/incident",
    workflow.attach_alert,
    body=body("AlertIncidentBody", incident=IncidentField()),
    answer=AlertShape,
    run=_attach,
    scope=SCOPE,
    tag=TAG,
    summary="Attach an alert to an incident that is not over, and to no other.",
)
verb(
    "DELETE",
    "alerts/{alert}/incident",
    workflow.detach_alert,
    answer=AlertShape,
    scope=SCOPE,
    tag=TAG,
    summary="Detach an alert from its incident.",
)


def _silences(call: Call) -> Any:
    return AlertSilenceShape.rows(call.user).filter(alert=call["alert"])


def _silence(call: Call) -> Silence:
    return workflow.silence_alert(alert=call["alert"], by=call.user, **call.data)


listing(
    "alerts/{alert}/silences",
    AlertSilenceShape,
    _silences,
    name="list_alert_silences",
    summary="The silences that people made of an alert.",
    scope=READ,
    tag=TAG,
)
item(
    "alerts/{alert}/silences/{silence}",
    AlertSilenceShape,
    name="get_alert_silence",
    summary="One silence, and whether Alertmanager has it.",
    scope=READ,
    tag=TAG,
)
verb(
    "POST",
    "alerts/{alert}/silences",
    workflow.silence_alert,
    body=body(
        "AlertSilenceBody",
        labels=serializers.ListField(
            child=serializers.CharField(max_length=200),
            required=False,
            max_length=100,
            help_text="The names of the labels that count. All of the alert’s labels where it is not sent.",
        ),
        until=moment(help_text="At most 31 days from now. Not sent: until the alert’s incident is over."),
        comment=optional_text(LONGEST_COMMENT),
    ),
    answer=AlertSilenceShape,
    run=_silence,
    status=201,
    scope=SCOPE,
    tag=TAG,
    summary="Silence an alert in its Alertmanager, and acknowledge it. A worker does it.",
    location=lambda made: f"/api/v1/alerts/{made.alert_id}/silences/{made.pk}",
)
verb(
    "DELETE",
    "alerts/{alert}/silences/{silence}",
    workflow.end_alert_silence,
    run=lambda call: workflow.end_alert_silence(silence=call["silence"], by=call.user),
    answer=AlertSilenceShape,
    scope=SCOPE,
    tag=TAG,
    summary="End a silence. Again it changes nothing.",
)
