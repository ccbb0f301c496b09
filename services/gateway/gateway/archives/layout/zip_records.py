"""The records of a zip file around contents that are stored as they are (APPNOTE.TXT 6.3, section 4.3). Pure.

Sizes and checksum are in the local header, so that a stream can be unpacked while it arrives. zip64's fields are there
only where 32 bits (16 for the count) have no room, so that programs older than zip64 read all other archives.
"""

from struct import Struct
from typing import Final

from gateway.archives.layout.members import Member, name_bytes

_LOCAL: Final = Struct("<4s5H3L2H")
_ENTRY: Final = Struct("<4s6H3L5H2L")
_END: Final = Struct("<4s4H2LH")
# zip64's field: uncompressed and compressed size; in the directory the offset of the local header, too.
_WIDE_HEAD: Final = Struct("<2H2Q")
_WIDE_ENTRY: Final = Struct("<2H3Q")
_ZIP64_END: Final = Struct("<4sQ2H2L4Q")
_ZIP64_LOCATOR: Final = Struct("<4sLQL")

# A field with all bits set says "see zip64's field", so it cannot be a value.
_NO_16: Final = 0xFFFF
_NO_32: Final = 0xFFFF_FFFF

_PLAIN_VERSION: Final = 10
_ZIP64_VERSION: Final = 45
_UNIX: Final = 3 << 8  # says whose the external attributes are
_REGULAR_FILE_0644: Final = 0o100644 << 16
_STORED: Final = 0
# 1980-01-01 00:00, the first that the format can write. An archive must not depend on a clock.
_TIME: Final = 0
_DATE: Final = 1 << 5 | 1
# Set only for names that need it, as 7-Zip, Info-ZIP and Python do. Without it a name is read in the code page of the
# machine, and all of them agree on ASCII.
_UTF8: Final = 1 << 11
_ZIP64_ID: Final = 1


def span_bytes(member: Member) -> int:
    """What the member takes in front of the directory: local header and content."""
    return _LOCAL.size + name_bytes(member) + (_WIDE_HEAD.size if _is_wide(member) else 0) + member.size_bytes


def entry_bytes(member: Member, offset: int) -> int:
    """What the member takes in the directory; its local header is at byte `offset`."""
    return _ENTRY.size + name_bytes(member) + (_WIDE_ENTRY.size if _is_wide(member, offset) else 0)


def head(member: Member) -> bytes:
    """The local header, which ends where the content begins."""
    size = member.size_bytes
    extra = _WIDE_HEAD.pack(_ZIP64_ID, 16, size, size) if _is_wide(member) else b""
    return _LOCAL.pack(b"PK\3\4", *_described(member, extra)) + member.name.encode() + extra


def padding(member: Member) -> bytes:
    """Nothing: the next local header follows the content."""
    return b""


def entry(member: Member, offset: int) -> bytes:
    """The member's entry in the directory; its local header is at byte `offset`."""
    # All three or none, as Go writes them: behind a member of 2**32 - 1 bytes, Info-ZIP 6.0 takes an offset that stands
    # alone for a size.
    wide, size = _is_wide(member, offset), member.size_bytes
    extra = _WIDE_ENTRY.pack(_ZIP64_ID, 24, size, size, offset) if wide else b""
    version, *described = _described(member, extra)
    comment, disk, internal = 0, 0, 0
    placed = (comment, disk, internal, _REGULAR_FILE_0644, _NO_32 if wide else offset)
    return _ENTRY.pack(b"PK\1\2", _UNIX | version, version, *described, *placed) + member.name.encode() + extra


def ending(count: int, directory: int, directory_bytes: int) -> bytes:
    """What follows the directory, which begins at byte `directory` and has `count` entries."""
    counts = (0, 0, min(count, _NO_16), min(count, _NO_16))
    end = _END.pack(b"PK\5\6", *counts, min(directory_bytes, _NO_32), min(directory, _NO_32), 0)
    if count < _NO_16 and directory < _NO_32 and directory_bytes < _NO_32:
        return end
    return _zip64_ending(count, directory, directory_bytes) + end


def _zip64_ending(count: int, directory: int, directory_bytes: int) -> bytes:
    rest = _ZIP64_END.size - 12  # its own length counts neither itself nor what is before it
    versions = (_UNIX | _ZIP64_VERSION, _ZIP64_VERSION)
    end = _ZIP64_END.pack(b"PK\6\6", rest, *versions, 0, 0, count, count, directory_bytes, directory)
    return end + _ZIP64_LOCATOR.pack(b"PK\6\7", 0, directory + directory_bytes, 1)


def _described(member: Member, extra: bytes) -> tuple[int, ...]:
    """What both of a member's records have in common, in their order: version needed to length of the extra fields."""
    version = _ZIP64_VERSION if extra else _PLAIN_VERSION
    flags = 0 if member.name.isascii() else _UTF8
    size = _NO_32 if extra else member.size_bytes
    return version, flags, _STORED, _TIME, _DATE, member.crc32, size, size, name_bytes(member), len(extra)


def _is_wide(member: Member, offset: int = 0) -> bool:
    return member.size_bytes >= _NO_32 or offset >= _NO_32
