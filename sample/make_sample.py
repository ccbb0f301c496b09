"""Makes sample.flac and sample.srt beside this file: our own words, spoken by espeak-ng, one sentence a cue.

Runs only where espeak-ng is installed (Debian: apt-get install espeak-ng); everybody else uses the files as they are.
Every cue begins and ends on a multiple of 20 ms, a whole number of samples at 22,050 Hz, so its times are exact.
"""

import io
import subprocess
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

RATE_HZ = 22_050
GRID_MS = 20
GRID_FRAMES = RATE_HZ * GRID_MS // 1000
LEAD_FRAMES = 25 * GRID_FRAMES  # half a second before the first word
PAUSE_FRAMES = 35 * GRID_FRAMES
QUIET = 150  # of 32,768; what espeak-ng leaves around a sentence is below

SENTENCES = (
    "Cuecutter begins with one long recording and the text that was spoken in it.",
    "The text comes with times: each line says when it starts and when it ends.",
    "From these lines a plan is made, before a single sample is cut.",
    "Then the recording is sliced, one short file for every line of the plan.",
    "If a worker stops half-way, another one goes on where it left off.",
    "Lines that lie behind the end of the recording are dropped, and you are told which ones.",
    "Nothing is rounded twice, so the same recording always gives the same files.",
    "At the end there is a manifest with a row for each slice: its path, its words, and its length.",
    "A speech model can be trained on that, or fine-tuned to a new voice.",
    "You are listening to the sample that comes with the program, and this is its last line.",
)


def main() -> None:
    folder = Path(__file__).parent
    audio, cues = assemble([spoken(sentence) for sentence in SENTENCES])
    soundfile.write(folder / "sample.flac", audio, RATE_HZ, subtype="PCM_16", compression_level=1.0)
    (folder / "sample.srt").write_bytes(srt(cues).encode())


def spoken(sentence: str) -> NDArray[np.int16]:
    """The sentence without the silence around it, filled up to the grid."""
    command = ["espeak-ng", "-v", "en-gb", "-s", "150", "-g", "2", "--stdout", sentence]
    wav = subprocess.run(command, check=True, capture_output=True).stdout  # noqa: S603
    samples, rate_hz = soundfile.read(io.BytesIO(wav), dtype="int16")
    if rate_hz != RATE_HZ:
        raise SystemExit(f"espeak-ng gave {rate_hz} Hz, not {RATE_HZ} Hz")
    loud = np.flatnonzero(np.abs(samples.astype(np.int32)) > QUIET)
    speech = samples[loud[0] : loud[-1] + 1]
    return np.pad(speech, (0, -len(speech) % GRID_FRAMES))


def assemble(sentences: list[NDArray[np.int16]]) -> tuple[NDArray[np.int16], list[tuple[int, int]]]:
    """The recording, and for each sentence its first frame and the frame behind its last."""
    pieces = [np.zeros(LEAD_FRAMES, np.int16)]
    cues, at = [], LEAD_FRAMES
    for sentence in sentences:
        pieces += [sentence, np.zeros(PAUSE_FRAMES, np.int16)]
        cues.append((at, at + len(sentence)))
        at += len(sentence) + PAUSE_FRAMES
    return np.concatenate(pieces), cues


def srt(cues: list[tuple[int, int]]) -> str:
    blocks = [
        f"{number}\n{timestamp(first)} --> {timestamp(end)}\n{sentence}\n"
        for number, ((first, end), sentence) in enumerate(zip(cues, SENTENCES, strict=True), start=1)
    ]
    return "\n".join(blocks)


def timestamp(frame: int) -> str:
    ms = frame // GRID_FRAMES * GRID_MS
    return f"{ms // 3_600_000:02}:{ms // 60_000 % 60:02}:{ms // 1000 % 60:02},{ms % 1000:03}"


if __name__ == "__main__":
    main()
