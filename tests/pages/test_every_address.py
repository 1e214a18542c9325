"""Does every address answer whatever stands in it, and with or without its last slash?"""

import itertools
import re

import pytest
from django.urls import URLResolver, get_resolver

ODD = {
    "int": ["0", "99999999999999999999"],
    "slug": ["nonsense", "-"],
    "str": ["nonsense", "INC-99999999999999999999", "%E2%80%AEx"],
    "uuid": ["00000000-0000-0000-0000-000000000000"],
    "path": ["a/b", "..%2f"],
}
QUERIES = [
    "",
    "page=x&since=2024-13-01&until=0001-01-01&period=zzz&severity=abc&service=%F0%9F%92%A5&cut=-1&metric=none",
    "q=after:9999-99-99%20(%22&before=x_y&after=-1&at=0001-01-01&from=nonsense&every=never&period=own&since=9999-12-31",
]


def addresses() -> list[str]:
    """One address a route, its parts filled with what nobody would write there."""
    odd = {kind: itertools.cycle(values) for kind, values in ODD.items()}

    def filled(route: str) -> str:
        route = re.sub(r"<(?:(\w+):)?\w+>", lambda m: next(odd.get(m[1] or "str", odd["str"])), route)
        return re.sub(r"\(\?P<\w+>[^)]*\)", "nonsense", route).strip("^$").replace("\\", "")

    def walk(resolver, before: str):
        for one in resolver.url_patterns:
            path = before + str(one.pattern)
            if isinstance(one, URLResolver):
                yield from walk(one, path)
            else:
                yield "/" + filled(path)

    return sorted(set(walk(get_resolver(), "")))


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["nobody", "stakeholder", "responder", "admin"])
def test_no_address_is_a_fault(role, request, client, incident):
    client.raise_request_exception = False
    if role != "nobody":
        client.force_login(request.getfixturevalue(role))
    queries = itertools.cycle(QUERIES)
    found = [f"{path}?{next(queries)}" for path in addresses() if "logout" not in path]
    found += ["/insights/nonsense.csv", f"/incidents/{incident.reference}/timeline.nonsense"]
    assert len(found) > 150
    faults = [address for address in found if client.get(address).status_code >= 500]
    assert faults == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("address", "right"),
    [
        ("/insights", "/insights/"),
        ("/insights//?period=30", "/insights/?period=30"),
        ("/insights/faster.csv/", "/insights/faster.csv"),
        ("/insights/faster.csv/?period=30", "/insights/faster.csv?period=30"),
        ("/healthz/", "/healthz"),
        ("/incidents/INC-1", "/incidents/INC-1/"),
    ],
)
def test_missing_or_extra_slash_is_a_redirect(client, responder, address, right):
    client.force_login(responder)
    answer = client.get(address)
    assert (answer.status_code in (301, 302), answer.get("Location")) == (True, right)


@pytest.mark.django_db
def test_extra_slash_leads_to_no_other_host(client, responder):
    client.force_login(responder)
    answer = client.get("/" + "/example.com/")
    assert "example.com" not in answer.get("Location", "") or answer["Location"].startswith(("/%2F", "/e"))


@pytest.mark.django_db
def test_unknown_question_is_not_found(client, responder):
    client.force_login(responder)
    assert client.get("/insights/nonsense.csv").status_code == 404


@pytest.mark.django_db
def test_csv_files_open_in_excel(client, admin, incident):
    client.force_login(admin)
    for address in (
        "/insights/faster.csv",
        "/actions/export/",
        f"/incidents/{incident.reference}/timeline.csv",
    ):
        answer = client.get(address)
        assert answer.status_code == 200, address
        assert answer.content.startswith(b"\xef\xbb\xbf"), address
