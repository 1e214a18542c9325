from integrations.senders.alertmanager.parse import parse, sample
from integrations.senders.alertmanager.setup import HELP, SETUPS
from integrations.senders.base import Sender

Sender(
    "alertmanager",
    "Alertmanager",
    "AM",
    parse,
    sample,
    "Prometheus, Mimir, VictoriaMetrics, Grafana Mimir",
    setups=SETUPS,
    help=HELP,
    has_silences=True,
)
