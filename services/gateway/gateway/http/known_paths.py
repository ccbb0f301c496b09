"""Which paths have a route, decided from the templates as the router decides: empty parts of a path do not count."""

from collections.abc import Iterable


class KnownPaths:
    """The paths of `templates`, in which a part in braces stands for any."""

    def __init__(self, templates: Iterable[str]) -> None:
        self._shapes = frozenset(map(_parts, templates))

    def __contains__(self, path: str) -> bool:
        parts = _parts(path)
        return any(len(shape) == len(parts) and all(map(_fits, shape, parts)) for shape in self._shapes)


def _parts(path: str) -> tuple[str, ...]:
    return tuple(part for part in path.split("/") if part)


def _fits(pattern: str, part: str) -> bool:
    return pattern.startswith("{") or pattern == part
