"""SPHERE, in which NIST and LDC give out speech: PCM in either order, A-law and µ-law, to the sample."""

import numpy as np
import pytest

from segmenter.audio.source import open_reader
from segmenter.decoding.process import Decoders
from segmenter.domain.errors import UnsupportedAudio
from segmenter.probing.probe import probe
from tests.integration.segmenter.recordings import MemorySource

FRAMES, RATE = 12_345, 16_000
SOUND = np.random.default_rng(4).integers(-9_000, 9_000, FRAMES, dtype=np.int16)
CODES = np.random.default_rng(5).integers(0, 256, FRAMES, dtype=np.uint8)


def mulaw() -> np.ndarray:
    """What each code stands for (ITU-T G.711)."""
    code = ~np.arange(256, dtype=np.uint8)
    size = (((code & 15).astype(int) << 3) + 132 << (code >> 4 & 7).astype(int)) - 132
    return np.asarray(np.where(code & 128, -size, size), np.int16)


def sphere(
    body: bytes,
    *,
    width: int,
    order: str = "",
    coding: str = "",
    channels: int = 1,
    count: int = FRAMES,
    head: int = 1024,
) -> bytes:
    fields = [
        *("NIST_1A", f"{head:7d}", f"sample_count -i {count}", f"sample_rate -i {RATE}"),
        *(f"channel_count -i {channels}", f"sample_n_bytes -i {width}"),
        *([f"sample_byte_format -s{len(order)} {order}"] if order else []),
        *([f"sample_coding -s{len(coding)} {coding}"] if coding else []),
        *("speaker_id -s4 fcjf", "end_head\n"),
    ]
    return "\n".join(fields).encode().ljust(head, b" ") + body


BIG, LITTLE = SOUND.astype(">i2").tobytes(), SOUND.astype("<i2").tobytes()
FILES = {
    "little-endian": (sphere(LITTLE, width=2, order="01", coding="pcm"), SOUND),
    "big-endian": (sphere(BIG, width=2, order="10", coding="pcm"), SOUND),
    "without a coding": (sphere(BIG, width=2, order="10"), SOUND),
    "with a long header": (sphere(BIG, width=2, order="10", head=2048), SOUND),
    "of µ-law": (sphere(CODES.tobytes(), width=1, order="1", coding="ulaw"), mulaw()[CODES]),
    "of µ-law in stereo": (
        sphere(np.repeat(CODES, 2).tobytes(), width=1, order="1", coding="ulaw", channels=2),
        mulaw()[CODES],
    ),
    "without a count": (sphere(LITTLE, width=2, order="01", coding="pcm", count=0), SOUND),
}


@pytest.mark.parametrize("name", FILES)
async def test_every_sample_is_right(name: str, decoders: Decoders) -> None:
    data, expected = FILES[name]
    facts = await probe(MemorySource(data), decoders)
    assert (facts.rate_hz, facts.frames) == (RATE, FRAMES)
    reader = open_reader(facts, MemorySource(data), decoders)
    try:
        assert (await reader.read(0, FRAMES + 1)).tobytes() == expected.tobytes()
    finally:
        await reader.aclose()


async def test_one_that_was_cut_off_is_held_to_its_header(decoders: Decoders) -> None:
    facts = await probe(MemorySource(FILES["big-endian"][0][:15_000]), decoders)
    assert facts.declared_frames == FRAMES
    assert facts.frames == (15_000 - 1024) // 2


async def test_shorten_is_refused_by_name(decoders: Decoders) -> None:
    data = sphere(b"ajkg\2" + BIG, width=2, order="10", coding="pcm,embedded-shorten-v2.00")
    with pytest.raises(UnsupportedAudio, match="shorten"):
        await probe(MemorySource(data), decoders)
