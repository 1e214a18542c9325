"""What is pasted into the configuration of what sends to us as Alertmanager does. `@ADDRESS` and `@KEY` are filled in."""

from integrations.senders.base import Setup

SETUPS = (
    Setup(
        "YAML",
        """receivers:
  - name: allclear
    webhook_configs:
      - url: @ADDRESS/hooks/
        send_resolved: true
        max_alerts: 0
        http_config:
          authorization:
            credentials_file: /etc/alertmanager/allclear.key
route:
  receiver: allclear""",
    ),
    Setup(
        "Helm",
        """alertmanager:
  alertmanagerSpec:
    secrets: [allclear]  # kubectl create secret generic allclear --from-literal=key=@KEY
  config:
    receivers:
      - name: allclear
        webhook_configs:
          - url: @ADDRESS/hooks/
            send_resolved: true
            max_alerts: 0
            http_config:
              authorization:
                credentials_file: /etc/alertmanager/secrets/allclear/key
    route:
      receiver: allclear""",
    ),
    Setup(
        "curl",
        r"""curl @ADDRESS/hooks/ \
  -H "Authorization: Bearer @KEY" \
  -H "Content-Type: application/json" \
  -d '{"version": "4", "status": "firing", "groupKey": "test", "alerts": [{"status": "firing", "labels": {"alertname": "Test"}}]}'""",
    ),
)
HELP = "Write the key to /etc/alertmanager/allclear.key, then reload Alertmanager. The key is never part of the URL."
