"""Can the address of a tracker be emptied for the usual one, as its form says?"""

from trackers.workflow import add_tracker, change_tracker


def test_an_empty_address_is_the_usual_one(admin):
    tracker = add_tracker(
        by=admin, kind="github", name="GitHub", url="https://ghe.example.test", secret="one"
    )
    change_tracker(by=admin, tracker=tracker, url="", secret="two")
    tracker.refresh_from_db()
    assert tracker.url == "https://github.com"


def test_nothing_changes_where_it_is_the_usual_one(admin):
    tracker = add_tracker(by=admin, kind="github", name="GitHub", secret="one")
    changed = change_tracker(by=admin, tracker=tracker, name="Ours", url="")
    assert (changed.url, changed.secret) == ("https://github.com", "one")
