"""What every reader gives, whatever its trainer calls it."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class ReadRow:
    """One row as a trainer has it in the end."""

    text: str
    audio_path: Path | None  # None: the reader took the audio out of an archive
    speaker: str | None = None  # None: the reader knows of no speakers, or the row names none
    duration: float | None = None  # seconds; None: the reader asks the file
    audio: bytes | None = None  # the WAV, when the reader has read it
    part: str = "train"  # "validation", where the reader knows parts

    def wav(self) -> bytes:
        """The whole WAV. Raises: FileNotFoundError when the reader's path leads nowhere."""
        if self.audio is not None:
            return self.audio
        assert self.audio_path is not None, "neither a path nor audio"
        return self.audio_path.read_bytes()
