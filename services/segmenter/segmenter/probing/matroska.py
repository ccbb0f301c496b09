"""The elements of Matroska and WebM, as far as they show whether a file is complete."""

from typing import Final

from segmenter.domain.wav import MAX_CHUNKS
from segmenter.ffmpeg.source_file import ReadAt
from segmenter.probing.file_bytes import ByteRange, FileEnd

_SEGMENT: Final = bytes.fromhex("18538067")
_MIN_ID: Final = 0x10  # an element's id has at most four bytes, so its first byte is at least this
_BLOCKS: Final = (b"\xa1", b"\xa3")  # the ids of a block in a group, and of one alone


def in_segment(read_at: ReadAt) -> ByteRange | None:
    """The whole file after its first header; None where its writer did not know how long it would be."""
    header, first = _size(read_at, 4)
    if header is None or read_at(first + header, 4) != _SEGMENT:
        return None
    size, first = _size(read_at, first + header + 4)
    return None if size is None else ByteRange(first, first + size)


def ends_inside_element(end: FileEnd) -> bool:
    """Whether a file of unknown length ends inside one of the elements that follow the last packet's block.

    FFmpeg has read the audio up to that block; an incomplete element after it FFmpeg leaves out without an error.
    """
    if not end.last_packet or in_segment(end.read_at) is not None:
        return False
    at = _block_end(end.read_at, end.last_packet)
    for _ in range(MAX_CHUNKS):
        if at is None or at >= end.size:
            return at is not None and at > end.size
        head = end.read_at(at, 4)
        if head[0] < _MIN_ID:
            return False  # no element, but padding or junk
        length, first = _size(end.read_at, at + _width(head))
        at = first if length is None else first + length
    return False


def _block_end(read_at: ReadAt, content: int) -> int | None:
    """Where the block ends whose content begins at `content`: its size is stated right before, in 1 to 8 bytes."""
    for width in range(1, 9):
        head = read_at(max(0, content - width - 1), width + 1)
        length, first = _size(read_at, content - width)
        if head[:1] in _BLOCKS and first == content:
            return None if length is None else content + length
    return None


def _size(read_at: ReadAt, at: int) -> tuple[int | None, int]:
    """The number at `at`, None when all its bits are set or it is incomplete; and where it ends."""
    head = read_at(at, 8)
    width = _width(head)
    unknown = 2 ** (7 * width) - 1
    number = int.from_bytes(head[:width], "big") & unknown
    return None if number == unknown or len(head) < width else number, at + width


def _width(head: bytes) -> int:
    """The bytes of the number or id that begins so: one more than the zero bits before its first one bit."""
    return 9 - head[0].bit_length() if head and head[0] else 8
