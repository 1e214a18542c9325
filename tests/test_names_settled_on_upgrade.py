"""Are rows of one name, which older versions let through by chance, told apart before the database forbids them?"""

from importlib import import_module

from django.apps import apps
from django.db import connection

from accounts.models import User
from retros.models import HintWord, RetrospectiveFormat


def without(index: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"DROP INDEX {index}")


def settled(app: str, migration: str, step: str) -> None:
    getattr(import_module(f"{app}.migrations.{migration}"), step)(apps, None)


def test_service_accounts_get_a_number_behind_their_name(db):
    without("one_service_account_per_name")
    for place, name in enumerate(("Reports", "reports", "REPORTS", "Reports 2")):
        User.objects.create_user(f"r{place}@service.invalid", name=name, is_service=True)
    User.objects.create_user("reports@example.test", name="Reports")
    settled("accounts", "0005_one_service_account_per_name", "number_twins")
    names = User.objects.order_by("pk").values_list("name", flat=True)
    assert list(names) == ["Reports", "reports 3", "REPORTS 4", "Reports 2", "Reports"]


def test_formats_get_a_number_and_of_two_words_the_first_stays(db):
    without("retros_format_named_once")
    without("retros_hint_word_once")
    shipped = set(RetrospectiveFormat.objects.values_list("name", flat=True))
    for name in ("Ours", "ours"):
        RetrospectiveFormat.objects.create(name=name)
        HintWord.objects.create(words=name, ask="Which?")
    settled("retros", "0020_names_in_any_case", "settle_twins")
    assert set(RetrospectiveFormat.objects.values_list("name", flat=True)) == shipped | {"Ours", "ours 2"}
    assert list(HintWord.objects.values_list("words", flat=True)) == ["Ours"]
