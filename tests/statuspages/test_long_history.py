"""Does a history with very much in it stay short, and is nothing of it lost?"""

from datetime import datetime, timedelta

import time_machine

from incidents.workflow import declare_incident
from statuspages.public_routes import MOST_A_MONTH

AT = datetime.fromisoformat("2026-08-20T12:00:00+00:00")


@time_machine.travel(AT, tick=False)
def test_a_month_of_very_many(client, shop, commander, severity, tell):
    for number in range(MOST_A_MONTH + 2):
        incident = declare_incident(by=commander, title="x", severity=severity(3))
        tell(
            incident,
            "Over.",
            public_title=f"Fault {number:02}.",
            ago=timedelta(hours=number + 1),
            status="resolved",
        )
    older = declare_incident(by=commander, title="x", severity=severity(3))
    tell(older, "Over.", public_title="Fault in July.", ago=timedelta(days=40), status="resolved")
    tell(older, "Once more.", public_title="Fault in July.", ago=timedelta(days=1), status="resolved")

    history = client.get("/status/shop/history").text
    assert "Fault 00." in history
    assert f"Fault {MOST_A_MONTH - 1}." in history
    assert f"Fault {MOST_A_MONTH}." not in history
    assert history.count("Fault in July.") == 1, "in the month in which it appeared"
    assert history.count("Show all of") == 1
    assert 'href="history/2026-08"' in history

    month = client.get("/status/shop/history/2026-08").text
    assert f"Fault {MOST_A_MONTH + 1}." in month
    assert "Fault in July." not in month
    assert "Show all of" not in month
    assert client.get("/status/shop/history/2026-06").status_code == 404
