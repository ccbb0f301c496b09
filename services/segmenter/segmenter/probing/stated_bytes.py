"""Where a file's header says that its audio lies, for the containers that state it in bytes.

Each function gives the range the header states, whether or not the file is that long; None where it states none.
"""

from collections.abc import Callable
from typing import Final, Literal, NamedTuple, TypeAlias

from segmenter.domain.wav import MAX_CHUNKS
from segmenter.ffmpeg.source_file import ReadAt
from segmenter.probing.file_bytes import ByteRange

StatedBytes: TypeAlias = Callable[[ReadAt], ByteRange | None]

_MAX_TAGS: Final = 8  # of ID3, one after the other
_SYNC_SAFE: Final = 0x7F  # ID3 never sets the highest bit of a size's byte
_XING_AT: Final = (13, 21, 36)  # after the side information of mono and stereo, MPEG-1 and 2
_VBRI_AT: Final = 36
_XING_FRAMES, _XING_BYTES = 1, 2  # the flags of what it counts


class _Chunks(NamedTuple):
    """How a file of chunks is walked; the audio is in the chunk `name`, the one whose content begins with `kind`."""

    first: int
    name_bytes: int
    size_bytes: int
    order: Literal["little", "big"]
    counts_itself: bool  # whether a chunk's size includes its own header
    align: int
    name: bytes
    kind: bytes = b""

    def audio(self, read_at: ReadAt) -> ByteRange | None:
        at, header_bytes = self.first, self.name_bytes + self.size_bytes
        for _ in range(MAX_CHUNKS):
            head = read_at(at, header_bytes + len(self.kind))
            first = at + header_bytes
            size = int.from_bytes(head[self.name_bytes : header_bytes], self.order)
            end = size + (at if self.counts_itself else first)
            if len(head) < header_bytes or end < first:
                return None
            if head.startswith(self.name) and head[header_bytes:] == self.kind:
                return ByteRange(first, end)
            at = end + -end % self.align
        return None


in_w64: Final = _Chunks(40, 16, 8, "little", True, 8, bytes.fromhex("64617461f3acd3118cd100c04f8edb8a")).audio
in_asf: Final = _Chunks(0, 16, 8, "little", True, 1, bytes.fromhex("3626b2758e66cf11a6d900aa0062ce6c")).audio
in_caf: Final = _Chunks(8, 4, 8, "big", False, 1, b"data").audio
in_avi: Final = _Chunks(12, 4, 4, "little", False, 2, b"LIST", b"movi").audio


def in_au(read_at: ReadAt) -> ByteRange | None:
    head = read_at(0, 12)
    first = int.from_bytes(head[4:8], "big")
    return ByteRange(first, first + int.from_bytes(head[8:12], "big"))


def in_mp3(read_at: ReadAt) -> ByteRange | None:
    """By the Xing, Info or VBRI header in the first frame, where encoders write down how many bytes there are."""
    at = _first_frame(read_at)
    frame = read_at(at, 64)
    xing = _xing(frame)
    if xing is not None:
        if not frame[xing + 7] & _XING_BYTES:
            return None
        count_at = xing + 8 + 4 * (frame[xing + 7] & _XING_FRAMES)
        return ByteRange(at, at + int.from_bytes(frame[count_at : count_at + 4], "big"))
    if frame[_VBRI_AT : _VBRI_AT + 4] == b"VBRI":
        return ByteRange(at, at + int.from_bytes(frame[_VBRI_AT + 10 : _VBRI_AT + 14], "big"))
    return None


def mp3_states_frames(read_at: ReadAt) -> bool:
    """Whether such a header counts the frames, too: VBRI always does."""
    frame = read_at(_first_frame(read_at), 64)
    xing = _xing(frame)
    return frame[_VBRI_AT : _VBRI_AT + 4] == b"VBRI" if xing is None else bool(frame[xing + 7] & _XING_FRAMES)


def _xing(frame: bytes) -> int | None:
    return next((at for at in _XING_AT if frame[at : at + 4] in (b"Xing", b"Info") and len(frame) > at + 7), None)


def _first_frame(read_at: ReadAt) -> int:
    at = 0
    for _ in range(_MAX_TAGS):
        tag = read_at(at, 10)
        if tag.startswith(b"ID3") and len(tag) == 10:
            at += 10 + sum((byte & _SYNC_SAFE) << shift for byte, shift in zip(tag[6:], (21, 14, 7, 0), strict=True))
    return at
