"""Who is asking. Every path needs a bearer token but the few that are open, HEAD included.

It stands before the router, so no route can be added without it. Without a token a path that leads nowhere is 404: a
new token would not help. A token's `sub` is the user's id; keys and rows are
made of it, so only ids that are safe there pass.
"""

from collections.abc import Collection
from typing import Any, Final

import jwt
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Receive, Scope, Send
from msgspec import Struct

from contracts import keys
from gateway.errors import NO_ADDRESS, NotFound, Unauthenticated
from gateway.http import problems
from gateway.http.addresses import Addresses
from gateway.http.correlation import request_id_of

ALGORITHM: Final = "HS256"
LEEWAY_SECONDS: Final = 30  # clocks of issuer and gateway may differ by this much
CALLER: Final = "caller"  # the key in the scope's state

_CHALLENGE: Final = 'Bearer realm="cuecutter"'
_CHALLENGE_INVALID: Final = f'{_CHALLENGE}, error="invalid_token"'


class Caller(Struct, frozen=True):
    """The user of a request, and the request's id: it becomes the cause of what the user asks for."""

    user_id: str
    request_id: str


class Authentication:
    """ASGI middleware: answers 401 or 404 itself, or puts a `Caller` into the scope's state."""

    def __init__(self, app: ASGIApp, secret: str, open_paths: Collection[str], addresses: Addresses) -> None:
        self._app, self._secret, self._open_paths, self._addresses = app, secret, frozenset(open_paths), addresses

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == ScopeType.HTTP and scope["path"] not in self._open_paths:
            try:
                user_id = user_of(bearer_of(scope["headers"]), self._secret)
            except Unauthenticated as exc:
                known = scope["path"] in self._addresses
                await problems.send(exc if known else NotFound(NO_ADDRESS), scope, send)
                return
            scope["state"][CALLER] = Caller(user_id, request_id_of(scope))
        await self._app(scope, receive, send)


def bearer_of(headers: Any) -> str:
    """The token in ASGI `headers`.

    Raises: Unauthenticated unless there is exactly one Authorization header, with the Bearer scheme.
    """
    given = [value for name, value in headers if name == b"authorization"]
    if not given:
        raise Unauthenticated("This needs an Authorization header with a bearer token.", _CHALLENGE)
    scheme, _, token = str(given[0], "latin-1").partition(" ")
    if len(given) > 1 or scheme.lower() != "bearer" or not token.strip():
        raise Unauthenticated("The Authorization header must be 'Bearer <token>', once.", _CHALLENGE)
    return token.strip()


def user_of(token: str, secret: str) -> str:
    """The user id of a token that holds now.

    Raises: Unauthenticated.
    """
    try:
        claims = jwt.decode(
            token, secret, algorithms=[ALGORITHM], leeway=LEEWAY_SECONDS, options={"require": ["exp", "sub"]}
        )
    except jwt.ExpiredSignatureError as exc:
        raise Unauthenticated("The token has expired.", _CHALLENGE_INVALID) from exc
    except jwt.ImmatureSignatureError as exc:
        raise Unauthenticated("The token is not valid yet.", _CHALLENGE_INVALID) from exc
    except (jwt.PyJWTError, ValueError, RecursionError) as exc:
        # A hostile header can be nested deeper than the JSON reader goes.
        raise Unauthenticated("The token is not valid.", _CHALLENGE_INVALID) from exc
    if isinstance(claims["exp"], bool | str) or not keys.is_user_id(claims["sub"]):
        raise Unauthenticated("The token's 'sub' or 'exp' can't be used.", _CHALLENGE_INVALID)
    return str(claims["sub"])
