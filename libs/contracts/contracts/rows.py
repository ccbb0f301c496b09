"""The layout of training_data.jsonl's rows, of which a plan names the version: the same plan gives the same bytes, so a
manifest service writes the version that the plan asks for.

1. audio_filepath, file_name, text, duration, start, end, sample_rate, sha256.
2. After them cues, cue, line, speaker, text_raw, size, crc32, chars_per_second, flags; characters at which some readers
   end a line are escaped.
3. The same columns; `flags` has what the slice's sound shows, too, and `gap-filled`.

A change of columns, of their digits or of what a flag means is a new version.
"""

from typing import Final

ROWS_VERSION: Final = 3
