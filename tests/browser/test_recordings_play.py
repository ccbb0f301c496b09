"""A browser's own `<audio>` plays a recording of two hours, and seeks in it, with nothing but the session's cookie."""

import io
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
import soundfile

from tests.browser.chromium import PROGRAM, Page, browsing
from tests.integration.gateway.running import SRT
from tests.integration.gateway.test_what_happens_is_counted import figures

# The gateway and its servers, as the tests of its API have them.
from tests.integration.gateway.conftest import alice as alice  # isort: skip
from tests.integration.gateway.conftest import catalog as catalog  # isort: skip
from tests.integration.gateway.conftest import declared as declared  # isort: skip
from tests.integration.gateway.conftest import gateway_env as gateway_env  # isort: skip
from tests.integration.gateway.conftest import url as url  # isort: skip

pytestmark = pytest.mark.skipif(PROGRAM is None, reason="no Chromium on this machine; Debian's package is `chromium`")

RATE = 8_000
HOURS = 2

PLAYER = """
(async () => {
  document.documentElement.innerHTML = '<body style="margin:2em;font:16px sans-serif"><h1></h1>' +
      '<audio controls preload="metadata" style="width:600px"></audio><pre></pre></body>';
  const audio = document.querySelector('audio');
  const event = (name) => new Promise((resolve, reject) => {
    audio.addEventListener(name, resolve, {once: true});
    audio.addEventListener('error', () => reject(audio.error.message), {once: true});
  });
  const plays = async (from) => {
    while (audio.currentTime < from + 0.5) await event('timeupdate');
    return audio.currentTime;
  };
  const seek = async (to) => {
    const started = performance.now(), seeked = event('seeked');
    audio.currentTime = to;
    await seeked;
    return Math.round(performance.now() - started);
  };
  audio.src = PATH;
  await event('loadedmetadata');
  await audio.play();
  const begun = await plays(0);
  const steps = {begun, duration: audio.duration};
  for (const to of [5400, 7000, 60, 3600.25]) {
    const ms = await seek(to);
    steps[to] = {ms, at: await plays(to)};
  }
  document.querySelector('h1').textContent = `Plays at ${audio.currentTime.toFixed(2)} s of ${audio.duration} s`;
  document.querySelector('pre').textContent = JSON.stringify(steps, null, 1);
  steps.paused = audio.paused;
  return steps;
})()
"""


def two_hours() -> bytes:
    """FLAC of a faint noise, which is some tens of megabytes: too much to be held at once by anybody."""
    out = io.BytesIO()
    second = np.random.default_rng(1).integers(-40, 40, 60 * RATE, dtype=np.int16)
    with soundfile.SoundFile(out, "w", RATE, 1, format="FLAC", subtype="PCM_16") as file:
        for _ in range(HOURS * 60):
            file.write(second)
    return out.getvalue()


@pytest.fixture
async def page(tmp_path: Path) -> AsyncIterator[Page]:
    async with browsing(tmp_path / "profile") as page:
        yield page


async def test_a_recording_of_two_hours_plays_and_seeks(
    url: str, alice: httpx.AsyncClient, catalog: object, page: Page, tmp_path: Path
) -> None:
    recording = two_hours()
    files = {"audio": ("a.flac", recording), "transcript": ("t.srt", SRT)}
    dataset = (await alice.post("/tts/datasets", data={"name": "two hours"}, files=files)).json()
    path = f"/tts/datasets/{dataset['id']}/audio"

    await page.call("Page.navigate", url=f"{url}/healthz")  # any document of the same site
    while await page.evaluate("document.readyState + location.pathname") != "complete/healthz":
        pass
    assert await page.evaluate(f"fetch({json.dumps(path)}).then((answer) => answer.status)") == 401
    bearer = json.dumps({"Authorization": alice.headers["authorization"]})
    begin = f"fetch('/tts/session', {{method: 'POST', headers: {bearer}}}).then((answer) => answer.status)"
    assert await page.evaluate(begin) == 204
    assert await page.evaluate("document.cookie") == ""  # no script reads it

    steps: dict[str, Any] = await page.evaluate(PLAYER.replace("PATH", json.dumps(path)))
    await page.screenshot(tmp_path / "playing.png")
    sent = await figures(alice)
    parts = sent["cuecutter_request_seconds_count", "GET", "/tts/datasets/{dataset_id}/audio", "206"]
    print(f"{parts:.0f} answers of parts, {sent['cuecutter_download_bytes_total', 'recording'] / 2**20:.0f} MiB")
    assert parts >= 3  # it seeks by asking for the place, not by loading what comes before it
    print(f"{len(recording) / 2**20:.0f} MiB of FLAC: {steps}; {tmp_path / 'playing.png'}")
    assert steps["duration"] == HOURS * 3600
    assert not steps["paused"]
    for place in (5400, 7000, 60, 3600.25):
        assert place + 0.5 <= steps[str(place)]["at"] < place + 5
        assert steps[str(place)]["ms"] < 5_000
    delete = f"fetch('/tts/datasets/{dataset['id']}', {{method: 'DELETE'}}).then((answer) => answer.status)"
    assert await page.evaluate(delete) == 401
