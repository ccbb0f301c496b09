"""`make token`: a token on standard output, for a program to take; who it is for, on standard error, for a person.

It is signed with the key in `admin.env`, so it holds for the stack of that folder and for no other.
"""

import sys
from collections.abc import Mapping
from typing import Final

from contracts import keys
from stack import choices, environment, tokens
from stack.errors import BadSetting
from stack.settings import Settings

_LONGEST_DAYS: Final = 3650
# How make passes USER, DAYS and SECONDS on: a shell gives those names meanings of its own.
_VARIABLES: Final = {"USER": "TOKEN_USER", "DAYS": "TOKEN_DAYS", "SECONDS": "TOKEN_SECONDS"}


def run(settings: Settings, env: Mapping[str, str]) -> None:
    """Raises: BadSetting, NotRunning."""
    asked = {name: env[given] for name, given in _VARIABLES.items() if given in env}
    user, seconds = _user(asked), _lifetime_seconds(asked)
    secret = environment.read_admin(settings.folder)["JWT_SECRET_KEY"]
    print(tokens.issue(user, secret, lifetime_seconds=seconds))
    print(f"a token of the user {user!r}, valid for {_duration(seconds)}, on {settings.folder}", file=sys.stderr)


def _user(asked: Mapping[str, str]) -> str:
    user = asked.get("USER", tokens.USER)
    if not keys.is_user_id(user):
        raise choices.unusable("USER", user, keys.USER_ID_RULE, "alice")
    return user


def _lifetime_seconds(asked: Mapping[str, str]) -> int:
    days = choices.whole(asked, "DAYS", 1, _LONGEST_DAYS, example=30)
    seconds = choices.whole(asked, "SECONDS", 1, _LONGEST_DAYS * tokens.DAY_SECONDS, example=600)
    if days is not None and seconds is not None:
        raise BadSetting("DAYS and SECONDS cannot both be given: one of them, for example DAYS=30")
    return seconds if seconds is not None else (days or tokens.DAYS) * tokens.DAY_SECONDS


def _duration(seconds: int) -> str:
    count, unit = (seconds, "second") if seconds % tokens.DAY_SECONDS else (seconds // tokens.DAY_SECONDS, "day")
    return f"{count} {unit}" if count == 1 else f"{count} {unit}s"
