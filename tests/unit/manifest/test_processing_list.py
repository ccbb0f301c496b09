"""The watchdog's list: what a newer catalog says is put off, and ends no process."""

from typing import Any, cast

import pytest

from bus.errors import BusUnavailable
from manifest.adapters.processing_list import processing_datasets


class NewerCatalog:
    """Answers with a row whose transcript is of a type that this release does not know."""

    async def request(self, *_: Any, **__: Any) -> Any:
        return type("Message", (), {"data": b'{"type":"Rows","rows":[{"transcript_type":"of-tomorrow"}]}'})


async def test_a_reply_that_only_a_newer_release_can_read_is_put_off() -> None:
    with pytest.raises(BusUnavailable, match="newer version"):
        await anext(processing_datasets(cast(Any, NewerCatalog())))
