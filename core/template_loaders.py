"""Templates without the lines and the spaces that they are indented with: those would be sent with every page."""

import re

from django.template import Origin
from django.template.loaders import app_directories, filesystem

BLOCKS = "div|section|p|ul|ol|li|form|table|thead|tbody|tr|td|th|dl|dt|dd|h[1-6]|header|footer|nav|aside|main|fieldset"
INDENT = re.compile(r"\n[ \t]+")
# At the beginning or the end of an element, and before and after a block, white space never shows.
INSIDE = re.compile(
    rf"(<[a-z][^<>]*>|</(?:{BLOCKS})>)\n[ \t]+|\n[ \t]+(?=</|<(?:{BLOCKS})[ >])",
)
AS_WRITTEN = re.compile(  # `joined` takes its line breaks away itself, spaces it would keep
    r"(<(?P<tag>pre|textarea|script|style)\b.*?</(?P=tag)>|\{% joined %\}.*?\{% endjoined %\})", re.DOTALL
)


def without_indent(text: str) -> str:
    """HTML of a template with one space for each line break and indent, and none where it can't show.

    What shows white space stays as it is.
    """
    pieces = AS_WRITTEN.split(text)
    dense = [INDENT.sub(" ", INSIDE.sub(r"\1", between)) for between in pieces[::3]]
    return "".join(between + kept for between, kept in zip(dense, [*pieces[1::3], ""], strict=True))


class _WithoutIndent(filesystem.Loader):
    def get_contents(self, origin: Origin) -> str:
        text = super().get_contents(origin)
        return without_indent(text) if str(origin.name).endswith(".html") else text


class FilesystemLoader(_WithoutIndent):
    pass


class AppDirectoriesLoader(_WithoutIndent, app_directories.Loader):
    pass
