"""The layout of the LJ Speech data set, which most trainers of one voice read: three columns, the text in two."""

from typing import Final

from gateway.archives.formats.pipe import Column, PipeFormat, Rules

RULES: Final = Rules(
    train="metadata.csv",
    validation="metadata_val.csv",
    columns=(Column.STEM, Column.TEXT, Column.TEXT),  # coqui reads the third, others the second
    header=None,
)

LJSPEECH: Final = PipeFormat("ljspeech", RULES)
