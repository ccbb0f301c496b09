"""The table that coqui's formatter `coqui` reads, named as XTTS's own demo names it. The header is required."""

from typing import Final

from gateway.archives.formats.pipe import Column, PipeFormat, Rules

RULES: Final = Rules(
    only="metadata.csv",
    train="metadata_train.csv",
    validation="metadata_eval.csv",
    columns=(Column.PATH, Column.TEXT, Column.SPEAKER),
    header="audio_file|text|speaker_name",
)

XTTS: Final = PipeFormat("xtts", RULES)
