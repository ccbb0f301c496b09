"""From an upload to training data, over the real stack: exact slices, a manifest that loads, events that add up."""

import asyncio
import hashlib
import io
import zlib
from collections import Counter
from typing import Any

import numpy as np
import pytest
import soundfile

from contracts import envelope
from contracts.events import AnyEvent
from tests.e2e.conftest import RATE, Trainer, User, noise, srt, wav

pytestmark = pytest.mark.asyncio

CUES = srt(
    (0, 1_500, "Hello"),
    (1_500, 3_250, "two\nlines"),
    (3_000, 4_000, "overlapping the one before"),
    (5_000, 4_000, "ends before it starts"),
    (9_000, 11_000, "runs over the end"),
    (12_000, 13_000, "lies behind the end"),
)


async def test_a_wav_and_its_srt_become_exact_slices_a_manifest_and_one_ready(alice: User, trainer: Trainer) -> None:
    samples = noise(10)
    pending = await alice.upload(wav(samples), CUES)
    assert pending["status"] == "pending"
    assert (await alice.process(pending["id"]))["status"] == "processing"
    dataset = await alice.until(pending["id"], "ready", "failed")

    assert dataset["status"] == "ready", dataset
    assert dataset["segment_count"] == 4
    assert dataset["total_duration_seconds"] == 1.5 + 1.75 + 1.0 + 1.0
    assert dataset["warnings"]["counts"] == {"end-before-start": 1, "beyond-audio": 1, "clamped": 1, "overlap": 1}
    assert dataset["progress"] is None
    root = f"users/alice/datasets/{dataset['id']}/"
    assert dataset["training_data_s3_key"] == f"{root}training_data.jsonl"

    lines = await trainer.manifest(dataset)
    assert [line["text"] for line in lines] == ["Hello", "two lines", "overlapping the one before", "runs over the end"]
    assert [(line["start"], line["end"]) for line in lines] == [(0.0, 1.5), (1.5, 3.25), (3.0, 4.0), (9.0, 10.0)]
    for line in lines:
        await check_slice(trainer, dataset, line, samples)
    assert sorted(await trainer.keys(root)) == sorted(
        [f"{root}{name}" for name in ("plan.jsonl", "source_audio.wav", "transcript.srt")]
        + [f"{root}training_data.{kind}" for kind in ("jsonl", "index")]
        + [f"{root}segments/segment_{n:05}.wav" for n in range(4)]
    )
    await check_events(trainer, dataset, lines)


async def test_an_ogg_that_was_cut_off_serves_the_cues_before_its_end_and_no_other(alice: User) -> None:
    whole = io.BytesIO()
    soundfile.write(whole, noise(20), RATE, format="OGG", subtype="VORBIS")
    cut = whole.getvalue()[: len(whole.getvalue()) // 2]
    before, behind = (1_000, 2_000, "before"), (15_000, 16_000, "behind")

    ready = await alice.made(cut, srt(before))
    assert (ready["status"], ready["warnings"]["counts"]) == ("ready", {"end-missing": 1})
    failed = await alice.made(cut, srt(before, behind))
    assert (failed["status"], failed["error"]["code"]) == ("failed", "audio-ends-early")
    assert failed["error"]["detail"].endswith("the cue at line 5 lasts until 16.000 s.")


async def check_slice(trainer: Trainer, dataset: dict[str, Any], line: dict[str, Any], samples: np.ndarray) -> None:
    body = await trainer.slice(dataset, line)
    assert hashlib.sha256(body).hexdigest() == line["sha256"]
    assert (line["size"], line["crc32"]) == (len(body), zlib.crc32(body))
    first, last = round(line["start"] * RATE), round(line["end"] * RATE)
    assert body[44:] == samples[first:last].tobytes(), "a 16-bit mono slice is the source's own bytes"
    info = soundfile.info(io.BytesIO(body))
    assert (info.samplerate, info.channels, info.subtype) == (RATE, 1, "PCM_16")
    assert info.frames / info.samplerate == line["duration"]


async def check_events(trainer: Trainer, dataset: dict[str, Any], lines: list[dict[str, Any]]) -> None:
    told = await trainer.events(dataset["id"])
    types = Counter(body["type"] for _, body in told)
    assert types["SegmentWritten"] == len(lines)
    assert {t: n for t, n in types.items() if t != "SegmentWritten" and t != "SpanProgressed"} == {
        "DatasetUploaded": 1,
        "ProcessRequested": 1,
        "RootClaimed": 1,
        "SegmentationPlanned": 1,
        "SpanPlanned": 1,
        "SpanWritten": 1,
        "DatasetReady": 1,
    }
    for subject, body in told:
        assert subject.startswith(f"tts.dataset.{dataset['id']}")
        assert {"dataset_id", "user_id", "run", "correlation_id", "cause"} <= set(body)
    ready = next(body for _, body in told if body["type"] == "DatasetReady")
    assert ready["result"]["training_data_key"] == dataset["training_data_s3_key"]
    manifest = await trainer.store.get(dataset["training_data_s3_key"])
    assert ready["result"]["training_data_sha256"] == hashlib.sha256(manifest).hexdigest()


async def test_plain_text_becomes_one_segment_over_all_of_the_audio(alice: User, trainer: Trainer) -> None:
    samples = noise(90, seed=2)
    dataset = await alice.made(wav(samples), b"All of it\nis one text.\n")
    assert dataset["status"] == "ready", dataset
    assert dataset["transcript_type"] == "text"
    [line] = await trainer.manifest(dataset)
    assert (line["text"], line["duration"]) == ("All of it is one text.", 90.0)
    assert (line["cues"], line["cue"], line["line"], line["speaker"]) == ([], None, None, None)
    assert (line["chars_per_second"], line["flags"]) == (0.24, ["too-slow", "too-long"])
    await check_slice(trainer, dataset, line, samples)


@pytest.mark.parametrize("subtype", ["PCM_U8", "PCM_24", "PCM_32", "FLOAT", "DOUBLE"])
@pytest.mark.parametrize("container", ["WAV", "WAVEX"])
async def test_other_depths_and_stereo_come_out_as_16_bit_mono(
    alice: User, trainer: Trainer, container: str, subtype: str
) -> None:
    left = noise(2, seed=3).astype(np.float64) / 32768
    stereo = np.stack([left, -left / 2], axis=1)
    file = io.BytesIO()
    soundfile.write(file, stereo, RATE, subtype=subtype, format=container)
    dataset = await alice.made(file.getvalue(), srt((500, 1_500, "x")))
    assert dataset["status"] == "ready", dataset
    [line] = await trainer.manifest(dataset)
    made, _ = soundfile.read(io.BytesIO(await trainer.slice(dataset, line)), dtype="int16")
    file.seek(0)
    source, _ = soundfile.read(file, dtype="float64")
    wanted = np.rint(source[RATE // 2 : RATE * 3 // 2].mean(axis=1) * 32768)
    assert len(made) == RATE
    assert np.array_equal(made, wanted.clip(-32768, 32767).astype(np.int16))


async def test_flac_is_decoded_to_the_same_samples(alice: User, trainer: Trainer) -> None:
    samples = noise(20, rate=22_050, seed=4)
    file = io.BytesIO()
    soundfile.write(file, samples, 22_050, format="FLAC", subtype="PCM_16")
    dataset = await alice.made(file.getvalue(), srt((1_000, 2_000, "a"), (19_000, 20_000, "b")))
    assert dataset["audio_s3_key"].endswith("source_audio.flac")
    for line in await trainer.manifest(dataset):
        first, last = round(line["start"] * 22_050), round(line["end"] * 22_050)
        assert (await trainer.slice(dataset, line))[44:] == samples[first:last].tobytes()


async def test_a_lower_sample_rate_is_made_and_a_higher_one_is_not(alice: User, trainer: Trainer) -> None:
    dataset = await alice.upload(wav(noise(5)), srt((0, 5_000, "x")))
    await alice.process(dataset["id"], sample_rate=8_000)
    dataset = await alice.until(dataset["id"], "ready", "failed")
    [line] = await trainer.manifest(dataset)
    assert (line["sample_rate"], line["duration"]) == (8_000, 5.0)
    assert dataset["options"]["sample_rate"] == 8_000
    await alice.process(dataset["id"], sample_rate=48_000)
    dataset = await alice.until(dataset["id"], "ready", "failed")
    [line] = await trainer.manifest(dataset)
    assert line["sample_rate"] == RATE
    assert dataset["warnings"]["counts"] == {"rate-kept": 1}


async def test_other_options_write_beside_and_the_same_options_write_the_same(alice: User, trainer: Trainer) -> None:
    dataset = await alice.made(wav(noise(3)), srt((0, 1_000, "x"), (1_000, 3_000, "y")))
    root = dataset["training_data_s3_key"]
    first = {key: await trainer.store.get(key) for key in await trainer.keys(root.rsplit("/", 1)[0] + "/")}

    await alice.process(dataset["id"], sample_rate=8_000)
    other = await alice.until(dataset["id"], "ready", "failed")
    run = next(body["run"] for _, body in reversed(await trainer.events(dataset["id"])) if body["run"])
    assert other["training_data_s3_key"] == root.replace("training_data", f"runs/{run}/training_data")
    assert {key: await trainer.store.get(key) for key in first} == first, "the root belongs to the first plan"

    await alice.process(dataset["id"], sample_rate=RATE)
    again = await alice.until(dataset["id"], "ready", "failed")
    assert again["training_data_s3_key"] == root
    assert {key: await trainer.store.get(key) for key in first} == first


async def test_sixteen_process_calls_at_once_make_one_run(alice: User, trainer: Trainer) -> None:
    dataset = await alice.upload(wav(noise(60)), srt(*((n * 500, n * 500 + 400, "x") for n in range(100))))
    calls = (alice.http.post(f"/tts/datasets/{dataset['id']}/process") for _ in range(16))
    answers = await asyncio.gather(*calls)
    codes = Counter(answer.status_code for answer in answers)
    assert codes == {202: 1, 409: 15}
    assert (await alice.until(dataset["id"], "ready", "failed"))["status"] == "ready"
    types = Counter(body["type"] for _, body in await trainer.events(dataset["id"]))
    assert (types["ProcessRequested"], types["DatasetReady"], types["SegmentWritten"]) == (1, 1, 100)


async def test_sound_that_is_lost_or_cut_off_is_flagged_and_the_run_warned(alice: User, trainer: Trainer) -> None:
    left = noise(6) / 32_768
    left[: 2 * RATE] *= 4  # with half of its samples above full scale
    right = left.copy()
    right[2 * RATE : 4 * RATE] *= -1
    file = io.BytesIO()
    soundfile.write(file, np.stack((left, right), axis=1), RATE, format="WAV", subtype="FLOAT")
    ready = await alice.made(
        file.getvalue(), srt((0, 2_000, "loud"), (2_000, 4_000, "turned"), (4_000, 6_000, "right"))
    )
    assert ready["status"] == "ready"
    flags = [set(line["flags"]) & {"silent", "clipped", "channels-cancel"} for line in await trainer.manifest(ready)]
    assert flags == [{"clipped"}, {"silent", "channels-cancel"}, set()]
    assert ready["warnings"]["counts"] == {"silent": 1, "clipped": 1, "channels-cancel": 1}
    share = 100 * np.count_nonzero(np.abs(left[: 2 * RATE]) > 1) / (2 * RATE)
    told = next(each["detail"] for each in ready["warnings"]["first"] if each["code"] == "clipped")
    assert float(told.partition("(")[2].partition(" %")[0]) == pytest.approx(share, abs=0.05)


async def test_what_begins_as_audio_and_is_damaged_fails_with_a_code_and_a_remedy(alice: User) -> None:
    dataset = await alice.made(b"fLaC" + bytes(range(256)) * 100, srt((0, 1_000, "x")))
    assert dataset["status"] == "failed"
    assert dataset["error"]["code"] == "damaged-audio"
    assert dataset["error"]["remedy"]
    assert dataset["error_message"]


async def test_a_transcript_of_another_recording_fails_and_says_that_no_cue_fits(alice: User) -> None:
    dataset = await alice.made(wav(noise(2)), srt((60_000, 61_000, "x")))
    assert (dataset["status"], dataset["error"]["code"]) == ("failed", "no-usable-cue")
    await alice.process(dataset["id"])
    assert (await alice.until(dataset["id"], "failed"))["error"]["code"] == "no-usable-cue"


async def test_every_message_in_the_stream_is_an_event_we_can_read(alice: User, trainer: Trainer) -> None:
    dataset = await alice.made(wav(noise(2)), srt((0, 1_000, "x")))
    from_outside = await trainer.events(dataset["id"])
    decoded: list[AnyEvent] = [envelope.decode(envelope._encoder.encode(body)) for _, body in from_outside]
    assert len(decoded) == len(from_outside) > 5
