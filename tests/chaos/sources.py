"""What is processed: recordings of noise with their cues, and the slices that must come out, cut here with numpy alone.

Every way through the segmenter has one: several spans, two channels, a decoded format, another rate, a long slice.
"""

import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np
import soundfile
import soxr

from tests.e2e.conftest import noise, srt, wav

Cue = tuple[int, int, str]


@dataclass(frozen=True)
class Source:
    """`slices` are the sha256 of the WAV files that must come out, in order. `name` is also the dataset's."""

    name: str
    audio: bytes
    transcript: bytes
    slices: tuple[str, ...]
    options: dict[str, Any] = field(default_factory=dict)


def every() -> tuple[Source, ...]:
    return (_several_spans(), _two_channels(), _decoded(), _resampled(), _long())


def for_reruns() -> tuple[Source, ...]:
    """Short ones, so that a dataset sees many runs. `slices` are those without options."""
    cues = _cues(60, 330)
    samples, other, long = (noise(seconds, rate=16_000, seed=seed) for seconds, seed in ((20, 11), (20, 12), (72, 13)))
    long_cues: list[Cue] = [(500, 66_000, "long"), (67_000, 69_000, "one"), (69_500, 71_500, "two")]
    return (
        Source("short", wav(samples, rate=16_000), srt(*cues), _sliced(samples, cues, 16_000)),
        Source("packed", _flac(other), srt(*cues), _sliced(other, cues, 16_000)),
        Source("streamed", wav(long, rate=16_000), srt(*long_cues), _sliced(long, long_cues, 16_000)),
    )


def _flac(samples: np.ndarray) -> bytes:
    packed = io.BytesIO()
    soundfile.write(packed, samples, 16_000, format="FLAC", subtype="PCM_16")
    return packed.getvalue()


def _cues(count: int, step_ms: int) -> list[Cue]:
    return [(n * step_ms, n * step_ms + step_ms * 9 // 10, f"cue {n}") for n in range(count)]


def _several_spans() -> Source:
    samples, cues = noise(180, rate=8_000, seed=1), _cues(900, 200)
    return Source("several spans", wav(samples, rate=8_000), srt(*cues), _sliced(samples, cues, 8_000))


def _two_channels() -> Source:
    both = np.stack([noise(20, rate=44_100, seed=2), noise(20, rate=44_100, seed=3)], axis=1)
    mono, cues = np.rint(both.astype(np.float64).mean(axis=1)).astype(np.int16), _cues(181, 110)
    return Source("two channels", wav(both, rate=44_100), srt(*cues), _sliced(mono, cues, 44_100))


def _decoded() -> Source:
    samples, cues = noise(60, rate=16_000, seed=4), _cues(300, 200)
    return Source("decoded", _flac(samples), srt(*cues), _sliced(samples, cues, 16_000))


def _resampled() -> Source:
    samples, cues = noise(60, rate=16_000, seed=5), _cues(300, 200)
    slices = [_halved(_cut(samples, cue, 16_000)) for cue in cues]
    hashes = tuple(_sha256(slice_, 8_000) for slice_ in slices)
    return Source("resampled", wav(samples, rate=16_000), srt(*cues), hashes, {"sample_rate": 8_000})


def _long() -> Source:
    samples, cues = noise(100, rate=8_000, seed=6), [(1_000, 80_000, "long"), *_cues(100, 1_000)[81:]]
    return Source("a long slice", wav(samples, rate=8_000), srt(*cues), _sliced(samples, cues, 8_000))


def _sliced(samples: np.ndarray, cues: Sequence[Cue], rate: int) -> tuple[str, ...]:
    return tuple(_sha256(_cut(samples, cue, rate), rate) for cue in cues)


def _cut(samples: np.ndarray, cue: Cue, rate: int) -> np.ndarray:
    first, last = (round(Fraction(ms * rate, 1000)) for ms in cue[:2])
    return samples[first:last]


def _halved(samples: np.ndarray) -> np.ndarray:
    exact: np.ndarray = soxr.resample(samples.astype(np.float64), 16_000, 8_000, quality="VHQ")
    halved: np.ndarray = np.clip(np.rint(exact), -32_768, 32_767).astype(np.int16)
    return halved


def _sha256(samples: np.ndarray, rate: int) -> str:
    return hashlib.sha256(wav(samples, rate=rate)).hexdigest()
