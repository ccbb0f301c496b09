"""The elements of Matroska and WebM, as far as they tell whether a file is whole."""

from typing import Final

from segmenter.domain.wav import MAX_CHUNKS
from segmenter.probing.peek import Peek, Stretch

_SEGMENT: Final = bytes.fromhex("18538067")
_LEAST_NAME: Final = 0x10  # no name is longer than four bytes
_BLOCKS: Final = (b"\xa1", b"\xa3")  # in a group, and alone


def segment(peek: Peek) -> Stretch | None:
    """All of the file behind its first header; None where its writer did not know how long it would be."""
    header, first = _size(peek, 4)
    if header is None or peek(first + header, 4) != _SEGMENT:
        return None
    size, first = _size(peek, first + header + 4)
    return None if size is None else Stretch(first, first + size)


def breaks_off(peek: Peek, size: int, block: int | None) -> bool:
    """Whether a file of unknown length breaks off inside an element that follows the block with its content at `block`.

    That is how far the sound was read; what FFmpeg finds incomplete behind it, it leaves out without a word.
    """
    at = _block_end(peek, block) if block and segment(peek) is None else None
    for _ in range(MAX_CHUNKS):
        if at is None or at >= size:
            return at is not None and at > size
        name = peek(at, 4)
        if name[0] < _LEAST_NAME:
            return False  # no element, but padding or junk
        length, first = _size(peek, at + _width(name))
        at = first if length is None else first + length
    return False


def _block_end(peek: Peek, block: int) -> int | None:
    for width in range(1, 9):
        head = peek(max(0, block - width - 1), width + 1)
        length, first = _size(peek, block - width)
        if head[:1] in _BLOCKS and first == block:
            return None if length is None else block + length
    return None


def _size(peek: Peek, at: int) -> tuple[int | None, int]:
    """The number at `at`, None when all its bits are set or it is not all there; and where it ends."""
    head = peek(at, 8)
    width = _width(head)
    most = 2 ** (7 * width) - 1
    number = int.from_bytes(head[:width], "big") & most
    return None if number == most or len(head) < width else number, at + width


def _width(head: bytes) -> int:
    """How long the number or name is that begins so: by how many bits are zero before the first one."""
    return 9 - head[0].bit_length() if head and head[0] else 8
