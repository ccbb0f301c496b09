"""Upload, read the cues, change a word and a time, put them back, process: the result is exactly that."""

from typing import Any

import numpy as np
import pytest

from tests.e2e.conftest import RATE, Trainer, User, noise, srt, wav

pytestmark = pytest.mark.asyncio

TIMES = ((1_000, 2_000), (2_500, 4_000), (5_000, 6_000))
WORDS = ("It was lata.", "Nobody spoke.", "(door)")
# One cue with its word and its time corrected, one as it was, one excluded.
CORRECTED = [(1.250125, 2.0, "It was late."), (2.5, 4.0, "Nobody spoke.")]

SRT = srt(*((start, end, text) for (start, end), text in zip(TIMES, WORDS, strict=True)))
VTT = b"WEBVTT\n\n" + b"\n".join(
    f"00:0{start / 1000:.3f} --> 00:0{end / 1000:.3f}\n{text}\n".encode()
    for (start, end), text in zip(TIMES, WORDS, strict=True)
)


async def cues_of(user: User, dataset: dict[str, Any]) -> tuple[list[dict[str, Any]], str]:
    answer = await user.http.get(f"/tts/datasets/{dataset['id']}/cues")
    assert answer.status_code == 200, answer.text
    return answer.json(), answer.headers["etag"]


async def put(user: User, dataset: dict[str, Any], cues: list[dict[str, Any]], tag: str) -> dict[str, Any]:
    answer = await user.http.put(f"/tts/datasets/{dataset['id']}/cues", json=cues, headers={"if-match": tag})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def processed(user: User, dataset: dict[str, Any]) -> dict[str, Any]:
    await user.process(dataset["id"])
    return await user.until(dataset["id"], "ready", "failed")


async def check(trainer: Trainer, dataset: dict[str, Any], samples: np.ndarray) -> None:
    """The manifest has the corrected cues and nothing else, and the slices are those samples."""
    lines = await trainer.manifest(dataset)
    assert [(line["start"], line["end"], line["text"]) for line in lines] == CORRECTED
    for line in lines:
        body = await trainer.slice(dataset, line)
        assert body[44:] == samples[round(line["start"] * RATE) : round(line["end"] * RATE)].tobytes()


@pytest.mark.parametrize("transcript", [SRT, VTT], ids=["SRT", "WebVTT"])
async def test_a_word_and_a_time_are_corrected_and_the_next_result_has_just_that(
    alice: User, trainer: Trainer, transcript: bytes
) -> None:
    samples = noise(8, seed=17)
    first = await alice.made(wav(samples), transcript)
    assert (first["status"], first["result_outdated"], first["segment_count"]) == ("ready", False, 3)
    earlier = await trainer.manifest(first)

    cues, tag = await cues_of(alice, first)
    assert [(cue["start"], cue["end"], cue["text"]) for cue in cues] == [
        (start / 1000, end / 1000, text) for (start, end), text in zip(TIMES, WORDS, strict=True)
    ]
    cues[0] |= {"start": 1.250125, "text": "It was late.", "speaker": "Ann"}
    cues[2] |= {"excluded": True}
    outdated = await put(alice, first, cues, tag)
    assert (outdated["status"], outdated["result_outdated"]) == ("ready", True)
    assert outdated["training_data_s3_key"] == first["training_data_s3_key"]
    assert await trainer.manifest(outdated) == earlier, "the result stands until the next one"

    ready = await processed(alice, first)
    assert (ready["status"], ready["result_outdated"], ready["segment_count"]) == ("ready", False, 2), ready
    assert ready["warnings"]["counts"] == {"excluded": 1}
    await check(trainer, ready, samples)
    events = [body for _, body in await trainer.events(first["id"]) if body["type"] == "DatasetReady"]
    assert [event["result"]["transcript_key"] for event in events] == [
        first["transcript_s3_key"],
        ready["transcript_s3_key"],
    ]
    got, _ = await cues_of(alice, first)
    assert [(cue["speaker"], cue["excluded"]) for cue in got] == [("Ann", False), (None, False), (None, True)]


async def test_a_plain_text_stays_plain_until_it_is_given_times(alice: User, trainer: Trainer) -> None:
    samples = noise(8, seed=18)
    dataset = await alice.upload(wav(samples), b"It was lata. Nobody spoke.")
    cues, tag = await cues_of(alice, dataset)
    assert cues == []
    assert await put(alice, dataset, cues, tag) == dataset
    plain = await processed(alice, dataset)
    [line] = await trainer.manifest(plain)
    assert (line["start"], line["end"], line["text"]) == (0.0, 8.0, "It was lata. Nobody spoke.")

    corrected = [{"start": start, "end": end, "text": text} for start, end, text in CORRECTED]
    outdated = await put(alice, dataset, corrected, tag)
    assert (outdated["transcript_type"], outdated["result_outdated"]) == ("cues", True)
    await check(trainer, await processed(alice, dataset), samples)


async def test_a_new_name_and_an_outdated_result_are_in_the_list_and_a_deletion_takes_every_transcript(
    alice: User, trainer: Trainer
) -> None:
    dataset = await alice.made(wav(noise(8, seed=19)), SRT)
    folder = f"users/alice/datasets/{dataset['id']}/"
    for words in (b"One.", b"Two."):
        answer = await alice.http.put(
            f"/tts/datasets/{dataset['id']}/transcript", content=words, headers={"if-match": "*"}
        )
        assert answer.status_code == 200, answer.text
    renamed = await alice.http.patch(
        f"/tts/datasets/{dataset['id']}", json={"name": "Corrected"}, headers={"if-match": answer.headers["etag"]}
    )
    assert renamed.status_code == 200, renamed.text
    await alice.until_listed(renamed.json())
    keys = await trainer.keys(folder)
    assert dataset["transcript_s3_key"] in keys
    assert sum(key.startswith(f"{folder}transcripts/") for key in keys) == 2
    assert (await alice.http.delete(f"/tts/datasets/{dataset['id']}")).status_code == 204
    await trainer.until_gone(folder)
