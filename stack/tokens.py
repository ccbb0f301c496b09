"""Tokens as an identity provider would issue them: HS256, `sub` and `exp`."""

import time

import jwt


def issue(user: str, secret: str, *, lifetime_seconds: int) -> str:
    """A bearer token for `user` from now on."""
    now = int(time.time())
    return jwt.encode({"sub": user, "iat": now, "exp": now + lifetime_seconds}, secret, algorithm="HS256")
