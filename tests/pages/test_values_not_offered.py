"""Is a value that is not offered named with its field, in our words, and is nothing silently left unfiltered?"""

import pytest

from core.forms import Form
from incidents.forms.fields import ServiceField


@pytest.fixture
def client(client, commander, incident):
    client.force_login(commander)
    return client


@pytest.mark.parametrize(
    ("address", "label"),
    [
        ("/incidents/?status=nonsense", "Status"),
        ("/incidents/?severity=nonsense", "Severity"),
        ("/actions/?category=nonsense", "Category"),
        ("/actions/board/?owner=nonsense", "Owner"),
        ("/actions/?severity=nonsense", "Severity"),
        ("/insights/?team=nonsense", "Team"),
        ("/insights/over-time/?grain=nonsense", "Each point is a"),
        ("/insights/pack/?team=nonsense", "Team"),
    ],
)
def test_a_filter_says_what_is_ignored(client, address, label):
    answer = client.get(address)
    assert answer.status_code == 200
    assert f"There is no “nonsense” to choose for “{label}”. This filter is ignored." in answer.text
    assert "valid choice" not in answer.text


@pytest.mark.parametrize(
    ("address", "instead"),
    [
        ("/actions/export/?team=nonsense", "/actions/"),
        ("/insights/faster.csv?team=nonsense", "/insights/faster/"),
        ("/insights/over-time.csv?split=nonsense", "/insights/over-time/"),
    ],
)
def test_a_file_is_not_written_without_its_filter(client, address, instead):
    answer = client.get(address)
    assert answer.status_code == 302
    assert answer.url.partition("?")[0] == instead
    assert "There is no “nonsense” to choose" in client.get(answer.url).text


def test_a_form_asks_for_another_choice(client, incident):
    answer = client.post(incident.get_absolute_url() + "severity/", {"severity": "99999", "reason": "x"})
    assert "There is no “99999” to choose for “" in answer.text
    assert "Choose another one." in answer.text


def test_a_message_of_its_own_stays(db):
    class Own(Form):
        service = ServiceField(error_messages={"invalid_choice": "Not that one."})

    assert Own({"service": "9"}).errors["service"] == ["Not that one."]
