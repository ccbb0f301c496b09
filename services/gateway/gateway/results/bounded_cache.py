"""A cache of bounded size that drops what has not been used for longest.

For facts about manifests, which never change, so that an entry is never out of date.
"""

from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, TypeVar

T = TypeVar("T")


class BoundedCache(Generic[T]):
    """At most `max_bytes`, by the sizes that callers state."""

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes, self._bytes = max_bytes, 0
        self._values: OrderedDict[Hashable, tuple[T, int]] = OrderedDict()

    def get(self, key: Hashable) -> T | None:
        found = self._values.get(key)
        if found is None:
            return None
        self._values.move_to_end(key)
        return found[0]

    def put(self, key: Hashable, value: T, size_bytes: int) -> None:
        """A value larger than the whole cache is not kept."""
        self._drop(key)
        if size_bytes > self._max_bytes:
            return
        self._values[key] = (value, size_bytes)
        self._bytes += size_bytes
        while self._bytes > self._max_bytes:
            self._drop(next(iter(self._values)))

    def _drop(self, key: Hashable) -> None:
        _, size_bytes = self._values.pop(key, (None, 0))
        self._bytes -= size_bytes
