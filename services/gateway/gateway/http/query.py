"""A query parameter that a route does not know is refused: a misspelt filter must not look like an empty result."""

from collections.abc import Collection
from typing import Any, Final

from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler

from contracts.dataset import Status
from gateway.domain.paging import MAX_LIMIT
from gateway.errors import Fault, InvalidRequest

KNOWN: Final = "query"  # the key of a route's `opt` that names its parameters

# What each may be, for whoever sent something else.
MUST_BE: Final = {
    "limit": f"a whole number from 1 to {MAX_LIMIT}",
    "cursor": "one that a Link header gave",
    "status": f"one of {', '.join(status.value for status in Status)}",
}


async def known_parameters_only(connection: ASGIConnection[Any, Any, Any, Any], route: BaseRouteHandler) -> None:
    """Litestar guard, for every route. Asynchronous, though it waits for nothing: another would run in a thread.

    Raises: InvalidRequest naming each parameter that is unknown, given twice or null.
    """
    known = route.opt.get(KNOWN, ())
    given = connection.query_params
    faults = [
        Fault(name[:100], "unknown", f"There is no query parameter {name[:100]!r} here; there {_those(known)}.")
        for name in given
        if name not in known
    ]
    faults += [
        Fault(name, "duplicate", f"The query parameter '{name}' may be there only once.")
        for name in known
        if len(given.getall(name, [])) > 1
    ]
    # The framework takes the word for no value, and would not filter at all.
    faults += [
        Fault(name, "invalid", f"'{name}' must be {MUST_BE[name]}.")
        for name in known
        if given.get(name, "").lower() == "null"
    ]
    if faults:
        raise InvalidRequest(*faults)


def _those(known: Collection[str]) -> str:
    return f"are {', '.join(known)}" if known else "is none"
