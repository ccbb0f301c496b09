"""The records of a tar file: ustar, and pax (POSIX.1-2001) in front of members that ustar has no room for. Pure.

pax holds names that are not ASCII or too long, and sizes from 8 GiB on. Owner and time are 0, so that the bytes depend
on no machine and no clock.
"""

from typing import Final

from gateway.archives.layout.members import Member

_BLOCK: Final = 512
_RECORD: Final = 20 * _BLOCK  # what GNU tar reads and writes at once; it pads with zeros up to a whole one
_MAX_USTAR_NAME: Final = 100
_MAX_USTAR_PREFIX: Final = 155
_MAX_USTAR_SIZE: Final = 8**11 - 1  # bytes: eleven octal digits
_PAX_NAME: Final = b"././@PaxHeader"  # as Python's tarfile: seen only where pax is not known
_FILE: Final = b"0"
_PAX: Final = b"x"


def span_bytes(member: Member) -> int:
    """What the member takes: its headers, its content, and zeros up to a whole block."""
    fields = _pax_fields(member)
    pax = _BLOCK + _whole_blocks(len(fields)) if fields else 0
    return pax + _BLOCK + _whole_blocks(member.size_bytes)


def entry_bytes(member: Member, offset: int) -> int:
    """Nothing: tar has no directory."""
    return 0


def head(member: Member) -> bytes:
    """The headers, which end where the content begins."""
    fields = _pax_fields(member)
    # What is in pax's fields counts; these are for programs that do not know them.
    short = b"", member.name.encode("ascii", "replace")[:_MAX_USTAR_NAME]
    size = member.size_bytes if member.size_bytes <= _MAX_USTAR_SIZE else 0
    header = _header(*(_ustar_name(member) or short), size, _FILE)
    return _pax_header(fields) + header if fields else header


def padding(member: Member) -> bytes:
    """Zeros up to a whole block."""
    return bytes(-member.size_bytes % _BLOCK)


def entry(member: Member, offset: int) -> bytes:
    """Nothing: tar has no directory."""
    return b""


def ending(count: int, directory: int, directory_bytes: int) -> bytes:
    """Two blocks of zeros and what is missing to a whole record; the members' bytes end at byte `directory`."""
    blocks = directory + 2 * _BLOCK
    return bytes(2 * _BLOCK + -blocks % _RECORD)


def _whole_blocks(size_bytes: int) -> int:
    return size_bytes + -size_bytes % _BLOCK


def _pax_fields(member: Member) -> bytes:
    """What ustar has no room for; empty for nearly all members."""
    fields = b""
    if _ustar_name(member) is None:
        fields += _pax_field(b"path", member.name.encode())
    if member.size_bytes > _MAX_USTAR_SIZE:
        fields += _pax_field(b"size", b"%d" % member.size_bytes)
    return fields


def _ustar_name(member: Member) -> tuple[bytes, bytes] | None:
    """Prefix and name, with a slash left out between them; None where ustar has no room for them."""
    if not member.name.isascii():
        return None
    name = member.name.encode()
    if len(name) <= _MAX_USTAR_NAME:
        return b"", name
    # The last slash that the prefix may end at leaves the shortest name.
    slash = name.rfind(b"/", 0, _MAX_USTAR_PREFIX + 1)
    fits = slash > 0 and len(name) - slash - 1 <= _MAX_USTAR_NAME
    return (name[:slash], name[slash + 1 :]) if fits else None


def _pax_header(fields: bytes) -> bytes:
    return _header(b"", _PAX_NAME, len(fields), _PAX) + fields + bytes(-len(fields) % _BLOCK)


def _pax_field(key: bytes, value: bytes) -> bytes:
    """A field begins with its own length in bytes, the digits of the length counted."""
    rest = len(b" =\n") + len(key) + len(value)
    length = rest + len(str(rest))
    length = rest + len(str(length))  # the digits themselves may have made it longer by one
    return b"%d %s=%s\n" % (length, key, value)


def _header(prefix: bytes, name: bytes, size_bytes: int, kind: bytes) -> bytes:
    before = name.ljust(100, b"\0") + b"0000644\0" + 2 * b"0000000\0" + b"%011o\0" % size_bytes + b"00000000000\0"
    devices = 2 * b"0000000\0"
    after = kind + bytes(100) + b"ustar\x0000" + bytes(64) + devices + prefix.ljust(167, b"\0")
    # The sum is over the whole header, with eight spaces in its own place.
    return before + b"%06o\0 " % (sum(before) + 8 * ord(" ") + sum(after)) + after
