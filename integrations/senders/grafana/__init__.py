from integrations.senders.base import Sender
from integrations.senders.grafana.parse import parse, sample

Sender(
    "grafana", "Grafana", "GF", parse, sample, "Unified alerting, and alerts of dashboards", has_silences=True
)
