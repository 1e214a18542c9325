"""Are the rows of a select read in one statement, without opening, reading and closing a cursor?"""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext


@pytest.mark.parametrize(
    "path", ["/insights/", "/insights/over-time/", "/actions/", "/alerts/", "/incidents/", "/declare"]
)
def test_pages_with_filters(client, responder, path):
    client.force_login(responder)
    with CaptureQueriesContext(connection) as captured:
        page = client.get(path)
    assert page.status_code == 200
    assert [query["sql"] for query in captured if query["sql"].startswith("DECLARE")] == []
