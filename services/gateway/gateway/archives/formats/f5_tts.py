"""F5-TTS's metadata.csv. Its reader takes absolute paths only, which an archive can't know: whoever unpacks it puts the
folder in front of each line but the first.
"""

from typing import Final

from gateway.archives.formats.pipe import Column, PipeFormat, Rules

RULES: Final = Rules(
    train="metadata.csv",
    validation="metadata_val.csv",  # F5-TTS has no validation; this is kept away from it
    columns=(Column.PATH, Column.TEXT),  # a third column is dropped by one reader, and the row by another
    header="audio_file|text",
)

F5_TTS: Final = PipeFormat("f5-tts", RULES)
