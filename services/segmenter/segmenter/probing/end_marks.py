"""Whether the mark is missing that a container puts at the end of every complete file."""

from collections.abc import Callable
from typing import Final, TypeAlias

from segmenter.probing.file_bytes import FileEnd

LacksEnd: TypeAlias = Callable[[FileEnd], bool]

_OGG_HEADER_BYTES: Final = 27
_OGG_PAGE_BYTES: Final = _OGG_HEADER_BYTES + 255 + 255 * 255  # the longest page there can be
_OGG_LAST: Final = 4
_OGG_FLAGS_END: Final = 8  # three flags are defined: the bits 1, 2 and 4
_FLV_TAG_BYTES: Final = 11
_FLV_TAGS: Final = (8, 9, 18)


def ogg_lacks_last_page(end: FileEnd) -> bool:
    """The last page of a complete file is the last one of a stream, and says so (RFC 3533, section 6)."""
    tail = end.read_at(max(0, end.size - _OGG_PAGE_BYTES), _OGG_PAGE_BYTES)
    at = len(tail)
    while (at := tail.rfind(b"OggS\x00", 0, at)) >= 0:
        head = tail[at : at + _OGG_HEADER_BYTES + 255]
        if len(head) < _OGG_HEADER_BYTES:
            return True
        if head[5] < _OGG_FLAGS_END:
            lengths = head[_OGG_HEADER_BYTES : _OGG_HEADER_BYTES + head[26]]
            page_end = at + _OGG_HEADER_BYTES + head[26] + sum(lengths)
            return not head[5] & _OGG_LAST or page_end > len(tail)
    return False


def flv_lacks_last_tag_size(end: FileEnd) -> bool:
    """Each tag is followed by its size, and so is the last one."""
    length = int.from_bytes(end.read_at(end.size - 4, 4), "big")
    tag = end.read_at(max(0, end.size - 4 - length), 4)
    is_tag = len(tag) == 4 and tag[0] & 0x1F in _FLV_TAGS
    return not is_tag or int.from_bytes(tag[1:], "big") != length - _FLV_TAG_BYTES
