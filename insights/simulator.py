"""What would it take? Which phase, cut by how much, saves most; and after how long a gain could be told from noise."""

from collections.abc import Callable

from figures.draw import MEDIUM, NARROW, WIDE, sizes, spoken
from figures.tornado import Lever, Said, tornado
from insights.comparing import ENOUGH
from insights.filters import CUTS, Asked
from insights.panels import GOOD_COVERAGE, SOME_COVERAGE, Panel
from insights.sampling import GAIN, Pace, Phase, Sample, drawn, pace, sample, summed
from insights.tables import Column, Table, grouped, percent, rounded

QUESTION = "What would it take?"
KEY = "what-would-it-take"
SHORT = "saved = cut × the sum of the phase; a gain is seen with 80% power"
FORMULA = (
    "saved = cut × Σ of the phase over incidents with all five times in order; user-minutes: share × users × minutes "
    "of a phase in which a service was affected. A gain shows after n incidents before and after, "
    "n = 2 ((z.975 + z.80) × σ of ln(duration) ÷ ln(1 ÷ 0.8))²: 80% power, 5% two-sided"
)
Amount = Callable[[float], str]


def take(asked: Asked, person: int, *, is_deep: bool) -> Panel:
    found = sample(asked.scope)
    speed = pace(asked.scope, asked.metric)
    parts = found.felt if found.is_felt else found.spent
    is_enough = len(found.spent) >= ENOUGH and (found.coverage or 0) >= SOME_COVERAGE
    panel = Panel(
        KEY, QUESTION, "Too few incidents to say", _few(found), FORMULA if is_deep else SHORT, found.of,
        found.coverage if found.coverage is None or found.coverage < GOOD_COVERAGE else None,
        facts=_wait(speed),
    )  # fmt: skip
    if is_enough:
        told = drawn(parts) if is_deep else summed(parts)
        panel.headline, panel.says = _headline(told[0], found, asked.cut), _says(found)
        panel.figure = _figure(told, found, asked.cut, *((WIDE, MEDIUM, NARROW) if is_deep else (NARROW,)))
        if is_deep:
            if found.is_felt:
                panel.tables += [
                    _cuts(told, "User-minutes saved, by how much shorter", "amount"),
                    _phases(told, "User-minutes in each phase, as they were", "amount"),
                ]
                told = drawn(found.spent)
            panel.tables += [
                _cuts(told, "Time saved, by how much shorter", "time"),
                _phases(told, "Time in each phase, as it was", "time"),
            ]
    if is_deep:
        panel.tables.append(_gain(asked.metric.label, speed))
    return panel


def _few(found: Sample) -> str:
    if (found.coverage or 0) < SOME_COVERAGE and found.complete >= ENOUGH:
        return f"only {found.complete} of {found.of} have all the times: the others may be quite unlike them"
    return f"{found.complete} of {found.of} have all the times, and {ENOUGH} are needed"


def _amount(found: Sample) -> Amount:
    return (lambda value: f"{rounded(value / 60)} user-minutes") if found.is_felt else spoken


def _headline(best: Phase, found: Sample, cut: int) -> str:
    saved = _amount(found)(best.spent * cut / 100)
    return f"{best.words.capitalize()} {cut}% sooner saves most: {saved}"


def _says(found: Sample) -> str:
    newest = (
        f", the newest {grouped(len(found.spent))} drawn from" if found.complete > len(found.spent) else ""
    )
    have = f"{found.complete} of {found.of} have all the times{newest}"
    if found.is_felt:
        return f"{have} · users are stated for {len(found.felt)}"
    known = f"users are stated for {len(found.felt)} of them" if found.felt else "users are not stated"
    return f"{have} · counted in time, not in user-minutes: {known}"


def _figure(told: list[Phase], found: Sample, cut: int, *widths: int) -> str:
    """Shorter by `cut` beside its opposite: what half as long is to twice as long."""
    amount = (lambda value: rounded(value / 60)) if found.is_felt else spoken
    longer = 1 / (1 - cut / 100) - 1
    whole = sum(one.spent for one in told)
    levers = [
        Lever(
            one.words, amount(one.spent), one.spent * cut / 100, one.spent * longer,
            amount(one.spent * cut / 100), f"+{amount(one.spent * longer)}",
            f"most in {percent(one.leads)} of the draws" if one.leads else "",
            None if one.low is None else one.low * cut / 100, None if one.high is None else one.high * cut / 100,
        )
        for one in told
    ]  # fmt: skip
    said = Said(
        f"{amount(whole)} {'user-minutes' if found.is_felt else 'in all'}",
        f"saved, {cut}% shorter", f"added, {longer * 100:.0f}% longer",
    )  # fmt: skip
    title = f"{_headline(told[0], found, cut)}. " + "; ".join(
        f"{lever.name}: {lever.saved_words} saved or {lever.added_words}" for lever in levers
    )
    return sizes(lambda width: tornado(f"{title}.", levers, said, width), *widths)


def _wait(speed: Pace) -> list[tuple[str, str]]:
    if speed.needed is None:
        return [(f"A {percent(GAIN)} gain shows after", f"not known: {speed.count} of {ENOUGH} incidents")]
    return [
        (f"A {percent(GAIN)} gain shows after", months(speed.wait)),
        ("Incidents needed, before and after", f"{grouped(speed.needed)} each"),
        ("Now", _rate(speed)),
    ]


def _rate(speed: Pace) -> str:
    """“4.3 a month”; of a period shorter than a month, how many there were."""
    if speed.a_month is not None:
        return f"{speed.a_month:.1f} a month"
    days = max(1, round(speed.months * 365.25 / 12))
    return f"{speed.count} in {days} day{'' if days == 1 else 's'}"


def months(wait: float | None) -> str:
    if wait is None:
        return "not known"
    if wait < 1:
        return "under a month"
    return f"{wait:.0f} month{'' if round(wait) == 1 else 's'}" if wait < 36 else f"{wait / 12:.0f} years"


def _cuts(told: list[Phase], caption: str, kind: str) -> Table:
    unit = 60 if kind == "amount" else 1
    return Table(
        caption,
        [Column("Phase"), Column("In all", kind), *(Column(f"{cut}% shorter", kind) for cut in CUTS)],
        [(one.words, one.spent / unit, *(one.spent / unit * cut / 100 for cut in CUTS)) for one in told],
    )  # fmt: skip


def _phases(told: list[Phase], caption: str, kind: str) -> Table:
    unit = 60 if kind == "amount" else 1
    return Table(
        caption,
        [Column("Phase"), Column("In all", kind), Column("95% from", kind), Column("95% to", kind),
         Column("Most in so many draws", "share")],
        [(one.words, one.spent / unit, (one.low or 0) / unit, (one.high or 0) / unit, one.leads) for one in told],
    )  # fmt: skip


def _gain(label: str, speed: Pace) -> Table:
    return Table(
        f"Until a {percent(GAIN)} gain could be seen",
        [Column("Measured by"), Column("n", "count"), Column("A month"), Column("Spread of ln(duration)"),
         Column("Needed before and after", "count"), Column("Wait")],
        [(label, speed.count, _rate(speed).removesuffix(" a month"), "" if speed.spread is None else f"{speed.spread:.2f}",
          speed.needed, months(speed.wait) if speed.needed else f"fewer than {ENOUGH}")],
    )  # fmt: skip
