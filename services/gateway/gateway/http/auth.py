"""Who is asking. Every path needs a bearer token but the few that are open, HEAD included; to read, a session will do.

The middleware is in front of the router, so no route can be added without it. Without a token a path that has no route
is 404: a new token would not help.
"""

from collections.abc import Collection
from typing import Any, Final

from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPScope, Receive, Scope, Send
from msgspec import Struct

from gateway.errors import NO_SUCH_PATH, NotFound, Unauthenticated
from gateway.http import problems
from gateway.http.correlation import request_id_of
from gateway.http.known_paths import KnownPaths
from gateway.http.sessions import Sessions, cookie_of
from gateway.http.tokens import CHALLENGE, Tokens

SAFE_METHODS: Final = frozenset({"GET", "HEAD"})
CALLER: Final = "caller"  # the key in the scope's state


class Caller(Struct, frozen=True):
    """The user of a request, and the request's id: it becomes the cause of what the user asks for."""

    user_id: str
    request_id: str


class Authentication:
    """ASGI middleware: answers 401 or 404 itself, or puts a `Caller` into the scope's state."""

    def __init__(
        self, app: ASGIApp, tokens: Tokens, sessions: Sessions, open_paths: Collection[str], known_paths: KnownPaths
    ) -> None:
        self._app, self._tokens, self._sessions = app, tokens, sessions
        self._open_paths, self._known_paths = frozenset(open_paths), known_paths

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == ScopeType.HTTP and scope["path"] not in self._open_paths:
            try:
                user_id = self._user_of(scope)
            except Unauthenticated as exc:
                known = scope["path"] in self._known_paths
                await problems.send(exc if known else NotFound(NO_SUCH_PATH), scope, send)
                return
            scope["state"][CALLER] = Caller(user_id, request_id_of(scope))
        await self._app(scope, receive, send)

    def _user_of(self, scope: HTTPScope) -> str:
        """A session is for reading only, and an Authorization header takes precedence."""
        headers = scope["headers"]
        if scope["method"] in SAFE_METHODS and not any(name == b"authorization" for name, _ in headers):
            cookie = cookie_of(headers)
            if cookie is not None:
                return self._sessions.user_of(cookie)
        return self._tokens.user_of(bearer_of(headers))


def bearer_of(headers: Any) -> str:
    """The token in ASGI `headers`.

    Raises: Unauthenticated unless there is exactly one Authorization header, with the Bearer scheme.
    """
    given = [value for name, value in headers if name == b"authorization"]
    if not given:
        raise Unauthenticated("This needs an Authorization header with a bearer token.", CHALLENGE)
    scheme, _, token = str(given[0], "latin-1").partition(" ")
    if len(given) > 1 or scheme.lower() != "bearer" or not token.strip():
        raise Unauthenticated("The Authorization header must be 'Bearer <token>', once.", CHALLENGE)
    return token.strip()
