"""The formats of archives: each a small module with a table of its rules. What the trainers refuse is in `limits`."""

from collections.abc import Mapping
from typing import Final

from gateway.archives.formats.f5_tts import F5_TTS
from gateway.archives.formats.gpt_sovits import GPT_SOVITS
from gateway.archives.formats.hf import HF
from gateway.archives.formats.interface import File, Format, Table, table_files
from gateway.archives.formats.jsonl import JSONL
from gateway.archives.formats.kaldi import KALDI
from gateway.archives.formats.lhotse import LHOTSE
from gateway.archives.formats.ljspeech import LJSPEECH
from gateway.archives.formats.nemo import NEMO
from gateway.archives.formats.piper import PIPER
from gateway.archives.formats.styletts2 import STYLETTS2
from gateway.archives.formats.webdataset import WEBDATASET
from gateway.archives.formats.xtts import XTTS
from gateway.archives.layout.members import Container

__all__ = ["FORMATS", "Container", "File", "Format", "Table", "table_files"]

_ALL: Final[tuple[Format, ...]] = (
    NEMO,
    HF,
    LJSPEECH,
    PIPER,
    XTTS,
    F5_TTS,
    GPT_SOVITS,
    JSONL,
    STYLETTS2,
    KALDI,
    LHOTSE,
    WEBDATASET,
)

FORMATS: Final[Mapping[str, Format]] = {each.name: each for each in _ALL}
