"""Templates that are repeated a lot, without the white space they are written with."""

from django import template
from django.template.base import Parser, TextNode, Token
from django.utils.safestring import SafeString

register = template.Library()


class JoinedNode(template.Node):
    def __init__(self, nodelist: template.NodeList) -> None:
        self.nodelist = nodelist

    def render(self, context: template.Context) -> SafeString:
        return self.nodelist.render(context)


@register.tag
def joined(parser: Parser, token: Token) -> JoinedNode:
    """Without line breaks, and without the white space around them, that stand in the template itself."""
    inside = parser.parse(("endjoined",))
    parser.delete_first_token()
    for text in inside.get_nodes_by_type(TextNode):
        if isinstance(text, TextNode):  # which the stubs do not know
            text.s = _on_one_line(text.s)
    return JoinedNode(inside)


def _on_one_line(text: str) -> str:
    first, *others = text.split("\n")
    if not others:
        return text
    *between, last = others
    return "".join([first.rstrip(), *(line.strip() for line in between), last.lstrip()])
