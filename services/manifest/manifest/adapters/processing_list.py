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

PAGE: Final = 100
ANSWER_SECONDS: Final = 5.0


async def processing(client: Client) -> AsyncIterator[DatasetRow]:
    """Every user's, newest first.

    Raises: BusUnavailable when the catalog does not answer.
    """
    before: int | None = None
    while True:
        page = await _ask(client, ListDatasets(user_id=None, limit=PAGE, before=before, status=Status.PROCESSING))
        for row in page.rows:
            yield row
        if not page.more:
            return
        before = page.rows[-1].created_seq


async def _ask(client: Client, query: ListDatasets) -> queries.Rows:
    try:
        reply = await client.request(subjects.CATALOG_LIST, msgspec.json.encode(query), timeout=ANSWER_SECONDS)
    except (nats.errors.Error, TimeoutError) as exc:
        raise BusUnavailable(f"the catalog does not answer: {type(exc).__name__}") from exc
    answer = queries.decode_reply(reply.data)
    if isinstance(answer, queries.Unavailable):
        raise BusUnavailable(f"the catalog can't answer: {answer.reason}")
    return answer
