"""OPTIONS, for every path: the framework's own answer lists the methods of only one of a path's handlers."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Final

from litestar import HttpMethod, Response
from litestar.handlers import HTTPRouteHandler

OPTIONS: Final = HttpMethod.OPTIONS


def options(routes: Iterable[HTTPRouteHandler]) -> list[HTTPRouteHandler]:
    """One route for each path of `routes`, to be registered before them: a path that has OPTIONS is given no other."""
    methods: defaultdict[str, set[str]] = defaultdict(lambda: {OPTIONS.value})
    for handler in routes:
        for path in handler.paths:
            methods[path] |= {str(method) for method in handler.http_methods}
    return [_route(path, ", ".join(sorted(allowed))) for path, allowed in methods.items()]


def _route(path: str, allowed: str) -> HTTPRouteHandler:
    async def answer() -> Response[None]:
        return Response(None, status_code=204, headers={"allow": allowed})

    return HTTPRouteHandler(path, http_method=[OPTIONS], include_in_schema=False, status_code=204)(answer)
