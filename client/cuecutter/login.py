"""Where the server's address and the token come from: the call, the environment, or the file of `cuecutter login`.

The token is shown in no text and no error.
"""

import os
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import msgspec
from msgspec import Struct

from cuecutter.errors import NotConfigured

URL: Final = "CUECUTTER_URL"
TOKEN: Final = "CUECUTTER_TOKEN"  # noqa: S105 - the name of a variable


class Login(Struct, frozen=True):
    """A server, and who one is there."""

    url: str
    token: str

    def __repr__(self) -> str:
        return f"Login(url={self.url!r}, token=…)"


def login_file(env: Mapping[str, str] = os.environ) -> Path:
    """Where `cuecutter login` keeps it."""
    configured = env.get("XDG_CONFIG_HOME") or str(Path.home() / ".config")
    return Path(configured) / "cuecutter" / "login.json"


def find_login(url: str | None = None, token: str | None = None, env: Mapping[str, str] = os.environ) -> Login:
    """What is given wins over the environment, and that over the file.

    Raises: NotConfigured.
    """
    url, token = url or env.get(URL) or None, token or env.get(TOKEN) or None  # an empty variable names nothing
    if not (url and token):
        kept = read_login(login_file(env))
        # A kept token goes to the server that it was kept for, and to no other that a variable names.
        if kept and (url is None or same_server(url, kept.url)):
            url, token = url or kept.url, token or kept.token
    if not url:
        raise NotConfigured(f"no server is known: run `cuecutter login`, or set {URL}")
    if not token:
        raise NotConfigured(f"no token is known for this server: run `cuecutter login`, or set {TOKEN}")
    return Login(checked_url(url), checked_token(token))


def read_login(file: Path) -> Login | None:
    """None where there is no file.

    Raises: NotConfigured for one that others can read, or that is damaged.
    """
    try:
        with file.open("rb") as opened:
            if os.name == "posix" and stat.S_IMODE(os.fstat(opened.fileno()).st_mode) & 0o077:
                raise NotConfigured(f"others can read {file}: chmod 600 it, or run `cuecutter login` again")
            return msgspec.json.decode(opened.read(), type=Login)
    except FileNotFoundError:
        return None
    except OSError as exc:
        raise NotConfigured(f"{file} can't be read ({exc.strerror})") from exc
    except (msgspec.DecodeError, UnicodeDecodeError):
        # Without its cause, whose text may quote what stands in the file.
        raise NotConfigured(f"{file} is damaged: run `cuecutter login` again") from None


def write_login(login: Login, file: Path) -> None:
    """Readable for its owner alone from its first moment. Replaces what was there.

    Raises: OSError; NotConfigured for an address or token that can't be used.
    """
    kept = Login(checked_url(login.url), checked_token(login.token))
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = file.with_name(f"{file.name}.{os.getpid()}.new")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with open(descriptor, "wb") as opened:
            opened.write(msgspec.json.encode(kept))
        os.replace(fresh, file)
    except BaseException:
        fresh.unlink(missing_ok=True)
        raise


def checked_url(url: str) -> str:
    """Without a slash at its end.

    Raises: NotConfigured.
    """
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        usable = False
    if not usable or not url.isascii() or not url.isprintable() or " " in url:
        raise NotConfigured("the server's address must look like https://cuecutter.example.org")
    if parts.query or parts.fragment or parts.username is not None:
        raise NotConfigured("the server's address may have no query, no fragment and no password in it")
    return url.rstrip("/")


def checked_token(token: str) -> str:
    """Raises: NotConfigured for what can't stand in a header."""
    token = token.strip()
    if not token or not token.isascii() or not token.isprintable() or " " in token:
        raise NotConfigured("the token has characters that no token has; copy it again")
    return token


def same_server(one: str, other: str) -> bool:
    """Whether two addresses are of the same scheme, host and port."""
    return origin(checked_url(one)) == origin(checked_url(other))


def origin(url: str) -> tuple[str, str | None, int | None]:
    """Scheme, host and port.

    Raises: ValueError for a port that is none.
    """
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port or {"http": 80, "https": 443}.get(parts.scheme)
