"""Archives as a server makes them, and as a hostile one could."""

import io
import tarfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

VOICE: Mapping[str, bytes] = {"voice/wavs/a-0.wav": b"RIFF sound", "voice/metadata.csv": b"wavs/a-0.wav|It was late.\n"}


def zip_of(file: Path, members: Mapping[str, bytes], *, mode: int = 0o100644) -> Path:
    """Names are written as they are. `mode` is what Unix would make of each."""
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in members.items():
            info = zipfile.ZipInfo("x")
            info.filename = name
            info.external_attr = mode << 16
            archive.writestr(info, content)
    return file


def tar_of(file: Path, members: Mapping[str, bytes], *, kind: bytes = tarfile.REGTYPE, link: str = "") -> Path:
    with tarfile.open(file, "w") as archive:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, link
            info.size = len(content) if kind == tarfile.REGTYPE else 0
            archive.addfile(info, io.BytesIO(content))
    return file
