"""Whether an archive is whole: a zip by the CRC-32 of every member, a tar by its members' sizes and its end.

It is read piece by piece; a zip's list of members is in memory, half a kilobyte each.
"""

import tarfile
import zipfile
import zlib
from pathlib import Path
from typing import BinaryIO, Final

from cuecutter.errors import DownloadDamaged

_PIECE_BYTES: Final = 1024 * 1024
_ZIP: Final = b"PK"


def verify(path: Path) -> None:
    """Raises: DownloadDamaged, OSError."""
    with path.open("rb") as file:
        is_zip = file.read(2) == _ZIP
        file.seek(0)
        try:
            (_verify_zip if is_zip else _verify_tar)(file)
        except (zipfile.BadZipFile, tarfile.TarError, zlib.error, EOFError, NotImplementedError, ValueError) as exc:
            raise DownloadDamaged(f"what was downloaded is no whole archive ({exc})") from exc


def _verify_zip(file: BinaryIO) -> None:
    """Reading a member to its end compares its CRC-32."""
    with zipfile.ZipFile(file) as archive:
        if not archive.filelist:
            raise zipfile.BadZipFile("nothing is in it")
        for member in archive.infolist():
            with archive.open(member) as content:
                while content.read(_PIECE_BYTES):
                    pass


def _verify_tar(file: BinaryIO) -> None:
    # An empty list, or a member that is none, ends Python's reading like the end itself: what follows must be zeros.
    with tarfile.open(fileobj=file, mode="r:") as archive:
        if archive.firstmember is None:  # type: ignore[attr-defined]
            raise tarfile.ReadError("nothing is in it")
        while archive.next() is not None:
            archive.members.clear()  # type: ignore[attr-defined]  # else all of them stay in memory
        file.seek(archive.offset)
    rest = file.read(_PIECE_BYTES)
    if len(rest) < 2 * tarfile.BLOCKSIZE:
        raise tarfile.ReadError("it ends early")
    while rest:
        if rest.strip(b"\0"):
            raise tarfile.ReadError("a member is damaged")
        rest = file.read(_PIECE_BYTES)
