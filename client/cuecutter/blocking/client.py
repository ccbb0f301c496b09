"""The client: all calls."""

from cuecutter.blocking.archives import Archives
from cuecutter.blocking.corrections import Corrections
from cuecutter.blocking.datasets import Datasets
from cuecutter.blocking.results import Results
from cuecutter.operations import server
from cuecutter.values import Server


class Client(Datasets, Results, Corrections, Archives):
    """A user of one server. It may be used by several threads.

    >>> from cuecutter import Client
    >>> with Client(client.url, token) as other:
    ...     print(other.dataset(ready.id).status)
    ready
    """

    def server(self) -> Server:
        """The server's version, the formats of its archives, and the paths of its calls. No token is needed.

        >>> "piper" in client.server().formats
        True
        """
        return self._run(server.server())

    def formats(self) -> tuple[str, ...]:
        """The formats that archives can have here; none where the server is too old for archives.

        >>> "piper" in client.formats()
        True
        """
        found = self._run(server.server())
        return found.formats
