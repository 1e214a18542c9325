from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.template import TemplateSyntaxError
from django.template.loader import get_template


class Command(BaseCommand):
    help = "Compile every template of the project, so that a misspelt tag is found before a page is opened."

    def handle(self, *args: object, **options: object) -> None:
        folders = [settings.BASE_DIR / "templates", *settings.BASE_DIR.glob("*/templates")]
        names = [
            str(path.relative_to(folder))
            for folder in folders
            for path in sorted(folder.rglob("*"))
            if path.suffix in {".html", ".txt", ".xml", ".svg"}
        ]
        broken = [problem for name in names if (problem := _problem_of(name))]
        if broken:
            raise CommandError("\n".join(broken))
        self.stdout.write(f"{len(names)} templates compile.")


def _problem_of(name: str) -> str:
    try:
        get_template(name)
    except TemplateSyntaxError as error:
        return f"{name}: {error}"
    return ""
