"""The people of Fernhill, and what is set up there."""

from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from accounts.models import Installation, InstallationRole, Team, User
from audit import context
from configuration.applying import apply_configuration
from configuration.references import reading_from
from configuration.yaml_files import read_folder
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
CONFIGURATION = Path(__file__).parent / "configuration"
"""Teams, services and status pages, as anybody keeps them as files (docs/configuration.md)."""
BEGAN = 200 * 24 * 60  # minutes ago


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
    people = {}
    for key, (name, role, _team) in PEOPLE.items():
        people[key] = User.objects.create_user(
            f"{key}@example.test",
            name=name,
            installation_role=role,
            time_zone="Europe/Berlin",
            is_demo=True,
            sees_private_incidents=False,
        )
    Installation.objects.update(duty_person=people["ines"])
    stage = Stage(now=now, people=people, services={})
    with stage.at(BEGAN):
        apply_configuration(
            by=people["ines"], documents=read_folder(CONFIGURATION), look=reading_from(CONFIGURATION)
        )
    teams = {team.name: team for team in Team.objects.all()}
    for key, (_name, _role, team) in PEOPLE.items():
        people[key].teams.add(teams[team])
    stage.services = {service.slug: service for service in Service.objects.all()}
    return stage
