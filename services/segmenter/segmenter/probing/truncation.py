"""Whether the end of a recording is missing and how much of it, by what its container states (`containers.py`).

Audio that would reach beyond the file's last byte was cut off, and how much is lost is known. A file that lacks the
mark of its end, or whose last packet is incomplete, was cut off too, and how much is lost is unknown. Nothing is
guessed: sizes written as placeholders, and containers that state none, say nothing. Blocking.
"""

from fractions import Fraction
from typing import Final

import av

from segmenter.domain.wav import is_placeholder, tells_the_rest
from segmenter.ffmpeg.source_file import SourceFile, reading, size_of
from segmenter.probing.containers import Stated, codec_family, container
from segmenter.probing.file_bytes import ByteRange, FileEnd
from segmenter.probing.last_packets import LastPackets
from segmenter.probing.stated_bytes import mp3_states_frames
from segmenter.probing.track import Track

_ROUNDING_SECONDS: Final = Fraction(2, 1000)  # Matroska's times are whole milliseconds, a packet's and the length's
_MP3_ROUNDING_SECONDS: Final = Fraction(1, 10)  # two frames or less, of which the delay may be counted or not
_WITHOUT_DELAY: Final = frozenset({"pcm", "adpcm", "alac", "flac"})
_STATES_SAMPLES: Final = frozenset({Stated.SAMPLES, Stated.SAMPLES_AND_BYTES})


def declared_frames(track: Track, frames: int, rate_hz: int, beside: int) -> int:
    """The length by the header of a track with `frames` frames, also of what was cut off; 0 where it states none.

    A header states the track's time from its first sample on. `beside` is what is added to that to compare it with
    `frames`: the silence before it, or less than nothing where holes do not count.
    """
    if track.rules.stated is Stated.DURATION:
        return _frames_by_duration(track, frames, rate_hz, beside)
    stated = track.stated_frames if track.rules.stated in _STATES_SAMPLES else None
    stated = stated and stated + beside
    audio = None if overstated_frames(track, frames, rate_hz) else truncated_range(track.file, track.format)
    before_cut = _frames_before_cut(track, audio, frames, rate_hz) if audio else None
    return max(stated or 0, before_cut or 0)


def overstated_frames(track: Track, frames: int, rate_hz: int) -> int | None:
    """What the header of an MP3 states that ends before it and with a whole frame; None where there is no such.

    Writers do not agree on what they count as bytes, so the frames must be too many as well.

    So does one that was cut between two frames without its header being corrected, and very seldom one of which a copy
    broke off: nothing else tells the two apart.
    """
    if track.rules.stated is not Stated.SAMPLES_IF_CUT or not track.last.ends_with_whole_frame:
        return None
    states = mp3_states_frames(reading(track.file)) and truncated_range(track.file, track.format)
    stated = track.stated_frames if states else None
    return stated if stated and stated - frames > _MP3_ROUNDING_SECONDS * rate_hz else None


def truncated_range(file: SourceFile, container_name: str) -> ByteRange | None:
    """The bytes that the audio is stated to fill, if the file ends within them; else None."""
    stated = container(container_name).stated_bytes
    audio = stated(reading(file)) if stated else None
    if audio is None or is_placeholder(audio.size):
        return None
    return audio if audio.first < size_of(file) < audio.end else None


def end_unknown(file: SourceFile, container_name: str, last: LastPackets) -> bool:
    """Whether the last packet is incomplete, or the container marks its end and the file has no such mark, or it states
    more bytes than there are. Where it is known how long the whole was, that counts and not this.
    """
    lacks_end = container(container_name).lacks_end
    end = FileEnd(reading(file), size_of(file), last.position)
    cut = truncated_range(file, container_name) is not None
    return cut or (lacks_end is not None and lacks_end(end)) or last.truncated


def _frames_by_duration(track: Track, frames: int, rate_hz: int, beside: int) -> int:
    """Counted are the packets, not what they decode to: the first frames may be the encoder's delay and left out."""
    duration, time_base = track.stream.duration, track.stream.time_base
    if not duration or not time_base:
        return 0
    if codec_family(track.stream.codec_context.name) in _WITHOUT_DELAY:
        return track.stated_frames + beside if track.stated_frames else 0
    lost = (duration - track.last.covered_ticks) * time_base
    return frames + (round(lost * rate_hz) if lost > _ROUNDING_SECONDS else 0)


def _frames_before_cut(track: Track, audio: ByteRange, frames: int, rate_hz: int) -> int | None:
    if track.rules.stated is Stated.SAMPLES_IF_CUT:
        # Without a count in the header FFmpeg makes one up from the bit rate of the first frame.
        return track.stated_frames if mp3_states_frames(reading(track.file)) else None
    duration, time_base = track.container.duration, track.stream.time_base
    if track.rules.stated is Stated.DURATION_IF_CUT and duration and time_base:
        # By the last packet's end, so that what the track begins with or leaves out on its way does not count.
        lost = Fraction(duration, av.time_base) - track.last.end_ticks * time_base
        return frames + (round(lost * rate_hz) if lost > _ROUNDING_SECONDS else 0)
    there = size_of(track.file) - audio.first
    if not tells_the_rest(track.stream.codec_context.name, there, audio.size):
        return None
    return frames * audio.size // there
