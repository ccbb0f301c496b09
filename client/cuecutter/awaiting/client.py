"""The client: all calls."""

from cuecutter.awaiting.archives import Archives
from cuecutter.awaiting.corrections import Corrections
from cuecutter.awaiting.datasets import Datasets
from cuecutter.awaiting.results import Results
from cuecutter.operations import server
from cuecutter.values import Server


class AsyncClient(Datasets, Results, Corrections, Archives):
    """A user of one server. It may be used by several threads.

    >>> from cuecutter import AsyncClient
    >>> async with AsyncClient(client.url, token) as other:
    ...     print((await other.dataset(ready.id)).status)
    ready
    """

    async def server(self) -> Server:
        """The server's version, the formats of its archives, and the paths of its calls. No token is needed.

        >>> "piper" in (await client.server()).formats
        True
        """
        return await self._run(server.server())

    async def formats(self) -> tuple[str, ...]:
        """The formats that archives can have here; none where the server is too old for archives.

        >>> "piper" in await client.formats()
        True
        """
        found = await self._run(server.server())
        return found.formats
