"""What is wrong with a file that begins as a recording and can't be read: cut off, or damaged. Blocking.

"No audio file" is only said of what does not begin as one.
"""

from typing import Final

import av

from segmenter.domain.errors import AudioError, DamagedAudio, NotAudio, TruncatedHeader
from segmenter.domain.signatures import HEAD_BYTES, MP4, form_of
from segmenter.domain.wav import MAX_CHUNKS, is_placeholder
from segmenter.ffmpeg.source_file import ReadAt, SourceFile, reading, size_of
from segmenter.probing import matroska
from segmenter.probing.file_bytes import ByteRange
from segmenter.probing.stated_bytes import StatedBytes, in_asf, in_au, in_caf, in_w64

# Of fewer bytes nothing can be expected: headers have hundreds of them and more, and sound follows.
FEW_BYTES: Final = 4096


def _in_riff(read_at: ReadAt) -> ByteRange:
    return ByteRange(8, 8 + int.from_bytes(read_at(4, 4), "little"))


_STATED: Final[dict[str, StatedBytes]] = {
    "CAF": in_caf,
    "W64": in_w64,
    "AU": in_au,
    "AVI": _in_riff,
    "WMA": in_asf,
    "Matroska": matroska.in_segment,
}


def diagnosed(file: SourceFile, error: AudioError) -> AudioError:
    """The error to be told instead of one that FFmpeg gave for the file, which may be the same."""
    read_at, size = reading(file), size_of(file)
    form = form_of(read_at(0, HEAD_BYTES))
    if form is None:
        return error
    if form == MP4 and not has_index(read_at, size):
        return TruncatedHeader(
            "The MP4 file lacks its index (`moov`), without which its audio can't be found: its end is missing, or the"
            " recording was never finished."
        )
    if not isinstance(error, NotAudio | DamagedAudio):
        return error
    if size < FEW_BYTES or isinstance(error.__cause__, av.EOFError):
        return TruncatedHeader(f"The file begins as {form} and ends after {size} bytes, before its audio can be read.")
    stated = stated_end(form, read_at)
    if stated > size:
        return TruncatedHeader(f"The file begins as {form} and ends after {size} of the {stated} bytes that it states.")
    if isinstance(error, NotAudio):
        return DamagedAudio(f"The file begins as {form}, and what follows is damaged.")
    return error


def stated_end(form: str, read_at: ReadAt) -> int:
    """Where the file's own structure says that its audio ends; 0 where it says nothing, or its writer did not know."""
    find = _STATED.get(form)
    audio = find(read_at) if find else None
    return 0 if audio is None or is_placeholder(audio.size) else audio.end


def has_index(read_at: ReadAt, size_bytes: int) -> bool:
    """Whether a whole `moov` is among the boxes at the top of an MP4 (ISO 14496-12)."""
    at = 0
    for _ in range(MAX_CHUNKS):
        head = read_at(at, 16)
        size = int.from_bytes(head[:4], "big")
        if size == 1:
            size = int.from_bytes(head[8:], "big")
        elif size == 0:  # to the end of the file
            size = size_bytes - at
        if head[4:8] == b"moov":
            return at + size <= size_bytes
        if size < 8:
            return False
        at += size
    return False
