"""An MP4's index lists every packet of a track, so they can be counted without being read. Blocking."""

from av import AudioStream

from segmenter.domain.wav import MAX_CHUNKS
from segmenter.ffmpeg.source_file import ReadAt, SourceFile, reading, size_of


def equal_packets(file: SourceFile, stream: AudioStream, ticks: int) -> int | None:
    """How many packets of `ticks` each (of the stream's time base) the track has; None where they must be read.

    They follow each other without a gap, all of them are in the file, and the file has no fragments with more of them.
    """
    entries, count = stream.index_entries, stream.frames
    if not count or len(entries) != count:
        return None
    last = entries[count - 1]
    if last.timestamp - entries[0].timestamp != (count - 1) * ticks:
        return None
    if last.pos + last.size > size_of(file) or _has_fragments(reading(file)):
        return None
    return count


def _has_fragments(read_at: ReadAt) -> bool:
    """By the boxes at the top: 4 bytes of size, 4 of name; with the size 1 another 8 bytes of size (ISO 14496-12)."""
    at = 0
    for _ in range(MAX_CHUNKS):
        head = read_at(at, 16)
        size = int.from_bytes(head[:4], "big")
        if size == 1:
            size = int.from_bytes(head[8:], "big")
        if head[4:8] == b"moof":
            return True
        if size < 8:  # the last box reaches to the end, or there is none
            return False
        at += size
    return True
