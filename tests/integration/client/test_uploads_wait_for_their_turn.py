"""The gateway refuses a user's fifth upload before it reads its body; the library sends it again when there is room."""

import asyncio
from uuid import uuid4

import pytest

from cuecutter import AsyncClient, Problem
from tests.integration.client.conftest import AUDIO, TRANSCRIPT
from tests.integration.gateway.holding import Crowd, head, holding
from tests.integration.gateway.running import until
from tests.stacks import RunningStack

MOST = 4


def one_is_refused(crowd: Crowd) -> bool:
    return crowd.answers[429, "too-many-uploads"] == 1


async def test_a_fifth_upload_is_taken_when_one_of_the_others_has_ended(running_stack: RunningStack) -> None:
    url, token = running_stack.env["GATEWAY_URL"], running_stack.token(f"busy-{uuid4()}")
    async with AsyncClient(url, token) as client:
        async with holding(url, [head(token)] * (MOST + 1)) as crowd:
            await until(lambda: one_is_refused(crowd))
            uploading = asyncio.create_task(client.upload(AUDIO, TRANSCRIPT))
            await asyncio.sleep(1)
            assert not uploading.done()
        assert (await uploading).status == "pending"


async def test_without_patience_the_refusal_is_told_at_once(running_stack: RunningStack) -> None:
    url, token = running_stack.env["GATEWAY_URL"], running_stack.token(f"busy-{uuid4()}")
    async with AsyncClient(url, token, retry_seconds=0) as client, holding(url, [head(token)] * (MOST + 1)) as crowd:
        await until(lambda: one_is_refused(crowd))
        with pytest.raises(Problem) as raised:
            await client.upload(AUDIO, TRANSCRIPT)
    assert (raised.value.status, raised.value.code) == (429, "too-many-uploads")
    assert raised.value.retry_after_seconds
