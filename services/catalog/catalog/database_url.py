"""DATABASE_URL as people write it for SQLAlchemy, libpq or asyncpg, turned into what asyncpg reads.

No error of this module shows any part of the URL that could belong to a password.
"""

import re
from typing import Final

SSL_MODES: Final = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")
EXAMPLE: Final = "postgresql://user:password@host:5432/database?sslmode=require"

_URL: Final = re.compile(r"postgres(?:ql)?(?:\+[a-z0-9_]+)?://([^/?#\s]*)(/[^?#\s]*)?(?:\?([^#\s]*))?", re.ASCII)
_PORT: Final = re.compile(r"[0-9]{1,5}", re.ASCII)
# How a client waits and what it caches, which the catalog decides for itself.
_CLIENT_ONLY: Final = frozenset({
    "async_fallback", "command_timeout", "connect_timeout", "max_cacheable_statement_size",
    "max_cached_statement_lifetime", "prepared_statement_cache_size", "prepared_statement_name_func",
    "statement_cache_size", "timeout",
})  # fmt: skip
# Guarantees of libpq that asyncpg cannot give: they may be preferred, not required.
_UNSUPPORTED: Final = ("channel_binding", "gssencmode")


def for_driver(url: str) -> str:
    """`url` as asyncpg reads it: without SQLAlchemy's `+driver`, TLS as `sslmode`, no parameter for other clients.

    `url` may begin with postgresql:// or postgres://, each also with `+driver`. Other parameters stay as they are;
    asyncpg hands those it does not know to the server, as settings of the session.

    Raises: ValueError; its text says what is wrong with "it" and how to write it, and shows nothing of the URL.
    """
    found = _URL.fullmatch(url)
    if found is None:
        raise ValueError(
            f"it is written {EXAMPLE}; "
            "one of / ? # @ : % or a space in the user or the password is percent-encoded, @ as %40"
        )
    authority, path, query = (part or "" for part in found.groups())
    _check_authority(authority)
    parameters = _parameters(query.split("&")) if query else []
    return f"postgresql://{authority}{path}" + (f"?{'&'.join(parameters)}" if parameters else "")


def check_setting(url: str) -> None:
    """Raises: ValueError with the variable's name before the text of `for_driver`."""
    try:
        for_driver(url)
    except ValueError as exc:
        raise ValueError(f"DATABASE_URL ({exc})") from None


def _check_authority(authority: str) -> None:
    credentials, _, hosts = authority.rpartition("@")
    if "@" in credentials:
        raise ValueError("an @ in the user or the password is written %40")
    for host in hosts.split(","):
        _, colon, port = host.rpartition("]")[2].rpartition(":")
        if colon and not (_PORT.fullmatch(port) and 0 < int(port) < 65_536):
            raise ValueError(
                "behind the host's colon stands a port from 1 to 65535; "
                "a / ? or # in the user or the password is written %2F %3F %23"
            )


def _parameters(pairs: list[str]) -> list[str]:
    kept: list[str] = []
    modes: set[str] = set()
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals:
            raise ValueError("behind its ? stand name=value pairs, joined by &")
        if name in ("ssl", "sslmode"):  # SQLAlchemy with asyncpg says ssl, everybody else sslmode
            modes.add(_ssl_mode(name, value))
        elif name in _UNSUPPORTED:
            _check_not_required(name, value)
        elif name not in _CLIENT_ONLY:
            kept.append(pair)
    if len(modes) > 1:
        raise ValueError("its ssl and sslmode differ; keep one of them")
    return [*kept, *(f"sslmode={mode}" for mode in modes)]


def _ssl_mode(name: str, value: str) -> str:
    if value not in SSL_MODES:
        raise ValueError(f"its {name} is one of {', '.join(SSL_MODES)}, such as {name}=require")
    return value


def _check_not_required(name: str, value: str) -> None:
    if value == "require":
        raise ValueError(
            f"it asks for {name}=require, which the driver asyncpg cannot give; "
            f"leave it out; sslmode=verify-full with sslrootcert checks who the server is"
        )
