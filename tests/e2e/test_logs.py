"""The lines of a run: JSON all of them, enough to find what belongs together, and nothing that is nobody's business."""

import json
from datetime import datetime
from typing import Any

from tests.e2e.conftest import User, noise, srt, wav
from tests.stacks import RunningStack, wait_until

SERVICES = ("gateway", "segmenter", "manifest", "catalog")
TEXT = "Zwetschgenknoedel are what this transcript is about"


def told(stack: RunningStack) -> str:
    return "".join((stack.folder / "logs" / f"{name}.log").read_text(encoding="utf-8") for name in SERVICES)


def lines(stack: RunningStack) -> list[dict[str, Any]]:
    return [json.loads(line) for line in told(stack).splitlines()]


async def test_the_lines_of_a_run_are_found_by_its_request(alice: User, running_stack: RunningStack) -> None:
    dataset = await alice.upload(wav(noise(2)), srt((0, 900, TEXT), (1000, 1900, TEXT)))
    path = f"/tts/datasets/{dataset['id']}/process"
    assert (await alice.http.post(path, headers={"x-request-id": "find-me"})).status_code == 202
    assert (await alice.until(dataset["id"], "ready", "failed"))["status"] == "ready"

    def found() -> dict[tuple[str, str], dict[str, Any]]:
        mine = [line for line in lines(running_stack) if line.get("correlation_id") == "find-me"]
        return {(line["service"], line.get("durable", line["event"])): line for line in mine}

    expected = {
        ("gateway", "request"),
        ("segmenter", "segmenter-plan"),
        ("segmenter", "segmenter-span"),
        ("segmenter", "segmenter-purge"),
        ("manifest", "manifest-done"),
    }
    wait_until(lambda: expected <= found().keys(), seconds=10, what="a line of every handler")
    assert {line["dataset_id"] for line in found().values()} == {dataset["id"]}
    assert len({line["run"] for line in found().values()}) == 1
    assert all(isinstance(line["run"], int) for line in found().values())


async def test_every_line_is_json_and_none_tells_a_secret_or_a_text(alice: User, running_stack: RunningStack) -> None:
    await alice.made(wav(noise(2)), srt((0, 900, TEXT)), name=TEXT, description=TEXT)
    assert (await alice.made(wav(noise(1)), srt((5_000, 6_000, TEXT))))["status"] == "failed"
    assert (await alice.made(wav(noise(1))[:-9_000], srt((900, 990, TEXT))))["status"] in ("failed", "ready")
    token = running_stack.token("mallory", lifetime_seconds=-3600)
    refused = await alice.http.get(f"/tts/datasets?name={TEXT}", headers={"authorization": f"Bearer {token}"})
    assert refused.status_code == 401
    for line in lines(running_stack):
        assert datetime.fromisoformat(line["time"]).tzinfo is not None
        assert (line["service"] in SERVICES, bool(line["level"]), bool(line["event"])) == (True, True, True)
    secrets = json.loads((running_stack.folder / "state.json").read_bytes())["secrets"].values()
    authorization = alice.http.headers["authorization"].removeprefix("Bearer ")
    for hidden in (TEXT, "Zwetschgen", "etc/passwd", token, authorization, *secrets):
        assert hidden not in told(running_stack)
