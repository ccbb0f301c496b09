"""Recordings that sound like speech to a codec, deterministic: every run makes the same bytes.

Voiced bursts of harmonics in the rhythm of syllables, noise between them, a pause after each cue. A recording is
written piece by piece, so that ten hours need no more memory than a minute.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

RATE_HZ: Final = 44_100
CUE_MS: Final = 5_000  # from one cue's beginning to the next: 720 an hour
_VOICES: Final = 24  # different phrases; a cue is one of them at its own loudness
_HARMONICS: Final = 12

Pcm = NDArray[np.int16]


@dataclass(frozen=True)
class Cue:
    start_ms: int
    end_ms: int
    text: str


@dataclass(frozen=True)
class Recording:
    """A file and its cues. `seconds` of sound at `rate_hz`."""

    path: Path
    seconds: float
    rate_hz: int
    cues: tuple[Cue, ...]

    @property
    def transcript(self) -> bytes:
        return srt(self.cues)


def cues(count: int, *, every_ms: int = CUE_MS) -> tuple[Cue, ...]:
    """Cues in order, some of whose borders are exact ties between two frames at 44.1 kHz."""
    pause = every_ms // 20
    return tuple(
        Cue(n * every_ms + n * 7 % pause, (n + 1) * every_ms - pause + n * 3 % pause, f"This is cue number {n}.")
        for n in range(count)
    )


def wav(path: Path, count: int, *, rate_hz: int = RATE_HZ, every_ms: int = CUE_MS) -> Recording:
    """16-bit mono PCM with `count` cues. Kept where it is already there, whole."""
    frames = rate_hz * every_ms * count // 1000
    if not path.exists() or path.stat().st_size != 44 + frames * 2:
        with path.open("wb") as file:
            file.write(_header(frames, rate_hz))
            for phrase in phrases(count, rate_hz, every_ms):
                file.write(phrase.tobytes())
    return Recording(path, frames / rate_hz, rate_hz, cues(count, every_ms=every_ms))


def phrases(count: int, rate_hz: int, every_ms: int) -> Iterator[Pcm]:
    """The audio of cue 0, 1, 2 …, each with the pause after it."""
    bank = _bank(rate_hz, every_ms)
    for n in range(count):
        loudness = 0.35 + 0.05 * (n * 5 % 13)
        yield (bank[n * 11 % _VOICES] * loudness).astype("<i2")


def srt(cues: tuple[Cue, ...]) -> bytes:
    blocks = (
        f"{n}\n{_clock(cue.start_ms)} --> {_clock(cue.end_ms)}\n{cue.text}\n" for n, cue in enumerate(cues, start=1)
    )
    return "\n".join(blocks).encode()


@cache
def _bank(rate_hz: int, every_ms: int) -> tuple[NDArray[np.float32], ...]:
    frames = rate_hz * every_ms // 1000
    return tuple(_phrase(np.random.default_rng(voice), frames, rate_hz) for voice in range(_VOICES))


def _phrase(random: np.random.Generator, frames: int, rate_hz: int) -> NDArray[np.float32]:
    at = np.arange(frames) / rate_hz
    pitch_hz = random.uniform(90, 240) * (1 + 0.08 * np.sin(2 * np.pi * 0.4 * at + random.uniform(0, 6)))
    turn = 2 * np.pi * np.cumsum(pitch_hz) / rate_hz
    voiced = sum(np.sin(k * turn) * random.uniform(0.3, 1) / k for k in range(1, _HARMONICS + 1))
    syllables = np.clip(np.sin(2 * np.pi * random.uniform(3, 5) * at + random.uniform(0, 6)), 0, 1)
    hiss = random.standard_normal(frames) * (1 - syllables) * 0.12
    speaking = at < 0.94 * frames / rate_hz
    sound = (voiced * syllables + hiss) * speaking + random.standard_normal(frames) * 0.001
    loud: NDArray[np.float64] = sound / np.abs(sound).max() * 32_000
    return loud.astype(np.float32)


def _header(frames: int, rate_hz: int) -> bytes:
    size = frames * 2
    return struct.pack(
        "<4sI4s4sIHHIIHH4sI",
        *(b"RIFF", size + 36, b"WAVE", b"fmt ", 16, 1, 1, rate_hz, rate_hz * 2, 2, 16, b"data", size),
    )


def _clock(ms: int) -> str:
    return f"{ms // 3_600_000:02}:{ms // 60_000 % 60:02}:{ms // 1000 % 60:02},{ms % 1000:03}"
