"""Asking the catalog over NATS: rows, or a clear `CatalogUnavailable` in time."""

from typing import Final

import msgspec
import nats.errors

from bus.background_connection import BackgroundConnection
from contracts import subjects
from contracts.queries import DatasetRow, GetDataset, ListDatasets, Rows, Unavailable, decode_reply
from gateway.errors import CatalogUnavailable
from runtime import tracing

DEADLINE_SECONDS: Final = 2.5  # with the two seconds a read of the life may take, below five

_encoder: Final = msgspec.json.Encoder()


class CatalogClient:
    """The rows of all datasets. The caller checks whose they are."""

    def __init__(self, connection: BackgroundConnection) -> None:
        self._connection = connection

    async def dataset(self, dataset_id: str, at_least: int) -> DatasetRow | None:
        """The row as of life sequence `at_least` or later; None when it is gone by then.

        Raises: CatalogUnavailable; BusUnavailable.
        """
        request = GetDataset(dataset_id=dataset_id, at_least=at_least)
        rows = (await self._ask(subjects.CATALOG_GET, _encoder.encode(request))).rows
        return rows[0] if rows else None

    async def datasets(self, request: ListDatasets) -> Rows:
        """A page, newest first.

        Raises: CatalogUnavailable; BusUnavailable.
        """
        return await self._ask(subjects.CATALOG_LIST, _encoder.encode(request))

    async def _ask(self, subject: str, request: bytes) -> Rows:
        client = self._connection.client()
        try:
            with tracing.span(subject, "client"):
                headers = tracing.outgoing() or None
                reply = await client.request(subject, request, timeout=DEADLINE_SECONDS, headers=headers)
            answer = decode_reply(reply.data)
        except (nats.errors.Error, TimeoutError) as exc:
            raise CatalogUnavailable("The catalog does not answer. Try again.") from exc
        except msgspec.MsgspecError as exc:
            raise CatalogUnavailable("The catalog's answer can't be read.") from exc
        if isinstance(answer, Unavailable):
            raise CatalogUnavailable("The catalog has no answer now. Try again.")
        return answer
