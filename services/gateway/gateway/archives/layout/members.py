"""What an archive holds, and the names that its files may have. Pure.

A name that would leave the folder it is unpacked in, or that two systems read differently, is refused: nothing that we
name ourselves has one, so it can only come from something that was not checked.
"""

import re
from enum import StrEnum
from typing import Final

from msgspec import Struct

MAX_NAME_BYTES: Final = 65_535  # what the header of a zip file has room for
MAX_SIZE_BYTES: Final = 2**63 - 1
_MAX_CRC32: Final = 2**32 - 1

# A backslash is a separator on Windows, and a letter with a colon is a drive; a control character has no use.
_FORBIDDEN: Final = re.compile(r"[\\\x00-\x1f\x7f]|/\.{0,2}/")


class Container(StrEnum):
    ZIP = "zip"
    TAR = "tar"


class Member(Struct, frozen=True):
    """One file of an archive. `name` is its path with `/`, UTF-8; `crc32` is that of its `size_bytes` bytes."""

    name: str
    size_bytes: int
    crc32: int


class MemberRefused(ValueError):
    """No archive may hold this member: its name, size or checksum is not one that every program reads alike."""


def check(member: Member) -> None:
    """Raises: MemberRefused for a name that is empty, absolute, too long or no UTF-8, or has an empty part, `.`, `..`,
    a backslash or a control character; for a size that is negative or beyond 63 bits; for a crc32 beyond 32 bits.
    """
    # Between two slashes every part of the name is found by one expression, the first and the last one, too.
    if _FORBIDDEN.search(f"/{member.name}/") or member.name[1:2] == ":":
        raise MemberRefused(f"a name that leaves its folder or has a part that is no name: {member.name!r}")
    if name_bytes(member) > MAX_NAME_BYTES:
        raise MemberRefused(f"a name of more than {MAX_NAME_BYTES} bytes: {member.name[:100]!r}…")
    if not (0 <= member.size_bytes <= MAX_SIZE_BYTES and 0 <= member.crc32 <= _MAX_CRC32):
        raise MemberRefused(f"no size or checksum of a file: {member}")


def name_bytes(member: Member) -> int:
    """How long the name is in UTF-8. Raises: MemberRefused for one that has half of a surrogate pair."""
    if member.name.isascii():
        return len(member.name)
    try:
        return len(member.name.encode())
    except UnicodeEncodeError as exc:
        raise MemberRefused(f"a name that is no UTF-8: {member.name!r}") from exc
