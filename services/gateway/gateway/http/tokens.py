"""Bearer tokens: what one must be to name a user.

A token's `sub` is the user's id; keys and rows are made of it, so only ids that are safe there are accepted.
"""

from typing import Final

import jwt
from msgspec import Struct

from contracts import keys
from gateway.errors import Unauthenticated

ALGORITHM: Final = "HS256"
LEEWAY_SECONDS: Final = 30  # clocks of issuer and gateway may differ by this much

CHALLENGE: Final = 'Bearer realm="cuecutter"'
_CHALLENGE_INVALID: Final = f'{CHALLENGE}, error="invalid_token"'


class Verified(Struct, frozen=True):
    """Whom a token names, and until when: `expires_at` in whole seconds since 1970, without the leeway."""

    user_id: str
    expires_at: int


class Tokens:
    """Verifies tokens that are signed with `secret`."""

    def __init__(self, secret: str) -> None:
        self._secret = secret

    def user_of(self, token: str) -> str:
        """The user id of a token that is valid now.

        Raises: Unauthenticated.
        """
        return verify(token, self._secret).user_id


def verify(token: str, secret: str) -> Verified:
    """Whom a token names that is valid now.

    Raises: Unauthenticated.
    """
    try:
        claims = jwt.decode(
            token, secret, algorithms=[ALGORITHM], leeway=LEEWAY_SECONDS, options={"require": ["exp", "sub"]}
        )
    except jwt.ExpiredSignatureError as exc:
        raise _expired() from exc
    except jwt.ImmatureSignatureError as exc:
        raise Unauthenticated("The token is not valid yet.", _CHALLENGE_INVALID) from exc
    except (jwt.PyJWTError, ValueError, RecursionError) as exc:
        # A hostile header can be nested deeper than the JSON reader goes.
        raise Unauthenticated("The token is not valid.", _CHALLENGE_INVALID) from exc
    if isinstance(claims["exp"], bool | str) or not keys.is_user_id(claims["sub"]):
        raise Unauthenticated("The token's 'sub' or 'exp' can't be used.", _CHALLENGE_INVALID)
    return Verified(str(claims["sub"]), int(claims["exp"]))


def _expired() -> Unauthenticated:
    return Unauthenticated("The token has expired.", _CHALLENGE_INVALID)
