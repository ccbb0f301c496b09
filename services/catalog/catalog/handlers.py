"""What the catalog answers, one function a question. How an answer travels, and what a failure becomes, is not here."""

import asyncio
from typing import Final

from catalog.adapters.reader import Reader
from catalog.adapters.rows import is_dataset_id
from contracts.queries import GetDataset, ListDatasets, Reply, Rows, Unavailable

WAIT_SECONDS: Final = 1.7  # for the rows to come as far as asked; the whole answer is due after two
MAX_LIMIT: Final = 1_000


async def on_get(question: GetDataset, reader: Reader) -> Reply:
    if not is_dataset_id(question.dataset_id):
        return Rows(rows=())
    found = await reader.get(question.dataset_id)
    if found.position < question.at_least:
        try:
            async with asyncio.timeout(WAIT_SECONDS):
                await reader.reached(question.at_least)
        except TimeoutError:
            return Unavailable(reason=f"the rows stand at {found.position}, {question.at_least} was asked for")
        found = await reader.get(question.dataset_id)
    return Rows(rows=() if found.row is None else (found.row,))


async def on_list(question: ListDatasets, reader: Reader) -> Reply:
    if not 1 <= question.limit <= MAX_LIMIT:
        return Unavailable(reason=f"malformed request: limit must be 1 to {MAX_LIMIT}")
    rows = await reader.page(question)
    return Rows(rows=tuple(rows[: question.limit]), more=len(rows) > question.limit)
