"""What a button without a form answers."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect

from accounts.requests import SignedInRequest


def refused_or(
    request: SignedInRequest, done: str, to: str, args: list, verb: Callable, **arguments: Any
) -> HttpResponse:
    """Run `verb` and go to the page `to`, with `done` or with the reason why not."""
    try:
        verb(**arguments)
    except ValidationError as refusal:
        for reason in refusal.messages:
            messages.error(request, reason)
    else:
        messages.success(request, done)
    return redirect(to, *args)
