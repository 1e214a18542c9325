"""Calling a target over HTTP once, in a worker: behind the guard, in little time, and for few bytes.

The most important thing about a call that fails is whether the target may have got it. Only what is certain not to have
left counts as not sent.
"""

import json
import ssl
import time
from collections.abc import Iterator
from urllib.parse import urlencode, urlsplit

import requests
from requests.utils import get_environ_proxies
from urllib3.exceptions import ConnectTimeoutError, HTTPError, InvalidHeader, NewConnectionError

from automations.models import LONGEST_ANSWER, Content, RunState, SignIn
from automations.targets.hiding import without_secrets
from automations.targets.outcomes import Answer, problem_of, state_of
from automations.targets.request import Request
from core.text import visible
from notifications.channels.calls import called, session
from notifications.channels.guard import Leash, outbound_to
from notifications.channels.webhook import signature

CONNECT, SILENCE = 5.0, 20.0  # seconds
ALTOGETHER = 30.0  # seconds, however slowly it comes
MOST_BYTES = 16 * 1024  # of an answer; the rest is not read
CHUNK = 4 * 1024
NEVER_LEFT = (NewConnectionError, ConnectTimeoutError, ssl.SSLCertVerificationError)


def call(request: Request) -> Answer:
    """Make the call, once. It raises nothing: whatever happens is an answer."""
    begun = time.monotonic()
    try:
        params = _parameters(request) if request.content == Content.QUERY else None
        address = called(request.method, request.url, params)
    except (requests.RequestException, UnicodeError):
        return Answer(
            RunState.NOT_SENT, "It has an address that cannot be called. Ask an administrator to check it."
        )
    with outbound_to(urlsplit(address).hostname or "", within=ALTOGETHER) as leash:
        try:
            found = _answered(request, address)
        except (requests.RequestException, HTTPError, UnicodeError, OSError) as error:
            found = _unanswered(error, leash)
    return Answer(found.state, found.problem, found.status, found.text, round(time.monotonic() - begun, 3))


def _answered(request: Request, address: str) -> Answer:
    body, headers = _written(request)
    is_basic = request.sign_in == SignIn.BASIC
    with (
        session((CONNECT, SILENCE)) as calling,
        calling.request(
            request.method,
            address,
            data=body,
            headers=headers,
            auth=(request.user_name.encode(), request.secret.encode()) if is_basic else None,
            stream=True,
            proxies=get_environ_proxies(address),
            timeout=(CONNECT, SILENCE),
        ) as response,
    ):
        status = response.status_code
        return Answer(state_of(status), problem_of(status), status, _text(response, request))


def _written(request: Request) -> tuple[bytes, dict[str, str]]:
    """The body and all headers but those that a library adds."""
    # Plain, as an answer that unpacks to gigabytes would fill the memory. What is packed all the same is not shown.
    headers = {"Accept": "*/*", "Accept-Encoding": "identity"} | request.headers
    body = ""
    if request.content == Content.JSON:
        body = json.dumps(request.body, ensure_ascii=False, allow_nan=False)
        headers["Content-Type"] = "application/json"
    elif request.content == Content.FORM:
        body = urlencode(_parameters(request))
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    if request.sign_in == SignIn.BEARER:
        headers["Authorization"] = f"Bearer {request.secret}"
    elif request.sign_in == SignIn.SIGNATURE:
        headers |= signature(request.message_id, [request.secret], body)
    return body.encode(), headers


def _parameters(request: Request) -> dict[str, str]:
    """Of a form or an address; what JSON calls true and false is called so there, too."""
    return {
        name: value if isinstance(value, str) else json.dumps(value) for name, value in request.body.items()
    }


def _text(response: requests.Response, request: Request) -> str:
    """The first part of the body, for people. How it ends changes nothing: the status is known."""
    if response.headers.get("Content-Encoding", "identity").lower() != "identity":
        return ""
    body = bytearray()
    for chunk in _chunks(response):
        body += chunk
        if len(body) >= MOST_BYTES:
            break
    text = visible(bytes(body[:MOST_BYTES]).decode("utf-8", errors="replace")).strip()
    text = without_secrets(text, request)
    return text if len(text) <= LONGEST_ANSWER else text[: LONGEST_ANSWER - 1] + "…"


def _chunks(response: requests.Response) -> Iterator[bytes]:
    try:
        yield from response.raw.stream(CHUNK, decode_content=False)
    except (HTTPError, OSError):
        return


def _unanswered(error: Exception, leash: Leash) -> Answer:
    """In words of our own: a library's text may repeat the address with what is secret in it."""
    if not _never_left(error):
        within = ALTOGETHER if leash.was_cut else SILENCE
        is_late = leash.was_cut or isinstance(error, requests.exceptions.Timeout | TimeoutError)
        how = (
            f"No answer within {within:.0f} s: it may have run." if is_late else "No answer: it may have run."
        )
        return Answer(RunState.UNKNOWN, f"{how} Look there before you run it again.")
    if leash.was_pulled:
        why = "It has a private address that ALLCLEAR_OUTBOUND_ALLOW does not allow. Ask an operator."
    elif any(isinstance(cause, ssl.SSLError) for cause in _causes(error)):
        why = "Its certificate cannot be verified. Ask an administrator."
    elif isinstance(error, requests.exceptions.Timeout):
        why = f"It could not be reached within {CONNECT:.0f} s. Run it again once it is back."
    else:
        why = "It cannot be reached. Run it again once it is back."
    return Answer(RunState.NOT_SENT, f"{why} Nothing was sent.")


def _never_left(error: Exception) -> bool:
    """A header that is none may also be one of the answer: then urllib3 says so."""
    invalid = (
        requests.exceptions.InvalidURL | requests.exceptions.InvalidSchema | requests.exceptions.InvalidHeader
    )
    causes = list(_causes(error))
    is_ours = isinstance(error, invalid) and not any(isinstance(cause, InvalidHeader) for cause in causes)
    return is_ours or any(isinstance(cause, NEVER_LEFT) for cause in causes)


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error, and those that libraries wrapped into it."""
    seen: list[BaseException] = [error]
    for one in seen:
        yield one
        wrapped = [*one.args, getattr(one, "reason", None), one.__cause__]
        seen += [cause for cause in wrapped if isinstance(cause, BaseException) and cause not in seen]
