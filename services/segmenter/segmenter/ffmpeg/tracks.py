"""Which of a file's audio tracks is cut: the one that is asked for, else the default one, else the first that can be
decoded.
"""

from collections.abc import Sequence
from typing import Final, cast

from av import AudioCodecContext, AudioStream
from av.container import InputContainer
from av.stream import Disposition

from contracts.events import AudioNote
from segmenter.domain.errors import NoAudio, NoSuchTrack, NotAudio, UnsupportedAudio
from segmenter.ffmpeg.forms import OPEN_DECODERS

MAX_NAMED: Final = 8  # tracks in a sentence; films have up to forty
_MAX_NAME_CHARS: Final = 40
# Their tracks are found as their packets come, and in noise some of no kind are.
_WITHOUT_LIST: Final = frozenset({"mpeg", "mpegts", "flv"})


def chosen(container: InputContainer, track: int | None) -> AudioStream:
    """The audio stream number `track` (0-based), or the one that is taken where none is asked for.

    Raises: NotAudio; NoAudio; NoSuchTrack; UnsupportedAudio where it cannot be decoded.
    """
    streams = container.streams.audio
    others = container.streams.video if container.format.name in _WITHOUT_LIST else container.streams
    if not streams and not len(others):
        raise NotAudio(f"The file ({container.format.name}) has no track that can be recognised.")
    if not streams:
        raise NoAudio(f"The file ({container.format.name}) has no audio track.")
    if track is None:
        stream = _default(streams)
    elif track < len(streams):
        stream = streams[track]
    else:
        raise NoSuchTrack(f"Track {track} was asked for; the file has {_named(streams)}.")
    if problem := _problem(stream):
        raise UnsupportedAudio(problem)
    return stream


def several_tracks(container: InputContainer, stream: AudioStream) -> tuple[AudioNote, ...]:
    """A note that names them where there is more than one."""
    streams = container.streams.audio
    if len(streams) < 2:
        return ()
    number = next(n for n, one in enumerate(streams) if one.index == stream.index)
    return (AudioNote("several-tracks", f"track {number} is cut; the file has {_named(streams)}"),)


def _default(streams: Sequence[AudioStream]) -> AudioStream:
    able = [stream for stream in streams if _problem(stream) is None]
    # A track of which FFmpeg found no rate has announced itself and sent nothing.
    sounding = [stream for stream in able if stream.codec_context.sample_rate] or able
    flagged = [stream for stream in sounding if stream.disposition & Disposition.default]
    return (flagged or sounding or list(streams))[0]


def _problem(stream: AudioStream) -> str | None:
    context = cast("AudioCodecContext | None", stream.codec_context)
    if context is None:
        return "The audio's codec is not known, or the file is protected."
    if context.name not in OPEN_DECODERS:
        return f"The audio is coded as {context.name}, which is not read."
    return None


def _named(streams: Sequence[AudioStream]) -> str:
    """What there is, as in: 2 audio tracks: 0 (aac, eng, 'Main'), 1 (opus)."""
    names = [f"{n} ({_description(stream)})" for n, stream in enumerate(streams[:MAX_NAMED])]
    more = ["…"] if len(streams) > MAX_NAMED else []
    count = "one audio track" if len(streams) == 1 else f"{len(streams)} audio tracks"
    return f"{count}: {', '.join(names + more)}"


def _description(stream: AudioStream) -> str:
    codec = stream.codec_context.name if stream.codec_context else "unknown codec"
    language, title = stream.metadata.get("language"), stream.metadata.get("title")
    quoted = [f"'{_clean(title)}'"] if title else []
    return ", ".join([codec, *([_clean(language)] if language else []), *quoted])


def _clean(text: str) -> str:
    """A file's own words: one short line of what can be printed."""
    printable = "".join(char if char.isprintable() else " " for char in text)
    return printable if len(printable) <= _MAX_NAME_CHARS else f"{printable[: _MAX_NAME_CHARS - 1]}…"
