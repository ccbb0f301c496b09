"""StyleTTS2's lists: three columns, the speaker a whole number. Texts are as they are; it wants them as phonemes.

It also reads texts that it has no audio of. Ours are the archive's own: they let it start, and other texts of the
language are better. It looks for one of 50 characters until it finds one, so shorter ones are not in that file.
"""

from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from gateway.archives.clip import Clip, Overview
from gateway.archives.formats import speakers
from gateway.archives.formats.interface import File, Table
from gateway.archives.formats.pipe import Column, PipeFormat, Rules
from gateway.archives.formats.rows import speakers_table
from gateway.archives.formats.texts import for_pipes
from gateway.archives.layout.members import Container

RULES: Final = Rules(
    train="train_list.txt",
    validation="val_list.txt",  # it does not start without one
    # Of a row without three columns it makes one of more than three, and fails later.
    columns=(Column.PATH, Column.TEXT, Column.SPEAKER_NUMBER),
    header=None,
)
OTHER_TEXTS: Final = "OOD_texts.txt"  # the same columns: it takes the second where the first names a .wav
OTHER_TEXT_CHARS: Final = 50

_LISTS: Final = PipeFormat("styletts2", RULES)


class StyleTts2(Struct, frozen=True):
    name: str = _LISTS.name
    container: Container = _LISTS.container

    def files(self, clip: Clip, overview: Overview) -> Sequence[File]:
        return _LISTS.files(clip, overview)

    def tables(self, overview: Overview) -> Sequence[Table]:
        line = _LISTS.line(overview)
        others = Table(OTHER_TEXTS, b"", lambda clip: line(clip) if is_other_text(clip) else b"")
        numbered = speakers_table(overview, speakers.labels(overview, for_pipes))
        return (*_LISTS.tables(overview), others, *numbered)


def is_other_text(clip: Clip) -> bool:
    """Whether the clip's text is long enough for `OTHER_TEXTS`."""
    return len(for_pipes(clip.text)) >= OTHER_TEXT_CHARS


STYLETTS2: Final = StyleTts2()
