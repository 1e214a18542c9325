"""One folder a counterpart: what it sends, and how it is set up there."""

from integrations.senders.base import SENDERS, Sender, Setup, UnreadableError

__all__ = ["SENDERS", "Sender", "Setup", "UnreadableError", "load"]


def load() -> None:
    """Have every sender register."""
    from integrations.senders import (  # noqa: F401 - they register
        alertmanager,
        argocd,
        aws_deployments,
        azuremonitor,
        change,
        checkly,
        cloudevents,
        cloudwatch,
        datadog,
        email,
        generic,
        github,
        gitlab,
        googlecloud,
        grafana,
        heartbeat,
        nagios,
        newrelic,
        opsgenie,
        opsgenie_webhook,
        pagerduty,
        pagerduty_change,
        pagerduty_webhook,
        pingdom,
        riemann,
        sentry,
        statuspage,
        uptimekuma,
        zabbix,
    )
