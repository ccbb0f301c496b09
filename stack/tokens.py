"""Tokens as an identity provider would issue them: HS256, `sub` and `exp`."""

import time
from typing import Final

import jwt

USER: Final = "demo"  # whose token `make run` and `make compose-env` print
DAYS: Final = 30
DAY_SECONDS: Final = 86_400


def issue(user: str, secret: str, *, lifetime_seconds: int) -> str:
    """A bearer token for `user` from now on."""
    now = int(time.time())
    return jwt.encode({"sub": user, "iat": now, "exp": now + lifetime_seconds}, secret, algorithm="HS256")
