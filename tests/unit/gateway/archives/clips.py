"""Clips and overviews for the tests of archives, with what a test does not name filled in."""

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from gateway.archives.clip import Clip, DatasetFacts, Overview
from gateway.archives.formats import Format, table_files

HOSTILE = (
    "Plain text.",
    '"Stop!" she said.',
    'He said "no" twice',
    'Ends with quote "',
    'An "open one',
    '"Open to the end',
    "a|b | c",
    "tab\there\u2028and\u2029there\x85too",
    "\ufeff  two  spaces ",
    "日本語のテキスト。",
    "مرحبا بالعالم",
    "family 👨‍👩‍👧 emoji",
    "|",
    "\x00\x1c",
)


def clip(n: int = 0, text: str = "It was late.", speaker: str | None = None, **others: Any) -> Clip:
    values: dict[str, Any] = {
        "stem": f"book-0a1b2c3d-{n:05}",
        "dataset": 0,
        "n": n,
        "text": text,
        "speaker": speaker,
        "seconds": 2.5,
        "sample_rate": 24_000,
        "size_bytes": 44 + 2 * 60_000,
        "crc32": 7,
        "validation": False,
    } | others
    row = {
        "audio_filepath": f"segments/segment_{n:05}.wav",
        "file_name": f"segments/segment_{n:05}.wav",
        "text": text,
        "duration": values["seconds"],
        "start": 1.0,
        "end": 3.5,
        "sample_rate": values["sample_rate"],
        "sha256": "ab" * 32,
        "cues": [n],
        "speaker": speaker,
        "size": values["size_bytes"],
        "crc32": values["crc32"],
        "flags": [],
    }
    return Clip(**{"columns": row} | values)


def clips_of(texts: Iterable[str], **others: Any) -> list[Clip]:
    return [clip(n, text, **others) for n, text in enumerate(texts)]


def dataset(name: str = "A book", id: str = "d1", **others: Any) -> DatasetFacts:
    values: dict[str, Any] = {
        "run": 3,
        "audio_sha256": "aa" * 32,
        "transcript_sha256": "bb" * 32,
        "manifest_sha256": "cc" * 32,
        "options": {"sample_rate": 24_000},
        "segment_count": 10,
    }
    return DatasetFacts(**values | {"id": id, "name": name} | others)


def overview(clips: Sequence[Clip], **others: Any) -> Overview:
    """What a pass over `clips` finds."""
    values: dict[str, Any] = {
        "name": "book",
        "datasets": (dataset(),),
        "clips": len(clips),
        "validation_clips": sum(one.validation for one in clips),
        "seconds": sum(one.seconds for one in clips),
        "speakers": tuple(sorted({one.speaker for one in clips if one.speaker is not None})),
        "unnamed": sum(one.speaker is None for one in clips),
        "rates_hz": tuple(sorted({one.sample_rate for one in clips})),
        "flags": {},
        "left_out": {},
    }
    return Overview(**values | others)


def tables_of(form: Format, clips: Sequence[Clip], **others: Any) -> dict[str, str]:
    """Each file that is made of all clips, and what is in it."""
    found = overview(clips, **others)
    files: dict[str, str] = {}
    for name, parts in table_files(form.tables(found)):
        assert name not in files
        content = b"".join(part.head + b"".join(map(part.line, clips)) + part.tail for part in parts)
        files[name] = content.decode()
    return files


def rows_of(content: str) -> list[Any]:
    """The objects of a table that has one a line, and one newline after each."""
    assert content == "" or content.endswith("\n")
    return [msgspec.json.decode(line) for line in content.splitlines()]
