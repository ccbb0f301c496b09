"""Paths below the server's address. What a server sends as an address is followed on that server only: the token must
not reach another one.
"""

import re
from typing import Final
from urllib.parse import quote, urlsplit

from cuecutter.errors import Problem, UnusableAnswer
from cuecutter.login import origin

DATASETS: Final = "/tts/datasets"

_NEXT: Final = re.compile(r'<([^<>]*)>\s*;\s*rel="?next"?')


def of_dataset(dataset_id: str, *rest: str) -> str:
    """The path of a dataset, or of a part of it. No id can name another path.

    Raises: Problem 404, as the server's, for an id that a path can't end in.
    """
    if dataset_id in ("", ".", ".."):
        raise Problem(
            status=404, code="not-found", title="There is no such dataset", remedy="Look its id up in the list."
        )
    return "/".join([DATASETS, quote(dataset_id, safe="@"), *rest])


def next_page(link: str | None) -> str | None:
    """The path in a Link header that is the next page."""
    found = _NEXT.search(link or "")
    return path_of(found[1]) if found else None


def path_of(location: str, server: str | None = None) -> str:
    """The path and query in `location`, which is below the server's address.

    Raises: UnusableAnswer where it is on another server than `server`, or below no address at all.
    """
    try:
        parts = urlsplit(location)
        elsewhere = bool(parts.scheme or parts.netloc) and (server is None or origin(location) != origin(server))
    except ValueError:
        elsewhere = True
    if elsewhere or not parts.path.startswith("/"):
        raise UnusableAnswer("the server names an address that is not its own; it is not followed")
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def quoted(value: str) -> str:
    """As the value of a parameter."""
    return quote(value, safe="")
