"""A Kaldi data directory, as ESPnet and CosyVoice read it: utterances sorted bytewise, their ids after their speakers'.

Clips come dataset by dataset, and speakers may take turns in each. So a table consists of one part a speaker, which
leaves out the others' clips. Within a speaker's part, ids ascend with dataset and n.
"""

from collections.abc import Callable, Sequence
from typing import Final

from msgspec import Struct

from gateway.archives.clip import UNNAMED, Clip, Overview
from gateway.archives.formats import speakers
from gateway.archives.formats.interface import File, Table, of_part
from gateway.archives.formats.pipe import path_of
from gateway.archives.formats.texts import one_line
from gateway.archives.layout.members import Container
from gateway.archives.split import TRAIN, VALIDATION
from gateway.archives.stems import slug

MOST_SORTED_SPEAKERS: Final = 32  # each speaker is a pass over all clips; of more, tables are in the clips' order

Row = Callable[[Clip], str]


class Rules(Struct, frozen=True, kw_only=True):
    """Columns are separated by one space. There are no `segments`: a file is an utterance."""

    tables: tuple[str, ...]  # an utterance a line
    spk2utt: str  # a speaker a line, with all its utterances; only where tables are sorted
    parts: tuple[tuple[str, bool], ...]  # lists for `utils/subset_data_dir.sh --utt-list`, where there are parts


RULES: Final = Rules(
    tables=("wav.scp", "text", "utt2spk"),
    spk2utt="spk2utt",
    parts=((f"{TRAIN}.utts", False), (f"{VALIDATION}.utts", True)),
)


class Kaldi(Struct, frozen=True):
    name: str = "kaldi"
    container: Container = Container.ZIP

    def files(self, clip: Clip, overview: Overview) -> Sequence[File]:
        return ((path_of(clip), None),)

    def tables(self, overview: Overview) -> Sequence[Table]:
        ids = speaker_ids(overview)
        rows: dict[str, Row] = dict(zip(RULES.tables, _rows(ids), strict=True))
        tables = [part for name, row in rows.items() for part in _sorted(name, row, ids)]
        return (*tables, *_spk2utt(ids), *_parts(overview, ids))


def speaker_ids(overview: Overview) -> speakers.Labels:
    """Each begins with a number of as many digits as all others, so that utterances and speakers sort alike."""
    numbers = speakers.numbers(overview)
    digits = len(str(len(numbers) - 1))
    return {
        name: f"s{number:0{digits}}-{slug(UNNAMED if name is None else name, 'speaker')}"
        for name, number in numbers.items()
    }


def _utterance(clip: Clip, ids: speakers.Labels) -> str:
    return f"{ids[clip.speaker]}-{clip.dataset:03}-{clip.stem}"


def _rows(ids: speakers.Labels) -> tuple[Row, ...]:
    return (
        lambda clip: f"{_utterance(clip, ids)} {path_of(clip)}\n",
        lambda clip: f"{_utterance(clip, ids)} {one_line(clip.text)}\n",
        lambda clip: f"{_utterance(clip, ids)} {ids[clip.speaker]}\n",
    )


def _sorted(name: str, row: Row, ids: speakers.Labels) -> Sequence[Table]:
    if len(ids) > MOST_SORTED_SPEAKERS:
        return (Table(name, b"", lambda clip: row(clip).encode()),)
    return tuple(Table(name, b"", _of_speaker(speaker, row)) for speaker in ids)


def _spk2utt(ids: speakers.Labels) -> Sequence[Table]:
    if len(ids) > MOST_SORTED_SPEAKERS:
        return ()
    return tuple(
        Table(RULES.spk2utt, label.encode(), _of_speaker(speaker, lambda clip: f" {_utterance(clip, ids)}"), b"\n")
        for speaker, label in ids.items()
    )


def _parts(overview: Overview, ids: speakers.Labels) -> Sequence[Table]:
    def line(clip: Clip) -> bytes:
        return f"{_utterance(clip, ids)}\n".encode()

    parts = RULES.parts if overview.is_split else ()
    return tuple(Table(name, b"", of_part(overview, validation, line)) for name, validation in parts)


def _of_speaker(speaker: str | None, row: Row) -> Callable[[Clip], bytes]:
    return lambda clip: row(clip).encode() if clip.speaker == speaker else b""


KALDI: Final = Kaldi()
