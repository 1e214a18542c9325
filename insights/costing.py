"""What did it cost? The users' time, the responders' time, and money by what somebody assumes of both."""

from collections.abc import Callable

from figures.bars import bar
from figures.draw import spoken
from incidents.models.reference import reference_of
from insights.cost_queries import Felt, Rates, Spending, Spent, Sum, spending
from insights.filters import Asked
from insights.panels import GOOD_COVERAGE, SOME_COVERAGE, Panel, Row
from insights.tables import Behind, Column, Table, rounded, short

QUESTION = "What did it cost?"
FORMULA = (
    "user-minutes = Σ share × users × minutes affected; money = Σ hours × rate of the role + minutes of impact × "
    "greatest share × a minute + credits"
)


def cost(asked: Asked, person: int, *, is_deep: bool) -> Panel:
    rates = Rates.get()
    found = spending(asked.scope, rates, 100 if is_deep else 5)
    services = found.felt
    told = found.likely if rates.is_stated else found.users
    most = services[0].users if services else 1.0
    panel = Panel(
        "cost", QUESTION, _headline(found, rates), _says(found, rates), FORMULA, found.users.of,
        told.coverage if told.known and (told.coverage or 0) < GOOD_COVERAGE else None,
        bars=[Row(one.name, short(one.users / 60), bar(one.users / (most or 1.0)), url=f"service={one.slug}")
              for one in services],
        facts=[
            ("Affected", _words(found.impact, spoken, is_deep=is_deep)),
            ("User-minutes", _words(found.users, lambda value: rounded(value / 60), is_deep=is_deep)),
            ("Responder time", _words(found.worked, spoken, is_deep=is_deep)),
        ] if found.users.of else [],
        missing="have what it takes" if rates.is_stated else "state their users",
    )  # fmt: skip
    panel.tables = [_services(services)]
    if is_deep:
        panel.tables = [_most(found.most, rates), *panel.tables, _assumptions(rates)]
    return panel


def _headline(found: Spending, rates: Rates) -> str:
    if not found.users.of:
        return "No incident in this period"
    if rates.is_stated and (found.likely.coverage or 0) >= SOME_COVERAGE:
        return f"{rates.currency} {rounded(found.likely.whole)}, between {rounded(found.low.whole)} and {rounded(found.high.whole)}"
    if (found.users.coverage or 0) >= SOME_COVERAGE:
        return f"{rounded(found.users.whole / 60)} user-minutes"
    return "Too few state their users" if found.users.known else "Users are not stated"


def _says(found: Spending, rates: Rates) -> str:
    if not found.users.of:
        return "widen the period or the filters"
    said = f"users and shares are stated for {found.users.known} of {found.users.of}"
    if rates.is_stated:
        return (
            f"money is counted for {found.likely.known} of {found.likely.of}, by stated assumptions · {said}"
        )
    return f"{said} · for money, state what an hour and a minute cost under Settings"


def _words(known: Sum, words: Callable[[float], str], *, is_deep: bool) -> str:
    if not known.known:
        return "not known"
    if (known.coverage or 0) < SOME_COVERAGE:
        return f"known for {known.known} of {known.of}"
    return words(known.whole) + (
        f", {known.known} of {known.of}" if is_deep and known.known < known.of else ""
    )


def _services(services: list[Felt]) -> Table:
    return Table(
        "User-minutes by service",
        [Column("Service"), Column("Incidents", "count"), Column("User-minutes", "amount")],
        [(one.name, one.count, one.users / 60) for one in services],
    )  # fmt: skip


def _most(most: list[Spent], rates: Rates) -> Table:
    money = [Column(f"{name}, {rates.currency}", "amount") for name in ("Low", "Likely", "High")]
    return Table(
        "What cost most",
        [Column("Incident", "incident"), Column("Began", "moment"), Column("Affected", "time"),
         Column("User-minutes", "amount"), Column("Responder time", "time"), *(money if rates.is_stated else ())],
        [(Behind(reference_of(one.number), one.title), one.began, one.impact,
          None if one.users is None else one.users / 60, one.worked,
          *((one.low, one.likely, one.high) if rates.is_stated else ())) for one in most],
    )  # fmt: skip


def _assumptions(rates: Rates) -> Table:
    stated = [
        ("A minute in which every user is hit", rates.minute),
        ("An hour of a person" if not rates.roles else "An hour of anybody else", rates.hour),
        *((f"An hour of: {role}", guesses) for role, guesses in rates.roles),
    ]
    return Table(
        "What is assumed",
        [Column("Of"), *(Column(f"{name}, {rates.currency}", "amount") for name in ("Low", "Likely", "High"))],
        [(name, *guesses) for name, guesses in stated if guesses],
    )  # fmt: skip
