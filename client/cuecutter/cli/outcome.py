"""What became of one pair of a `cut`."""

from collections.abc import Mapping
from typing import Final

from msgspec import Struct

from cuecutter.cli.exits import Exit
from cuecutter.cli.told import Told
from cuecutter.values import Dataset, Warning

# Warnings of cues that make no segment; all others are of cues that were read in another way, and kept.
# docs/transcripts.md has them. `excluded` is not among them: somebody wanted that.
DROPPED: Final = frozenset(
    (
        *("bad-time", "frames-time", "negative-time", "time-too-large", "end-before-start", "zero-length", "no-time"),
        *("empty-text", "control-character", "beyond-audio", "empty"),
    )
)


class Outcome(Struct, frozen=True, kw_only=True):
    """`dataset` is None where none was made; `flags` counts segments by flag, worst first. `is_new`: something of it
    had to be done in this call.
    """

    name: str
    audio: str
    transcript: str
    dataset: Dataset | None = None
    flags: Mapping[str, int] = {}
    error: Told | None = None
    is_new: bool = True

    @property
    def is_ready(self) -> bool:
        return self.error is None and self.dataset is not None

    @property
    def kept(self) -> int:
        """Segments."""
        return (self.dataset.segment_count or 0) if self.dataset else 0

    @property
    def dropped(self) -> dict[str, int]:
        return {code: count for code, count in self._counts().items() if code in DROPPED}

    @property
    def changed(self) -> dict[str, int]:
        return {code: count for code, count in self._counts().items() if code not in DROPPED}

    @property
    def dropped_cues(self) -> list[Warning]:
        """Of the first hundred warnings, which are all that the server lists."""
        return [one for one in self.dataset.warnings.first if one.code in DROPPED] if self.dataset else []

    def exit_code(self, strict: bool) -> Exit:
        if self.error:
            return self.error.exit_code
        return Exit.DROPPED if strict and self.dropped else Exit.OK

    def in_a_line(self) -> str:
        """What it is called when it ends."""
        if self.error:
            return f"failed ({self.error.code})"
        dropped = f", {sum(self.dropped.values())} dropped" if self.dropped else ""
        return f"{self.kept} segments{dropped}" + ("" if self.is_new else ", as before")

    def _counts(self) -> dict[str, int]:
        return self.dataset.warnings.counts if self.dataset and self.is_ready else {}
