"""What a file says of its own end: how many bytes of sound there ought to be, or which of its parts is the last.

A file whose sound would reach behind its last byte was cut off, and by how much is known. One that only lacks the mark
of its end, or whose last packet is torn, was broken off too, and nobody knows how much is missing. Nothing is guessed:
sizes that a writer puts who can't go back, and forms that state none, say nothing. Blocking.
"""

from collections.abc import Callable
from typing import Final, Literal, NamedTuple

from segmenter.domain.wav import MAX_CHUNKS, is_placeholder
from segmenter.ffmpeg.decoder import SourceFile
from segmenter.probing import matroska
from segmenter.probing.last_packets import LastPackets
from segmenter.probing.peek import Peek, Stretch, peek_into

_MOST_TAGS: Final = 8  # of ID3, one behind the other
_SYNC_SAFE: Final = 0x7F  # ID3 never sets the highest bit of a size's byte
_XING_AT: Final = (13, 21, 36)  # behind the side information of mono and stereo, MPEG-1 and 2
_VBRI_AT: Final = 36
_OGG_TAIL_BYTES: Final = 27 + 255 + 255 * 255  # the longest page there can be
_OGG_LAST: Final = 4
_FLV_TAG_BYTES: Final = 11
_FLV_TAGS: Final = (8, 9, 18)


class _Chunks(NamedTuple):
    """How a container of chunks is walked; the sound is in the one called `sound`, of the kind `kind` if there are."""

    first: int
    name_bytes: int
    size_bytes: int
    order: Literal["little", "big"]
    counts_itself: bool
    align: int
    sound: bytes
    kind: bytes = b""


_CHUNKS: Final = {
    "w64": _Chunks(40, 16, 8, "little", True, 8, bytes.fromhex("64617461f3acd3118cd100c04f8edb8a")),
    "asf": _Chunks(0, 16, 8, "little", True, 1, bytes.fromhex("3626b2758e66cf11a6d900aa0062ce6c")),
    "caf": _Chunks(8, 4, 8, "big", False, 1, b"data"),
    "avi": _Chunks(12, 4, 4, "little", False, 2, b"LIST", b"movi"),
}


def cut_off(file: SourceFile, container: str) -> Stretch | None:
    """Where the sound would lie if the file were whole; None where it is, or states nothing."""
    read = _READERS.get(container)
    stretch = read(peek_into(file)) if read else None
    if stretch is None or is_placeholder(stretch.end - stretch.first):
        return None
    return stretch if stretch.first < file.seek(0, 2) < stretch.end else None


def broken_off(file: SourceFile, container: str, last: LastPackets) -> bool:
    """Whether the last packet is torn, or the form marks its end and the file has no such mark."""
    peek, size = peek_into(file), file.seek(0, 2)
    match container:
        case "ogg":
            lacks_end = _ogg_lacks_end(peek, size)
        case "flv":
            lacks_end = _flv_lacks_end(peek, size)
        case "matroska,webm":
            lacks_end = matroska.breaks_off(peek, size, last.at)
        case _:
            lacks_end = False
    return lacks_end or last.torn


def _of_chunks(form: _Chunks) -> Callable[[Peek], Stretch | None]:
    return lambda peek: _sound_chunk(peek, form)


def _sound_chunk(peek: Peek, form: _Chunks) -> Stretch | None:
    at, header_bytes = form.first, form.name_bytes + form.size_bytes
    for _ in range(MAX_CHUNKS):
        head = peek(at, header_bytes + len(form.kind))
        first = at + header_bytes
        end = int.from_bytes(head[form.name_bytes : header_bytes], form.order) + (at if form.counts_itself else first)
        if len(head) < header_bytes or end < first:
            return None
        if head.startswith(form.sound) and head[header_bytes:] == form.kind:
            return Stretch(first, end)
        at = end + -end % form.align
    return None


def _au(peek: Peek) -> Stretch:
    head = peek(0, 12)
    first = int.from_bytes(head[4:8], "big")
    return Stretch(first, first + int.from_bytes(head[8:12], "big"))


def _mp3(peek: Peek) -> Stretch | None:
    """From the first frame, where encoders write down how many bytes there are."""
    at = 0
    for _ in range(_MOST_TAGS):
        tag = peek(at, 10)
        if tag.startswith(b"ID3") and len(tag) == 10:
            at += 10 + sum((byte & _SYNC_SAFE) << shift for byte, shift in zip(tag[6:], (21, 14, 7, 0), strict=True))
    frame = peek(at, 64)
    for xing in _XING_AT:
        flags = int.from_bytes(frame[xing + 4 : xing + 8], "big")
        if frame[xing : xing + 4] in (b"Xing", b"Info") and flags & 2:
            where = xing + 8 + 4 * (flags & 1)
            return Stretch(at, at + int.from_bytes(frame[where : where + 4], "big"))
    if frame[_VBRI_AT : _VBRI_AT + 4] == b"VBRI":
        return Stretch(at, at + int.from_bytes(frame[_VBRI_AT + 10 : _VBRI_AT + 14], "big"))
    return None


_READERS: Final[dict[str, Callable[[Peek], Stretch | None]]] = {
    **{container: _of_chunks(form) for container, form in _CHUNKS.items()},
    "au": _au,
    "matroska,webm": matroska.segment,
    "mp3": _mp3,
}


def _ogg_lacks_end(peek: Peek, size: int) -> bool:
    """The last page of a whole file is the last one of a stream, and says so (RFC 3533, section 6)."""
    tail = peek(max(0, size - _OGG_TAIL_BYTES), _OGG_TAIL_BYTES)
    at = len(tail)
    while (at := tail.rfind(b"OggS\x00", 0, at)) >= 0:
        head = tail[at : at + 27 + 255]
        if len(head) < 27:
            return True
        if head[5] < 8:
            end = at + 27 + head[26] + sum(head[27 : 27 + head[26]])
            return not head[5] & _OGG_LAST or end > len(tail)
    return False


def _flv_lacks_end(peek: Peek, size: int) -> bool:
    """Behind each tag stands how long it is, so also behind the last."""
    length = int.from_bytes(peek(size - 4, 4), "big")
    tag = peek(max(0, size - 4 - length), 4)
    of_a_tag = len(tag) == 4 and tag[0] & 0x1F in _FLV_TAGS
    return not of_a_tag or int.from_bytes(tag[1:], "big") != length - _FLV_TAG_BYTES
