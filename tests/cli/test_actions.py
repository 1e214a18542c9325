"""Can action items be added, found and marked as done from a terminal?"""


def test_added_found_and_done(allclear, incident, commander):
    added = allclear.json(
        *("action", "add", "Alert on pool exhaustion", "--incident", incident.reference),
        *("--owner", commander.email, "--due", "2026-04-30", "--priority", "P2"),
    )
    reference = added["reference"]
    assert (added["incident"], added["owner"]["id"]) == (incident.reference, commander.pk)
    assert reference in allclear.run("action", "list", "--owner", "me", "--incident", incident.reference).out
    done = allclear.run("action", "done", reference)
    assert (done.code, done.out) == (0, f"{reference} is done: Alert on pool exhaustion\n"), done.err
    assert reference not in allclear.run("action", "list").out
    assert "done" in allclear.run("action", "list", "--state", "done").out
    refused = allclear.run("action", "add", "x", "--incident", "INC-999", "--due", "soon")
    assert refused.code == 1
    assert "  --incident: " in refused.err
    assert "  --due: " in refused.err
