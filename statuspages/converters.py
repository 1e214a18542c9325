"""The parts of a status page's addresses."""

from statuspages.api_v2 import DOCUMENTS
from statuspages.months import MonthPage


class CodeConverter:
    regex = "[a-z2-7]{12}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


class MonthConverter:
    """One of a month's pages: 2026-11, 2026-11/2."""

    regex = "[0-9]{4}-(?:0[1-9]|1[0-2])(?:/(?:[2-9]|[1-9][0-9]{1,2}))?"

    def to_python(self, value: str) -> MonthPage:
        month, _, page = value.partition("/")
        year, number = month.split("-")
        if year == "0000":
            raise ValueError
        return MonthPage(int(year), int(number), int(page or 1))

    def to_url(self, value: tuple[int, ...]) -> str:
        return str(MonthPage(*value))


class VersionConverter(CodeConverter):
    regex = "[0-9a-f]{16}"


class DocumentConverter(CodeConverter):
    regex = "|".join(sorted(DOCUMENTS, key=len, reverse=True))


class FeedConverter(CodeConverter):
    regex = "atom|rss"
