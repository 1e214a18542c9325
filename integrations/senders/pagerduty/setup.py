"""What is pasted into the configuration of what sends to us as PagerDuty does. `@ADDRESS` and `@KEY` are filled in."""

from integrations.senders.base import Setup

SETUPS = (
    Setup(
        "Alertmanager",
        """receivers:
  - name: allclear
    pagerduty_configs:
      - url: @ADDRESS/v2/enqueue
        routing_key: @KEY
        send_resolved: true""",
    ),
    Setup(
        "Python",
        """import pagerduty  # pip install pagerduty

events = pagerduty.EventsApiV2Client("@KEY", base_url="@ADDRESS")
key = events.trigger("Disk is full", "db-1", severity="critical")
events.resolve(key)""",
    ),
    Setup(
        "curl",
        r"""curl @ADDRESS/v2/enqueue \
  -H "Content-Type: application/json" \
  -d '{"routing_key": "@KEY", "event_action": "trigger", "payload": {"summary": "Disk is full", "source": "db-1", "severity": "critical"}}'""",
    ),
)
HELP = "What sends to events.pagerduty.com sends to this address instead. The key is its routing key or integration key."
