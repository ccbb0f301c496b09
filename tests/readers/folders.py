"""An export as its user has it: unpacked. Tables by the gateway's own formats, and a WAV for every row."""

import io
import tarfile
import wave
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from gateway.archives.clip import Clip, DatasetFacts, Overview
from gateway.archives.formats import FORMATS, Container, Format, table_files
from gateway.archives.stems import Stems

RATE_HZ: Final = 24_000
# The one segment of a dataset whose columns have what is null or empty in all others: who guesses a column's type from
# the first rows guesses wrong. It is for training where there are parts.
LATE: Final = 20


@dataclass(frozen=True)
class Row:
    """One segment of a result; `n` counts within its dataset."""

    text: str
    speaker: str | None = None
    dataset: int = 0
    n: int = 0
    validation: bool = False

    @property
    def seconds(self) -> float:
        """Different for each row, so that no other row's audio passes for this one's."""
        return 1.0 + (self.n * 2 + self.dataset) / 100

    def wav(self) -> bytes:
        written = io.BytesIO()
        with wave.open(written, "wb") as file:
            file.setparams((1, 2, RATE_HZ, 0, "NONE", ""))
            file.writeframes(bytes([1 + self.n, self.dataset]) * round(self.seconds * RATE_HZ))
        return written.getvalue()


def folder_of(name: str, rows: Sequence[Row], folder: Path) -> Path:
    """`folder` with what the format `name` makes of `rows`, which come dataset by dataset, by `n`."""
    layout = FORMATS[name]
    stems = Stems(_datasets(rows))
    clips = [_clip(row, stems) for row in rows]
    members = list(_members(layout, list(zip(clips, rows, strict=True)), _overview(rows)))
    if layout.container is Container.TAR:
        _pack(members, folder / "set.tar")
    else:
        _unpack(members, folder)
    return folder


def _members(layout: Format, rows: Sequence[tuple[Clip, Row]], overview: Overview) -> Iterator[tuple[str, bytes]]:
    for name, tables in table_files(layout.tables(overview)):
        yield (
            name,
            b"".join(part for table in tables for part in (table.head, *(table.line(c) for c, _ in rows), table.tail)),
        )
    for clip, row in rows:
        for name, content in layout.files(clip, overview):
            yield name, row.wav() if content is None else content


def _unpack(members: Sequence[tuple[str, bytes]], folder: Path) -> None:
    for name, content in members:
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("xb") as opened:  # a name that comes twice is an error
            opened.write(content)


def _pack(members: Sequence[tuple[str, bytes]], file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    with tarfile.open(file, "w") as opened:
        for name, content in members:
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            opened.addfile(entry, io.BytesIO(content))


def _datasets(rows: Sequence[Row]) -> tuple[DatasetFacts, ...]:
    """All of one name, as chapters that were uploaded twice are."""
    return tuple(
        DatasetFacts(
            id=f"{place:08}-0000-4000-8000-000000000000",
            run=7,
            name='Chapter "1"',
            audio_sha256="a" * 64,
            transcript_sha256="b" * 64,
            manifest_sha256="c" * 64,
            options={},
            segment_count=sum(row.dataset == place for row in rows),
        )
        for place in range(1 + max(row.dataset for row in rows))
    )


def _overview(rows: Sequence[Row]) -> Overview:
    return Overview(
        name="chapters",
        datasets=_datasets(rows),
        clips=len(rows),
        validation_clips=sum(row.validation for row in rows),
        seconds=sum(row.seconds for row in rows),
        speakers=tuple(sorted({row.speaker for row in rows if row.speaker is not None})),
        unnamed=sum(row.speaker is None for row in rows),
        rates_hz=(RATE_HZ,),
        flags={},
        left_out={},
    )


def _clip(row: Row, stems: Stems) -> Clip:
    wav = row.wav()
    return Clip(
        stem=stems.stem(row.dataset, row.n),
        dataset=row.dataset,
        n=row.n,
        text=row.text,
        speaker=row.speaker,
        seconds=row.seconds,
        sample_rate=RATE_HZ,
        size_bytes=len(wav),
        crc32=zlib.crc32(wav),
        validation=row.validation,
        columns=_columns(row, wav),
    )


def _columns(row: Row, wav: bytes) -> dict[str, Any]:
    """A row of training_data.jsonl."""
    path = f"segments/segment_{row.n:05}.wav"
    return {
        "audio_filepath": path,
        "file_name": path,
        "text": row.text,
        "duration": row.seconds,
        "start": float(row.n),
        "end": row.n + row.seconds,
        "sample_rate": RATE_HZ,
        "sha256": "d" * 64,
        "cues": [row.n],
        "cue": row.n,
        "line": row.n * 4 + 1,
        "speaker": row.speaker,
        "text_raw": "<i>" + row.text if row.n == LATE else None,
        "size": len(wav),
        "crc32": zlib.crc32(wav),
        "chars_per_second": round(len(row.text) / row.seconds, 2),
        "flags": ["too-fast"] if row.n == LATE else [],
    }
