"""The streams of a release that had no accounts are those of this one: nothing is lost, nothing begins again."""

import asyncio
import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from nats.aio.client import Client

from bus import stream_configs, topology
from bus.connection import close, connect
from bus.life_log import LifeLog
from bus.messages import MessageFactory
from bus.stream import Stream
from contracts import subjects
from stack import private_files
from stack.children import Spec
from tests.embedded_servers import NatsServer
from tests.lives import upload
from tests.stacks import ROOT

WORKERS = (subjects.DURABLE_PLAN, subjects.DURABLE_SPAN, subjects.DURABLE_PURGE, subjects.DURABLE_DONE)


class OneAccount(NatsServer):
    """As the release before had it: every user in the server's only account."""

    def spec(self) -> Spec:
        made = super().spec()
        users = [{"user": "topology", "password": self._passwords["topology"]}]
        config = json.loads((self.folder / "nats" / "server.conf").read_text(encoding="utf-8"))
        del config["accounts"]
        text = json.dumps({**config, "authorization": {"users": users}})
        private_files.write(self.folder / "nats" / "server.conf", text)
        return made


class Now(NatsServer):
    def __init__(self, before: OneAccount) -> None:
        super().__init__(before.folder)
        self._passwords = before._passwords


async def state_of(server: NatsServer) -> dict[str, Any]:
    client = await connect(server.url("topology"), "topology")
    stream = await asked(client, "STREAM.INFO.TTS")
    stream["state"].pop("consumer_count")
    found = {"stream": [stream[key] for key in ("created", "config", "state")]}
    for name in WORKERS:
        told = await asked(client, f"CONSUMER.INFO.TTS.{name}")
        far = [told[key][seq] for key in ("delivered", "ack_floor") for seq in ("consumer_seq", "stream_seq")]
        found[name] = [told["created"], told["config"], far]
    await close(client)
    return found


async def asked(client: Client, what: str, api: str = "$JS.API") -> dict[str, Any]:
    answer: dict[str, Any] = json.loads((await client.request(f"{api}.{what}", b"", timeout=5)).data)
    return answer


async def filled(server: NatsServer) -> None:
    client = await connect(server.url("topology"), "topology")
    js = client.jetstream()
    for stream in stream_configs.streams():
        await js.add_stream(stream)
    for durable in topology.DURABLES:
        await js.add_consumer(subjects.STREAM, durable.config())
    for dataset in ("a", "b", "c"):
        await LifeLog(Stream(client), MessageFactory("gateway")).submit(upload(dataset))
    worker = await js.pull_subscribe_bind(subjects.DURABLE_PLAN, subjects.STREAM)
    for message in await worker.fetch(2, timeout=5):
        await message.ack_sync()
    await close(client)


@pytest.mark.asyncio
async def test_streams_and_how_far_each_worker_is_survive_the_upgrade(tmp_path: Path) -> None:
    old = OneAccount(tmp_path)
    old.start()
    await filled(old)
    before = await state_of(old)
    old.stop()
    new = Now(old)
    new.start()
    try:
        client = await connect(new.url("topology"), "topology")
        lines = await topology.declare(client)
        assert await state_of(new) == before
        async with asyncio.timeout(10):
            while (await asked(client, "STREAM.INFO.TTS", "JS.OBSERVERS"))["state"]["messages"] < 3:
                await asyncio.sleep(0.05)
        await close(client)
    finally:
        new.close()
    made = {line.rsplit(": ", 1)[0] for line in lines if line.endswith("made")}
    assert made == {
        "durable catalog-project",
        "durable catalog-rebuild",
        "durable observers-mirror",
        "the observers' mirror",
    }


@pytest.mark.parametrize("release", ["without accounts", "with accounts", "none yet"])
def test_compose_takes_them_over_before_its_server_starts(tmp_path: Path, release: str) -> None:
    services = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))["services"]
    assert services["nats"]["depends_on"]["volumes"]["condition"] == "service_completed_successfully"
    shell, flag, script = services["volumes"]["command"]
    account = {"without accounts": "$G", "with accounts": "SERVICES"}.get(release)
    for folder in ("nats", "s3"):
        (tmp_path / folder).mkdir()
    if account:
        (tmp_path / "nats/jetstream" / account / "streams" / "TTS").mkdir(parents=True)
    # As compose reads it; and what may change owners here belongs to whoever runs the test.
    script = (
        script.replace("$$", "$").replace("chown", "ls -d").replace(" 10001:10001", "").replace(" /", f" {tmp_path}/")
    )
    subprocess.run([shell, flag, script], check=True, capture_output=True)
    streams = tmp_path / "nats/jetstream"
    assert [path.name for path in streams.glob("*")] == (["SERVICES"] if account else [])
