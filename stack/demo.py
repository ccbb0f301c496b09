"""`make demo`: the whole system on a temporary folder, and one recording through it, as a client sees it.

Exit code 0 means that the manifest of the bundled sample was made and read back. Nothing is left, running or stored.
"""

import asyncio
import json
import tempfile
from collections.abc import Coroutine
from typing import Any, Final

import httpx
import msgspec
from aiobotocore.config import AioConfig
from aiobotocore.session import get_session

from stack import assembly, event_printer
from stack.assembly import Stack
from stack.errors import DemoFailed
from stack.progress import Progress, tail
from stack.run import SAMPLE
from stack.services import Programs
from stack.settings import Settings
from stack.signals import StopRequests

_DEADLINE_SECONDS: Final = 120.0
_SHOWN_CHARS: Final = 26  # a segment's path fits


def demo(settings: Settings, programs: Programs, say: Progress, stop_requests: StopRequests) -> int:
    """The exit code. `data` and `port` of the settings do not matter.

    Raises: StackError when the system cannot start, StopAsked.
    """
    with tempfile.TemporaryDirectory(prefix="cuecutter-demo-", ignore_cleanup_errors=True) as folder:
        say(f"starting in {folder}, which is removed at the end")
        chosen = msgspec.structs.replace(settings, data=folder, port=None)
        with assembly.running(chosen, programs, say, stop_requests) as stack:
            say(f"everything answers; the REST API is {stack.env['GATEWAY_URL']}")
            try:
                asyncio.run(_while_supervising(stack, _story(stack, say), stop_requests))
            except DemoFailed as exc:
                say.plain(f"\nthe demo failed: {exc}\n\n{_all_tails(stack)}")
                return 1
            finally:
                say("stopping")
    return 0


async def _while_supervising(stack: Stack, story: Coroutine[Any, Any, None], stop_requests: StopRequests) -> None:
    """Children are watched by this very thread, since they die with the thread that started them."""
    task = asyncio.create_task(story)
    deadline = asyncio.get_running_loop().time() + _DEADLINE_SECONDS
    try:
        while not task.done():
            stop_requests.check()
            stack.supervisor.tick()
            if asyncio.get_running_loop().time() > deadline:
                raise DemoFailed(f"no result within {_DEADLINE_SECONDS:.0f} s")
            await asyncio.wait([task], timeout=0.1)
        task.result()
    finally:
        task.cancel()


async def _story(stack: Stack, say: Progress) -> None:
    headers = {"Authorization": f"Bearer {stack.env['TOKEN']}"}
    # A proxy of the person's environment must not stand between us and 127.0.0.1.
    async with httpx.AsyncClient(
        base_url=stack.env["GATEWAY_URL"], headers=headers, trust_env=False, timeout=30
    ) as api:
        dataset = await _upload(api, say)
        async with event_printer.printing(stack.env["NATS_URL"], dataset["id"], say) as ended:
            await _call(api, "POST", f"/tts/datasets/{dataset['id']}/process", 202)
            dataset = await _settled(api, dataset["id"])
            await asyncio.wait_for(ended.wait(), timeout=10)
    if dataset["status"] != "ready":
        raise DemoFailed(f"the dataset is {dataset['status']}: {dataset.get('error_message')}")
    _show(await _manifest(stack.admin, dataset["training_data_s3_key"]), dataset, say)


async def _upload(api: httpx.AsyncClient, say: Progress) -> dict[str, Any]:
    audio, transcript = SAMPLE / "sample.flac", SAMPLE / "sample.srt"
    for path in (audio, transcript):
        if not path.exists():
            raise DemoFailed(f"the sample {path} is missing")
    files = {"audio": (audio.name, audio.read_bytes()), "transcript": (transcript.name, transcript.read_bytes())}
    dataset = await _call(api, "POST", "/tts/datasets", 201, files=files, data={"name": "sample"})
    say(f"uploaded {audio.name} ({audio.stat().st_size:,} bytes) and {transcript.name}: dataset {dataset['id']}")
    return dataset


async def _settled(api: httpx.AsyncClient, dataset_id: str) -> dict[str, Any]:
    while True:
        dataset = await _call(api, "GET", f"/tts/datasets/{dataset_id}", 200)
        if dataset["status"] in ("ready", "failed"):
            return dataset
        await asyncio.sleep(0.2)


async def _call(api: httpx.AsyncClient, method: str, path: str, status: int, **how: Any) -> dict[str, Any]:
    try:
        answer = await api.request(method, path, **how)
    except httpx.HTTPError as exc:
        raise DemoFailed(f"{method} {path} got no answer: {exc!r}") from exc
    if answer.status_code != status:
        raise DemoFailed(f"{method} {path} was answered {answer.status_code}, not {status}: {answer.text}")
    return msgspec.json.decode(answer.content, type=dict[str, Any]) if answer.content else {}


async def _manifest(env: dict[str, str], key: str) -> list[str]:
    async with get_session().create_client(
        "s3",
        endpoint_url=env["AWS_ENDPOINT_URL_S3"],
        region_name=env["AWS_REGION"],
        aws_access_key_id=env["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=env["AWS_SECRET_ACCESS_KEY"],
        config=AioConfig(proxies={}, response_checksum_validation="when_required"),
    ) as client:
        answer = await client.get_object(Bucket=env["S3_BUCKET_NAME"], Key=key)
        body = await answer["Body"].read()
    return body.decode("utf-8").splitlines()


def _show(lines: list[str], dataset: dict[str, Any], say: Progress) -> None:
    key = dataset["training_data_s3_key"]
    say.plain(f"\n{key}\n")
    for line in lines:
        say.plain(_shortened(line))
    say.plain("")
    warnings = sum(dataset["warnings"].get("counts", {}).values())
    say(f"done: {len(lines)} segments, {dataset['total_duration_seconds']:.1f} s of speech, {warnings} warnings")


def _shortened(line: str) -> str:
    """The same JSON with every text cut to what fits beside the numbers."""
    fields: dict[str, object] = json.loads(line)
    cut = {name: _cut(value) if isinstance(value, str) else value for name, value in fields.items()}
    return json.dumps(cut, ensure_ascii=False)


def _cut(text: str) -> str:
    return text if len(text) <= _SHOWN_CHARS else f"{text[: _SHOWN_CHARS - 1]}…"


def _all_tails(stack: Stack) -> str:
    return "\n\n".join(f"{log.name}\n{tail(log)}" for log in stack.supervisor.logs_of_all())
