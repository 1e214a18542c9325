"""Addresses of pages that name many: what Django finds for a view's name is found once, then only filled in.

A page of an incident has several links for each of its events; looking their patterns up took a tenth of its time.
"""

import re
from functools import lru_cache

from django.urls import get_script_prefix, get_urlconf, reverse

REFERENCE = re.compile(r"[A-Z]+-[0-9]+", re.ASCII)
FIRST_MARK = 2_147_483_600  # numbers that no row has: each stands for an argument


def address(name: str, *args: object) -> str:
    """As `reverse`; quick where every argument is a number or a reference such as INC-14."""
    kinds = tuple(kind for argument in args if (kind := _kind(argument)) is not None)
    if len(kinds) < len(args):
        return reverse(name, args=args)
    return _pattern(name, kinds, get_urlconf(), get_script_prefix()) % args


def _kind(argument: object) -> str | None:
    """What the argument is put after: nothing for a number, "INC-" for a reference; None for anything else."""
    if type(argument) is int and argument >= 0:
        return ""
    if type(argument) is str and REFERENCE.fullmatch(argument):
        return argument.partition("-")[0] + "-"
    return None


@lru_cache(maxsize=1024)  # names times kinds of references; hostile addresses make no more
def _pattern(name: str, kinds: tuple[str, ...], urlconf: str | None, prefix: str) -> str:
    marks = [f"{kind}{FIRST_MARK + place}" for place, kind in enumerate(kinds)]
    found = reverse(name, args=marks).replace("%", "%%")
    for mark in marks:
        found = found.replace(mark, "%s")
    return found
