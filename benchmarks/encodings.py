"""The same recording as MP3, M4A and FLAC, encoded by PyAV; and merely decoded, which no reader beats by much."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import av

from benchmarks.inputs import Recording

ENCODERS: Final[Mapping[str, str]] = {"mp3": "libmp3lame", "m4a": "aac", "flac": "flac"}


def encoded(recording: Recording, extension: str) -> Recording:
    """The recording beside the WAV, under another extension; kept where it is already there."""
    path = recording.path.with_suffix(f".{extension}")
    if not path.exists():
        unfinished = path.with_name(f"unfinished.{extension}")
        _encode(recording.path, unfinished, ENCODERS[extension], recording.rate_hz)
        unfinished.rename(path)
    return Recording(path, recording.seconds, recording.rate_hz, recording.cues)


def decode(path: Path) -> int:
    """Decodes all of it, keeps nothing, and returns the number of samples."""
    with av.open(str(path)) as container:
        return sum(frame.samples for frame in container.decode(audio=0))


def _encode(source: Path, target: Path, codec: str, rate_hz: int) -> None:
    with av.open(str(source)) as given, av.open(str(target), "w") as made:
        stream: Any = made.add_stream(codec, rate=rate_hz, layout="mono")
        for frame in given.decode(audio=0):
            frame.pts = None
            made.mux(stream.encode(frame))
        made.mux(stream.encode(None))
