"""What {{ components }} stands for in a text that leaves the house: never a service's own name."""

from incidents.models import Audience
from incidents.workflow.wording import Variables


def test_the_public_reads_the_names_of_its_pages(shop, broken):
    assert Variables(broken, Audience.PUBLIC)["components"] == "Payments"


def test_the_team_reads_its_own_names(shop, broken):
    assert Variables(broken, Audience.RESPONDERS)["components"] == "payments-api-internal"


def test_a_service_on_no_public_page_is_not_named(internal_page, broken):
    assert Variables(broken, Audience.PUBLIC)["components"] == "part of our service"


def test_two_pages_with_the_same_name_say_it_once(make_page, payments, broken):
    make_page("a", services={"Payments": payments})
    make_page("b", services={"Payments": payments})
    assert Variables(broken, Audience.PUBLIC)["components"] == "Payments"
