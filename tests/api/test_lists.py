"""Do lists come whole by pages, narrowed as asked, for a constant number of queries?"""

from django.db import connection
from django.test.utils import CaptureQueriesContext

from incidents.models import Service
from incidents.workflow import declare_incident


def test_pages_hold_everything_once(api, commander, severity):
    for number in range(7):
        declare_incident(by=commander, title=f"Trouble {number}", severity=severity(3))
    calls, seen, address = api(commander), [], "incidents?limit=3"
    while address:
        page = calls.get(address.replace("http://testserver", ""))
        seen += [one["title"] for one in page["results"]]
        address = page["next"]
    assert seen == [f"Trouble {number}" for number in reversed(range(7))]
    back = calls.get(page["previous"].replace("http://testserver", ""))
    assert len(back["results"]) == 3
    assert 'rel="next"' in calls.last["Link"]


def test_filters_and_the_search_of_the_list(api, commander, severity):
    Service.objects.create(name="Payments", slug="payments")
    payments = list(Service.objects.all())
    declare_incident(by=commander, title="Card payments fail", severity=severity(1), services=payments)
    declare_incident(by=commander, title="Mail is late", severity=severity(4))
    calls = api(commander)

    def titles(query):
        return [one["title"] for one in calls.get(f"incidents?{query}")["results"]]

    assert titles("severity=SEV4") == ["Mail is late"]
    assert titles("service=payments") == ["Card payments fail"]
    assert titles("q=sev1%20open%20card") == ["Card payments fail"]
    assert titles("status=open") == ["Mail is late", "Card payments fail"]
    assert titles("status=closed") == []


def _queries(calls, address):
    with CaptureQueriesContext(
        connection,
    ) as told:
        calls.get(address)
    assert calls.status == 200
    return len(told)


def test_the_number_of_queries_does_not_grow(api, commander, responder, severity, readers):
    service = Service.objects.create(name="Payments", slug="payments")
    calls = api(commander)
    declare_incident(by=commander, title="One", severity=severity(2), services=[service])
    calls.get("incidents")
    few = _queries(calls, "incidents")
    for number in range(5):
        declare_incident(by=responder, title=f"More {number}", severity=severity(2), services=[service])
    assert _queries(calls, "incidents") == few
    assert few <= 8
