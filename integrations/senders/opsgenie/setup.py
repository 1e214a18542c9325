"""What is pasted into the configuration of what sends to us as Opsgenie does. `@ADDRESS` and `@KEY` are filled in."""

from integrations.senders.base import Setup

SETUPS = (
    Setup(
        "Alertmanager",
        """receivers:
  - name: allclear
    opsgenie_configs:
      - api_url: @ADDRESS/
        api_key: @KEY
        send_resolved: true""",
    ),
    Setup(
        "Python",
        """import opsgenie_sdk  # pip install opsgenie-sdk

conf = opsgenie_sdk.Configuration()
conf.host = "@ADDRESS"
conf.api_key["Authorization"] = "@KEY"
conf.api_key_prefix["Authorization"] = "GenieKey"
alerts = opsgenie_sdk.AlertApi(opsgenie_sdk.ApiClient(conf))
alerts.create_alert({"message": "Disk is full", "alias": "disk"})""",
    ),
    Setup(
        "curl",
        r"""curl @ADDRESS/v2/alerts \
  -H "Authorization: GenieKey @KEY" \
  -H "Content-Type: application/json" \
  -d '{"message": "Disk is full", "alias": "disk", "priority": "P2"}'""",
    ),
)
HELP = "What sends to api.opsgenie.com sends to this address instead. For senders of Jira Service Management it is @ADDRESS/jsm/ops/integration."
