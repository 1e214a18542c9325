from integrations.senders.alertmanager.parse import parse, sample
from integrations.senders.base import Sender

Sender(
    "alertmanager", "Alertmanager", "AM", parse, sample, "Prometheus, Mimir, VictoriaMetrics, Grafana Mimir"
)
