"""What is pasted into what sends change events to PagerDuty. `@ADDRESS` and `@KEY` are filled in."""

from integrations.senders.base import Setup

SETUPS = (
    Setup(
        "Python",
        """import pagerduty  # pip install pagerduty

events = pagerduty.EventsApiV2Client("@KEY", base_url="@ADDRESS")
events.send_change_event(
    {"summary": "Deploy v231", "source": "pipeline", "custom_details": {"service": "checkout"}}
)""",
    ),
    Setup(
        "curl",
        r"""curl @ADDRESS/v2/change/enqueue \
  -H "Content-Type: application/json" \
  -d '{"routing_key": "@KEY", "payload": {"summary": "Deploy v231", "source": "pipeline", "custom_details": {"service": "checkout"}}}'""",
    ),
)
HELP = "What sends change events to events.pagerduty.com sends to this address instead. The key is its routing key or integration key."
