"""The catalog's replies, one function for each request. `adapters` sends them and turns failures into replies."""

import asyncio
from typing import Final

from catalog.adapters.reader import Reader
from catalog.adapters.rows import is_dataset_id
from contracts.queries import GetDataset, ListDatasets, Reply, Rows, Unavailable

WAIT_SECONDS: Final = 1.7  # for the rows to come as far as requested; the whole reply is due after two
MAX_LIMIT: Final = 1_000


async def on_get(request: GetDataset, reader: Reader) -> Reply:
    if not is_dataset_id(request.dataset_id):
        return Rows(rows=())
    found = await reader.get(request.dataset_id)
    if found.position < request.at_least:
        try:
            async with asyncio.timeout(WAIT_SECONDS):
                await reader.reached(request.at_least)
        except TimeoutError:
            return Unavailable(reason=f"the rows stand at {found.position}, {request.at_least} was asked for")
        found = await reader.get(request.dataset_id)
    return Rows(rows=() if found.row is None else (found.row,))


async def on_list(request: ListDatasets, reader: Reader) -> Reply:
    if not 1 <= request.limit <= MAX_LIMIT:
        return Unavailable(reason=f"malformed request: limit must be 1 to {MAX_LIMIT}")
    rows = await reader.page(request)
    return Rows(rows=tuple(rows[: request.limit]), more=len(rows) > request.limit)
