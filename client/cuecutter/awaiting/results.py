"""Calls that read what a run made."""

from collections.abc import AsyncIterator

from cuecutter.awaiting.connection import Connection
from cuecutter.operations import results
from cuecutter.values import Segment


class Results(Connection):
    """For `dataset_id`, `<id>@<run>` is taken, too: that run's result, or 410 `result-removed` once it is replaced."""

    def segments(
        self, dataset_id: str, *, flag: str | None = None, q: str | None = None, sort: str | None = None
    ) -> AsyncIterator[Segment]:
        """The rows of the result. `flag`: only rows that have one of these flags, separated by commas; `q`: only those
        whose text contains it; `sort`: `n`, `duration`, `chars_per_second`, with `-` in front descending, or `worst`.

        Raises: Problem 409 `no-result`, 410 `result-removed` when a later run is ready before the last page.

        >>> rows = client.segments(ready.id, sort="-duration")
        >>> longest = await anext(rows)
        >>> longest.n, longest.duration
        (7, 7.02)
        """
        return self._values(results.first_page(dataset_id, flag, q, sort), results.page)

    async def segment(self, dataset_id: str, n: int) -> Segment:
        """One row; `n` counts from 0.

        Raises: Problem 404, 409 `no-result`.

        >>> (await client.segment(ready.id, 0)).flags
        ()
        """
        return await self._run(results.segment(dataset_id, n))

    async def segment_audio(self, dataset_id: str, n: int) -> bytes:
        """The clip of a row: a WAV file, 16-bit mono.

        Raises: Problem 404, 409 `no-result`, 500 `object-damaged`.

        >>> sound = await client.segment_audio(ready.id, 0)
        >>> sound[:4], len(sound) == (await client.segment(ready.id, 0)).size
        (b'RIFF', True)
        """
        return await self._run(results.segment_audio(dataset_id, n))

    async def manifest(self, dataset_id: str) -> bytes:
        """training_data.jsonl, as trainers read it: a JSON object a line.

        Raises: Problem 409 `no-result`.

        >>> len((await client.manifest(ready.id)).splitlines())
        10
        """
        return await self._run(results.manifest(dataset_id))
