"""Does a page say its title once, and a button its verb without a sentence?"""

from django.urls import reverse


def test_system_check(client, admin):
    client.force_login(admin)
    main = client.get(reverse("system")).content.decode().split("<main")[1]
    assert main.count(">System check</h") == 1


def test_the_form_of_an_update_copies_by_a_short_button(client, incident, commander):
    client.force_login(commander)
    page = client.get(f"{incident.get_absolute_url()}status-updates/new/", follow=True).content.decode()
    assert "Copy “What we know”</button>" in page
    assert "Begin with “What we know”" not in page
