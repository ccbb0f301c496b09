"""A query parameter that a route does not know is refused: a misspelt filter must not look like an empty result.

All parameters are judged here, before the framework, which would tell of the first that is wrong and not of the others.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any, Final

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.datastructures import MultiDict
from litestar.handlers import BaseRouteHandler
from msgspec import Struct

from contracts.dataset import Status
from gateway.domain.paging import MAX_LIMIT, is_cursor, is_limit
from gateway.domain.wording import quoted
from gateway.errors import Fault, InvalidRequest

KNOWN: Final = "query"  # the key of a route's `opt` that names its parameters
LATER: Final = "query with body"  # the key of a route's `opt` that says: it tells the query's faults with the body's
_FAULTS: Final = "query faults"  # the key in the scope's state

_STATUSES: Final = tuple(status.value for status in Status)


class Rule(Struct, frozen=True):
    """What a parameter may be: `must_be` in words, for whoever sent something else, and `allows` as a test."""

    must_be: str
    allows: Callable[[str], bool]


RULES: Final[Mapping[str, Rule]] = {
    "limit": Rule(f"a whole number from 1 to {MAX_LIMIT}, such as limit=20", is_limit),
    "cursor": Rule("one that a Link header gave; leave it out for the first page", is_cursor),
    "status": Rule(f"one of {', '.join(_STATUSES)}, such as status={Status.READY.value}", _STATUSES.__contains__),
}


async def known_parameters_only(connection: ASGIConnection[Any, Any, Any, Any], route: BaseRouteHandler) -> None:
    """Litestar guard, for every route. Asynchronous, though it waits for nothing: another would run in a thread.

    Raises: InvalidRequest naming each parameter that is unknown, given twice or not valid.
    """
    faults = tuple(_faults(route.opt.get(KNOWN, ()), connection.query_params))
    if route.opt.get(LATER):
        connection.scope["state"][_FAULTS] = faults
    elif faults:
        raise InvalidRequest(*faults)


def put_off(request: Request[Any, Any, Any]) -> tuple[Fault, ...]:
    """What is wrong with the query, for a route with `LATER`."""
    faults: tuple[Fault, ...] = request.scope["state"].get(_FAULTS, ())
    return faults


def _faults(known: Collection[str], given: MultiDict[Any]) -> Iterator[Fault]:
    for name in given:
        if name not in known:
            yield Fault(name, "unknown", f"There is no query parameter {quoted(name)} here; there {_those(known)}.")
    for name in known:
        values = given.getall(name, [])
        if len(values) > 1:
            yield Fault(name, "duplicate", f"The query parameter '{name}' may be there only once.")
        elif values and not RULES[name].allows(values[0]):
            yield Fault(name, "invalid", f"'{name}' must be {RULES[name].must_be}.")


def _those(known: Collection[str]) -> str:
    return f"are {', '.join(known)}" if known else "is none"
