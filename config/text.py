"""What people write, made into HTML: Markdown through a parser, then through a sanitiser."""

from functools import lru_cache

import nh3
from django.utils.safestring import SafeString
from markdown_it import MarkdownIt

TAGS = {"p", "br", "strong", "em", "code", "pre", "a", "ul", "ol", "li", "blockquote", "del", "h3", "hr"}
_parser = (
    MarkdownIt("commonmark", {"html": False, "breaks": True})
    .enable("strikethrough")
    .disable(["image", "heading"])
)


@lru_cache(maxsize=4096)
def render_markdown(text: str) -> SafeString:
    """Sanitised HTML of CommonMark `text`: no HTML passes through, links open without the referrer."""
    html = nh3.clean(
        _parser.render(text),
        tags=TAGS,
        attributes={"a": {"href"}},
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer nofollow",
    )
    return SafeString(html)
