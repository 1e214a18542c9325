"""Do templates lose the spaces they are indented with, and only those?"""

from hypothesis import given
from hypothesis import strategies as st

from core.template_loaders import without_indent
from incidents.workflow import raise_hypothesis


def test_a_line_break_and_its_indent_are_one_space():
    assert (
        without_indent('<a\n    href="/">one</a>\n    two\n  <b>three</b>\n')
        == '<a href="/">one</a> two <b>three</b>\n'
    )


def test_at_the_ends_of_an_element_they_are_nothing():
    assert without_indent("<p>\n    one\n  </p>") == "<p>one</p>"
    assert without_indent('<p class="a">\n    <b>one</b>\n  </p>') == '<p class="a"><b>one</b></p>'


def test_around_a_block_they_are_nothing():
    assert without_indent("one\n  <div>two</div>\n  three") == "one<div>two</div>three"


def test_white_space_that_shows_stays():
    for tag in ("pre", "textarea", "script", "style"):
        kept = f"<{tag} class='code'>one\n    two\n</{tag}>"
        assert without_indent(f"<div>\n  {kept}\n  </div>") == f"<div>{kept}</div>"


def test_what_is_joined_stays_for_the_tag():
    joined = "{% joined %}one\n  .\n  <b>two</b>{% endjoined %}"
    assert without_indent(f"<div>\n  {joined}\n  </div>") == f"<div>{joined}</div>"


def test_sentences_of_the_timeline_end_without_a_space(client, commander, incident):
    raise_hypothesis(
        incident=incident, by=commander, claim="The pool leaks", test="Count", confidence="likely"
    )
    client.force_login(commander)
    assert "Test: Count. Confidence: likely.</p>" in client.get(incident.get_absolute_url()).text


@given(st.text(alphabet="ab \n<>/{}%pre", max_size=60))
def test_nothing_but_white_space_goes(text):
    assert "".join(without_indent(text).split()) == "".join(text.split())


def test_pages_are_sent_without_it(client, commander, incident):
    client.force_login(commander)
    page = client.get(incident.get_absolute_url()).text
    assert 'aria-label="Roles"><div class="sect-h"><h2>Roles</h2>' in page
