"""Is the blast radius drawn over the dependencies, for few services and for many?"""

from datetime import timedelta

from figures.blast_radius import CROWD, Node, blast_radius


def _node(slug: str, state: str = "", needs: tuple[str, ...] = ()) -> Node:
    return Node(slug, slug.title(), "Team", state, timedelta(minutes=5) if state else None, list(needs))


def _draw(*nodes: Node):
    return blast_radius({node.slug: node for node in nodes})


def test_hops_follow_the_dependencies():
    figure = _draw(
        _node("db", "major_outage"),
        _node("api", "partial_outage", ("db",)),
        _node("web", "", ("api",)),
        _node("mail"),
    )
    assert {row.slug: row.hop for row in figure.rows} == {"db": 0, "api": 1, "web": 2, "mail": None}
    assert figure.title == "2 of 4 services are or were affected, beginning at Db."
    assert "not marked, may be reached" in figure.wide
    assert "Not reached: 1" in figure.narrow


def test_a_cycle_ends():
    figure = _draw(_node("a", "degraded", ("b",)), _node("b", "degraded", ("a",)))
    assert {row.hop for row in figure.rows} == {0, 1}


def test_nothing_affected_draws_nothing():
    figure = _draw(_node("a"), _node("b"))
    assert (figure.rows, figure.wide, figure.narrow) == ([], "", "")


def test_many_unmarked_services_are_counted_not_drawn():
    many = [_node(f"s{n}", "", ("db",)) for n in range(CROWD + 5)]
    figure = _draw(_node("db", "major_outage"), *many)
    assert f"and {CROWD + 5} more, not marked" in figure.wide
    assert figure.wide.count("s-box") == 1


def test_names_are_escaped():
    figure = _draw(Node("x", "<script>", "", "degraded", None))
    assert "<script>" not in figure.wide
    assert "&lt;script&gt;" in figure.wide
