from integrations.senders.base import Sender, Setup
from integrations.senders.heartbeat.parse import parse, sample

SETUPS = (
    Setup("URL", "@ADDRESS/hooks/@KEY/"),
    Setup("cron", "*/5 * * * * nightly-backup && curl -fsS -m 10 --retry 3 -X POST @ADDRESS/hooks/@KEY/"),
)
HELP = "Whatever is posted to this URL is a heartbeat, also an empty body. The first one starts the clock."
Sender(
    "heartbeat",
    "Heartbeat",
    "HB",
    parse,
    sample,
    "A job or monitoring system that must report regularly",
    setups=SETUPS,
    help=HELP,
    takes_anything=True,
)
