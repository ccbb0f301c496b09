"""A query parameter that a route does not know is refused: a misspelt filter must not look like an empty result.

All parameters are checked here, before the framework, which would report the first that is wrong and not the others.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any, Final

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.datastructures import MultiDict
from litestar.handlers import BaseRouteHandler
from msgspec import Struct

from contracts.dataset import Status
from gateway.domain import row_order, segment_pages
from gateway.domain.fields import TYPES, is_encoding_name
from gateway.domain.paging import MAX_LIMIT, is_cursor, is_limit
from gateway.domain.quoting import quoted
from gateway.errors import FieldError, InvalidRequest

# Keys of a route's `opt`.
PARAMETERS: Final = "query_parameters"  # their names, or a mapping from names to rules other than `RULES`
REPORT_WITH_BODY: Final = "report_query_errors_with_body"  # the handler reads a body, and reports the errors of both

MAX_WRONG: Final = 20  # values of one parameter that are named
_DEFERRED_ERRORS: Final = "deferred_query_errors"  # the key in the scope's state
_STATUSES: Final = tuple(status.value for status in Status)


class Rule(Struct, frozen=True):
    """What a parameter may be: `expected` in words that follow "must be", `allows` as a test, and how often it may be
    there, `least` to `most` times.
    """

    expected: str
    allows: Callable[[str], bool]
    least: int = 0
    most: int = 1


RULES: Final[Mapping[str, Rule]] = {
    "limit": Rule(f"a whole number from 1 to {MAX_LIMIT}, such as limit=20", is_limit),
    "cursor": Rule("one that a Link header gave; leave it out for the first page", is_cursor),
    "transcript_type": Rule(f"one of {', '.join(TYPES)}, such as transcript_type=srt", TYPES.__contains__),
    "transcript_encoding": Rule("the name of an encoding, such as transcript_encoding=windows-1252", is_encoding_name),
    "status": Rule(f"one of {', '.join(_STATUSES)}, such as status={Status.READY.value}", _STATUSES.__contains__),
}

# Rows are many and small, so their pages have a limit and cursors of their own.
ROW_RULES: Final[Mapping[str, Rule]] = {
    "limit": Rule(
        f"a whole number from 1 to {segment_pages.MAX_LIMIT}, such as limit={segment_pages.DEFAULT_LIMIT}",
        segment_pages.is_limit,
    ),
    "cursor": Rule("one that a Link header gave; leave it out for the first page", segment_pages.is_cursor),
    "flag": Rule("flags separated by commas, such as flag=too-fast,clipped", row_order.is_flags),
    "q": Rule(f"1 to {row_order.MAX_Q_CHARS} characters, such as q=chapter", row_order.is_q),
    "sort": Rule(f"one of {', '.join(row_order.Sort)}, such as sort=-duration", tuple(row_order.Sort).__contains__),
}


async def check_query(connection: ASGIConnection[Any, Any, Any, Any], route: BaseRouteHandler) -> None:
    """Litestar guard, for every route. Asynchronous, though it waits for nothing: another would run in a thread.

    Raises: InvalidRequest naming each parameter that is unknown, given twice or not valid.
    """
    known = route.opt.get(PARAMETERS, ())
    if not connection.scope["query_string"] and not isinstance(known, Mapping):
        return  # as nearly every request: nothing to parse
    errors = tuple(_errors(known, connection.query_params))
    if route.opt.get(REPORT_WITH_BODY):
        connection.scope["state"][_DEFERRED_ERRORS] = errors
    elif errors:
        raise InvalidRequest(*errors)


def deferred_errors(request: Request[Any, Any, Any]) -> tuple[FieldError, ...]:
    """What is wrong with the query of a route that has `REPORT_WITH_BODY`; nothing for any other route."""
    errors: tuple[FieldError, ...] = request.scope["state"].get(_DEFERRED_ERRORS, ())
    return errors


def _errors(known: Collection[str], given: MultiDict[Any]) -> Iterator[FieldError]:
    for name in given:
        if name not in known:
            detail = f"There is no query parameter {quoted(name)} here; there {_list_of(known)}."
            yield FieldError(name, "unknown", detail)
    rules = known if isinstance(known, Mapping) else RULES
    for name in known:
        yield from _errors_of(name, rules[name], given.getall(name, []))


def _errors_of(name: str, rule: Rule, values: list[str]) -> Iterator[FieldError]:
    if len(values) > rule.most == 1:
        yield FieldError(name, "duplicate", f"The query parameter '{name}' may be there only once.")
    elif len(values) > rule.most:
        yield FieldError(name, "too-many", f"'{name}' may be there {rule.most} times, not {len(values)}.")
    elif len(values) < rule.least:
        yield FieldError(name, "missing", f"'{name}' is missing: it must be {rule.expected}.")
    else:
        wrong = [value for value in values if not rule.allows(value)][:MAX_WRONG]
        # Where there may be several, which of them it is; a single one is known, and may be a text of any length.
        shown = [f" {quoted(value)}" if rule.most > 1 else "" for value in wrong]
        yield from (FieldError(name, "invalid", f"'{name}'{which} must be {rule.expected}.") for which in shown)


def _list_of(known: Collection[str]) -> str:
    return f"are {', '.join(known)}" if known else "is none"
