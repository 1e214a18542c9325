"""The server, as the command line talks to it: one token, one key a request, patient with the network."""

import re
import time
import uuid
from typing import Any

import httpx

from allclear_cli import __version__
from allclear_cli.failures import CommandError, Exit
from allclear_cli.settings import Settings

WAITS = (0.5, 1.0, 2.0)  # seconds between the attempts
LONGEST_WAIT = 30  # seconds that a Retry-After may ask for
ERRNO = re.compile(r"^\[Errno -?\d+\] ")
AWAY = {502, 503, 504}
NOTHING = "There is no such incident or item that you can reach."
CODES = {
    401: Exit.NO_ACCESS,
    403: Exit.NO_ACCESS,
    409: Exit.CONFLICT,
    412: Exit.CONFLICT,
    429: Exit.TOO_MANY,
}

Options = dict[str, str]
"""Field of the API → how the command line calls it."""


class Server:
    """`ask` returns the answer; whatever is not a success is a CommandError."""

    def __init__(self, settings: Settings) -> None:
        self.url = settings.url
        self._http = httpx.Client(
            base_url=f"{settings.url}/api/v1/",
            headers={
                "Authorization": f"Bearer {settings.token}",
                "User-Agent": f"allclear-cli/{__version__}",
            },
            timeout=httpx.Timeout(20, connect=5),
        )

    def get(self, path: str, options: Options | None = None, **params: Any) -> Any:
        said = {name: value for name, value in params.items() if value not in (None, "")}
        return self.ask("GET", path, params=said, options=options).json()

    def post(self, path: str, body: dict[str, Any], options: Options | None = None) -> Any:
        return self.ask("POST", path, body=body, options=options).json()

    def put(self, path: str, body: dict[str, Any], options: Options | None = None) -> Any:
        return self.ask("PUT", path, body=body, options=options).json()

    def ask(
        self,
        method: str,
        path: str,
        *,
        body: dict[str, Any] | None = None,
        params: dict[str, Any] | None = None,
        options: Options | None = None,
        is_patient: bool = True,
    ) -> httpx.Response:
        """Send it until it is answered: a POST always with the same key, so that it has one effect."""
        headers = {"Idempotency-Key": str(uuid.uuid4())} if method == "POST" else {}
        request = self._http.build_request(method, path, json=body, params=params, headers=headers)
        waits = list(WAITS) if is_patient else []
        while True:
            fault, response = self._send(request)
            wait = _wait_after(response)
            if wait is None or not waits:
                break
            time.sleep(max(waits.pop(0), wait))
        if response is None:
            raise CommandError(f"{self.url} cannot be reached: {_why(fault)}", Exit.AWAY) from fault
        if not response.is_success:
            raise _failure(response, self.url, options or {})
        if "text/html" in response.headers.get("Content-Type", ""):
            raise CommandError(f"What answers at {self.url} is not Allclear's API.", Exit.USAGE)
        return response

    def _send(self, request: httpx.Request) -> tuple[httpx.TransportError | None, httpx.Response | None]:
        try:
            return None, self._http.send(request)
        except httpx.TransportError as fault:
            return fault, None


def _wait_after(response: httpx.Response | None) -> float | None:
    """Seconds until it makes sense to ask again; None where it does not."""
    if response is None:
        return 0
    asked = response.headers.get("Retry-After", "")
    if response.status_code in (409, 429) and asked.isdigit():
        return float(asked) if int(asked) <= LONGEST_WAIT else None
    return 0 if response.status_code in AWAY else None


def _why(fault: Exception | None) -> str:
    if isinstance(fault, httpx.TimeoutException):
        return "it does not answer in time."
    if "CERTIFICATE_VERIFY_FAILED" in str(fault):
        return "its certificate is not trusted. Name the file of your certificate authority in SSL_CERT_FILE."
    return f"{ERRNO.sub('', str(fault)).removesuffix('.') or type(fault).__name__}."


def _failure(response: httpx.Response, url: str, options: Options) -> CommandError:
    status = response.status_code
    if response.is_redirect:
        target = response.headers.get("Location", "")
        return CommandError(f"{url} sends to {target}. Use the address that it sends to.", Exit.USAGE)
    problem = _problem(response)
    if problem is None and status < 500:
        return CommandError(f"What answers at {url} is not Allclear's API ({status}).", Exit.USAGE)
    if status >= 500:
        detail = (problem or {}).get("detail") or f"It answers {status}."
        return CommandError(f"{url} cannot answer now. {detail}", Exit.AWAY, problem=problem)
    assert problem is not None
    if status == 404:
        return CommandError(NOTHING, Exit.NOT_FOUND, problem=problem)
    errors = problem.get("errors") or []
    details = [f"{_option(one, options)}: {one.get('detail', '')}" for one in errors if one.get("pointer")]
    sentence = "Some values cannot be used." if details else problem.get("detail") or problem.get("title", "")
    return CommandError(str(sentence), CODES.get(status, Exit.REFUSED), details=details, problem=problem)


def _problem(response: httpx.Response) -> dict[str, Any] | None:
    if "json" not in response.headers.get("Content-Type", ""):
        return None
    try:
        said = response.json()
    except ValueError:
        return None
    return said if isinstance(said, dict) else None


def _option(error: dict[str, str], options: Options) -> str:
    """`/waive_reason` of the API is `--waive` here."""
    name = error["pointer"].lstrip("/").split("/")[0]
    return options.get(name) or f"--{name.replace('_', '-')}"
