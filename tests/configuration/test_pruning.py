"""Does pruning remove only what nothing refers to, and say what stays?"""

from incidents.models import Role, Service
from statuspages.models import Component


def test_only_what_nothing_refers_to_goes(written, apply):
    folder = written(
        a="services: [{name: A, depends_on: [b]}, {name: B}, {name: Used}, {name: Stays}]",
        b="status_pages: [{name: Acme, components: [{name: Web, service: used}, {name: Mail}]}]",
    )
    apply(folder)
    kept = apply(written(a="services: [{name: Stays}]\nroles: []", b="teams: []"), "--prune")
    assert "- service a\n" in kept
    assert "- service b\n" in kept
    assert "service used stays: Used is used by 1 component." in kept
    assert "role commander stays: Commander is a built-in role" in kept
    assert set(Service.objects.values_list("slug", flat=True)) == {"stays", "used"}
    assert Role.objects.filter(slug="commander").exists()
    assert Component.objects.count() == 2
    said = apply(written(b="status_pages: [{name: Acme, components: [{name: Web}]}]"), "--prune")
    assert "- component acme: Mail" in said
    assert Component.objects.get().name == "Web"


def test_without_it_everything_stays(written, apply):
    apply(written(a="services: [{name: A}]"))
    assert apply(written(a="services: []")) == "Nothing changes.\n"
    assert Service.objects.exists()
