"""Piper's metadata.csv. The text is the last column; it has three where the trainer is told of several speakers."""

from typing import Final

from gateway.archives.formats.pipe import Column, PipeFormat, Rules

RULES: Final = Rules(
    train="metadata.csv",
    validation="metadata_val.csv",  # Piper chooses its own; this is kept away from it
    columns=(Column.PATH, Column.SPEAKER_IF_SEVERAL, Column.TEXT),
    header=None,  # it would be read as a clip
)

PIPER: Final = PipeFormat("piper", RULES)
