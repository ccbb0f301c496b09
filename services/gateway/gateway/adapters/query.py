"""A query parameter that a route does not know is refused: a misspelt filter must not look like an empty result."""

from typing import Any, Final

from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler

from gateway.errors import Fault, InvalidRequest

KNOWN: Final = "query"  # the key of a route's `opt` that names its parameters


def known_parameters_only(connection: ASGIConnection[Any, Any, Any, Any], route: BaseRouteHandler) -> None:
    """Litestar guard, for every route.

    Raises: InvalidRequest naming each parameter that is unknown or given twice.
    """
    known = route.opt.get(KNOWN, ())
    given = connection.query_params
    faults = [
        Fault(name[:100], "unknown", f"There is no query parameter {name[:100]!r} here.")
        for name in given
        if name not in known
    ]
    faults += [
        Fault(name, "duplicate", f"The query parameter '{name}' may be there only once.")
        for name in known
        if len(given.getall(name, [])) > 1
    ]
    if faults:
        raise InvalidRequest(*faults)
