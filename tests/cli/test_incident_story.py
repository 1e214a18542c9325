"""Can an incident be run from a terminal, from declaring to the export?"""

from incidents.models import Incident, Service


def test_from_declaring_to_closing(allclear, commander, readers):
    Service.objects.create(name="Payments", slug="payments")
    made = allclear.run(
        "declare",
        "Card payments fail",
        "-s",
        "SEV2",
        "--service",
        "payments",
        "--impact",
        "major_outage",
        "--started",
        "20m",
        "--quiet",
    )
    assert made.code == 0, made.err
    reference = made.out.strip()
    assert reference in allclear.run("list", "--service", "payments").out
    assert allclear.json("list")["results"][0]["reference"] == reference

    noted = allclear.json("note", reference, "-", "--at", "2m", said="Errors on the gateway\n")
    assert (noted["text"], noted["actor"]["id"]) == ("Errors on the gateway", commander.pk)
    told = allclear.run("change", "payments 4.2 deployed", "--service", "payments", "--source", "CI")
    assert told.out == f"Recorded on {reference}.\n"

    words = ("--say", "public=Some card payments fail.", "--public-title", "Card payments fail")
    posted = allclear.json(
        *("update", reference, "4 in 10 payments fail.", "--to", "stakeholders", "--unknown", "Why."),
        *("--next", "30m", *words),
    )
    assert posted["audiences"] == ["stakeholders", "public"]
    assert posted["wordings"]["public"]["known"] == "Some card payments fail."

    better = ("--say", "public=It is better.", "--say", "stakeholders=It is better.")
    mitigated = allclear.json(
        *("mitigate", reference, "Rolled back", "--service", "payments=operational", "--next", "30m", *better)
    )
    assert mitigated["status"] == "mitigated"
    over = ("--say", "public=It is over.", "--say", "stakeholders=It is over.")
    refused = allclear.run("resolve", reference, *over)
    assert (refused.code, "--waive: " in refused.err) == (1, True), refused.err
    resolved = allclear.run("resolve", reference, "--waive", "Checked by hand", *over)
    assert (resolved.code, resolved.out) == (0, f"{reference} is resolved.\n"), resolved.err

    written = allclear.run("export", reference)
    assert "Errors on the gateway" in written.out
    assert "payments 4.2 deployed" in allclear.run("timeline", reference).out
    assert "Commander Example" in allclear.run("who", reference).out
    assert "/incidents/" in allclear.run("open", reference).out
    closed = allclear.run("close", reference, "--owner", commander.email)
    assert closed.code == 0, closed.err
    assert "closed" in allclear.run("show", reference).out
    assert Incident.objects.get().source == "api"
