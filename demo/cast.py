"""The people, teams and services of Fernhill."""

from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta

from accounts.models import Installation, InstallationRole, Team, User
from audit import context
from incidents.models import Role, Service, Severity

# key: name, installation role, team
PEOPLE = {
    "ana": ("Ana Ruiz", InstallationRole.RESPONDER, "Shop"),
    "sam": ("Sam Okafor", InstallationRole.RESPONDER, "Payments"),
    "lee": ("Lee Park", InstallationRole.RESPONDER, "Platform"),
    "mira": ("Mira Novak", InstallationRole.RESPONDER, "Support"),
    "jonas": ("Jonas Weber", InstallationRole.RESPONDER, "Platform"),
    "tom": ("Tom Hale", InstallationRole.RESPONDER, "Warehouse"),
    "priya": ("Priya Nair", InstallationRole.RESPONDER, "Support"),
    "ines": ("Ines Duarte", InstallationRole.ADMINISTRATOR, "Platform"),
    "nora": ("Nora Lind", InstallationRole.STAKEHOLDER, "Management"),
}
# slug: name, tier, team, depends on
SERVICES = {
    "orders-db": ("Orders database", 0, "Platform", []),
    "payments-api": ("Payments API", 0, "Payments", ["orders-db"]),
    "customer-accounts": ("Customer accounts", 1, "Shop", []),
    "basket": ("Basket", 1, "Shop", ["customer-accounts"]),
    "checkout": ("Checkout", 0, "Shop", ["payments-api", "basket", "customer-accounts"]),
    "search-index": ("Search index", 2, "Platform", []),
    "search": ("Search", 1, "Shop", ["search-index"]),
    "order-history": ("Order history", 2, "Shop", ["orders-db", "customer-accounts"]),
    "label-printing": ("Label printing", 1, "Warehouse", ["orders-db"]),
    "mail": ("Order mails", 2, "Support", ["orders-db"]),
    "stock-import": ("Stock import", 3, "Warehouse", ["orders-db"]),
}


@dataclass
class Stage:
    """Everybody and everything by their short names, and a clock that counts back from now."""

    now: datetime
    people: dict[str, User]
    services: dict[str, Service]

    def ago(self, minutes: float) -> datetime:
        return self.now - timedelta(minutes=minutes)

    def at(self, minutes: float) -> AbstractContextManager[None]:
        """Everything inside happened that many minutes ago."""
        return context.at(self.ago(minutes))

    def severity(self, rank: int) -> Severity:
        return Severity.objects.get(rank=rank)

    def role(self, slug: str) -> Role:
        return Role.objects.get(slug=slug)


def make_cast(now: datetime) -> Stage:
    Installation.objects.update_or_create(
        pk=1,
        defaults={
            "name": "Fernhill",
            "time_zone": "Europe/Berlin",
            "duty_contact": "Ines Duarte, +49 30 0000 0000",
        },
    )
    names = dict.fromkeys(team for _, _, team in PEOPLE.values())
    teams = {name: Team.objects.create(name=name, slug=name.lower()) for name in names}
    people = {}
    for key, (name, role, team) in PEOPLE.items():
        people[key] = User.objects.create_user(
            f"{key}@example.test",
            name=name,
            installation_role=role,
            time_zone="Europe/Berlin",
            is_demo=True,
            sees_private_incidents=False,
        )
        people[key].teams.add(teams[team])
    Installation.objects.update(duty_person=people["ines"])
    services: dict[str, Service] = {}
    for slug, (name, tier, team, needs) in SERVICES.items():
        services[slug] = Service.objects.create(slug=slug, name=name, tier=tier, owner_team=teams[team])
        services[slug].depends_on.set(services[other] for other in needs)
    return Stage(now=now, people=people, services=services)
