"""Bearer tokens: what one must be to name a user, and those that were verified already.

A token's `sub` is the user's id; keys and rows are made of it, so only ids that are safe there are accepted.
"""

import time
from collections import OrderedDict
from hashlib import sha256
from typing import Final

import jwt
from msgspec import Struct

from contracts import keys
from gateway.errors import Unauthenticated

ALGORITHM: Final = "HS256"
LEEWAY_SECONDS: Final = 30  # clocks of issuer and gateway may differ by this much
MAX_VERIFIED: Final = 1_000  # some 300 bytes each

CHALLENGE: Final = 'Bearer realm="cuecutter"'
_CHALLENGE_INVALID: Final = f'{CHALLENGE}, error="invalid_token"'


class Verified(Struct, frozen=True):
    """The user that a token names, and until when: `expires_at` in whole seconds since 1970, without the leeway."""

    user_id: str
    expires_at: int


class Tokens:
    """Verifies tokens that are signed with `secret`.

    Verifying is a tenth of the work that a GET makes, and a client sends the same token with each of its requests. So
    the last `MAX_VERIFIED` tokens that were valid are remembered, by their hash. What is remembered may only expire:
    there is no revocation, the secret is fixed while the process runs, and `nbf` and `iat` have passed once they have.
    """

    def __init__(self, secret: str) -> None:
        self._secret = secret
        self._verified: OrderedDict[bytes, Verified] = OrderedDict()

    def user_of(self, token: str) -> str:
        """The user id of a token that is valid now.

        Raises: Unauthenticated.
        """
        digest = sha256(token.encode("utf-8")).digest()
        verified = self._verified.get(digest)
        if verified is None:
            verified = verify(token, self._secret)
            self._remember(digest, verified)
        elif _has_expired(verified):
            del self._verified[digest]
            raise _expired()
        else:
            self._verified.move_to_end(digest)
        return verified.user_id

    def _remember(self, digest: bytes, verified: Verified) -> None:
        self._verified[digest] = verified
        if len(self._verified) > MAX_VERIFIED:
            self._verified.popitem(last=False)


def verify(token: str, secret: str) -> Verified:
    """The user of a token that is valid now, and its end.

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


def _has_expired(verified: Verified) -> bool:
    """As PyJWT decides, so that a token is refused from the same moment on, whether it is remembered or not."""
    return verified.expires_at <= time.time() - LEEWAY_SECONDS


def _expired() -> Unauthenticated:
    return Unauthenticated("The token has expired.", _CHALLENGE_INVALID)
