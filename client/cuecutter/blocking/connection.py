"""How a client is opened and closed, and how its calls run."""

from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Any, Self, TypeVar

from cuecutter.login import find_login
from cuecutter.running import Blocking
from cuecutter.steps import Operation, Page

T = TypeVar("T")


class Connection:
    """What the calls of a client have in common."""

    def __init__(
        self,
        url: str | None = None,
        token: str | None = None,
        *,
        timeout_seconds: float = 30,
        retry_seconds: float = 20,
    ) -> None:
        """What is left out is taken from CUECUTTER_URL and CUECUTTER_TOKEN, else from the file of `cuecutter login`.

        A call ends after `timeout_seconds` of silence; uploads and archives may be silent for five minutes at least,
        because much is done before they are answered. Calls that are safe to repeat are repeated for `retry_seconds`.

        Raises: NotConfigured.
        """
        self._runner = Blocking(find_login(url, token), timeout_seconds, retry_seconds)

    @property
    def url(self) -> str:
        """The server's address, without a slash at its end.

        >>> client.url.startswith("http")
        True
        """
        return self._runner.url

    def close(self) -> None:
        """Closes the connections; a `with` block does so at its end. A closed client can't be used again.

        >>> from cuecutter import Client
        >>> other = Client(client.url, token)
        >>> other.close()
        """
        self._runner.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, place: TracebackType | None
    ) -> None:
        self.close()

    def _run(self, operation: Operation[T]) -> T:
        return self._runner.run(operation)

    def _values(self, path: str, page: Callable[[str], Operation[Page]]) -> Iterator[Any]:
        following: str | None = path
        while following:
            found = self._run(page(following))
            for value in found.values:
                yield value
            following = found.next
