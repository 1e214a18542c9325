"""The people, teams, services and roles a recorded day speaks of; what the installation has already stays as it is."""

import hashlib
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils.text import slugify

from accounts.models import Team, User
from audit.workflow import INSTALLATION, record_audit
from incidents.models import Role, Service

MAIL_DOMAIN = "replay.example"  # reserved: no mail to these people can ever leave
BUILT_IN_ROLES = {
    "incident_commander": Role.COMMANDER,
    "communications": Role.COMMUNICATIONS_LEAD,
    "comms": Role.COMMUNICATIONS_LEAD,
    "operations": "operations_lead",
    "ops_lead": "operations_lead",
}


class Cast:
    """Looked up by the file's own keys: `people["p1"]`, `services["waf"]`, `role("on_call")`."""

    def __init__(self, day: dict[str, Any]):
        self.day = day
        self.created: list[str] = []
        self.teams = {name: self._team(name) for name in _team_names(day)}
        self.services = self._services()
        self.people = {entry["key"]: self._person(entry) for entry in day["catalogue"]["people"]}
        self.recorder = self._recorder()
        if self.created:
            record_audit(
                chain=INSTALLATION,
                action="replay.cast",
                subject=day["id"],
                by=None,
                changes={"created": self.created},
            )

    def role(self, name: str) -> Role:
        """The built-in role of that name, or the installation's own, made if it never had one."""
        slug = role_slug(name)
        if role := Role.objects.filter(slug=slug).first():
            return role
        label = slug.replace("_", " ").capitalize()
        return Role.objects.filter(name__iexact=label).first() or Role.objects.create(
            slug=slug, name=label, is_single=False
        )

    def holder(self, role_name: str, moment: datetime) -> User | None:
        """Who wore that role of the file at `moment`, else whoever wore it at some time."""
        slug = role_slug(role_name)
        worn = [entry for entry in self.day["roles"] if role_slug(entry["role"]) == slug]
        then = [
            entry
            for entry in worn
            if (not entry["from"] or entry["from"] <= moment) and (not entry["to"] or moment <= entry["to"])
        ]
        return self.people[(then or worn)[0]["person"]] if worn else None

    def _recorder(self) -> User:
        """Who stands for everything the file gives nobody's name to: the commander where there is one."""
        for entry in sorted(self.day["roles"], key=lambda e: role_slug(e["role"]) != Role.COMMANDER):
            return self.people[entry["person"]]
        return next(iter(self.people.values()), None) or self._person(
            {"key": "recorder", "placeholder": "Recorder"}
        )

    def _person(self, entry: dict[str, Any]) -> User:
        email = person_email(self.day["id"], entry["key"])
        if user := User.objects.filter(email__iexact=email).first():
            return user
        self.created.append(f"person:{email}")
        return User.objects.create_user(email, name=entry["placeholder"] or entry["key"])

    def _team(self, name: str) -> Team:
        slug = slugify(name) or "team-" + _digest(name)
        if team := Team.objects.filter(Q(name__iexact=name) | Q(slug=slug)).first():
            return team
        self.created.append(f"team:{slug}")
        return Team.objects.create(name=name, slug=slug)

    def _services(self) -> dict[str, Service]:
        entries = self.day["catalogue"]["services"]
        existing = {s.slug: s for s in Service.objects.filter(slug__in=[e["slug"] for e in entries])}
        services = {e["slug"]: existing.get(e["slug"]) or self._service(e) for e in entries}
        for entry in entries:
            if entry["slug"] not in existing:
                services[entry["slug"]].depends_on.set(services[slug] for slug in entry["depends_on"] or [])
        return services

    def _service(self, entry: dict[str, Any]) -> Service:
        name = entry["name"]
        if Service.objects.filter(name=name).exists():
            name = f"{name[:90]} {_digest(entry['slug'])}"
        self.created.append(f"service:{entry['slug']}")
        return Service.objects.create(
            slug=entry["slug"],
            name=name,
            owner_team=self.teams.get(entry["team"]),
            tier=2 if entry["tier"] is None else entry["tier"],
        )


def role_slug(name: str) -> str:
    return slugify(BUILT_IN_ROLES.get(name, name)).replace("-", "_") or "role"


def person_email(day_id: str, key: str) -> str:
    """The same for the same person of the same day, and nobody else's."""
    who = slugify(key) if slugify(key) == key else f"{slugify(key)}-{_digest(key)}"
    where = slugify(day_id) if slugify(day_id) == day_id else f"{slugify(day_id)}-{_digest(day_id)}"
    if len(who) + len(where) > 60:
        where = _digest(day_id)
    return f"{who[:40]}.{where}@{MAIL_DOMAIN}"


def _team_names(day: dict[str, Any]) -> list[str]:
    named = [*day["catalogue"]["teams"], *(entry["team"] for entry in day["catalogue"]["services"])]
    return list(dict.fromkeys(name for name in named if name))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:8]
