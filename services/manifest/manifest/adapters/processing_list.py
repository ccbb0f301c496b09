"""The catalog's list of datasets that are processing, page by page."""

from collections.abc import AsyncIterator
from typing import Final

import msgspec
import nats.errors
from nats.aio.client import Client

from bus.errors import BusUnavailable
from contracts import queries, subjects
from contracts.dataset import Status
from contracts.queries import DatasetRow, ListDatasets

PAGE_ROWS: Final = 100
REPLY_SECONDS: Final = 5.0


async def processing_datasets(client: Client) -> AsyncIterator[DatasetRow]:
    """Every user's, newest first.

    Raises: BusUnavailable when the catalog does not answer, or with what this release can't read.
    """
    before: int | None = None
    while True:
        page = await _page(client, ListDatasets(user_id=None, limit=PAGE_ROWS, before=before, status=Status.PROCESSING))
        for row in page.rows:
            yield row
        if not page.more:
            return
        before = page.rows[-1].created_seq


async def _page(client: Client, request: ListDatasets) -> queries.Rows:
    try:
        message = await client.request(subjects.CATALOG_LIST, msgspec.json.encode(request), timeout=REPLY_SECONDS)
    except (nats.errors.Error, TimeoutError) as exc:
        raise BusUnavailable(f"the catalog does not answer: {type(exc).__name__}") from exc
    try:
        reply = queries.decode_reply(message.data)
    except (msgspec.DecodeError, UnicodeDecodeError) as exc:
        # A row with a value that this release does not know: the watchdog of a newer one looks at that dataset.
        raise BusUnavailable("the catalog's reply is of a newer version") from exc
    if isinstance(reply, queries.Unavailable):
        raise BusUnavailable(f"the catalog can't answer: {reply.reason}")
    return reply
