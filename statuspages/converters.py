"""The parts of a status page's addresses."""

from statuspages.api_v2 import DOCUMENTS


class CodeConverter:
    regex = "[a-z2-7]{12}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


class MonthConverter:
    regex = "[0-9]{4}-(?:0[1-9]|1[0-2])"

    def to_python(self, value: str) -> tuple[int, int]:
        year, month = value.split("-")
        if year == "0000":
            raise ValueError
        return int(year), int(month)

    def to_url(self, value: tuple[int, int]) -> str:
        return f"{value[0]:04d}-{value[1]:02d}"


class VersionConverter(CodeConverter):
    regex = "[0-9a-f]{16}"


class DocumentConverter(CodeConverter):
    regex = "|".join(sorted(DOCUMENTS, key=len, reverse=True))


class FeedConverter(CodeConverter):
    regex = "atom|rss"
