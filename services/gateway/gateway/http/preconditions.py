"""If-Match, which every correction needs: of two people who saw the same, the second is told."""

from typing import Any, Final

from litestar import Request

from contracts import life
from gateway.domain import conditions
from gateway.errors import CommandRefused, PreconditionRequired

HEADER: Final = "if-match"


def seen(request: Request[Any, Any, Any], opaque: str, whose: str) -> bool:
    """Whether the client saw what `opaque` names; False for `*`, which says that any will do. `whose` is for people.

    Raises: PreconditionRequired without the header; CommandRefused where it names something else.
    """
    # Several headers of a list are one list.
    header = ", ".join(request.headers.getall(HEADER, [])).strip(" \t")
    if not header:
        raise PreconditionRequired(f"This needs an If-Match header with the ETag of {whose}.")
    if header == conditions.ANY:
        return False
    if not conditions.names(header, opaque):
        raise CommandRefused(life.Refused(code=life.PRECONDITION_FAILED))
    return True
