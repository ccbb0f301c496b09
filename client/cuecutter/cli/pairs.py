"""Which recording belongs to which transcript: by name, in the same folder, and never by a guess.

Names are compared as people see them: whatever the case and whatever the Unicode form. `talk.en.srt` belongs to
`talk.mp3`, unless there is a `talk.en.mp3`. Where several files could be meant, all are named and none is taken.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from cuecutter.cli.walking import files_below

AUDIO: Final = frozenset(
    (
        *(".aac", ".aif", ".aifc", ".aiff", ".amr", ".au", ".caf", ".flac", ".m4a", ".m4b", ".mka", ".mkv", ".mov"),
        *(".mp2", ".mp3", ".mp4", ".mpg", ".mpga", ".oga", ".ogg", ".opus", ".sph", ".w64", ".wav", ".webm", ".wma"),
    )
)
TRANSCRIPT: Final = frozenset((".srt", ".vtt", ".txt"))
# A language as subtitles have it: `en`, `deu`, `pt-BR`, `zh-Hans`. A longer word, or a number, is part of the name.
_LANGUAGE: Final = re.compile(r"\.[a-z]{2,3}([-_][a-z0-9]{2,8})*$", re.IGNORECASE)


@dataclass(frozen=True)
class Pair:
    """`name` is the path below the folder that was asked for, without ending, with slashes: unique in one call."""

    name: str
    audio: Path
    transcript: Path


@dataclass(frozen=True)
class Ambiguous:
    """Files of one name, of which more than one could be the recording or the transcript."""

    name: str
    files: tuple[Path, ...]


@dataclass
class Found:
    """Everything that was seen, in the order of names. `unmatched` are recordings and transcripts without the other."""

    pairs: list[Pair] = field(default_factory=list)
    ambiguous: list[Ambiguous] = field(default_factory=list)
    unmatched: list[Path] = field(default_factory=list)


def in_folder(folder: Path, prefer: Sequence[str] = (), leave_out: Path | None = None) -> Found:
    """Pairs in `folder` and below it; `leave_out` is not entered. Hidden files and other kinds are passed over.

    `prefer` are endings such as `.en.srt` or `.wav`: of several candidates, those with the first ending that any has
    are taken. Symbolic links are followed, each folder once, so that loops end.
    """
    found = Found()
    for place, files in files_below(folder, leave_out):
        _match(place, files, prefer, found)
    return found


def of_files(files: Iterable[Path], prefer: Sequence[str] = ()) -> Found:
    """Pairs among files that were named one by one; two of them, a recording and a transcript, may have any names."""
    given = list(files)
    kinds = [_kind(file) for file in given]
    if len(given) == 2 and kinds[0] != kinds[1]:  # one of them may have an ending that is not known here
        swapped = kinds[0] == "transcript" or kinds[1] == "audio"
        audio, transcript = reversed(given) if swapped else given
        return Found(pairs=[Pair(audio.stem, audio, transcript)])
    found = Found(unmatched=[file for file, kind in zip(given, kinds, strict=True) if not kind])
    for place in dict.fromkeys(file.parent for file in given):
        _match("", [file for file in given if file.parent == place and _kind(file)], prefer, found)
    return found


def folded(name: str) -> str:
    """Equal for names that look the same: Unicode's canonical caseless match."""
    return unicodedata.normalize("NFD", unicodedata.normalize("NFD", name).casefold())


def _match(place: str, files: Sequence[Path], prefer: Sequence[str], found: Found) -> None:
    audios, transcripts = _of_kind(files, "audio"), _of_kind(files, "transcript")
    groups: dict[str, tuple[list[Path], list[Path]]] = {}
    for audio in audios:
        groups.setdefault(folded(audio.stem), ([], []))[0].append(audio)
    for transcript in transcripts:
        groups.setdefault(_stem_of(transcript, groups), ([], []))[1].append(transcript)
    for group in groups.values():
        _sort(place, *group, prefer, found)


def _stem_of(transcript: Path, groups: dict[str, tuple[list[Path], list[Path]]]) -> str:
    whole, bare = folded(transcript.stem), folded(_LANGUAGE.sub("", transcript.stem))
    return bare if whole not in groups and bare in groups else whole


def _sort(place: str, audios: list[Path], transcripts: list[Path], prefer: Sequence[str], found: Found) -> None:
    if not audios or not transcripts:
        found.unmatched += audios + transcripts
        return
    name = f"{place}/{audios[0].stem}" if place else audios[0].stem
    chosen = (_preferred(audios, prefer), _preferred(transcripts, prefer))
    match chosen:
        case [audio], [transcript]:
            found.pairs.append(Pair(name, audio, transcript))
        case _:
            found.ambiguous.append(Ambiguous(name, (*chosen[0], *chosen[1])))


def _preferred(files: list[Path], prefer: Sequence[str]) -> list[Path]:
    """Those with the first ending of `prefer` that any has; all, where none has one."""
    for ending in prefer:
        if having := [file for file in files if folded(file.name).endswith(folded(ending))]:
            return having
    return files


def _of_kind(files: Sequence[Path], kind: str) -> list[Path]:
    return [file for file in files if _kind(file) == kind]


def _kind(file: Path) -> str:
    ending = file.suffix.lower()
    return "audio" if ending in AUDIO else "transcript" if ending in TRANSCRIPT else ""
