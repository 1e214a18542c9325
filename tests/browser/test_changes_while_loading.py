"""What changes while a part of the page is on its way: is it shown as well?"""

import pytest
from playwright.sync_api import expect

from retros.models import LearningVote
from retros.workflow import (
    add_contributing_factor,
    add_entry,
    add_learning,
    add_participants,
    frame_retrospective,
    reveal_learnings,
    start_retrospective,
    start_session,
)
from tests.browser.waiting import until

pytestmark = pytest.mark.browser

COUNT = """
const Source = window.EventSource;
window.heard = 0;
window.EventSource = class extends Source {
  constructor(...all) { super(...all); super.addEventListener("learnings", () => { window.heard += 1; }); }
};
"""


@pytest.fixture
def retro(incident, commander, responder):
    made = start_retrospective(incident=incident, by=commander, owner=commander)
    made = frame_retrospective(retrospective=made, by=commander, facilitator=commander)
    add_participants(retrospective=made, by=commander, people=[responder])
    return start_session(retrospective=made, by=commander)


def _learn(retro, by, text):
    return add_learning(retrospective=retro, by=by, kind="surprised", text=text)


def test_a_second_change_of_somebody_else(open_as, listening, retro, commander, responder):
    _learn(retro, commander, "A thought before")
    reveal_learnings(retrospective=retro, by=commander)
    page = open_as(responder)
    page.add_init_script(COUNT)
    page.goto(f"{retro.get_absolute_url()}learnings/")
    listening(page)
    late = []

    def hold(route):
        if late or "hx-request" not in route.request.headers:
            route.continue_()
        else:
            late.append((route, route.fetch()))

    page.route("**/learnings/", hold)
    _learn(retro, commander, "The first thought")
    until(page, lambda: late)
    _learn(retro, commander, "The second thought")
    until(page, lambda: page.evaluate("window.heard") >= 2)
    page.evaluate(
        "() => new Promise((done) => setTimeout(done, 300))"
    )  # the page reacts 120 ms after it heard
    route, answer = late[0]
    route.fulfill(response=answer)
    page.get_by_text("The first thought", exact=True).wait_for()
    page.get_by_text("The second thought", exact=True).wait_for()


def test_three_quick_changes_of_ones_own(open_as, listening, retro, commander, responder):
    rows = [
        add_contributing_factor(retrospective=retro, by=commander, text=f"Factor {letter}")
        for letter in "ABCD"
    ]
    page = open_as(responder)
    page.goto(f"{retro.get_absolute_url()}causes/")
    listening(page)
    late = []

    def hold(route):
        if late or route.request.method != "POST":
            route.continue_()
        else:
            late.append(route)

    page.route("**/causes/**", hold)
    page.locator(f"[data-node='{rows[0].pk}'] [data-node-link]").focus()
    for _ in range(3):
        page.keyboard.press("Alt+ArrowDown")
    until(page, lambda: late)
    late[0].continue_()
    until(
        page,
        lambda: [words[-1] for words in page.locator("[data-node-link]").all_text_contents()] == list("BCDA"),
    )


@pytest.fixture
def weighing(open_as, listening, retro, commander, responder):
    """The revealed learnings, and the answer to the first POST held back: `(page, late)`."""
    for text in ("A thought to weigh", "Another thought"):
        _learn(retro, commander, text)
    reveal_learnings(retrospective=retro, by=commander)
    page, late = open_as(responder), []

    def hold(route):
        if late or route.request.method != "POST":
            route.continue_()
        else:
            late.append((route, route.fetch()))

    page.goto(f"{retro.get_absolute_url()}learnings/")
    listening(page)
    page.route("**/learnings/**", hold)
    yield page, late
    assert not page.complaints


def test_two_changes_of_ones_own_on_their_way_at_once(weighing):
    """A dot is hidden from the others: no notification has the page fetched again after it."""
    page, late = weighing
    page.get_by_label("Give a dot: Another thought").click()
    until(page, lambda: late)
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        page.get_by_label("Give a dot: A thought to weigh").click()
    _arrive(late)
    for text in ("Another thought", "A thought to weigh"):
        _dot_on(page, text).wait_for()


def test_a_button_pressed_while_its_part_is_drawn_again(weighing):
    page, late = weighing
    page.get_by_label("Give a dot: Another thought").click()
    until(page, lambda: late)
    page.get_by_label("Give a dot: A thought to weigh").hover()
    page.mouse.down()
    _arrive(late)
    _dot_on(page, "Another thought").wait_for()
    assert LearningVote.objects.count() == 1
    page.mouse.up()
    _dot_on(page, "A thought to weigh").wait_for()


def test_words_in_another_form_stay(weighing):
    page, late = weighing
    page.get_by_text("Add what came up since").click()
    page.get_by_placeholder("In a sentence").fill("Half a")
    page.get_by_label("Give a dot: Another thought").click()
    until(page, lambda: late)
    page.get_by_placeholder("In a sentence").press_sequentially(" thought")
    _arrive(late)
    _dot_on(page, "Another thought").wait_for()
    expect(page.get_by_placeholder("In a sentence")).to_have_value("Half a thought")


def _dot_on(page, text):
    card = page.locator("[data-node]", has=page.get_by_label(f"Give a dot: {text}"))
    return card.get_by_label("1 dot, 1 yours")


def _arrive(late) -> None:
    route, answer = late[0]
    route.fulfill(response=answer)


@pytest.fixture
def account(open_as, listening, incident, commander):
    """The timeline of a retrospective: `(page, retrospective, held)`. The first and third time that it is fetched again
    wait in `held`.
    """
    retro = start_retrospective(incident=incident, by=commander, owner=commander)
    for letter in "ABCD":
        add_entry(retrospective=retro, by=commander, text=f"Row {letter}", occurred_at=incident.declared_at)
    page, fetched, held = open_as(commander), [], {}

    def hold(route):
        if route.request.headers.get("hx-target") != "account" or route.request.method != "GET":
            return route.continue_()
        fetched.append(route)
        if len(fetched) in (1, 3):
            held[len(fetched)] = (route, route.fetch())
            return None
        return route.continue_()

    page.goto(f"{retro.get_absolute_url()}timeline/")
    listening(page)
    page.route("**/timeline/", hold)
    yield page, retro, held
    assert not page.complaints


def _merge(page, *texts):
    for text in texts:
        page.locator("#account [data-row]", has_text=text).get_by_role("checkbox").check()
    page.get_by_role("button", name="Merge", exact=True).last.click()


def test_what_is_unfolded_stays_when_the_part_is_fetched_for_ones_own_change(account, responder):
    """The part was on its way when the change was sent: it is fetched for the change, and again for what was late."""
    page, retro, held = account
    add_entry(retrospective=retro, by=retro.owner, text="Row E", occurred_at=retro.created_at)
    until(page, lambda: 1 in held)
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        _merge(page, "Row A", "Row B")
    _arrive([held[1]])
    page.get_by_text("Merged from 2 sources").click()
    drawn = page.locator("#account").element_handle()
    until(page, lambda: 3 in held)
    _arrive([held[3]])
    until(page, lambda: not drawn.evaluate("node => node.isConnected"))
    page.get_by_role("button", name="Separate").click()
    page.get_by_text("Merged from 2 sources").wait_for(state="detached")
