"""Sessions: a cookie with which a browser's own players and links read what a bearer token may read.

Its value is a token of ours with an audience of its own, which the check of bearer tokens refuses, in earlier releases
too: PyJWT accepts no audience that it was not asked for. It ends with its bearer token, and after a day at most.
"""

import time
from collections.abc import Iterable
from typing import Final

import jwt
from msgspec import Struct

from contracts import keys
from gateway.errors import Unauthenticated
from gateway.http.tokens import ALGORITHM, CHALLENGE, verify

COOKIE: Final = "cuecutter_session"
PATH: Final = "/tts"
AUDIENCE: Final = "cuecutter:read"
MAX_SECONDS: Final = 24 * 3600


class Sessions(Struct, frozen=True):
    """`always_secure`: the cookie is for TLS alone, whatever a request says of how it came."""

    secret: str
    always_secure: bool

    def begin(self, bearer: str, *, is_tls: bool) -> str:
        """The value of Set-Cookie for the user of a bearer token.

        Raises: Unauthenticated where the token is not valid.
        """
        verified, now = verify(bearer, self.secret), int(time.time())
        until = min(verified.expires_at, now + MAX_SECONDS)
        claims = {"sub": verified.user_id, "aud": AUDIENCE, "iat": now, "exp": until}
        token = jwt.encode(claims, self.secret, algorithm=ALGORITHM)
        return self._cookie(token, max(until - now, 0), is_tls)

    def end(self, *, is_tls: bool) -> str:
        """The value of Set-Cookie that makes a browser forget the session."""
        return self._cookie("", 0, is_tls)

    def user_of(self, cookie: str) -> str:
        """The user id of a session that is valid now.

        Raises: Unauthenticated.
        """
        try:
            claims = jwt.decode(
                cookie,
                self.secret,
                algorithms=[ALGORITHM],
                audience=AUDIENCE,
                options={"require": ["exp", "sub", "aud"]},
            )
        except (jwt.PyJWTError, ValueError, RecursionError) as exc:
            raise Unauthenticated(
                "The session has ended, or is none; begin one with POST /tts/session.", CHALLENGE
            ) from exc
        if not keys.is_user_id(claims["sub"]):
            raise Unauthenticated("The session names no user.", CHALLENGE)
        return str(claims["sub"])

    def _cookie(self, value: str, max_age: int, is_tls: bool) -> str:
        secure = "; Secure" if self.always_secure or is_tls else ""
        return f"{COOKIE}={value}; Path={PATH}; Max-Age={max_age}; HttpOnly; SameSite=Strict{secure}"


def cookie_of(headers: Iterable[tuple[bytes, bytes]]) -> str | None:
    """The session in ASGI `headers`, if there is one.

    Raises: Unauthenticated where there are several: a neighbouring site may have set one of them.
    """
    pairs = (pair for name, value in headers if name == b"cookie" for pair in value.decode("latin-1").split(";"))
    found = [value.strip() for name, _, value in (pair.partition("=") for pair in pairs) if name.strip() == COOKIE]
    if len(found) > 1:
        raise Unauthenticated("There are several session cookies; delete them, and begin one session.", CHALLENGE)
    return found[0] if found else None


def came_by_tls(scheme: str, headers: Iterable[tuple[bytes, bytes]]) -> bool:
    """Whether the client's side of the connection is TLS, as far as this request says.

    X-Forwarded-Proto may come from any client here: a false one only gets that client a cookie with `Secure`.
    """
    forwarded = [value for name, value in headers if name == b"x-forwarded-proto"]
    return scheme == "https" or any(value.split(b",")[0].strip().lower() == b"https" for value in forwarded)
