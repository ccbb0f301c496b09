"""A browser's session: for players and links, which can send no Authorization header. It reads, and changes nothing."""

from typing import Any, Final

from litestar import Request, Response, delete, post
from litestar.datastructures import ResponseHeader
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler

from gateway.http import openapi
from gateway.http.auth import bearer_of
from gateway.http.sessions import Sessions, came_by_tls

SESSION: Final = "/tts/session"

_COOKIE: Final = ResponseHeader(
    name="Set-Cookie",
    description="`cuecutter_session`, HttpOnly and SameSite=Strict, for paths below /tts.",
    value="",
    documentation_only=True,
    required=True,
)


@post(
    SESSION,
    status_code=204,
    operation_id="beginSession",
    response_description="The cookie is set.",
    response_headers=[_COOKIE],
    responses=openapi.problems(400, 401),
)
async def begin_session(request: Request[Any, Any, Any], sessions: NamedDependency[Sessions]) -> Response[None]:
    """Sets a cookie that serves GET and HEAD for as long as the bearer token holds, a day at most."""
    cookie = sessions.begin(bearer_of(request.scope["headers"]), is_tls=_is_tls(request))
    return Response(None, status_code=204, headers={"set-cookie": cookie})


@delete(
    SESSION,
    status_code=204,
    operation_id="endSession",
    response_description="The cookie is cleared.",
    response_headers=[_COOKIE],
    responses=openapi.problems(400, 401),
)
async def end_session(request: Request[Any, Any, Any], sessions: NamedDependency[Sessions]) -> Response[None]:
    """Clears the cookie. A copy of it would serve until it expires."""
    return Response(None, status_code=204, headers={"set-cookie": sessions.end(is_tls=_is_tls(request))})


ROUTES: Final[tuple[HTTPRouteHandler, ...]] = (begin_session, end_session)


def _is_tls(request: Request[Any, Any, Any]) -> bool:
    return came_by_tls(request.scope["scheme"], request.scope["headers"])
