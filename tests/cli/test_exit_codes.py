"""Does each kind of failure have its own exit code, and a line that says what to do?"""

import json

from incidents.models import Incident
from tests.cli.conftest import CommandLine


def test_what_the_server_says_no_to(allclear, incident, outsider):
    reference = incident.reference
    assert allclear.run("show", "INC-999").code == 3
    wrong = allclear.run("declare", "Payments fail", "--service", "nothing", "--type", "nothing")
    assert wrong.code == 1
    assert "  --service: There is no “nothing” here that you can choose.\n" in wrong.err
    assert "  --type: " in wrong.err
    told = allclear.run("declare", "Payments fail", "--service", "nothing", "--json")
    assert json.loads(told.out)["errors"][0]["pointer"].startswith("/services")
    assert allclear.run("list", ALLCLEAR_TOKEN="alc_unknown").code == 4
    assert allclear.run("close", reference).code in (1, 6)
    assert Incident.objects.count() == 1


def test_what_needs_no_server(tmp_path):
    bare = CommandLine(tmp_path)
    assert (bare.run("list").code, "allclear configure" in bare.run("list").err) == (2, True)
    away = CommandLine(tmp_path, "http://127.0.0.1:1", "alc_secret")
    answer = away.run("declare", "Payments fail")
    assert (answer.code, answer.out) == (5, "")
    assert "http://127.0.0.1:1 cannot be reached" in answer.err
    assert "--offline" in answer.err
    for words in (["declare"], ["nothing"], ["change", "Deployed"], ["note", "INC-1", "x", "--at", "soon"]):
        assert away.run(*words).code == 2, words
    assert "alc_secret" not in answer.err
    assert away.run("--help").code == 0
