"""Which bytes of a ring buffer are in use: one process takes them, another gives them back in the same order."""

from collections import deque


class Ring:
    """`size_bytes` in a circle; it keeps no bytes, only which of them are taken."""

    def __init__(self, size_bytes: int) -> None:
        self._size = size_bytes
        self._next = 0
        self._taken: deque[range] = deque()  # oldest first

    def take(self, count: int) -> int | None:
        """Takes `count` bytes in a row and returns where they begin; None while they are not free.

        Raises: ValueError for more than there is room for at any time.
        """
        if count > self._size:
            raise ValueError(f"{count} bytes do not fit into a ring of {self._size}")
        start = self._next if self._next + count <= self._size else 0
        wanted = range(start, start + count)
        if any(wanted.start < taken.stop and taken.start < wanted.stop for taken in self._taken):
            return None
        self._taken.append(wanted)
        self._next = wanted.stop
        return start

    def give_back(self) -> None:
        """The oldest bytes that are taken are free again. Raises: IndexError when none are."""
        self._taken.popleft()
