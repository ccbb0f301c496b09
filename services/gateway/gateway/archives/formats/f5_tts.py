"""F5-TTS's metadata.csv. Its form finds a file's name in `wavs`, and passes over the header, which is no such name.

Its command line takes absolute paths only, which an archive can't know: whoever unpacks it puts the folder of the
sounds in front of every line but the first. The form takes those, too.
"""

from typing import Final

from gateway.archives.formats.pipe import Column, PipeFormat, Rules

RULES: Final = Rules(
    train="metadata.csv",
    validation="metadata_val.csv",  # F5-TTS has no validation; this is kept away from it
    columns=(Column.FILE, Column.TEXT),  # a third column is dropped by one reader, and the row by another
    header="audio_file|text",  # without one, the command line would take the first clip for it
)

F5_TTS: Final = PipeFormat("f5-tts", RULES)
