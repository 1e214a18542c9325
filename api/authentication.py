"""Who is asking: a bearer token, or the session of somebody who tries the API on its page."""

from django.utils import timezone
from rest_framework.authentication import BaseAuthentication, SessionAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from accounts.models import ApiToken, User
from accounts.workflow import working_token

REFUSED = "This token is not known, expired or revoked."


class TokenAuthentication(BaseAuthentication):
    """`Authorization: Bearer alc_…`. `request.auth` is then the token, `request.user` the person it acts for."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        parts = get_authorization_header(request).split()
        if not parts or parts[0].lower() != b"bearer":
            return None
        if len(parts) != 2:
            raise AuthenticationFailed("Write one token after “Bearer”.")
        token = working_token(parts[1].decode("latin-1"))
        if token is None:
            raise AuthenticationFailed(REFUSED)
        token.note_use(request.META.get("REMOTE_ADDR", ""), timezone.now())
        return token.acting_person(), token

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="Allclear"'


class SignedInAuthentication(SessionAuthentication):
    """The person signed in; what changes something needs the CSRF token of the page."""

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="Allclear"'
