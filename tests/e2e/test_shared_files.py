"""Odd and broken files found elsewhere, where they are at hand: each becomes a dataset or gets a coded answer."""

from pathlib import Path
from typing import Any

import pytest

from tests.e2e.conftest import User, noise, wav

DATA = Path(__file__).parents[3] / "shared" / "data"
RATE = 8_000
LONG = 1_200  # seconds

# The recording with a plain text: seconds of its one segment, or the code of the refusal.
AUDIO: dict[str, float | str] = {
    "cbr_trailing_id3v1.mp3": 1.045,
    "early_eof_int32.wav": 0.005,
    "float64_mono.wav": 1.022,
    "fmt_chunk_extra_bytes.wav": 0.0,
    "fuzz_oom_22b.wav": "truncated-header",
    "gapless_info_header.mp3": 1.0,
    "granule_gap.ogg": 2.741,
    "ima_adpcm.wav": 1.018,
    "inconsistent_block_align_24bit_3ch.wav": 0.001,
    "invalid_block_sizes.flac": "truncated-header",
    "list_chunk_in_header_24bit.wav": 0.347,
    "mulaw_stereo.wav": 0.1,
    "no_audio_packets.ogg": "no-audio",
    "no_total_samples.flac": 2.741,
    "not_audio_incrementing_bytes.mp3": "not-audio",
    "not_audio_text_path.mp3": "not-audio",
    "odd_metadata_chunk_size.wav": 1.0,
    "one_byte.wav": "not-audio",
    "pcm_u8_mono.wav": 1.0,
    "riff_extra_zero.wav": 0.116,
    "silence_22k_mono.wav": 0.999,
    "stereo_with_picture.flac": 2.741,
    "truncated_header_22b.wav": "truncated-header",
    "vbr_xing_header_short.mp3": 0.066,
    "wavex_24bit_mono.wav": 1.0,
    "wavex_24in32bit_48k_stereo.wav": 0.0,
    "zero_bytes.ogg": "empty-audio",
    "zero_frames.wav": "no-audio",
}
# The subtitles over twenty minutes of noise: segments and warnings, or the code of the refusal.
SUBTITLES: dict[str, tuple[int, dict[str, int]] | str] = {
    "aspasia_gbk.srt": (3, {}),
    "astisub_cr_only.srt": (3, {"odd-time": 3}),
    "astisub_html_entities.srt": (3, {}),
    "astisub_missing_sequence.srt": (6, {"odd-time": 6, "time-settings": 1}),
    "astisub_short_fraction_positions.srt": (6, {"odd-time": 6, "time-settings": 1}),
    "ax_bad_timestamps.srt": (2, {"odd-time": 2, "beyond-audio": 1}),
    "ax_empty.srt": "no-text",
    "ax_missing_sequence.srt": (2, {"beyond-audio": 1}),
    "ax_negative_timestamps.srt": "no-usable-cue",
    "ax_tags.srt": (14, {"odd-time": 10}),
    "ax_tags.vtt": (4, {"vtt-block": 1}),
    "ax_unexpected_end.srt": (2, {"no-time": 1}),
    "ax_utf16le_bom.srt": (2, {"beyond-audio": 1}),
    "gvc_chromium_darin_en_765cues.srt": (544, {"clamped": 1, "beyond-audio": 221}),
    "gvc_friendconnect_en.srt": (39, {}),
    "gvc_friendconnect_es_cp1252.srt": (39, {}),
    "gvc_friendconnect_fr.srt": (39, {}),
    "gvc_friendconnect_hi_mixed_eol.srt": (39, {}),
    "gvc_friendconnect_zh-cn.srt": (39, {}),
    "gvc_recommendation_en_crlf.srt": (18, {}),
    "gvc_trailer_ericsachs_en.srt": (55, {}),
    "gvc_ytsearch_en_badms_overlap.srt": (82, {"overlap": 4, "odd-time": 31}),
    "webvttpy_comments.vtt": (3, {"vtt-block": 2}),
    "webvttpy_missing_text.srt": (4, {"empty-text": 1}),
    "webvttpy_one_byte.srt": (1, {"one-long-segment": 1}),
    "webvttpy_sample.vtt": (16, {"vtt-block": 1}),
}
ENCODINGS = {"aspasia_gbk.srt": "gbk", "gvc_friendconnect_es_cp1252.srt": "windows-1252"}


def here(folder: str, known: dict[str, Any]) -> list[tuple[str, Any]]:
    return [(name, expected) for name, expected in known.items() if (DATA / folder / name).exists()]


async def outcome(user: User, audio: bytes, transcript: bytes, **fields: str) -> dict[str, Any] | str:
    """The ready dataset, or the code of the answer that says why there is none."""
    answer = await user.http.post(
        "/tts/datasets",
        files={"audio": ("a", audio), "transcript": ("t", transcript)},
        data={"name": "n", "auto_process": "true", **fields},
    )
    if answer.status_code != 201:
        assert answer.status_code in (415, 422)
        return str(answer.json()["code"])
    dataset = await user.until(answer.json()["id"], "ready", "failed")
    return dataset if dataset["status"] == "ready" else str(dataset["error"]["code"])


@pytest.mark.parametrize(("name", "expected"), here("audio", AUDIO))
async def test_a_recording_is_taken_or_refused_with_a_code(alice: User, name: str, expected: float | str) -> None:
    found = await outcome(alice, (DATA / "audio" / name).read_bytes(), b"hello there", transcript_type="text")
    if isinstance(found, dict):
        assert found["total_duration_seconds"] == pytest.approx(expected, abs=0.0006)
    else:
        assert found == expected


@pytest.mark.parametrize(("name", "expected"), here("subs", SUBTITLES))
async def test_subtitles_are_read_or_refused_with_a_code(
    alice: User, name: str, expected: tuple[int, dict[str, int]] | str
) -> None:
    fields = {"transcript_encoding": ENCODINGS[name]} if name in ENCODINGS else {}
    recording = wav(noise(LONG, rate=RATE), rate=RATE)
    found = await outcome(alice, recording, (DATA / "subs" / name).read_bytes(), **fields)
    if isinstance(found, dict):
        assert (found["segment_count"], found["warnings"]["counts"]) == expected
    else:
        assert found == expected
